public import VizFiles
public import VizImage

/// What a pipeline shows of a result.
struct ShownResult {
  /// The picture; its rows may be made only when they are encoded.
  let pixels: any PixelRows
  /// Float responses, where they are asked for.
  var responses: FilterResult?
  /// Texts for the file, such as the range of a signed picture.
  var texts: [(key: String, value: String)] = []
  /// Whether the result came from gray.
  let isGray: Bool
  /// Responses that the picture's samples could not hold, below their range and altogether.
  private(set) var clipped = (below: 0, all: 0)
  private(set) var responseCount = 0

  init(pixels: any PixelRows, texts: [(key: String, value: String)] = [], isGray: Bool) {
    self.pixels = pixels
    self.texts = texts
    self.isGray = isGray
  }

  /// A result that is made when it is encoded.
  init(_ filtered: FilteredPicture) {
    let rows = FilteredRows(filtered)
    self.init(pixels: rows, isGray: !rows.layout.hasColor)
    responseCount = filtered.responseCount
  }

  init(_ result: FilterResult, jobs: Int) {
    self.init(
      pixels: Image(
        planes: result.planes, alpha: result.alpha, metadata: result.metadata, jobs: jobs),
      isGray: result.planes.count == 1)
    responseCount = result.responseCount
    clipped = (result.clippedBelow, result.clipped)
  }

  /// Takes over what was counted while rows were made.
  mutating func countClipped() {
    if let rows = pixels as? FilteredRows { clipped = rows.clipped }
  }
}

extension FilterResult {
  /// Float responses that are infinite or no numbers.
  var infiniteCount: Int {
    planes.reduce(0) { $0 + $1.samples(as: Float.self).count { !$0.isFinite } }
  }

  /// The colour planes as an array: [H, W], or [H, W, 3].
  public var array: NumPyArray {
    let (width, height) = (planes[0].width, planes[0].height)
    let samples = planes.map { $0.samples(as: Float.self) }
    if samples.count == 1 {
      return NumPyArray(shape: [height, width], elements: .float(samples[0]))
    }
    var interleaved: [Float] = []
    interleaved.reserveCapacity(width * height * samples.count)
    for i in 0..<(width * height) {
      for plane in samples { interleaved.append(plane[i]) }
    }
    return NumPyArray(shape: [height, width, samples.count], elements: .float(interleaved))
  }
}
