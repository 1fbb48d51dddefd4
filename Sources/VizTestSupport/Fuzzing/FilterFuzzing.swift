internal import VizImage
internal import VizKernels

/// A picture, a kernel, an edge mode and a way, made of bytes, against the scalar reference.
///
/// Pictures are 1…64 pixels wide and high, kernels 1…31; a picture loses rows where both are large.
/// An empty picture and rows with gaps in between cannot be put into words: `Image` and `Plane` have
/// neither.
struct FilterFuzzing {
  private let image: Image
  /// What the channels of the picture are, told apart here and not by the engine.
  private let channels: [[Double]]
  private let bank: KernelBank
  private let edge: EdgeMode
  private let output: SampleType
  private let way: ConvolutionPlan.Way
  private let execution: Execution

  init(_ bytes: [UInt8]) {
    var input = FuzzBytes(bytes)
    let type = input.pick(SampleType.allCases)
    let layout = input.pick(ChannelLayout.allCases)
    output = input.pick(SampleType.allCases)
    way = input.pick(ConvolutionPlan.Way.allCases)
    edge = input.pick(EdgeMode.all + [.pad(Double(input.number(256)))])
    bank = input.bank(signed: edge != .renormalize)
    let width = 1 + input.number(64)
    let work = Self.mostProducts / (width * bank.width * bank.height * bank.kernels.count)
    let height = 1 + min(input.number(64), work)
    execution = Execution(
      kernels: input.pick(KernelTable.usable), jobs: 1 + input.number(2),
      bandHeight: input.pick([nil, 1, 2, 5, 16]))
    let noise = Plane.random(
      width: width * layout.channels, height: height, type: type, seed: UInt64(input.number(65536)))
    image = Image(
      width: width, height: height, layout: layout, sampleType: type, storage: noise.storage)
    let samples = noise.values
    channels = (0..<layout.colorChannels).map { channel in
      stride(from: channel, to: samples.count, by: layout.channels).map { samples[$0] }
    }
  }

  private static let mostProducts = 6_000

  var findings: [String] {
    let planes = image.colorPlanes(execution)
    guard planes.map(\.values) == channels else {
      return ["\(image.layout) \(image.sampleType) was taken apart wrongly"]
    }
    let trials = planes.map {
      Trial(plane: $0, bank: bank, edge: edge, executions: [execution])
    }
    do {
      return try trials.flatMap { try $0.failures(outputs: [output], ways: [way]) }
    } catch {
      return ["the reference or the engine refused what the other took: \(error)"]
    }
  }
}

/// Bytes as choices; where they end, all choices are the first.
private struct FuzzBytes {
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

  /// One to three kernels of one size.
  mutating func bank(signed: Bool) -> KernelBank {
    let taps = pick(RandomTaps.allCases)
    let (width, height) = (side(), side())
    let (anchorX, anchorY) = (number(width), number(height))
    let scale = pick([1, 0.25, -1, 1.0 / 9, 1e-6, 3])
    let offset = pick([0, 128, -7.5, 1e4])
    let isPlain = number(2) == 0
    func kernel(_ random: inout SplitMix64) -> Kernel {
      let kernel = Kernel.random(
        width: width, height: height, taps: taps, signed: signed, anchorX: anchorX,
        anchorY: anchorY, scale: isPlain ? 1 : scale, offset: isPlain ? 0 : offset, using: &random)
      return shape == 0 ? kernel : Self.separable(kernel, isFlat: shape == 1)
    }
    let shape = number(3)
    var random = SplitMix64(seed: UInt64(number(65536)))
    switch number(4) {
    case 0 where signed: return .magnitude(kernel(&random), kernel(&random))
    case 1 where signed: return .maximum((0..<3).map { _ in kernel(&random) })
    default: return KernelBank(kernel(&random))
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
