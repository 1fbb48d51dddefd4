/// A convolution of many channels as a matrix product whose right side is never stored as a whole.
///
///     out[n, o, p] = clamp(bias[o] + Σₖ weight[o, k] · input[n, pixel that tap k of output p reads] + addend[n, o, p])
///
/// Columns are output pixels. They are cut into blocks, and a block into panels that are as wide as a
/// tile. What a block reads of a few input channels is laid out beside the input, small enough for the
/// second cache, in one of three ways (`BlockColumns`), all of it or some panels at a time; every tile of weights goes over
/// that, and the next channels add to what is in the output. A number's sum is the same walk over k wherever it is, and in
/// whichever way.
package struct TensorConvolution: Sendable {
  package let batch: Int
  package let grid: WindowGrid
  package let weights: ConvolutionWeights
  package var ending = StoreEnding()
  /// How blocks are laid out; nil for the way that takes less time.
  package var layout: Layout?

  /// The ways to lay out what a block reads; with `pixels` they are the rows of the product (`PixelConvolution`).
  package enum Layout: Sendable, CaseIterable {
    case lines, rows, panels, pixels
  }

  package init(batch: Int, grid: WindowGrid, weights: ConvolutionWeights) {
    self.batch = batch
    self.grid = grid
    self.weights = weights
  }

  /// Convolves `input` `[N, groups · channels, H, W]` into `output` `[N, groups · outputs, H′, W′]`.
  package func run(
    input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    guard batch * grid.pixels > 0, weights.outputs > 0 else { return }
    switch layout ?? cheapest(width: execution.kernels.tensors.tileColumns) {
    case .rows:
      if let blocks = RowColumns.blocks(of: self, execution) {
        run(blocks, input, output, execution)
      } else {
        fallthrough
      }
    case .lines:
      run(LineColumns.blocks(of: self, execution), input, output, execution)
    case .pixels:
      PixelConvolution(convolution: self).run(input: input, output: output, execution: execution)
    case .panels:
      run(PanelColumns.blocks(of: self, execution), input, output, execution)
    }
  }

  /// Pixels cost the store and the turn of their sums, which many products share, and vectors of outputs that are not full.
  ///
  /// Panels cost the copy of every number for each tap, which many output channels share or a first tile makes by the way, and
  /// where there are few pixels products with columns that are none. Lines cost products with columns that are no pixels, a copy
  /// of the outputs around them, and lie far apart where there are many channels and phases. Rows cost products that are made
  /// twice; what a panel reads of many channels does not stay in the first cache. The numbers are measured.
  private func cheapest(width: Int) -> Layout {
    let pixels = PixelConvolution(convolution: self)
    guard grid.taps > 1 else {
      let idleColumns =
        Double(PanelColumns.columns(of: self, width: width)) / Double(batch * grid.pixels)
      // Tiles of two wide vectors read so few weights for a product that panels are faster but for a handful of pixels.
      let margin = width < 32 ? 0.05 : 0.5
      return weights.channels >= 128 && pixels.idleProducts < idleColumns - margin
        && pixels.isCompact ? .pixels : .panels
    }
    if weights.depth >= 96, pixels.idleProducts < 1.3, pixels.isCompact { return .pixels }
    let outputs = Double(weights.outputs)
    let hasLines = LineColumns.isCompact(self)
    let idle = Double(LineLayout(grid).width) / Double(grid.outputWidth) - 1
    if hasLines, weights.channels <= 32, let overlap = RowColumns.overlap(of: self, width: width),
      overlap * outputs < 30, overlap < idle + 15 / Double(weights.depth)
    {
      return .rows
    }
    let isDeep = weights.depth > weights.outputs * 3 / 2
    if !hasLines || !isDeep || grid.strideX > 1 && weights.channels >= 16 { return .panels }
    return idle * outputs < 12 ? .lines : .panels
  }

  /// Input channels that are multiplied at a time: as many in every block as can be.
  func channelsPerBlock(depth: Int) -> Int {
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
    let weights = weights.tiles(jobs: execution.jobs)
    let tiles = weights.tiles.count - 1
    // Blocks that cannot be dealt out evenly are shared: each thread lays them out, and takes a part of the tiles.
    let (parts, jobs) = (blocks.count * weights.groups, execution.jobs)
    let shares = parts % jobs == 0 || parts >= 8 * jobs ? 1 : min(tiles, jobs)
    ThreadPool.run(count: blocks.count * weights.groups * shares, jobs: execution.jobs) { task in
      let share = task % shares
      let part = ConvolutionBlock(
        grid: grid, weights: weights, ending: ending, kernels: execution.kernels.tensors,
        input: input, output: output, group: task / shares / blocks.count,
        columns: blocks[task / shares % blocks.count],
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
  /// Panels that are laid out and multiplied with all tiles before the next ones take their place; all of them where weights
  /// should be read once.
  var panelsTogether: Int { get }

  /// Whether a panel, as wide as a tile, lies in the input as a tile reads it: it is not laid out with the others, but copied
  /// to its place when it is multiplied first.
  func isInPlace(_ panel: Int) -> Bool

  /// Numbers that some channels take.
  func count(channels: Int) -> Int

  /// Lays out what panels that go together read of some channels, of which `source` is the first one's plane in the
  /// batch's first image.
  func load(
    _ channels: Int, _ panels: Range<Int>, of source: UnsafePointer<Float>, imageStride: Int,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels)

  /// Where a panel begins among the numbers of some channels.
  func start(of panel: Int, channels: Int) -> Int

  /// From there, where the numbers of each channel and tap are, in the order of the weights; nil where a panel's follow one
  /// another.
  func offsets(channels: Int) -> [Int]?

  /// The columns of a panel that are pixels, in runs of neighbours.
  func forRuns(of panel: Int, _ body: (_ column: Int, _ run: PixelRun) -> Void)
}

extension BlockColumns {
  var panelsTogether: Int { panels }
  func isInPlace(_ panel: Int) -> Bool { false }
}

/// A length in parts of at most so many, all about as long; where there are several, as many for each thread.
func evenParts(of length: Int, most: Int, jobs: Int) -> [Range<Int>] {
  let fewest = max(1, (length + most - 1) / most)
  let count = fewest == 1 ? 1 : min(length, (fewest + jobs - 1) / jobs * jobs)
  return (0..<count).map { $0 * length / count..<($0 + 1) * length / count }
}

/// Output pixels side by side.
struct PixelRun {
  let image: Int
  let pixel: Int
  let count: Int
}

/// Some columns and some tiles of one group.
private struct ConvolutionBlock<Columns: BlockColumns> {
  let grid: WindowGrid
  let weights: PackedWeights
  let ending: StoreEnding
  let kernels: TensorKernels
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let group: Int
  let columns: Columns
  let tiles: Range<Int>

  private var width: Int { kernels.tileColumns }
  private var plane: Int { grid.height * grid.width }

  /// What is laid out, and a tile for columns that do not lie side by side in the output.
  func byteCount(channels: Int) -> Int {
    (columns.count(channels: min(channels, weights.channels)) + kernels.tileRows * width) * 4
  }

  func run(channelsPerBlock: Int, scratch: UnsafeMutableRawPointer) {
    let spare = scratch.assumingMemoryBound(to: Float.self)
    let room = spare + kernels.tileRows * width
    let imageStride = weights.groups * weights.channels * plane
    let panels = BlockPanels(columns, width: width) { run in
      let image = run.image * weights.groups + group
      return (
        image * weights.outputs * grid.pixels + run.pixel,
        image * weights.channels * plane + run.pixel
      )
    }
    var channel = 0
    repeat {
      let channels = channel..<min(channel + channelsPerBlock, weights.channels)
      let source = input + (group * weights.channels + channel) * plane
      let offsets = columns.offsets(channels: channels.count)
      let starts = (0..<columns.panels).map { columns.start(of: $0, channels: channels.count) }
      panels.lending(starts, offsets) { places in
        for first in stride(from: 0, to: columns.panels, by: columns.panelsTogether) {
          let some = first..<min(first + columns.panelsTogether, columns.panels)
          columns.load(
            channels.count, some, of: source, imageStride: imageStride, into: room, kernels)
          multiply(channels, panels, some, room, places, spare)
        }
      }
      channel = channels.upperBound
    } while channel < weights.channels
  }

  /// Multiplies all tiles of some channels' weights with panels that go together.
  ///
  /// A tile's weights stay in the first cache meanwhile; so many panels that fit into it are multiplied at a time.
  private func multiply(
    _ channels: Range<Int>, _ panels: BlockPanels, _ some: Range<Int>,
    _ room: UnsafeMutablePointer<Float>, _ places: BlockPanels.Places,
    _ spare: UnsafeMutablePointer<Float>
  ) {
    let image = PanelNumbers(
      start: input + channels.lowerBound * plane, stride: plane, starts: places.inputs,
      offsets: nil, copy: room)
    let laidOut = PanelNumbers(
      start: room, stride: width, starts: places.starts, offsets: places.offsets, copy: nil)
    // Where panels go one by one, the first tiles fetch the next.
    let following = some.upperBound
    var nextPanel =
      some.count == 1 && following < panels.all.count && panels.all[following].isInPlace
      ? PanelFetch(
        image.start + places.inputs[following], plane: plane, channels: channels.count,
        width: width)
      : nil
    for t in tiles {
      let part = weights.part(t, channels, group: group)
      let nextTile = t + 1 < tiles.upperBound ? t + 1 : tiles.lowerBound
      let nextPart = weights.part(nextTile, channels, group: group)
      var p = some.lowerBound
      while p < some.upperBound {
        let panel = panels.all[p]
        let end = panels.alike(in: p..<min(some.upperBound, p + kernels.panels(depth: part.depth)))
        kernels.forTiles(of: part.height) { rows in
          let tile = Tile(
            part: part, rows: rows, first: weights.tiles[t], channels: channels,
            fetch: nextPanel?.next() ?? nextPart.fetch(p - some.lowerBound, of: some.count))
          let isFirst = t == tiles.lowerBound && rows.lowerBound == 0
          if panel.isWhole {
            let numbers = panel.isInPlace && isFirst ? image : laidOut
            multiply(tile, numbers, places, p..<end, panel.columns)
          } else {
            multiply(tile, panels, panel, room + places.starts[p], places.offsets, spare)
          }
        }
        p = end
      }
    }
  }

  /// Where `multiplyTiles` reads panels, and copies them to.
  private struct PanelNumbers {
    let start: UnsafePointer<Float>
    let stride: Int
    let starts: UnsafePointer<Int>
    let offsets: UnsafePointer<Int>?
    let copy: UnsafeMutablePointer<Float>?
  }

  /// Rows of a tile of some channels' weights, and what to fetch while they are multiplied.
  private struct Tile {
    let part: WeightPart
    let rows: Range<Int>
    /// The tile's first output.
    let first: Int
    let channels: Range<Int>
    let fetch: LineFetch

    var output: Int { first + rows.lowerBound }
    var weights: UnsafePointer<Float> { part.start + rows.lowerBound }
  }

  private func bias(_ tile: Tile) -> UnsafePointer<Float>? {
    tile.channels.lowerBound == 0 ? weights.bias(tile.output, group: group) : nil
  }

  private func ending(_ tile: Tile) -> StoreEnding {
    tile.channels.upperBound == weights.channels ? ending : StoreEnding()
  }

  /// Multiplies with panels that are one run of pixels each: results go to where they belong.
  private func multiply(
    _ tile: Tile, _ numbers: PanelNumbers, _ places: BlockPanels.Places, _ panels: Range<Int>,
    _ columns: Int
  ) {
    let (first, p) = (tile.output * grid.pixels, panels.lowerBound)
    let ending = ending(tile)
    let addend = ending.addend.map { $0 + first }
    ending.withLimits { limits in
      kernels.multiplyTiles(
        panels.count, numbers.starts + p, places.outputs + p, tile.rows.count, columns,
        tile.part.depth, tile.weights, tile.part.height, tile.fetch.start, tile.fetch.step,
        numbers.start, numbers.stride, numbers.offsets, numbers.copy.map { $0 + places.starts[p] },
        bias(tile), addend, limits, output + first, grid.pixels)
    }
    for p in panels {
      ending.limitGradients(
        of: output, first + places.outputs[p], stride: grid.pixels, rows: tile.rows.count,
        count: columns, kernels)
    }
  }

  /// Multiplies with a panel whose columns do not lie side by side in the output: into a spare tile that is copied.
  private func multiply(
    _ tile: Tile, _ panels: BlockPanels, _ panel: BlockPanels.Panel, _ b: UnsafePointer<Float>,
    _ offsets: UnsafePointer<Int>?, _ spare: UnsafeMutablePointer<Float>
  ) {
    let first = tile.output * grid.pixels
    let bias = bias(tile)
    if bias == nil {
      for run in panels.runs[panel.runs] {
        kernels.packColumns(
          output + run.place + first, grid.pixels, tile.rows.count, 1, 0, run.count, 0,
          spare + run.column, width)
      }
    }
    kernels.multiplyTile(
      tile.rows.count, panel.columns, tile.part.depth, tile.weights, tile.part.height,
      tile.fetch.start, tile.fetch.step, b, width, offsets, bias, spare, width)
    for run in panels.runs[panel.runs] {
      kernels.packColumns(
        spare + run.column, width, tile.rows.count, 1, 0, run.count, 0, output + run.place + first,
        grid.pixels)
      ending(tile).apply(
        to: output, run.place + first, stride: grid.pixels, rows: tile.rows.count,
        count: run.count, kernels)
    }
  }
}
