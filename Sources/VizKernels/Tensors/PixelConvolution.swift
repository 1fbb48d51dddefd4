/// A convolution as a product of matrices whose rows are output pixels.
///
///     sums[p, o] = bias[o] + Σₖ input[pixel p's tap k] · weight[o, k]      output[n, o, p] = clamp(sums[p, o] + addend[n, o, p])
///
/// Output pixels are cut into areas whose sums stay in the second cache. What an area sees is read where it lies, or from a copy
/// (`PixelSource`), so that neither strides nor short rows cost anything; its sums are turned at the end. A number's sum is the same walk
/// over k as in `TensorConvolution`'s other layouts.
struct PixelConvolution: Sendable {
  let convolution: TensorConvolution

  /// Numbers that a block sees of a few channels and makes, and pixels that share the fetch of its weights.
  private static let blockSize = 1 << 16
  private static let fewestPixels = 64
  /// Pixels of an image that fill a tile.
  private static let tilePixels = 6

  private var grid: WindowGrid { convolution.grid }
  private var weights: ConvolutionWeights { convolution.weights }

  /// Products that are made for each that is needed: a panel's vectors of outputs may not be full.
  var idleProducts: Double {
    Double(PixelWeights.panels(weights.outputs) * PixelWeights.columns) / Double(weights.outputs)
  }

  /// Whether images fill tiles with their pixels, each by itself, and a copy with borders is at most twice what packing every
  /// tap takes: not where taps or strides reach far.
  var isCompact: Bool {
    guard convolution.batch == 1 || grid.pixels >= Self.tilePixels else { return false }
    let source = source
    return areas(source, jobs: 1).prefix(1).allSatisfy {
      source.copyShare($0) <= 2 * Double(grid.taps)
    }
  }

  private var source: PixelSource {
    PixelSource(
      grid, channels: PixelWeights.channelsAtATime(of: weights.channels, taps: grid.taps))
  }

  func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (input, output) = (input, output)
    let packed = weights.pixels(jobs: execution.jobs)
    let (panels, source) = (packed.panels, source)
    let areas = areas(source, jobs: execution.jobs)
    let blocks = convolution.batch * weights.groups * areas.count
    // Few blocks are shared: each thread makes a part of their outputs.
    let isEven = blocks % execution.jobs == 0 || blocks >= 8 * execution.jobs
    let shares = isEven ? 1 : min(panels, execution.jobs)
    ThreadPool.run(count: blocks * shares, jobs: execution.jobs) { task in
      let (index, share) = task.quotientAndRemainder(dividingBy: shares)
      let (part, area) = index.quotientAndRemainder(dividingBy: areas.count)
      let block = PixelBlock(
        grid: grid, weights: packed, channels: weights.channels, outputs: weights.outputs,
        ending: convolution.ending, kernels: execution.kernels.tensors, source: source,
        group: part % weights.groups, area: areas[area],
        panels: share * panels / shares..<(share + 1) * panels / shares)
      ScratchShelf.lending(block.count * 4) { memory in
        block.run(
          input + part * weights.channels * grid.height * grid.width,
          room: memory.assumingMemoryBound(to: Float.self),
          output: output, first: part * weights.outputs * grid.pixels)
      }
    }
  }

  /// The output's pixels in whole rows, or where these are long in parts of them.
  private func areas(_ source: PixelSource, jobs: Int) -> [PixelArea] {
    let perPixel =
      source.numbersSeen + PixelWeights.panels(weights.outputs) * PixelWeights.columns
    let most = max(Self.fewestPixels, Self.blockSize / perPixel)
    let width = grid.outputWidth
    guard width > most else {
      return evenParts(of: grid.outputHeight, most: most / width, jobs: jobs).map {
        PixelArea(rows: $0, columns: 0..<width)
      }
    }
    let columns = evenParts(of: width, most: most, jobs: jobs)
    return (0..<grid.outputHeight).flatMap { y in
      columns.map { PixelArea(rows: y..<y + 1, columns: $0) }
    }
  }
}

/// Output pixels that follow one another: whole rows, or a part of one.
private struct PixelArea {
  let rows: Range<Int>
  let columns: Range<Int>

  var pixels: Int { rows.count * columns.count }
}

/// Where a block's pixels find what they see.
///
/// In the image itself where windows stay in it, or in a copy of a few channels with zeros around it. What a kernel of one
/// tap sees is turned, so that a pixel's channels lie side by side: elsewhere each would be in another line of the cache,
/// and read again for every panel of outputs.
private struct PixelSource {
  private enum Layout {
    case image, bordered, turned
  }

  private let grid: WindowGrid
  /// As many are laid out at a time.
  let channels: Int
  private let layout: Layout

  init(_ grid: WindowGrid, channels: Int) {
    (self.grid, self.channels) = (grid, channels)
    let isInside =
      grid.top == 0 && grid.left == 0 && grid.reachHeight <= grid.height
      && grid.reachWidth <= grid.width
    layout = !isInside ? .bordered : grid.taps == 1 ? .turned : .image
  }

  /// Numbers of a turned pixel; an odd number of lines, as a power of two would crowd a few sets of the cache.
  private var pixelSize: Int { ((channels + 15) / 16 | 1) * 16 }

  /// Numbers that an output pixel sees beyond those of its neighbours.
  var numbersSeen: Int {
    guard layout != .turned else { return pixelSize }
    return channels * min(grid.strideY, grid.height) * min(grid.strideX, grid.width)
  }

  /// Lines that an area sees, and the numbers of one.
  private func lines(_ area: PixelArea) -> Int {
    (area.rows.count - 1) * grid.strideY + (grid.kernelHeight - 1) * grid.dilationY + 1
  }

  private func length(_ area: PixelArea) -> Int {
    (area.columns.count - 1) * grid.strideX + (grid.kernelWidth - 1) * grid.dilationX + 1
  }

  /// From one line to the next.
  private func lineStep(_ area: PixelArea) -> Int {
    layout == .image ? grid.width : length(area)
  }

  /// From one channel to the next.
  private func channelStep(_ area: PixelArea) -> Int {
    switch layout {
    case .image: grid.height * grid.width
    case .bordered: lines(area) * length(area)
    case .turned: 1
    }
  }

  /// Numbers of a copy of the channels; one that is turned with strides is cut to its pixels first.
  func copySize(_ area: PixelArea) -> Int {
    switch layout {
    case .image: 0
    case .bordered: channels * channelStep(area)
    case .turned: area.pixels * (pixelSize + (grid.isPointwise ? 0 : channels))
    }
  }

  /// Numbers of each channel that are copied for a border, for each pixel of an area.
  func copyShare(_ area: PixelArea) -> Double {
    guard layout == .bordered else { return 0 }
    return Double(lines(area)) * Double(length(area)) / Double(area.pixels)
  }

  /// Where the window of each output pixel begins.
  func starts(_ area: PixelArea) -> [Int] {
    let (row, column) =
      layout == .turned
      ? (area.columns.count * pixelSize, pixelSize)
      : (grid.strideY * lineStep(area), grid.strideX)
    return (0..<area.rows.count).flatMap { y in
      (0..<area.columns.count).map { y * row + $0 * column }
    }
  }

  /// From there, where the taps of the channels are.
  func offsets(_ area: PixelArea) -> [Int] {
    let (line, step) = (lineStep(area), channelStep(area))
    return (0..<channels).flatMap { c in
      (0..<grid.taps).map { tap in
        let (ky, kx) = tap.quotientAndRemainder(dividingBy: grid.kernelWidth)
        return c * step + ky * grid.dilationY * line + kx * grid.dilationX
      }
    }
  }

  /// What an area sees of the first `count` channels behind `image`: in `room` where it is copied.
  func lay(
    _ count: Int, of image: UnsafePointer<Float>, _ area: PixelArea,
    room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) -> UnsafePointer<Float> {
    switch layout {
    case .image:
      return image + area.rows.lowerBound * grid.strideY * grid.width
        + area.columns.lowerBound * grid.strideX
    case .bordered: copy(count, of: image, area, into: room, kernels)
    case .turned: turn(count, of: image, area, into: room, kernels)
    }
    return UnsafePointer(room)
  }

  private func copy(
    _ channels: Int, of image: UnsafePointer<Float>, _ area: PixelArea,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let length = length(area)
    // The area's first column in the image, and the numbers of a line that lie in it.
    let column = area.columns.lowerBound * grid.strideX - grid.left
    let first = min(length, max(0, -column))
    let end = max(first, min(length, grid.width - column))
    for line in 0..<lines(area) {
      let row = area.rows.lowerBound * grid.strideY + line - grid.top
      let count = 0..<grid.height ~= row ? end - first : 0
      kernels.packColumns(
        count == 0 ? image : image + row * grid.width + column + first, grid.height * grid.width,
        channels, 1, count == 0 ? length : first, count, count == 0 ? 0 : length - end,
        room + line * length, channelStep(area))
    }
  }

  private func turn(
    _ channels: Int, of image: UnsafePointer<Float>, _ area: PixelArea,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let (plane, pixels) = (grid.height * grid.width, area.pixels)
    let first = image + area.columns.lowerBound * grid.strideX
    guard !grid.isPointwise else {
      kernels.turnRows(
        first + area.rows.lowerBound * grid.width, plane, channels, pixels, room, pixelSize)
      return
    }
    let seen = room + pixels * pixelSize
    for (i, y) in area.rows.enumerated() {
      kernels.packColumns(
        first + y * grid.strideY * grid.width, plane, channels, grid.strideX, 0,
        area.columns.count, 0, seen + i * area.columns.count, pixels)
    }
    kernels.turnRows(seen, pixels, channels, pixels, room, pixelSize)
  }
}

/// An area and some panels of outputs of one image and group.
private struct PixelBlock {
  private static let columns = PixelWeights.columns

  let grid: WindowGrid
  let weights: PixelWeights
  let channels: Int
  let outputs: Int
  let ending: StoreEnding
  let kernels: TensorKernels
  let source: PixelSource
  let group: Int
  let area: PixelArea
  let panels: Range<Int>

  private var pixels: Int { area.pixels }
  private var copySize: Int { source.copySize(area) }

  /// Numbers of what is copied, and of the sums.
  var count: Int { copySize + panels.count * pixels * Self.columns }

  /// Convolves an image's channels of the group into its outputs, the first of which begins at `first` of `output`.
  func run(
    _ image: UnsafePointer<Float>, room: UnsafeMutablePointer<Float>,
    output: UnsafeMutablePointer<Float>, first: Int
  ) {
    let sums = room + copySize
    let places = (0..<pixels).map { $0 * Self.columns }
    let parts = weights.parts(of: panels)
    source.starts(area).withUnsafeBufferPointer { starts in
      source.offsets(area).withUnsafeBufferPointer { offsets in
        guard let starts = starts.baseAddress, let offsets = offsets.baseAddress else { return }
        var channel = 0
        repeat {
          let part = channel..<min(channel + source.channels, channels)
          let numbers = source.lay(
            part.count, of: image + channel * grid.height * grid.width, area, room: room, kernels)
          for together in parts {
            let panel = together.lowerBound
            kernels.multiplyPixels(
              pixels, used(together), part.count * grid.taps, numbers, starts, offsets,
              weights(of: panel, from: channel), weights.panelSize,
              ahead(of: together, from: channel),
              channel == 0 ? weights.bias(of: panel, group: group) : nil,
              self.sums(of: panel, in: sums), pixels * Self.columns, places)
          }
          channel = part.upperBound
        } while channel < channels
      }
    }
    for panel in panels {
      let place =
        first + panel * Self.columns * grid.pixels + area.rows.lowerBound * grid.outputWidth
        + area.columns.lowerBound
      kernels.turnPixels(
        self.sums(of: panel, in: sums), Self.columns, used(panel..<panel + 1), pixels,
        output + place,
        grid.pixels)
      ending.apply(
        to: output, place, stride: grid.pixels, rows: used(panel..<panel + 1), count: pixels,
        kernels)
    }
  }

  /// Outputs of some panels.
  private func used(_ panels: Range<Int>) -> Int {
    min(panels.upperBound * Self.columns, outputs) - panels.lowerBound * Self.columns
  }

  private func sums(
    of panel: Int, in sums: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    sums + (panel - panels.lowerBound) * pixels * Self.columns
  }

  private func weights(of panel: Int, from channel: Int) -> UnsafePointer<Float> {
    weights.start(of: panel, group: group) + channel * grid.taps * Self.columns
  }

  /// The weights that are multiplied next, where they are far: of the next panels, or of the first ones for the next channels.
  private func ahead(of together: Range<Int>, from channel: Int) -> UnsafePointer<Float>? {
    guard weights.areFar else { return nil }
    return together.upperBound < panels.upperBound
      ? weights(of: together.upperBound, from: channel)
      : weights(of: panels.lowerBound, from: channel + source.channels)
  }
}
