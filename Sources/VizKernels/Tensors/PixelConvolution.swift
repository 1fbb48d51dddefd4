/// A convolution as a product of matrices whose rows are output pixels.
///
///     sums[p, o] = bias[o] + Σₖ input[pixel p's tap k] · weight[o, k]      output[n, o, p] = clamp(sums[p, o] + addend[n, o, p])
///
/// The image is read where it lies, or where windows go beyond it from a copy with a border, so that neither strides nor
/// short rows cost anything; what a kernel of one tap reads is turned first, so that a pixel's channels lie side by side.
/// The sums are turned at the end. A number's sum is the same walk over k as in `TensorConvolution`'s other layouts.
struct PixelConvolution: Sendable {
  let convolution: TensorConvolution

  /// Taps of all channels whose weights for a panel of outputs stay in the first cache.
  private static let depth = 256
  private static let columns = PixelWeights.columns

  /// Whether what windows see of a block's channels stays in the second cache, and vectors of outputs are full.
  var isCompact: Bool {
    let channels = min(weights.channels, max(1, Self.depth / grid.taps))
    return channels * (isTurned ? grid.pixels : planeSize) <= 1 << 15 && weights.outputs >= 12
      && (weights.outputs % 16 == 0 || weights.outputs > 64)
  }

  private var grid: WindowGrid { convolution.grid }
  private var weights: ConvolutionWeights { convolution.weights }

  /// Whether windows stay within the image.
  private var isInside: Bool {
    grid.top == 0 && grid.left == 0 && grid.reachHeight <= grid.height
      && grid.reachWidth <= grid.width
  }
  /// Whether pixels are turned: each number would lie in another line of the cache, and be read again for every panel.
  private var isTurned: Bool { isInside && grid.taps == 1 }
  private var rowLength: Int { isInside ? grid.width : grid.reachWidth }
  private var planeSize: Int { isInside ? grid.height * grid.width : grid.reach }
  /// Numbers of a turned pixel; an odd number of lines, as a power of two would crowd a few sets of the cache.
  private var pixelSize: Int { ((weights.channels + 15) / 16 | 1) * 16 }

  /// Numbers of a copy of the image; a turned one with strides is cut to its pixels first.
  private var copySize: Int {
    if isTurned { return grid.pixels * (pixelSize + (grid.isPointwise ? 0 : weights.channels)) }
    return isInside ? 0 : weights.channels * planeSize
  }

  func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let packed = weights.pixels()
    let panels = packed.panels
    let parts = convolution.batch * weights.groups
    // Few images are shared: each thread makes a part of their outputs.
    let isEven = parts % execution.jobs == 0 || parts >= 8 * execution.jobs
    let shares = isEven ? 1 : min(panels, execution.jobs)
    let most = (panels + shares - 1) / shares
    ThreadPool.run(count: parts * shares, jobs: execution.jobs) { task in
      let (part, share) = task.quotientAndRemainder(dividingBy: shares)
      ScratchShelf.lending((copySize + most * grid.pixels * Self.columns) * 4) { memory in
        let room = memory.assumingMemoryBound(to: Float.self)
        let image = input + part * weights.channels * grid.height * grid.width
        if isTurned {
          turn(image, into: room, execution.kernels.tensors)
        } else if !isInside {
          copy(image, into: room, execution.kernels.tensors)
        }
        multiply(
          share * panels / shares..<(share + 1) * panels / shares, part,
          source: copySize == 0 ? image : UnsafePointer(room), packed, sums: room + copySize,
          output, execution.kernels.tensors)
      }
    }
  }

  /// Lays out the channels of one output pixel after the other.
  private func turn(
    _ image: UnsafePointer<Float>, into room: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    var planes = image
    if !grid.isPointwise {
      let seen = room + grid.pixels * pixelSize
      for y in 0..<grid.outputHeight {
        kernels.packColumns(
          image + y * grid.strideY * grid.width, grid.height * grid.width, weights.channels,
          grid.strideX, 0, grid.outputWidth, 0, seen + y * grid.outputWidth, grid.pixels)
      }
      planes = UnsafePointer(seen)
    }
    kernels.turnRows(planes, grid.pixels, weights.channels, grid.pixels, room, pixelSize)
  }

  /// Lays out what windows see of all channels, with zeros around the image.
  private func copy(
    _ image: UnsafePointer<Float>, into room: UnsafeMutablePointer<Float>,
    _ kernels: TensorKernels
  ) {
    let length = grid.reachWidth
    let first = min(length, max(0, grid.left))
    let end = max(first, min(length, grid.width + grid.left))
    for line in 0..<grid.reachHeight {
      let row = line - grid.top
      let count = 0..<grid.height ~= row ? end - first : 0
      kernels.packColumns(
        count == 0 ? image : image + row * grid.width + first - grid.left,
        grid.height * grid.width, weights.channels, 1, count == 0 ? length : first, count,
        count == 0 ? 0 : length - end, room + line * length, planeSize)
    }
  }

  /// Some panels of outputs of one image and group.
  private func multiply(
    _ panels: Range<Int>, _ part: Int, source: UnsafePointer<Float>,
    _ packed: PixelWeights, sums: UnsafeMutablePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let group = part % weights.groups
    let (columns, count) = (Self.columns, grid.pixels)
    let starts = (0..<count).map { p in
      isTurned
        ? p * pixelSize
        : p / grid.outputWidth * grid.strideY * rowLength + p % grid.outputWidth * grid.strideX
    }
    let perBlock = max(1, Self.depth / grid.taps)
    let channelStep = isTurned ? 1 : planeSize
    let offsets = (0..<min(perBlock, weights.channels)).flatMap { c in
      (0..<grid.taps).map { tap in
        let (ky, kx) = tap.quotientAndRemainder(dividingBy: grid.kernelWidth)
        return c * channelStep + ky * grid.dilationY * rowLength + kx * grid.dilationX
      }
    }
    for panel in panels {
      let bias = packed.bias(of: panel, group: group)
      let used = min(columns, weights.outputs - panel * columns)
      let own = sums + (panel - panels.lowerBound) * count * columns
      for p in 0..<count {
        for o in 0..<columns { own[p * columns + o] = o < used ? bias[o] : 0 }
      }
    }
    let places = (0..<count).map { $0 * columns }
    starts.withUnsafeBufferPointer { starts in
      offsets.withUnsafeBufferPointer { offsets in
        guard let starts = starts.baseAddress, let offsets = offsets.baseAddress else { return }
        for channel in stride(from: 0, to: weights.channels, by: perBlock) {
          let depth = min(perBlock, weights.channels - channel) * grid.taps
          for panel in panels {
            let start = packed.start(of: panel, group: group) + channel * grid.taps * columns
            // The next panel, or the first one of the next channels.
            let isLast = panel + 1 == panels.upperBound
            let ahead =
              packed.start(of: isLast ? panels.lowerBound : panel + 1, group: group)
              + (channel + (isLast ? perBlock : 0)) * grid.taps * columns
            let own = sums + (panel - panels.lowerBound) * count * columns
            kernels.multiplyPixels(
              count, min(columns, weights.outputs - panel * columns), depth,
              source + channel * channelStep, starts, offsets, start, ahead, true, own, places,
              columns)
          }
        }
      }
    }
    for panel in panels {
      let used = min(columns, weights.outputs - panel * columns)
      let place = (part * weights.outputs + panel * columns) * count
      kernels.turnRows(
        sums + (panel - panels.lowerBound) * count * columns, columns, count, used, output + place,
        count)
      convolution.ending.apply(
        to: output, place, stride: count, rows: used, count: count, kernels)
    }
  }
}
