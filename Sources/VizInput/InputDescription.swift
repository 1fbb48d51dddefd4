/// What a network wants to see: how a picture becomes its input.
///
///     x[c] = (pixel[c] · (high − low) + low − mean[c]) / standardDeviation[c],  0 ≤ pixel ≤ 1
public struct InputDescription: Equatable, Sendable {
  /// 1 for gray, 3 for red, green and blue.
  public var channels: Int
  public var height: Int
  public var width: Int
  /// The numbers that black and white become before the mean is taken away.
  public var range: ClosedRange<Double>
  /// One for each channel.
  public var mean: [Double]
  public var standardDeviation: [Double]

  /// - Precondition: lengths are positive, and there is a mean and a deviation for each channel.
  public init(
    channels: Int, height: Int, width: Int, range: ClosedRange<Double> = 0...1,
    mean: [Double]? = nil, standardDeviation: [Double]? = nil
  ) {
    self.channels = channels
    self.height = height
    self.width = width
    self.range = range
    self.mean = mean ?? [Double](repeating: 0, count: channels)
    self.standardDeviation = standardDeviation ?? [Double](repeating: 1, count: channels)
    precondition(
      channels > 0 && height > 0 && width > 0
        && self.mean.count == channels && self.standardDeviation.count == channels,
      "an input of \(channels)×\(height)×\(width), mean \(self.mean), "
        + "deviation \(self.standardDeviation)")
  }
}
