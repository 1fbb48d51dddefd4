public import VizFiles
public import VizImage

/// What a pipeline shows of a result.
public struct ShownResult: Sendable {
  public let picture: Image
  /// Float responses, where they are asked for.
  public let responses: FilterResult?
  /// Texts for the file, such as the range of a signed picture.
  public let texts: [(key: String, value: String)]
  /// Whether the result came from gray.
  public let isGray: Bool
  /// Responses that the picture's samples could not hold.
  public private(set) var clippedCount = 0
  public private(set) var responseCount = 0

  init(
    picture: Image, responses: FilterResult?, texts: [(key: String, value: String)], isGray: Bool
  ) {
    self.picture = picture
    self.responses = responses
    self.texts = texts
    self.isGray = isGray
  }

  init(_ result: FilterResult, depth: SampleType, responses: FilterResult?, jobs: Int) {
    self.init(
      picture: Image(
        planes: result.planes, alpha: result.alpha, metadata: result.metadata, jobs: jobs),
      responses: responses, texts: [], isGray: result.planes.count == 1)
    responseCount = result.responseCount
    clippedCount = depth == .float ? 0 : result.clipped
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
