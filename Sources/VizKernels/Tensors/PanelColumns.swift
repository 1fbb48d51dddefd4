/// Output pixels of all images one after the other, packed panel by panel, tap after tap.
///
/// A kernel of one tap finds whole panels in the image as a tile reads them. Where there are many channels and few outputs,
/// packing all of them first would take a large part of the time: such a panel is copied by the first tile that is multiplied
/// with it, and goes over all tiles before the next ones, as far as the first cache has room.
struct PanelColumns: BlockColumns {
  private let grid: WindowGrid
  private let columns: Range<Int>
  private let width: Int
  /// Whether whole panels are read where they lie.
  private let readsImage: Bool
  let panelsTogether: Int

  static let depth = 320
  private static let blockColumns = 384

  static func blocks(of convolution: TensorConvolution, _ execution: Execution) -> [PanelColumns] {
    let (grid, kernels) = (convolution.grid, execution.kernels.tensors)
    let width = kernels.tileColumns
    let count = convolution.batch * grid.pixels
    let depth = convolution.channelsPerBlock(depth: Self.depth)
    // The numbers are measured. Of the smallest images few panels are whole.
    let readsImage =
      grid.isPointwise && 2 * grid.pixels >= 3 * width && depth >= 96
      && convolution.weights.outputs <= 256
    return evenParts(
      of: (count + width - 1) / width, most: blockColumns / width, jobs: execution.jobs
    ).map {
      PanelColumns(
        grid: grid, columns: $0.lowerBound * width..<min($0.upperBound * width, count),
        width: width, readsImage: readsImage,
        panelsTogether: readsImage ? kernels.panels(depth: depth) : $0.count)
    }
  }

  /// Columns that are multiplied; of the last panel half of them where that is enough.
  static func columns(of convolution: TensorConvolution, width: Int) -> Int {
    let half = width / 2
    return (convolution.batch * convolution.grid.pixels + half - 1) / half * half
  }

  var panels: Int { (columns.count + width - 1) / width }

  func isInPlace(_ panel: Int) -> Bool {
    let first = columns.lowerBound + panel * width
    return readsImage && first + width <= columns.upperBound
      && first % grid.pixels + width <= grid.pixels
  }

  func count(channels: Int) -> Int {
    min(panels, panelsTogether) * channels * grid.taps * width
  }

  func start(of panel: Int, channels: Int) -> Int {
    panel % panelsTogether * channels * grid.taps * width
  }

  func offsets(channels: Int) -> [Int]? { nil }

  func load(
    _ channels: Int, _ panels: Range<Int>, of source: UnsafePointer<Float>, imageStride: Int,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    if grid.isPointwise, !readsImage {
      forRuns(of: panels) { column, run in
        kernels.packPanels(
          source + run.image * imageStride + run.pixel, grid.pixels, channels, column, run.count,
          room, channels * width)
      }
    }
    for p in panels where !isInPlace(p) {
      let packed = room + start(of: p, channels: channels)
      var used = 0
      forRuns(of: p) { column, run in
        let source = source + run.image * imageStride
        if readsImage {
          kernels.packColumns(
            source + run.pixel, grid.pixels, channels, 1, 0, run.count, 0, packed + column, width)
        } else if !grid.isPointwise {
          pack(run, channels, source, into: packed + column, kernels)
        }
        used = column + run.count
      }
      // What is multiplied with columns that do not exist is not used, but should not be slow either.
      if used < width {
        for k in 0..<channels * grid.taps {
          for i in used..<width { packed[k * width + i] = 0 }
        }
      }
    }
  }

  func forRuns(of panel: Int, _ body: (_ column: Int, _ run: PixelRun) -> Void) {
    forRuns(of: panel..<panel + 1, body)
  }

  private func forRuns(
    of panels: Range<Int>, _ body: (_ column: Int, _ run: PixelRun) -> Void
  ) {
    let first = columns.lowerBound + panels.lowerBound * width
    let end = min(columns.lowerBound + panels.upperBound * width, columns.upperBound)
    var column = first
    while column < end {
      let (image, pixel) = column.quotientAndRemainder(dividingBy: grid.pixels)
      let count = min(end - column, grid.pixels - pixel)
      body(column - first, PixelRun(image: image, pixel: pixel, count: count))
      column += count
    }
  }

  /// Packs output pixels of one image, row by row.
  private func pack(
    _ run: PixelRun, _ channels: Int, _ source: UnsafePointer<Float>,
    into packed: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    var pixel = run.pixel
    let end = run.pixel + run.count
    while pixel < end {
      let (y, x) = pixel.quotientAndRemainder(dividingBy: grid.outputWidth)
      let row = x..<min(x + end - pixel, grid.outputWidth)
      packRow(row, y, channels, source, into: packed + pixel - run.pixel, kernels)
      pixel += row.count
    }
  }

  private func packRow(
    _ run: Range<Int>, _ y: Int, _ channels: Int, _ source: UnsafePointer<Float>,
    into packed: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    let rowTaps = grid.rowTaps(y)
    for kx in 0..<grid.kernelWidth {
      let inside = grid.columns(of: run, tap: kx)
      let column = inside.lowerBound * grid.strideX + kx * grid.dilationX - grid.left
      for ky in 0..<grid.kernelHeight {
        let row = y * grid.strideY + ky * grid.dilationY - grid.top
        let isInside = rowTaps.contains(ky) && !inside.isEmpty
        kernels.packColumns(
          isInside ? source + row * grid.width + column : source, grid.height * grid.width,
          channels, grid.strideX, isInside ? inside.lowerBound - run.lowerBound : run.count,
          isInside ? inside.count : 0, isInside ? run.upperBound - inside.upperBound : 0,
          packed + (ky * grid.kernelWidth + kx) * width, grid.taps * width)
      }
    }
  }
}
