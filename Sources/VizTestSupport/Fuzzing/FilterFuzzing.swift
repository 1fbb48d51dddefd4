internal import VizImage
internal import VizKernels

/// A picture, a kernel, an edge mode and a way, made of bytes, against the scalar reference.
///
/// Pictures are 1…64 pixels wide and high, some up to 600 wide, whose columns are taken in pieces;
/// kernels 1…31. A picture loses rows where both are large, so that there are many runs in a second. An
/// empty picture cannot be put into words: `Image` and `Plane` have none.
struct FilterFuzzing {
  let image: Image
  let bank: KernelBank
  let edge: EdgeMode
  let output: SampleType
  let way: ConvolutionPlan.Way
  let execution: Execution
  /// The channels of the picture, colours first, told apart here and not by the engine.
  private let channels: [[Double]]
  /// Which of the colours is filtered.
  private let color: Int
  private let second: SecondLook

  /// What else is held against the convolution of whole planes.
  private enum SecondLook {
    case none
    case gray
    /// Some rows by themselves, with gaps of so many samples between rows.
    case band(start: Int, count: Int, gap: Int)
    /// A chain of the kernel and others, band by band.
    case chain(FilterOptions, [Kernel])
    /// A filter that is no kernel.
    case operation(String, [Double])
  }

  init(_ bytes: [UInt8]) {
    var input = FuzzBytes(bytes)
    let type = input.pick(SampleType.allCases)
    let layout = input.pick(ChannelLayout.allCases)
    output = input.pick(SampleType.allCases)
    way = input.pick(ConvolutionPlan.Way.allCases)
    edge = input.edge(for: type)
    bank = input.bank(signed: edge != .renormalize)
    let width = input.number(16) == 1 ? 65 + input.number(536) : 1 + input.number(64)
    let products = bank.width * bank.height * bank.kernels.count
    let work = input.number(32) == 1 ? 40_000 : 2_000
    let height = 1 + min(input.number(64), work / (width * max(products, 2 * layout.channels)))
    execution = Execution(
      kernels: input.pick(KernelTable.usable), jobs: 1 + input.number(2),
      bandHeight: input.pick([nil, 1, 2, 5, 16]))
    color = input.number(layout.colorChannels)
    second = Self.secondLook(&input, edge)
    let samples = Self.samples(&input, type, width: width * layout.channels, height: height)
    image = Image(
      width: width, height: height, layout: layout, sampleType: type, storage: samples.storage)
    let values = samples.values
    channels = (0..<layout.channels).map { channel in
      stride(from: channel, to: values.count, by: layout.channels).map { values[$0] }
    }
  }

  private static func samples(
    _ input: inout FuzzBytes, _ type: SampleType, width: Int, height: Int
  ) -> Plane {
    let noise = Plane.random(
      width: width, height: height, type: type, seed: UInt64(input.number(65_536)))
    let odd = input.pick([0, Float.nan, .infinity, -.infinity])
    guard type == .float, odd != 0 else { return noise }
    var samples = noise.samples(as: Float.self)
    samples[input.number(65_536) % samples.count] = odd
    return Plane(width: width, height: height, samples: samples)
  }

  private static func secondLook(_ input: inout FuzzBytes, _ edge: EdgeMode) -> SecondLook {
    switch input.number(8) {
    case 1: return .gray
    case 2, 3:
      return .band(start: input.number(64), count: input.number(8), gap: input.number(40))
    case 4: return .operation("median", [Double(1 + 2 * input.number(8))])
    case 5:
      let values = [Double(input.number(1_024)), Double(input.number(1_024))]
      return input.flag() ? .operation("threshold", [values[0]]) : .operation("canny", values)
    case 6, 7:
      let options = FilterOptions(
        edge: edge, color: .perChannel, alpha: input.pick(FilterOptions.Alpha.allCases),
        convolves: input.flag())
      let others: [Kernel] = [.box(size: 3), Kernel(rows: [[1, 2, 0.1]], offset: 3)]
      return .chain(options, Array(others.prefix(input.number(3))))
    default: return .none
    }
  }

  var findings: [String] {
    let planes = image.colorPlanes(execution)
    let alpha = image.alphaPlane(execution)
    let apart = (planes + [alpha].compactMap(\.self)).map(\.values)
    guard zip(apart, channels).allSatisfy({ zip($0, $1).allSatisfy(Self.isSame) }) else {
      return ["\(image.layout) \(image.sampleType) was taken apart wrongly"]
    }
    // The way that is taken where the kernel does not allow the one asked for.
    let plane = planes[color]
    let plan = ConvolutionPlan(
      for: bank, source: image.sampleType, output: output, size: (plane.width, plane.height),
      way: way)
    do {
      let failures = try Trial(
        plane: plane, bank: bank, edge: edge, executions: [execution]
      ).failures(outputs: [output], ways: [plan.way])
      return failures.isEmpty ? secondFindings(planes, alpha) : failures
    } catch {
      return ["the reference or the engine refused what the other took: \(error)"]
    }
  }

  private static func isSame(_ a: Double, _ b: Double) -> Bool { a == b || a.isNaN && b.isNaN }

  private func secondFindings(_ planes: [Plane], _ alpha: Plane?) -> [String] {
    switch second {
    case .none: []
    case .gray: grayFindings(channels)
    case .band(let start, let count, let gap):
      bandFindings(planes[color], start: start, count: count, gap: gap)
    case .chain(let options, let others):
      bank.combination == .single
        ? chainFindings(options, [bank.kernels[0]] + others, planes, alpha) : []
    case .operation(let name, let values): operationFindings(planes[color], name, values)
    }
  }
}
