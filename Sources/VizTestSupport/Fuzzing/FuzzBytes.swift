internal import VizImage

/// Bytes as choices; where they end, all choices are the first.
struct FuzzBytes {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    self.bytes = bytes[...]
  }

  /// A number below `count`, from as many bytes as that takes.
  mutating func number(_ count: Int) -> Int {
    var value = Int(bytes.popFirst() ?? 0)
    if count > 256 { value = value << 8 | Int(bytes.popFirst() ?? 0) }
    return value % count
  }

  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[number(choices.count)] }

  mutating func flag() -> Bool { number(2) == 1 }

  /// An edge mode, with a padding that samples of a type can hold.
  mutating func edge(for type: SampleType) -> EdgeMode {
    let edge = pick(EdgeMode.all)
    guard case .pad = edge else { return edge }
    let value = Double(number(65_536))
    return switch type {
    case .uint8: .pad(value.truncatingRemainder(dividingBy: 256))
    case .uint16: .pad(value)
    case .int16: .pad(value - 32_768)
    case .float: .pad((value - 32_768) / 128)
    }
  }

  /// One to three kernels of one size.
  mutating func bank(signed: Bool) -> KernelBank {
    let taps = pick(RandomTaps.allCases)
    let (width, height) = (side(), side())
    let (anchorX, anchorY) = (number(width), number(height))
    let scale = pick([1, 0.25, -1, 1.0 / 9, 1e-6, 3])
    let offset = pick([0, 128, -7.5, 1e4])
    let isPlain = number(2) == 0
    let shape = number(3)
    var random = SplitMix64(seed: UInt64(number(65_536)))
    func kernel() -> Kernel {
      let kernel = Kernel.random(
        width: width, height: height, taps: taps, signed: signed, anchorX: anchorX,
        anchorY: anchorY, scale: isPlain ? 1 : scale, offset: isPlain ? 0 : offset, using: &random)
      return shape == 0 ? kernel : Self.separable(kernel, isFlat: shape == 1)
    }
    switch number(4) {
    case 0 where signed: return .magnitude(kernel(), kernel())
    case 1 where signed: return .maximum((0..<3).map { _ in kernel() })
    default: return KernelBank(kernel())
    }
  }

  /// Small ones more often.
  private mutating func side() -> Int {
    let byte = number(256)
    return byte < 192 ? 1 + byte % 7 : 1 + byte % 31
  }

  /// The kernel's first column times its first row, or its first tap everywhere, so that the ways for
  /// such kernels are met.
  private static func separable(_ kernel: Kernel, isFlat: Bool) -> Kernel {
    let taps = (0..<kernel.taps.count).map { i -> Double in
      let (y, x) = (i / kernel.width, i % kernel.width)
      return isFlat ? kernel.taps[0] : kernel[y, 0] * kernel[0, x]
    }
    return Kernel(
      width: kernel.width, height: kernel.height, taps: taps, anchorX: kernel.anchorX,
      anchorY: kernel.anchorY, scale: kernel.scale, offset: kernel.offset)
  }
}
