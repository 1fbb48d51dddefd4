internal import CHints

/// A convolution of many channels as a matrix product whose right side is never stored as a whole.
///
///     out[n, o, p] = clamp(bias[o] + Σₖ weight[o, k] · input[n, pixel that tap k of output p reads] + addend[n, o, p])
///
/// Columns are output pixels. They are cut into blocks, and a block into panels that are as wide as a
/// tile. What a block reads of a few input channels is laid out beside the input, small enough for the
/// second cache, in one of two ways (`BlockColumns`); every tile of weights goes over it, and the next
/// channels add to what is in the output. A number's sum is the same walk over k wherever it is, and in
/// whichever way.
package struct TensorConvolution: Sendable {
  package let batch: Int
  package let grid: WindowGrid
  package let weights: PackedWeights
  package var ending = ConvolutionEnding()
  /// How blocks are laid out; nil for the way that takes less time.
  package var layout: Layout?

  /// The ways to lay out what a block reads.
  package enum Layout: Sendable, CaseIterable {
    case lines, panels
  }

  package init(batch: Int, grid: WindowGrid, weights: PackedWeights) {
    self.batch = batch
    self.grid = grid
    self.weights = weights
  }

  /// Convolves `input` `[N, groups · channels, H, W]` into `output` `[N, groups · outputs, H′, W′]`.
  package func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    guard batch * grid.pixels > 0, weights.outputs > 0 else { return }
    let (width, jobs) = (execution.kernels.tensors.tileColumns, execution.jobs)
    switch layout ?? cheapest {
    case .lines:
      run(LineColumns.blocks(of: self, width: width, jobs: jobs), input, output, execution)
    case .panels:
      run(PanelColumns.blocks(of: self, width: width, jobs: jobs), input, output, execution)
    }
  }

  /// Panels cost the copy of every number for each tap, which many output channels share.
  ///
  /// Lines cost products with columns that are no pixels, a copy of the outputs around them, and lie far apart
  /// where there are many channels and phases.
  private var cheapest: Layout {
    let isDeep = weights.depth > weights.outputs * 3 / 2
    if grid.taps == 1 || !isDeep || grid.strideX > 1 && weights.channels >= 16 { return .panels }
    let idle = Double(LineLayout(grid).width) / Double(grid.outputWidth) - 1
    return idle * Double(weights.outputs) < 12 ? .lines : .panels
  }

  /// Input channels that are multiplied at a time: as many in every block as can be.
  private func channelsPerBlock(depth: Int) -> Int {
    let most = max(1, depth / weights.taps)
    let blocks = max(1, (weights.channels + most - 1) / most)
    return (weights.channels + blocks - 1) / blocks
  }

  private func run<Columns: BlockColumns>(
    _ blocks: [Columns], _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    _ execution: Execution
  ) {
    let channels = channelsPerBlock(depth: Columns.depth)
    nonisolated(unsafe) let (input, output) = (input, output)
    let tiles = weights.tiles.count - 1
    // Blocks that cannot be dealt out evenly are shared: each thread lays them out, and takes a part of the tiles.
    let (parts, jobs) = (blocks.count * weights.groups, execution.jobs)
    let shares = parts % jobs == 0 || parts >= 8 * jobs ? 1 : min(tiles, jobs)
    ThreadPool.run(count: blocks.count * weights.groups * shares, jobs: execution.jobs) { task in
      let share = task % shares
      let part = ConvolutionBlock(
        convolution: self, kernels: execution.kernels.tensors, input: input, output: output,
        group: task / shares / blocks.count, columns: blocks[task / shares % blocks.count],
        tiles: share * tiles / shares..<(share + 1) * tiles / shares)
      ScratchShelf.lending(part.byteCount(channels: channels)) {
        part.run(channelsPerBlock: channels, scratch: $0)
      }
    }
  }
}

/// Output pixels of a block, and how what they read lies in memory: for every tap of a panel, as many
/// numbers side by side as a tile is wide.
protocol BlockColumns: Sendable {
  /// Taps of all channels that a panel may have and still stay in the first cache.
  static var depth: Int { get }
  var panels: Int { get }

  /// Numbers that some channels take.
  func count(channels: Int) -> Int

  /// Lays out what the block reads of some channels, of which `source` is the first one's plane in the
  /// batch's first image.
  func load(
    _ channels: Int, of source: UnsafePointer<Float>, imageStride: Int,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels)

  /// Where a panel begins among the numbers of some channels.
  func start(of panel: Int, channels: Int) -> Int

  /// From there, where the numbers of each channel and tap are, in the order of the weights.
  func offsets(channels: Int) -> [Int]

  /// The columns of a panel that are pixels, in runs of neighbours.
  func forRuns(of panel: Int, _ body: (_ column: Int, _ run: PixelRun) -> Void)
}

extension BlockColumns {
  /// A length in blocks of at most so many, all about as long; where there are several, as many for each thread.
  static func blocks(of length: Int, most: Int, jobs: Int) -> [Range<Int>] {
    let fewest = max(1, (length + most - 1) / most)
    let count = fewest == 1 ? 1 : min(length, (fewest + jobs - 1) / jobs * jobs)
    return (0..<count).map { $0 * length / count..<($0 + 1) * length / count }
  }
}

/// Output pixels side by side.
struct PixelRun {
  let image: Int
  let pixel: Int
  let count: Int
}

/// Some columns and some tiles of one group.
private struct ConvolutionBlock<Columns: BlockColumns> {
  let convolution: TensorConvolution
  let kernels: TensorKernels
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let group: Int
  let columns: Columns
  let tiles: Range<Int>

  private var weights: PackedWeights { convolution.weights }
  private var grid: WindowGrid { convolution.grid }
  private var width: Int { kernels.tileColumns }

  /// What is laid out, and a tile for columns that do not lie side by side in the output.
  func byteCount(channels: Int) -> Int {
    (columns.count(channels: min(channels, weights.channels)) + kernels.tileRows * width) * 4
  }

  func run(channelsPerBlock: Int, scratch: UnsafeMutableRawPointer) {
    let spare = scratch.assumingMemoryBound(to: Float.self)
    let room = spare + kernels.tileRows * width
    let plane = grid.height * grid.width
    let imageStride = weights.groups * weights.channels * plane
    let runs = (0..<columns.panels).map { PanelRuns(columns, panel: $0, width: width) }
    var channel = 0
    repeat {
      let channels = channel..<min(channel + channelsPerBlock, weights.channels)
      columns.load(
        channels.count, of: input + (group * weights.channels + channel) * plane,
        imageStride: imageStride, into: room, kernels)
      let offsets = columns.offsets(channels: channels.count)
      offsets.withUnsafeBufferPointer { offsets in
        guard let offsets = offsets.baseAddress else { return }
        // A tile's weights, from memory as a rule, are read once and stay in the first cache; panels are in the
        // second. Results go to runs of neighbours.
        for t in tiles {
          let next = weights.part(min(t + 1, tiles.upperBound - 1), channels, group: group)
          for p in runs.indices {
            let b = room + columns.start(of: p, channels: channels.count)
            multiply(t, channels, runs[p], b, offsets, spare, next.share(p, of: runs.count))
          }
        }
      }
      channel = channels.upperBound
    } while channel < weights.channels
  }

  /// Multiplies one tile of weights with a panel.
  private func multiply(
    _ t: Int, _ channels: Range<Int>, _ panel: PanelRuns, _ b: UnsafePointer<Float>,
    _ offsets: UnsafePointer<Int>, _ spare: UnsafeMutablePointer<Float>,
    _ next: (start: UnsafePointer<Float>, step: Int)
  ) {
    let (first, end) = (weights.tiles[t], weights.tiles[t + 1])
    let part = weights.part(t, channels, group: group)
    let isFirst = channels.lowerBound == 0
    let isLast = channels.upperBound == weights.channels
    var row = first
    while row < end {
      let count = min(kernels.tileRows, end - row)
      let rows = row..<row + count
      fetch(panel, rows, withAddend: isLast)
      place(panel, rows, spare, isFirst: isFirst) { out, stride in
        kernels.multiplyTile(
          count, panel.columns, part.depth, part.start + row - first, part.height, next.start,
          next.step, b, offsets, isFirst ? weights.bias(row, group: group) : nil, out, stride)
      }
      if isLast { finish(panel, rows) }
      row += count
    }
  }

  /// Fetches what a tile is stored to, and what is added to it, while it is multiplied.
  private func fetch(_ panel: PanelRuns, _ rows: Range<Int>, withAddend: Bool) {
    let addend = withAddend ? convolution.ending.addend : nil
    panel.forEach { _, run in
      var place = place(run, rows.lowerBound)
      for _ in rows {
        Self.fetch(output + place, run.count)
        if let addend { Self.fetch(addend + place, run.count) }
        place += grid.pixels
      }
    }
  }

  /// The lines of the cache that at most two vectors of 16 numbers touch.
  @inline(__always)
  private static func fetch(_ numbers: UnsafePointer<Float>, _ count: Int) {
    chints_prefetch(numbers)
    if count > 16 { chints_prefetch(numbers + 16) }
    chints_prefetch(numbers + count - 1)
  }

  /// Lends the place of a tile in the output, or where its columns are not side by side there a spare one
  /// that is copied.
  private func place(
    _ panel: PanelRuns, _ rows: Range<Int>, _ spare: UnsafeMutablePointer<Float>, isFirst: Bool,
    _ body: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    if let whole = panel.whole {
      body(output + place(whole, rows.lowerBound), grid.pixels)
      return
    }
    if !isFirst {
      panel.forEach { column, run in
        kernels.packColumns(
          output + place(run, rows.lowerBound), grid.pixels, rows.count, 1, 0, run.count, 0,
          spare + column, width)
      }
    }
    body(spare, width)
    panel.forEach { column, run in
      kernels.packColumns(
        spare + column, width, rows.count, 1, 0, run.count, 0,
        output + place(run, rows.lowerBound), grid.pixels)
    }
  }

  /// Ends the sums of a tile, which are still in the first cache.
  private func finish(_ panel: PanelRuns, _ rows: Range<Int>) {
    guard convolution.ending.isNeeded else { return }
    panel.forEach { _, run in
      convolution.ending.apply(
        to: output, place(run, rows.lowerBound), stride: grid.pixels, rows: rows.count,
        count: run.count, kernels)
    }
  }

  private func place(_ run: PixelRun, _ row: Int) -> Int {
    let channel = (run.image * weights.groups + group) * weights.outputs + row
    return channel * grid.pixels + run.pixel
  }
}

/// The columns of a panel that are pixels.
private struct PanelRuns {
  private let runs: [(column: Int, run: PixelRun)]
  /// Up to the last column that is a pixel.
  let columns: Int
  /// The only run, where it is as wide as whole vectors.
  let whole: PixelRun?

  init<Columns: BlockColumns>(_ columns: Columns, panel: Int, width: Int) {
    var runs: [(column: Int, run: PixelRun)] = []
    columns.forRuns(of: panel) { runs.append(($0, $1)) }
    self.runs = runs
    let end = runs.last.map { $0.column + $0.run.count } ?? 0
    self.columns = end
    let count = runs.count == 1 ? runs[0].run.count : 0
    whole = count == end && [width / 2, width].contains(count) ? runs[0].run : nil
  }

  @inline(__always)
  func forEach(_ body: (_ column: Int, _ run: PixelRun) -> Void) {
    for (column, run) in runs { body(column, run) }
  }
}
