/// What a network wants to see: how a picture becomes its input.
///
///     x[c] = (pixel[c] · (high − low) + low − mean[c]) / standardDeviation[c],  0 ≤ pixel ≤ 1
public struct InputDescription: Equatable, Sendable {
  /// 1 for gray, 3 for red, green and blue.
  public var channels: Int
  public var height: Int
  public var width: Int
  /// What the shorter side of a picture becomes before the middle is cut out of it; nil for the smallest
  /// size that covers the input.
  public var resizeSide: Int?
  /// What a picture becomes before that, whatever its proportion; goes before `resizeSide`.
  public var resizeSize: InputSize?
  /// The numbers that black and white become before the mean is taken away.
  public var range: ClosedRange<Double>
  /// One for each channel.
  public var mean: [Double]
  public var standardDeviation: [Double]
  /// Whether the network learned light strokes on a dark ground, as the digits of MNIST are: a picture that
  /// is dark on light can then be told, and inverted.
  public var isLightOnDark: Bool

  /// - Precondition: lengths are positive, and there is a mean and a positive deviation for each channel.
  public init(
    channels: Int, height: Int, width: Int, resizeSide: Int? = nil,
    resizeSize: InputSize? = nil, range: ClosedRange<Double> = 0...1, mean: [Double]? = nil,
    standardDeviation: [Double]? = nil,
    isLightOnDark: Bool = false
  ) {
    self.channels = channels
    self.height = height
    self.width = width
    self.resizeSide = resizeSide
    self.resizeSize = resizeSize
    self.range = range
    self.mean = mean ?? [Double](repeating: 0, count: max(0, channels))
    self.standardDeviation = standardDeviation ?? [Double](repeating: 1, count: max(0, channels))
    self.isLightOnDark = isLightOnDark
    checkPreconditions()
  }

  /// The same for a network with another number of channels: each gets the average of the means and of
  /// the deviations, as gray ResNets do with ImageNet's.
  public func adapted(toChannels count: Int) -> InputDescription {
    guard count != channels else { return self }
    func average(_ values: [Double]) -> [Double] {
      [Double](repeating: values.reduce(0, +) / Double(channels), count: count)
    }
    var adapted = self
    adapted.channels = count
    adapted.mean = average(mean)
    adapted.standardDeviation = average(standardDeviation)
    return adapted
  }

  /// The same pictures as numbers of 0…1, without mean and deviation.
  public var plain: InputDescription {
    InputDescription(
      channels: channels, height: height, width: width, resizeSide: resizeSide,
      resizeSize: resizeSize, isLightOnDark: isLightOnDark)
  }

  /// Members may have been changed since `init`.
  func checkPreconditions() {
    precondition(
      channels > 0 && height > 0 && width > 0 && resizeSide ?? 1 > 0
        && resizeSize?.width ?? 1 > 0 && resizeSize?.height ?? 1 > 0
        && mean.count == channels && standardDeviation.count == channels
        && standardDeviation.allSatisfy { $0 > 0 },
      "an input of \(channels)×\(height)×\(width), resized to \(resizeSide ?? 0) or "
        + "\(resizeSize.map { "\($0)" } ?? "no size"), mean \(mean), deviation \(standardDeviation)"
    )
  }
}
