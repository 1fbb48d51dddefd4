/// The weights of a convolution in the order in which `multiplyPixels` reads them.
///
///     packed[group][panel][k][o] = weight[group, panel · 16 + o, k], and 0 behind the last output
struct PixelWeights: Sendable {
  /// Output channels of a panel, side by side for every k.
  static let columns = 16

  /// Panels of a group.
  let panels: Int
  private let depth: Int
  private let outputs: Int
  private let numbers: SampleBuffer
  private let bias: SampleBuffer

  /// Packs `weight` `[groups · outputs, depth]`, times a number for each output; nil for no bias and for
  /// factors of 1.
  init(
    weight: UnsafePointer<Float>, scale: [Float]?, bias: UnsafePointer<Float>?, groups: Int,
    outputs: Int, depth: Int
  ) {
    (self.outputs, self.depth) = (outputs, depth)
    panels = (outputs + Self.columns - 1) / Self.columns
    self.bias = PackedWeights.biases(bias, count: groups * outputs)
    let size = groups * panels * depth * Self.columns
    numbers = SampleBuffer(byteCount: size * 4)
    let out = numbers.bytes.assumingMemoryBound(to: Float.self)
    if outputs % Self.columns != 0 { out.update(repeating: 0, count: size) }
    for g in 0..<groups {
      for o in 0..<outputs {
        let (panel, column) = o.quotientAndRemainder(dividingBy: Self.columns)
        let target = out + (g * panels + panel) * depth * Self.columns + column
        let source = weight + (g * outputs + o) * depth
        let factor = scale?[g * outputs + o] ?? 1
        for k in 0..<depth { target[k * Self.columns] = source[k] * factor }
      }
    }
  }

  /// Where a panel begins.
  func start(of panel: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(
      numbers.bytes.assumingMemoryBound(to: Float.self)
        + (group * panels + panel) * depth * Self.columns)
  }

  /// The biases of a panel; only those of outputs that there are may be read.
  func bias(of panel: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(
      bias.bytes.assumingMemoryBound(to: Float.self) + group * outputs + panel * Self.columns)
  }
}
