/// How an image lies in memory pixel by pixel, with zeros around it.
struct PixelLayout: Sendable {
  let grid: WindowGrid
  let channels: Int
  /// Numbers from one pixel to the next.
  let pixelSize: Int
  /// Whether what all taps of an output pixel read lies together, and not every input pixel once.
  let isGathered: Bool

  /// A layout of pixels with so many numbers; one line of the cache more where they would crowd a quarter of its sets.
  init(grid: WindowGrid, channels: Int, numbers: Int, isGathered: Bool) {
    (self.grid, self.channels, self.isGathered) = (grid, channels, isGathered)
    pixelSize = numbers % 64 == 0 ? numbers + 16 : numbers
  }

  private var height: Int { grid.reachHeight }
  private var width: Int { grid.reachWidth }

  /// Up to whole vectors of any instruction set.
  static func wholeVectors(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }

  /// Numbers of an image, or of a block's pixels in it.
  var count: Int {
    let pixels =
      isGathered
      ? min(grid.pixels, ConvolutionWeightGradient.blockPixels) : grid.reach
    return pixels * pixelSize
  }

  /// Numbers of an image as it is given.
  var imageSize: Int { channels * grid.height * grid.width }

  /// Images that are laid out after each other, so that a block has enough pixels.
  var images: Int {
    max(
      1,
      min(
        ConvolutionWeightGradient.blockPixels / max(grid.pixels, 1),
        ConvolutionWeightGradient.mostNumbers / max(count, 1)))
  }

  /// Where the numbers of each output pixel of all images begin, those of a gathered block after each other.
  var pixelOffsets: [Int] {
    guard !isGathered else {
      return (0..<min(ConvolutionWeightGradient.blockPixels, images * grid.pixels)).map {
        $0 * pixelSize
      }
    }
    let one = (0..<grid.pixels).map { p in
      let (y, x) = p.quotientAndRemainder(dividingBy: grid.outputWidth)
      return (y * grid.strideY * width + x * grid.strideX) * pixelSize
    }
    return (0..<images).flatMap { n in one.map { n * count + $0 } }
  }

  /// From there, where those of each tap are.
  var tapOffsets: [Int] {
    guard !isGathered else { return [0] }
    return (0..<grid.taps).map { tap in
      let (ky, kx) = tap.quotientAndRemainder(dividingBy: grid.kernelWidth)
      return (ky * grid.dilationY * width + kx * grid.dilationX) * pixelSize
    }
  }

  /// Lays out an image; what is outside of it is left as it is.
  func turn(
    _ image: UnsafePointer<Float>, into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let columns = max(0, -grid.left)..<max(0, -grid.left, min(grid.width, width - grid.left))
    for y in 0..<height {
      let row = y - grid.top
      guard 0..<grid.height ~= row else { continue }
      kernels.turnRows(
        image + row * grid.width + columns.lowerBound, grid.height * grid.width, channels,
        columns.count, room + (y * width + grid.left + columns.lowerBound) * pixelSize, pixelSize)
    }
  }

  /// Numbers of what the taps of a block's output pixels read, tap by tap; none where they are not gathered.
  var seenCount: Int {
    isGathered
      ? channels * grid.taps * min(grid.pixels, ConvolutionWeightGradient.blockPixels) : 0
  }

  /// Lays out what the taps of some output pixels read, which `seen` has room for; what is behind a pixel's numbers is left
  /// as it is.
  func gather(
    _ image: UnsafePointer<Float>, _ pixels: Range<Int>, seen: UnsafeMutablePointer<Float>,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let count = channels * grid.taps
    seen.update(repeating: 0, count: count * pixels.count)
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let (y, first) = pixel.quotientAndRemainder(dividingBy: grid.outputWidth)
      let columns = first..<min(grid.outputWidth, first + pixels.upperBound - pixel)
      see(
        image, row: y, columns, in: seen + pixel - pixels.lowerBound - first, pixels.count, kernels)
      pixel += columns.count
    }
    kernels.turnRows(seen, pixels.count, count, pixels.count, room, pixelSize)
  }

  /// What the taps of some columns of an output row read inside of the image; taps lie `step` numbers apart.
  private func see(
    _ image: UnsafePointer<Float>, row y: Int, _ columns: Range<Int>,
    in seen: UnsafeMutablePointer<Float>, _ step: Int, _ kernels: TensorKernels
  ) {
    for ky in grid.rowTaps(y) {
      let row = y * grid.strideY + ky * grid.dilationY - grid.top
      for kx in 0..<grid.kernelWidth {
        let inside = grid.columns(of: columns, tap: kx)
        guard !inside.isEmpty else { continue }
        let x = inside.lowerBound * grid.strideX + kx * grid.dilationX - grid.left
        kernels.packColumns(
          image + row * grid.width + x, grid.height * grid.width, channels, grid.strideX, 0,
          inside.count, 0, seen + (ky * grid.kernelWidth + kx) * step + inside.lowerBound,
          grid.taps * step)
      }
    }
  }
}
