/// What a user says about the input of a network, and how that, the checkpoint and the network itself make
/// one description.
public struct InputOptions: Equatable, Sendable {
  public var preset: InputPreset?
  public var size: InputSize?
  /// One number for all channels, or one for each.
  public var mean: [Double]?
  public var standardDeviation: [Double]?
  public var range: ClosedRange<Double>?

  public init(
    preset: InputPreset? = nil, size: InputSize? = nil, mean: [Double]? = nil,
    standardDeviation: [Double]? = nil, range: ClosedRange<Double>? = nil
  ) {
    self.preset = preset
    self.size = size
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.range = range
  }

  /// The description of a network's input.
  ///
  /// Each part is what the options say; else what their preset says, or without one the checkpoint; else
  /// what is usual: a range of 0…1 and nothing taken away. A length that the network fixes is the
  /// network's. Where the size is not the described one, pictures are resized to cover it.
  ///
  /// `checkpoint` is what the file of the network says, if anything; `inputShape` the network's input,
  /// `[N, C, H, W]`, where nil is a length that is not fixed.
  ///
  /// - Throws: where the network takes no pictures, where the parts contradict each other, and where no
  ///   part tells the size.
  public func description(
    checkpoint: InputDescription?, inputShape: [Int?]
  ) throws(InputError) -> InputDescription {
    let described = preset?.input ?? checkpoint
    guard inputShape.count == 4 else { throw .notPictures(shape: inputShape) }
    guard let channels = inputShape[1] ?? described?.channels else {
      throw .notPictures(shape: inputShape)
    }
    guard channels == 1 || channels == 3 else { throw .channels(channels) }
    let base = described?.adapted(toChannels: channels)
    let size = try size(base, networkHeight: inputShape[2], networkWidth: inputShape[3])
    let isDescribed = size.width == base?.width && size.height == base?.height
    return InputDescription(
      channels: channels, height: size.height, width: size.width,
      resizeSide: isDescribed ? base?.resizeSide : nil,
      resizeSize: isDescribed ? base?.resizeSize : nil, range: range ?? base?.range ?? 0...1,
      mean: try perChannel(mean, "--mean", channels) ?? base?.mean,
      standardDeviation: try perChannel(standardDeviation, "--std", channels)
        ?? base?.standardDeviation,
      isLightOnDark: base?.isLightOnDark ?? false)
  }

  private func size(
    _ base: InputDescription?, networkHeight: Int?, networkWidth: Int?
  ) throws(InputError) -> InputSize {
    if let size {
      guard size.width == networkWidth ?? size.width, size.height == networkHeight ?? size.height
      else {
        throw .sizeMismatch(
          networkWidth: networkWidth, networkHeight: networkHeight, found: size)
      }
      return size
    }
    guard let width = networkWidth ?? base?.width, let height = networkHeight ?? base?.height,
      width > 0, height > 0
    else { throw .unknownSize }
    return InputSize(width: width, height: height)
  }

  private func perChannel(
    _ numbers: [Double]?, _ option: String, _ channels: Int
  ) throws(InputError) -> [Double]? {
    guard let numbers else { return nil }
    if numbers.count == 1 { return [Double](repeating: numbers[0], count: channels) }
    guard numbers.count == channels else {
      throw .invalidOption(
        option, expected: channels == 1 ? "one number" : "one number, or \(channels)",
        found: numbers.map { "\($0)" }.joined(separator: ","))
    }
    return numbers
  }
}
