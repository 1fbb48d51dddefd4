public import VizImage

/// What became of one input.
public struct FilterReport: Sendable {
  /// What all threads together spent in a part of the work; parts overlap.
  public struct Milliseconds: Sendable {
    public var decode = 0.0
    public var filter = 0.0
    public var encode = 0.0
    /// From the first byte read to the last one written.
    public var total = 0.0

    init() {}

    init(_ times: WorkTimes, total: Duration) {
      (decode, filter, encode) = (
        times.milliseconds(.decode), times.milliseconds(.filter), times.milliseconds(.encode)
      )
      let (seconds, attoseconds) = total.components
      self.total = Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }
  }

  /// What the picture was before it was filtered.
  public struct Source: Sendable {
    public let width: Int
    public let height: Int
    public let depth: SampleType
    public let hasColor: Bool

    public init(width: Int, height: Int, depth: SampleType, hasColor: Bool) {
      (self.width, self.height, self.depth, self.hasColor) = (width, height, depth, hasColor)
    }

    init(_ picture: PictureSource) {
      self.init(
        width: picture.width, height: picture.height, depth: picture.sampleType,
        hasColor: picture.layout.hasColor)
    }
  }

  public let input: String
  public let output: OutputPlan.Destination
  public internal(set) var source: Source?
  /// Where the raw responses were written.
  public internal(set) var responses: String?
  /// Of the result.
  public internal(set) var width = 0
  public internal(set) var height = 0
  public internal(set) var channels = 0
  public internal(set) var depth = SampleType.uint8
  /// Whether the result came from gray.
  public internal(set) var isGray = false
  /// Whether the picture's colour profile had no place in the output's format.
  public internal(set) var losesProfile = false
  /// Responses that the picture's samples could not hold.
  public internal(set) var clippedCount = 0
  /// How many of these lie below the smallest sample, the others being above the largest.
  public internal(set) var belowCount = 0
  public internal(set) var responseCount = 0
  /// Raw responses that are infinite or no numbers: Float32 ends at 3.4e38.
  public internal(set) var infiniteCount = 0
  public internal(set) var milliseconds = Milliseconds()

  /// The part of the responses that the picture could not hold, 0…1.
  public var clippedShare: Double {
    Double(clippedCount) / Double(max(1, responseCount))
  }

  /// Whether the picture does not show what the filter found: more than a hundredth is cut off.
  public var isMuchClipped: Bool { clippedShare > 0.01 }

  init(input: String, output: OutputPlan.Destination) {
    self.input = input
    self.output = output
  }

  mutating func describe(_ shown: ShownResult) {
    width = shown.pixels.width
    height = shown.pixels.height
    channels = shown.pixels.layout.channels
    depth = shown.pixels.sampleType
    isGray = shown.isGray
    (belowCount, clippedCount) = shown.clipped
    responseCount = shown.responseCount
  }
}
