/// Windows that move over an image: what a convolution or a pooling layer reads for an output pixel.
///
///     tap (ky, kx) of output (y, x) reads input (y·strideY + ky·dilationY − top, x·strideX + kx·dilationX − left)
package struct WindowGrid: Sendable, Equatable {
  package var height: Int
  package var width: Int
  package var kernelHeight: Int
  package var kernelWidth: Int
  package var strideY = 1
  package var strideX = 1
  package var dilationY = 1
  package var dilationX = 1
  /// Samples before the image; negative where windows begin inside.
  package var top = 0
  package var left = 0
  package var outputHeight: Int
  package var outputWidth: Int

  package init(
    height: Int, width: Int, kernelHeight: Int, kernelWidth: Int, outputHeight: Int,
    outputWidth: Int
  ) {
    self.height = height
    self.width = width
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
  }

  var taps: Int { kernelHeight * kernelWidth }
  var pixels: Int { outputHeight * outputWidth }

  /// Rows and columns from the first to the last that windows reach, and the samples there.
  var reachHeight: Int { (outputHeight - 1) * strideY + (kernelHeight - 1) * dilationY + 1 }
  var reachWidth: Int { (outputWidth - 1) * strideX + (kernelWidth - 1) * dilationX + 1 }
  var reach: Int { reachHeight * reachWidth }

  /// Whether every output pixel reads the input's pixel of the same number, and no other.
  var isPointwise: Bool {
    taps == 1 && strideY * strideX == 1 && top == 0 && left == 0 && height == outputHeight
      && width == outputWidth
  }

  /// Whether windows are of 3 × 3 neighbours and move by one pixel.
  var isThreeByThree: Bool {
    kernelHeight == 3 && kernelWidth == 3 && strideY * strideX * dilationY * dilationX == 1
  }

  /// The taps of output row `y` that lie in rows of the image.
  func rowTaps(_ y: Int) -> Range<Int> {
    Self.inside(start: y * strideY - top, step: dilationY, taps: kernelHeight, length: height)
  }

  /// The taps of output column `x` that lie in columns of the image.
  func columnTaps(_ x: Int) -> Range<Int> {
    Self.inside(start: x * strideX - left, step: dilationX, taps: kernelWidth, length: width)
  }

  /// Of the outputs in `range`, those that read a column of the image through tap `kx`.
  func columns(of range: Range<Int>, tap kx: Int) -> Range<Int> {
    let shift = kx * dilationX - left
    let first = Self.divideUp(-shift, strideX)
    let end = Self.divideUp(width - shift, strideX)
    let lower = min(max(first, range.lowerBound), range.upperBound)
    return lower..<max(lower, min(end, range.upperBound))
  }

  /// Which i < taps have 0 ≤ start + i·step < length.
  private static func inside(start: Int, step: Int, taps: Int, length: Int) -> Range<Int> {
    let lower = min(max(0, divideUp(-start, step)), taps)
    return lower..<max(lower, min(divideUp(length - start, step), taps))
  }

  /// ⌈a / b⌉ for b > 0.
  private static func divideUp(_ a: Int, _ b: Int) -> Int {
    a > 0 ? (a + b - 1) / b : -(-a / b)
  }
}
