internal import VizKernels

/// Images made larger or smaller.
///
///     output[y, x] = input at (place(y), place(x)): the nearest sample, or a mix of four or sixteen
///
/// Where the samples of the output lie in the input is the `coordinates`' matter; see `ResizeAxis`.
/// PyTorch's `align_corners=True` is `alignCornersSteps`; without it bilinear and bicubic take `halfPixelSteps` and
/// nearest `steps`, rounded down. Nothing is smoothed before an image becomes smaller.
///
/// - Shapes: `input`: `[N, C, H, W]`; output: `[N, C, H′, W′]`, `H′ = ⌊H · scale⌋`
public struct Upsample: UnaryLayer {
  public enum Mode: String, Sendable, CaseIterable {
    case nearest, bilinear, bicubic
  }

  public enum Size: Equatable, Sendable {
    case lengths(Pair)
    case scales(vertical: Double, horizontal: Double)
  }

  public let size: Size
  public let mode: Mode
  public let coordinates: ResizeAxis.Coordinates
  /// How the nearest sample is found.
  public let rounding: ResizeAxis.Rounding
  /// Whether places follow from the lengths alone, also where scales are given.
  public let recomputesScale: Bool
  /// The curve of bicubic.
  public let cubic: CubicCurve

  public init(
    _ size: Size, mode: Mode = .nearest, coordinates: ResizeAxis.Coordinates? = nil,
    rounding: ResizeAxis.Rounding = .floor, recomputesScale: Bool = false,
    cubic: CubicCurve = .pytorch
  ) {
    self.size = size
    self.mode = mode
    self.coordinates = coordinates ?? (mode == .nearest ? .steps : .halfPixelSteps)
    self.rounding = rounding
    self.recomputesScale = recomputesScale
    self.cubic = cubic
  }

  func axes(_ input: Shape) -> [ResizeAxis] {
    switch size {
    case .lengths(let pair):
      return zip(input.dimensions[2...], [pair.vertical, pair.horizontal]).map {
        ResizeAxis(length: $0, outputLength: $1, coordinates: coordinates, rounding: rounding)
      }
    case .scales(let vertical, let horizontal):
      let axes = zip(input.dimensions[2...], [vertical, horizontal]).map {
        ResizeAxis(length: $0, scale: $1, coordinates: coordinates, rounding: rounding)
      }
      return recomputesScale ? axes.map(\.withoutScale) : axes
    }
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try checkImages(input)
    let axes = axes(input)
    guard input[2] > 0, input[3] > 0, axes.allSatisfy({ $0.outputLength > 0 }) else {
      throw .inputShape(expected: "an image that the scale leaves samples of", found: input)
    }
    return [input[0], input[1], axes[0].outputLength, axes[1].outputLength]
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let axes = axes(input.shape)
    guard mode == .bicubic else {
      let rows = input.resampled(
        axes[0].resampling(mode == .bilinear), dimension: 2, context)
      return rows.resampled(axes[1].resampling(mode == .bilinear), dimension: 3, context)
    }
    return input.mixed(axes[0].mixing(cubic), dimension: 2, context)
      .mixed(axes[1].mixing(cubic), dimension: 3, context)
  }

  public func reach(inputs: [Shape]) -> Reach {
    let windows = axes(inputs[0]).map { axis in
      Reach.Window(
        size: mode == .nearest ? 1 : mode == .bilinear ? 2 : 4,
        stride: Double(axis.length) / Double(axis.outputLength),
        padding: mode == .bicubic ? 1 : 0)
    }
    return .window(vertical: windows[0], horizontal: windows[1])
  }
}

extension Upsample {
  public var arguments: LayerArguments {
    var (lengths, scales): (LayerValue, LayerValue) = (.none, .none)
    switch size {
    case .lengths(let pair): lengths = pair.value
    case .scales(let vertical, let horizontal): scales = .floats([vertical, horizontal])
    }
    return [
      "size": lengths, "scale_factor": scales, "mode": .string(mode.rawValue),
      "align_corners": .none, "recompute_scale_factor": recomputesScale ? true : .none,
      "coordinates": .string(coordinates.rawValue), "rounding": .string(rounding.rawValue),
      "cubic_coefficient": .float(cubic.coefficient),
      "exclude_outside": .bool(cubic.excludesOutside),
    ]
  }

  private static let arguments: [LayerEntry.Argument] = [
    .init("size", .some(.none)), .init("scale_factor", .some(.none)), .init("mode", "nearest"),
    .init("align_corners", .some(.none)), .init("recompute_scale_factor", .some(.none)),
    .init("coordinates", .some(.none)), .init("rounding", "floor"),
    .init("cubic_coefficient", -0.75), .init("exclude_outside", false),
  ]

  public static let entry = LayerEntry(
    name: "Upsample", summary: "Images made larger or smaller", arguments: arguments,
    onnx: onnxForms
  ) { (arguments) throws(LayerError) in
    let mode = try arguments.choice("mode", Mode.self)
    var coordinates: ResizeAxis.Coordinates?
    if try arguments.bool("align_corners", default: false) { coordinates = .alignCornersSteps }
    if arguments.has("coordinates") {
      coordinates = try arguments.choice("coordinates", ResizeAxis.Coordinates.self)
    }
    return Upsample(
      try size(arguments), mode: mode, coordinates: coordinates,
      rounding: try arguments.choice("rounding", ResizeAxis.Rounding.self),
      recomputesScale: try arguments.bool("recompute_scale_factor", default: false),
      cubic: try CubicCurve(
        arguments, coefficient: "cubic_coefficient", excludesOutside: "exclude_outside"))
  }

  /// Other names for two of the modes, which print() shows with the mode.
  static let entryNearest = LayerEntry(
    name: "UpsamplingNearest2d", summary: "Images enlarged by repeating samples",
    arguments: Array(arguments.prefix(2)) + [.init("mode", "nearest")]
  ) { (arguments) throws(LayerError) in
    _ = try arguments.string("mode", among: ["nearest"])
    return Upsample(try size(arguments))
  }
  static let entryBilinear = LayerEntry(
    name: "UpsamplingBilinear2d", summary: "Images enlarged, corners on corners",
    arguments: Array(arguments.prefix(2)) + [.init("mode", "bilinear")]
  ) { (arguments) throws(LayerError) in
    _ = try arguments.string("mode", among: ["bilinear"])
    return Upsample(try size(arguments), mode: .bilinear, coordinates: .alignCornersSteps)
  }

  private static func size(_ arguments: LayerArguments) throws(LayerError) -> Size {
    if arguments.has("size") { return .lengths(try arguments.pair("size")) }
    return try scales("scale_factor", arguments, count: 1...2)
  }

  static func scales(
    _ name: String, _ arguments: LayerArguments, count: ClosedRange<Int>
  ) throws(LayerError) -> Size {
    let scales = try arguments.doubles(name)
    guard count.contains(scales.count), scales.allSatisfy({ $0 > 0 && $0 <= 1024 }),
      scales.dropLast(2).allSatisfy({ $0 == 1 })
    else { throw arguments.wrong(name, "scales of images, above 0 and up to 1024") }
    let two = scales.suffix(2)
    return .scales(vertical: two.first ?? 1, horizontal: two.last ?? 1)
  }
}

extension LayerArguments {
  /// One of a kind's names.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(LayerError) -> Choice {
    let text = try string(name, among: Choice.allCases.map(\.rawValue))
    guard let choice = Choice(rawValue: text) else { throw wrong(name, "a name") }
    return choice
  }
}

extension Upsample {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let axes = axes(step.inputShape)
    guard mode == .bicubic else {
      let columns = step.gradient.resampledGradient(
        axes[1].resampling(mode == .bilinear), dimension: 3, step.context)
      return LayerGradients(
        columns.resampledGradient(
          axes[0].resampling(mode == .bilinear), dimension: 2, step.context))
    }
    return LayerGradients(
      step.gradient.mixed(axes[1].mixing(cubic).transposed, dimension: 3, step.context)
        .mixed(axes[0].mixing(cubic).transposed, dimension: 2, step.context))
  }
}
