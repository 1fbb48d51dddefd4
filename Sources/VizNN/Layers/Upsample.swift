internal import VizKernels

/// Images made larger or smaller.
///
///     output[y, x] = input at (place(y), place(x)), the nearest sample or a mix of four
///
/// Where the samples of the output lie in the input is the `coordinates`' matter; see `ResizeAxis`.
/// PyTorch's `align_corners=True` is `alignCorners`; without it bilinear takes `halfPixel` and nearest
/// `asymmetric`, rounded down. Nothing is smoothed before an image becomes smaller.
///
/// - Shapes: `input`: `[N, C, H, W]`; output: `[N, C, H′, W′]`, `H′ = ⌊H · scale⌋`
public struct Upsample: UnaryLayer {
  public enum Size: Equatable, Sendable {
    case lengths(Pair)
    case scales(vertical: Double, horizontal: Double)
  }

  public let size: Size
  public let isBilinear: Bool
  public let coordinates: ResizeAxis.Coordinates
  /// How the nearest sample is found.
  public let rounding: ResizeAxis.Rounding

  public init(
    _ size: Size, isBilinear: Bool = false, coordinates: ResizeAxis.Coordinates? = nil,
    rounding: ResizeAxis.Rounding = .floor
  ) {
    self.size = size
    self.isBilinear = isBilinear
    self.coordinates = coordinates ?? (isBilinear ? .halfPixel : .asymmetric)
    self.rounding = rounding
  }

  private func axes(_ input: Shape) -> [ResizeAxis] {
    let (lengths, scales): ([Int], [Double]) =
      switch size {
      case .lengths(let pair):
        (
          [pair.vertical, pair.horizontal],
          [
            Double(pair.vertical) / Double(input[2]), Double(pair.horizontal) / Double(input[3]),
          ]
        )
      case .scales(let vertical, let horizontal):
        (
          [Int(Double(input[2]) * vertical), Int(Double(input[3]) * horizontal)],
          [vertical, horizontal]
        )
      }
    return (0..<2).map {
      ResizeAxis(
        length: input[2 + $0], outputLength: lengths[$0], scale: scales[$0],
        coordinates: coordinates, rounding: rounding)
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
    let rows = input.resampled(axes[0].resampling(isBilinear), dimension: 2, context)
    return rows.resampled(axes[1].resampling(isBilinear), dimension: 3, context)
  }

  public func reach(inputs: [Shape]) -> Reach {
    let windows = axes(inputs[0]).map { axis in
      Reach.Window(
        size: isBilinear ? 2 : 1, stride: Double(axis.length) / Double(axis.outputLength),
        padding: 0)
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
      "size": lengths, "scale_factor": scales, "mode": isBilinear ? "bilinear" : "nearest",
      "align_corners": .none, "coordinates": .string(coordinates.rawValue),
      "rounding": .string(rounding.rawValue),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let scales: ONNXNode.Operand
    let sizes: [ONNXNode.Operand]
    switch size {
    case .lengths(let pair):
      scales = .absent
      sizes = [.ints([inputs[0][0], inputs[0][1], pair.vertical, pair.horizontal])]
    case .scales(let vertical, let horizontal):
      scales = .floats(Tensor(shape: [4], values: [1, 1, Float(vertical), Float(horizontal)]))
      sizes = []
    }
    return [
      ONNXNode(
        "Resize", inputs: [.input(0), .absent, scales] + sizes,
        attributes: [
          "mode": isBilinear ? "linear" : "nearest",
          "coordinate_transformation_mode": .string(coordinates.rawValue),
          "nearest_mode": .string(rounding.rawValue),
        ])
    ]
  }

  private static let arguments: [LayerEntry.Argument] = [
    .init("size", .some(.none)), .init("scale_factor", .some(.none)), .init("mode", "nearest"),
    .init("align_corners", .some(.none)), .init("coordinates", .some(.none)),
    .init("rounding", "floor"),
  ]

  public static let entry = LayerEntry(
    name: "Upsample", summary: "Images made larger or smaller", arguments: arguments,
    onnx: [
      ONNXForm("Resize", inputs: resizeInputs) { (call) throws(LayerError) in
        try resize(call)
      },
      ONNXForm("Upsample", inputs: [.value, .argument("scales")]) { (call) throws(LayerError) in
        try resize(call)
      },
    ]
  ) { (arguments) throws(LayerError) in
    let isBilinear =
      try arguments.string("mode", among: ["nearest", "bilinear"]) == "bilinear"
    var coordinates: ResizeAxis.Coordinates?
    if try arguments.bool("align_corners", default: false) { coordinates = .alignCorners }
    if arguments.has("coordinates") {
      coordinates = try arguments.choice("coordinates", ResizeAxis.Coordinates.self)
    }
    return Upsample(
      try size(arguments), isBilinear: isBilinear, coordinates: coordinates,
      rounding: try arguments.choice("rounding", ResizeAxis.Rounding.self))
  }

  /// Other names for two of the modes.
  static let entryNearest = LayerEntry(
    name: "UpsamplingNearest2d", summary: "Images enlarged by repeating samples",
    arguments: Array(arguments.prefix(2))
  ) { (arguments) throws(LayerError) in
    Upsample(try size(arguments))
  }
  static let entryBilinear = LayerEntry(
    name: "UpsamplingBilinear2d", summary: "Images enlarged, corners on corners",
    arguments: Array(arguments.prefix(2))
  ) { (arguments) throws(LayerError) in
    Upsample(try size(arguments), isBilinear: true, coordinates: .alignCorners)
  }

  private static func size(_ arguments: LayerArguments) throws(LayerError) -> Size {
    if arguments.has("size") { return .lengths(try arguments.pair("size")) }
    return try scales("scale_factor", arguments, count: 1...2)
  }

  private static func scales(
    _ name: String, _ arguments: LayerArguments, count: ClosedRange<Int>
  ) throws(LayerError) -> Size {
    let scales = try arguments.doubles(name)
    guard count.contains(scales.count), scales.allSatisfy({ $0 > 0 && $0 <= 1024 }),
      scales.dropLast(2).allSatisfy({ $0 == 1 })
    else { throw arguments.wrong(name, "scales of images, above 0 and up to 1024") }
    let two = scales.suffix(2)
    return .scales(vertical: two.first ?? 1, horizontal: two.last ?? 1)
  }

  private static let resizeInputs: [ONNXForm.Input] = [
    .value, .argument("roi"), .argument("scales"), .argument("sizes"),
  ]

  private static func resize(_ call: ONNXCall) throws(LayerError) -> Upsample {
    let attributes = try withAllAxes(call.attributes)
    let mode = try attributes.string(
      "mode", default: "nearest", among: ["nearest", "linear", "bilinear"])
    let isOld = call.operation == "Upsample" || call.opset < 11
    var coordinates = ResizeAxis.Coordinates.asymmetric
    var rounding = ResizeAxis.Rounding.floor
    if !isOld {
      coordinates =
        attributes.has("coordinate_transformation_mode")
        ? try attributes.choice("coordinate_transformation_mode", ResizeAxis.Coordinates.self)
        : .halfPixel
      rounding =
        attributes.has("nearest_mode")
        ? try attributes.choice("nearest_mode", ResizeAxis.Rounding.self) : .roundPreferFloor
    }
    guard try !attributes.bool("antialias", default: false) else {
      throw .unsupported(found: "antialias", expected: "none")
    }
    _ = try attributes.string("keep_aspect_ratio_policy", default: "stretch", among: ["stretch"])
    var size: Size
    if attributes.has("sizes"), try !attributes.ints("sizes", in: 0...(1 << 24)).isEmpty {
      let lengths = try attributes.ints("sizes", in: 1...LayerArguments.largest)
      guard lengths.count == 4 else { throw attributes.wrong("sizes", "four lengths") }
      size = .lengths(Pair(lengths[2], lengths[3]))
    } else {
      size = try scales("scales", attributes, count: 4...4)
    }
    return Upsample(
      size, isBilinear: mode != "nearest", coordinates: coordinates, rounding: rounding)
  }
}

extension Upsample {
  /// Scales and sizes that are given for some axes alone, for all four of an image.
  private static func withAllAxes(
    _ attributes: LayerArguments
  ) throws(LayerError) -> LayerArguments {
    guard attributes.has("axes") else { return attributes }
    let axes = try attributes.ints("axes", in: -4...3).map { $0 < 0 ? $0 + 4 : $0 }
    guard Set(axes).count == axes.count else { throw attributes.wrong("axes", "axes, each once") }
    var complete = attributes
    if attributes.has("sizes"), try !attributes.ints("sizes", in: 0...(1 << 24)).isEmpty {
      guard axes.sorted() == [2, 3] else {
        throw attributes.wrong("axes", "2 and 3 where sizes are given")
      }
      let sizes = try attributes.ints("sizes", in: 1...LayerArguments.largest)
      guard sizes.count == 2 else { throw attributes.wrong("sizes", "a length for each axis") }
      complete["sizes"] = .ints([1, 1] + (axes == [2, 3] ? sizes : sizes.reversed()))
    } else {
      let scales = try attributes.doubles("scales")
      guard scales.count == axes.count else {
        throw attributes.wrong("scales", "a number for each axis")
      }
      var all: [Double] = [1, 1, 1, 1]
      for (axis, scale) in zip(axes, scales) { all[axis] = scale }
      complete["scales"] = .floats(all)
    }
    return complete
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
