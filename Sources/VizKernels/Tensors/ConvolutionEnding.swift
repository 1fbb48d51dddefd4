/// What is done to the sums of a convolution before anybody reads them.
///
///     out = clamp(out + addend)
package struct ConvolutionEnding: @unchecked Sendable {
  package var lower: Float = -.infinity
  package var upper: Float = .infinity
  /// Numbers of the output's shape; nil for none.
  package var addend: UnsafePointer<Float>?

  package init(
    lower: Float = -.infinity, upper: Float = .infinity, addend: UnsafePointer<Float>? = nil
  ) {
    (self.lower, self.upper, self.addend) = (lower, upper, addend)
  }

  var isNeeded: Bool { addend != nil || isLimited }

  var isLimited: Bool { lower > -.infinity || upper < .infinity }

  /// Lends the lower and the upper limit side by side; nil where there are none.
  @inline(__always)
  func withLimits(_ body: (UnsafePointer<Float>?) -> Void) {
    guard isLimited else { return body(nil) }
    withUnsafePointer(to: (lower, upper)) { limits in
      body(UnsafeRawPointer(limits).assumingMemoryBound(to: Float.self))
    }
  }

  /// Ends rows of `count` numbers, the first of which begins at `place` of the output.
  func apply(
    to output: UnsafeMutablePointer<Float>, _ place: Int, stride: Int, rows: Int, count: Int,
    _ kernels: TensorKernels
  ) {
    guard isNeeded else { return }
    // Rows that lie side by side are one.
    let isOne = stride == count
    kernels.finishSums(
      output + place, addend.map { $0 + place }, stride, isOne ? 1 : rows,
      isOne ? rows * count : count, lower, upper)
  }
}
