/// How input lines are laid out so that every tap reads neighbours for neighbours.
///
/// Output pixel x reads column x · stride + kx · dilation − left: with the columns of a line sorted by
/// their remainder modulo the stride, its phase, neighbouring pixels read neighbouring numbers of one phase.
/// The same holds for rows. A line begins and ends with the border's zeros, so that tap after tap is a
/// fixed distance away.
struct LineLayout: Sendable {
  private let grid: WindowGrid
  /// Numbers of a line: the pixels of an output row, and what the last taps read behind them.
  let width: Int
  /// Lines below those of the first tap.
  let moreLines: Int
  let phasesX: [Int]
  let phasesY: [Int]

  init(_ grid: WindowGrid) {
    self.grid = grid
    let (reachX, reachY) = (
      (grid.kernelWidth - 1) * grid.dilationX, (grid.kernelHeight - 1) * grid.dilationY
    )
    width = grid.outputWidth + reachX / grid.strideX
    moreLines = reachY / grid.strideY
    phasesX = Set((0..<grid.kernelWidth).map { $0 * grid.dilationX % grid.strideX }).sorted()
    phasesY = Set((0..<grid.kernelHeight).map { $0 * grid.dilationY % grid.strideY }).sorted()
  }

  /// Numbers of one channel for so many output rows.
  func channelSize(rows: Int) -> Int { phasesX.count * phasesY.count * planeSize(rows: rows) }

  private func planeSize(rows: Int) -> Int { (rows + moreLines) * width }

  private func plane(_ phaseY: Int, _ phaseX: Int) -> Int {
    let (y, x) = (phasesY.firstIndex(of: phaseY), phasesX.firstIndex(of: phaseX))
    return (y ?? 0) * phasesX.count + (x ?? 0)
  }

  /// Where the taps of a channel are, from the place of an output pixel.
  func tapOffsets(rows: Int) -> [Int] {
    (0..<grid.taps).map { tap in
      let (ky, kx) = tap.quotientAndRemainder(dividingBy: grid.kernelWidth)
      let (y, phaseY) = (ky * grid.dilationY).quotientAndRemainder(dividingBy: grid.strideY)
      let (x, phaseX) = (kx * grid.dilationX).quotientAndRemainder(dividingBy: grid.strideX)
      return plane(phaseY, phaseX) * planeSize(rows: rows) + y * width + x
    }
  }

  /// Calls `body` for every line of a channel: the input row it holds (nil outside of the image), its first
  /// input column, and where it goes.
  func forLines(
    of rows: Range<Int>, _ body: (_ inputRow: Int?, _ firstColumn: Int, _ place: Int) -> Void
  ) {
    for phaseY in phasesY {
      for phaseX in phasesX {
        let plane = plane(phaseY, phaseX) * planeSize(rows: rows.count)
        for line in 0..<rows.count + moreLines {
          let row = (rows.lowerBound + line) * grid.strideY + phaseY - grid.top
          body(0..<grid.height ~= row ? row : nil, phaseX - grid.left, plane + line * width)
        }
      }
    }
  }
}

/// Output rows of one image, over input lines that are copied once for all taps.
///
/// Columns go on from one row to the next; those behind a row's last pixel are multiplied and dropped.
struct LineColumns: BlockColumns {
  let grid: WindowGrid
  let layout: LineLayout
  let image: Int
  let rows: Range<Int>
  private let width: Int

  static let depth = 640
  private static let blockColumns = 1024

  /// Numbers of a row's lines up to which they cost less than panels; measured.
  private static let mostNumbers = 3 << 17

  /// Whether a row's lines stay near, and all lines together are about what panels would take.
  ///
  /// Where images are wide, or taps far apart, they are not.
  static func isCompact(_ convolution: TensorConvolution) -> Bool {
    let (grid, weights) = (convolution.grid, convolution.weights)
    let layout = LineLayout(grid)
    let channels = min(weights.channels, max(1, depth / grid.taps))
    return channels * layout.channelSize(rows: 1) <= mostNumbers
      && layout.channelSize(rows: grid.outputHeight) <= 2 * grid.taps * grid.pixels
  }

  static func blocks(of convolution: TensorConvolution, _ execution: Execution) -> [LineColumns] {
    let (width, jobs) = (execution.kernels.tensors.tileColumns, execution.jobs)
    let layout = LineLayout(convolution.grid)
    let rows = evenParts(
      of: convolution.grid.outputHeight, most: max(1, blockColumns / layout.width), jobs: jobs)
    return (0..<convolution.batch).flatMap { image in
      rows.map {
        LineColumns(grid: convolution.grid, layout: layout, image: image, rows: $0, width: width)
      }
    }
  }

  /// Up to the last pixel of the last row.
  private var columns: Int { (rows.count - 1) * layout.width + grid.outputWidth }
  var panels: Int { (columns + width - 1) / width }

  /// From one channel to the next; not a power of two, which would crowd a few sets of the cache.
  private var channelStride: Int {
    let lines = (layout.channelSize(rows: rows.count) + 15) / 16
    return 16 * (lines | 1)
  }

  /// A panel's last columns may lie behind the last line.
  func count(channels: Int) -> Int { channels * channelStride + 2 * width }

  func start(of panel: Int, channels: Int) -> Int { panel * width }

  func offsets(channels: Int) -> [Int]? {
    let taps = layout.tapOffsets(rows: rows.count)
    return (0..<channels).flatMap { channel in taps.map { channel * channelStride + $0 } }
  }

  func load(
    _ channels: Int, _ panels: Range<Int>, of source: UnsafePointer<Float>, imageStride: Int,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let source = source + image * imageStride
    let step = grid.strideX
    layout.forLines(of: rows) { row, column, place in
      // The line's numbers that lie in the image.
      let first = min(layout.width, max(0, (step - 1 - column) / step))
      let end = min(layout.width, max(first, (grid.width - column + step - 1) / step))
      let count = row == nil ? 0 : end - first
      kernels.packColumns(
        count == 0 ? source : source + (row ?? 0) * grid.width + column + first * step,
        grid.height * grid.width, channels, step, count == 0 ? layout.width : first, count,
        count == 0 ? 0 : layout.width - end, room + place, channelStride)
    }
    let end = room + (channels - 1) * channelStride + layout.channelSize(rows: rows.count)
    for i in 0..<room + count(channels: channels) - end { end[i] = 0 }
  }

  func forRuns(of panel: Int, _ body: (_ column: Int, _ run: PixelRun) -> Void) {
    let first = panel * width
    let end = min(first + width, columns)
    var column = first
    while column < end {
      let (line, x) = column.quotientAndRemainder(dividingBy: layout.width)
      let next = min(end, (line + 1) * layout.width)
      let count = min(end - column, grid.outputWidth - x)
      if count > 0 {
        let pixel = (rows.lowerBound + line) * grid.outputWidth + x
        body(column - first, PixelRun(image: image, pixel: pixel, count: count))
      }
      column = next
    }
  }
}
