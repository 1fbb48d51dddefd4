/// Output rows of one image, over the same lines as `LineColumns`, and each row cut into panels by itself.
///
/// A row's last panel ends with it. Where it overlaps the one before, pixels are computed twice, which is less than
/// copying every tile to its place. Sums that are added to what another block of channels left would be added twice:
/// all channels have to fit into one block.
struct RowColumns: BlockColumns {
  private let lines: LineColumns
  /// The columns of an output row that each of its panels makes.
  private let parts: [Range<Int>]

  static let depth = LineColumns.depth

  /// nil where rows are narrower than half a tile or channels too many.
  static func blocks(of convolution: TensorConvolution, _ execution: Execution) -> [RowColumns]? {
    let width = execution.kernels.tensors.tileColumns
    guard isPossible(convolution, width: width) else { return nil }
    let parts = parts(of: convolution.grid.outputWidth, width: width)
    return LineColumns.blocks(of: convolution, execution).map {
      RowColumns(lines: $0, parts: parts)
    }
  }

  private static func isPossible(_ convolution: TensorConvolution, width: Int) -> Bool {
    convolution.weights.depth <= depth && convolution.grid.outputWidth >= width / 2
  }

  /// What panels cost beyond a row's pixels, as a share of these; half a tile costs more than half.
  static func overlap(of convolution: TensorConvolution, width: Int) -> Double? {
    guard isPossible(convolution, width: width) else { return nil }
    let length = convolution.grid.outputWidth
    let cost = parts(of: length, width: width).reduce(0.0) {
      $0 + Double(width) * ($1.count == width ? 1 : 0.6)
    }
    return cost / Double(length) - 1
  }

  /// Panels as wide as a tile, or for what is left of a row half of one.
  private static func parts(of length: Int, width: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var x = 0
    while x < length {
      let count = length - x <= width / 2 || length < width ? width / 2 : width
      let first = min(x, length - count)
      parts.append(first..<first + count)
      x = first + count
    }
    return parts
  }

  var panels: Int { lines.rows.count * parts.count }

  func count(channels: Int) -> Int { lines.count(channels: channels) }

  func load(
    _ channels: Int, _ panels: Range<Int>, of source: UnsafePointer<Float>, imageStride: Int,
    into room: UnsafeMutablePointer<Float>, _ kernels: TensorKernels
  ) {
    lines.load(channels, panels, of: source, imageStride: imageStride, into: room, kernels)
  }

  func start(of panel: Int, channels: Int) -> Int {
    panel / parts.count * lines.layout.width + parts[panel % parts.count].lowerBound
  }

  func offsets(channels: Int) -> [Int]? { lines.offsets(channels: channels) }

  func forRuns(of panel: Int, _ body: (_ column: Int, _ run: PixelRun) -> Void) {
    let (line, part) = (panel / parts.count, parts[panel % parts.count])
    let pixel = (lines.rows.lowerBound + line) * lines.grid.outputWidth + part.lowerBound
    body(0, PixelRun(image: lines.image, pixel: pixel, count: part.count))
  }
}
