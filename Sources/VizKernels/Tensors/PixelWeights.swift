/// The weights of a convolution in the order in which `multiplyPixels` reads them.
///
///     packed[group][panel][k][o] = weight[group, panel · 16 + o, k], and 0 behind the last output
struct PixelWeights: Sendable {
  /// Output channels of a panel, side by side for every k.
  static let columns = 16
  /// As many k of four panels are two thirds of a first cache of 48 kB; half as many again may be together.
  private static let usualDepth = 128

  /// Input channels that are multiplied at a time: parts that are all about as large.
  static func channelsAtATime(of channels: Int, taps: Int) -> Int {
    let parts = max(1, min(channels, (channels * taps + usualDepth / 2) / usualDepth))
    return (channels + parts - 1) / parts
  }

  /// Panels of a group.
  let panels: Int
  /// Numbers of a panel.
  let panelSize: Int
  private let numbers: SampleBuffer
  private let bias: SampleBuffer

  static func panels(_ outputs: Int) -> Int { (outputs + columns - 1) / columns }

  /// Weights that `fill` sets one by one.
  init(
    groups: Int, outputs: Int, depth: Int, bias: UnsafePointer<Float>? = nil,
    _ fill: (Places) -> Void
  ) {
    panelSize = depth * Self.columns
    panels = Self.panels(outputs)
    self.bias = SampleBuffer(byteCount: groups * panels * Self.columns * 4)
    let biases = self.bias.bytes.assumingMemoryBound(to: Float.self)
    for i in 0..<groups * panels * Self.columns {
      let (group, o) = i.quotientAndRemainder(dividingBy: panels * Self.columns)
      biases[i] = o < outputs ? bias?[group * outputs + o] ?? 0 : 0
    }
    let size = groups * panels * panelSize
    numbers = SampleBuffer(byteCount: size * 4)
    if outputs % Self.columns != 0 {
      numbers.bytes.assumingMemoryBound(to: Float.self).update(repeating: 0, count: size)
    }
    fill(Places(weights: self))
  }

  /// Whether they are so many that they come from the last cache or from memory whenever they are read again, and are worth
  /// being asked for ahead.
  var areFar: Bool { numbers.byteCount >= 1 << 20 }

  /// Panels in even parts, which are multiplied together: up to four, or two where those that are next need room too.
  func parts(of panels: Range<Int>) -> [Range<Int>] {
    evenParts(of: panels.count, most: areFar ? 2 : 4, jobs: 1).map {
      panels.lowerBound + $0.lowerBound..<panels.lowerBound + $0.upperBound
    }
  }

  /// Where each weight goes.
  struct Places: WeightPlaces, @unchecked Sendable {
    private let numbers: UnsafeMutablePointer<Float>
    private let groupSize: Int
    private let panelSize: Int

    fileprivate init(weights: PixelWeights) {
      numbers = weights.numbers.bytes.assumingMemoryBound(to: Float.self)
      panelSize = weights.panelSize
      groupSize = weights.panels * panelSize
    }

    @inline(__always)
    func set(_ value: Float, group: Int, row: Int, depth: Int) {
      place(group: group, row: row, depth: depth).pointee = value
    }

    /// Where a weight goes; behind it go those of the panel's next outputs.
    @inline(__always)
    func place(group: Int, row: Int, depth: Int) -> UnsafeMutablePointer<Float> {
      let (panel, column) = row.quotientAndRemainder(dividingBy: PixelWeights.columns)
      return numbers + group * groupSize + panel * panelSize + depth * PixelWeights.columns + column
    }
  }

  /// Where a panel begins.
  func start(of panel: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(
      numbers.bytes.assumingMemoryBound(to: Float.self)
        + (group * panels + panel) * panelSize)
  }

  /// The biases of a panel, and 0 behind the last output.
  func bias(of panel: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(
      bias.bytes.assumingMemoryBound(to: Float.self) + (group * panels + panel) * Self.columns)
  }
}
