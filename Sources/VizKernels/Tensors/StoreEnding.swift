/// What is done to the numbers that a layer stores before anybody reads them.
///
///     out = clamp(out + addend)
///     out = result ≤ lower or result ≥ upper ? 0 : out + addend     where they are gradients by `result`
///
/// The second is the way back through limits that were kept on the way forward.
package struct StoreEnding: @unchecked Sendable {
  let lower: Float
  let upper: Float
  /// Numbers of the output's shape; nil for none.
  let addend: UnsafePointer<Float>?
  /// What came out of the limits, of the output's shape, where the numbers are gradients by it.
  let result: UnsafePointer<Float>?

  package init(
    lower: Float = -.infinity, upper: Float = .infinity, addend: UnsafePointer<Float>? = nil,
    result: UnsafePointer<Float>? = nil
  ) {
    (self.lower, self.upper, self.addend, self.result) = (lower, upper, addend, result)
  }

  /// Whether it reads numbers of the output's shape.
  var readsOthers: Bool { addend != nil || result != nil }

  /// Whether the numbers themselves are kept between the limits.
  private var isLimited: Bool { result == nil && (lower > -.infinity || upper < .infinity) }

  /// The limits to keep while numbers are stored, where no addend comes first; none where `apply` has to do it.
  var ownLimits: (lower: Float, upper: Float) {
    isLimited && addend == nil ? (lower, upper) : (-.infinity, .infinity)
  }

  /// The ending of what begins at `place` of the output.
  func moved(to place: Int) -> StoreEnding {
    StoreEnding(
      lower: lower, upper: upper, addend: addend.map { $0 + place },
      result: result.map { $0 + place })
  }

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
    // Rows that lie side by side are one.
    if stride == count, rows > 1 {
      apply(to: output, place, stride: 0, rows: 1, count: rows * count, kernels)
      return
    }
    if addend != nil || isLimited {
      kernels.finishSums(
        output + place, addend.map { $0 + place }, stride, rows, count,
        isLimited ? lower : -.infinity, isLimited ? upper : .infinity)
    }
    limitGradients(of: output, place, stride: stride, rows: rows, count: count, kernels)
  }

  /// The way back through the limits alone, for sums that have their addend already.
  func limitGradients(
    of output: UnsafeMutablePointer<Float>, _ place: Int, stride: Int, rows: Int, count: Int,
    _ kernels: TensorKernels
  ) {
    guard let result else { return }
    for row in 0..<rows {
      let first = place + row * stride
      kernels.limitGradientRow(
        output + first, result + first, lower, upper, count, output + first)
    }
  }

  /// Ends all numbers of an output that is there as a whole.
  package func apply(
    to output: UnsafeMutablePointer<Float>, count: Int, execution: Execution
  ) {
    nonisolated(unsafe) let output = output
    ThreadPool.runPieces(of: count, size: 1 << 15, jobs: execution.jobs) { piece in
      apply(
        to: output, piece.lowerBound, stride: 0, rows: 1, count: piece.count,
        execution.kernels.tensors)
    }
  }
}
