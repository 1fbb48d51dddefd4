internal import VizKernels

// Upsample as ONNX's Resize, and the other way round.

extension Upsample {
  /// Resize with scales, or with sizes for height and width alone, which leaves the batch open.
  ///
  /// ONNX divides by a Float where PyTorch multiplies: a nearest sample whose place is a whole number
  /// may be the one before. Where it is, a neighbour of the scale gives the samples that it should; where
  /// none does, the samples are written out for this size of image.
  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let axes = axes(inputs[0])
    let isNearest = mode == .nearest
    let lengths = ONNXNode.Operand.ints(axes.map(\.outputLength))
    var isSized = recomputesScale
    if case .lengths = size { isSized = true }
    if isSized, axes.allSatisfy({ $0.isSame(as: $0.ofONNX(scale: nil), isNearest: isNearest) }) {
      return [resize(scales: .absent, sizes: [lengths], attributes: ["axes": [2, 3]])]
    }
    let scales = axes.compactMap { $0.scaleOfONNX(isNearest: isNearest) }
    guard scales.count == 2, let rounding = roundingOfONNX(scales) else {
      return isNearest ? nodesOfPlaces(axes) : nodesOfSums(axes)
    }
    return [
      resize(
        scales: .floats(Tensor(shape: [4], values: [1, 1] + scales)), sizes: [],
        attributes: ["nearest_mode": .string(rounding.rawValue)])
    ]
  }

  private func resize(
    scales: ONNXNode.Operand, sizes: [ONNXNode.Operand], attributes: LayerArguments
  ) -> ONNXNode {
    let modes: [Mode: LayerValue] = [.bilinear: "linear", .bicubic: "cubic"]
    var all: LayerArguments = [
      "mode": modes[mode] ?? "nearest", "nearest_mode": .string(rounding.rawValue),
      "coordinate_transformation_mode": .string(coordinates.ofONNX.rawValue),
    ]
    if mode == .bicubic {
      all["cubic_coeff_a"] = .float(cubic.coefficient)
      all["exclude_outside"] = .int(cubic.excludesOutside ? 1 : 0)
    }
    for item in attributes.items { all[item.name] = item.value }
    return ONNXNode("Resize", inputs: [.input(0), .absent, scales] + sizes, attributes: all)
  }

  /// Before operator set 11 samples were rounded up in a direction that becomes smaller and down in the other.
  private func roundingOfONNX(_ scales: [Float]) -> ResizeAxis.Rounding? {
    guard rounding == .outwards else { return rounding }
    let (isSmaller, isLarger) = (scales.contains { $0 < 1 }, scales.contains { $0 > 1 })
    if mode == .nearest, isSmaller, isLarger { return nil }
    return isSmaller ? .ceil : .floor
  }

  private func nodesOfPlaces(_ axes: [ResizeAxis]) -> [ONNXNode] {
    axes.enumerated().map { i, axis in
      ONNXNode(
        "Gather",
        inputs: [i == 0 ? .input(0) : .result(0), .ints(axis.resampling(false).first)],
        attributes: ["axis": .int(i + 2)])
    }
  }

  /// The image between two matrices of weights, `rows · image · columnsᵀ`.
  private func nodesOfSums(_ axes: [ResizeAxis]) -> [ONNXNode] {
    [
      ONNXNode(
        "MatMul", inputs: [.floats(axes[0].matrix(mode, cubic)), .input(0)]),
      ONNXNode(
        "MatMul", inputs: [.result(0), .floats(axes[1].matrix(mode, cubic).transposed)]),
    ]
  }

  static let onnxForms: [ONNXForm] = [
    ONNXForm(
      "Resize",
      inputs: [.value, .argument("roi"), .argument("scales"), .argument("sizes")]
    ) { (call) throws(LayerError) in
      try resize(call)
    },
    ONNXForm("Upsample", inputs: [.value, .argument("scales")]) { (call) throws(LayerError) in
      try resize(call)
    },
  ]

  private static func resize(_ call: ONNXCall) throws(LayerError) -> Upsample {
    let attributes = try withAllAxes(ofToday(call))
    let mode = try attributes.string(
      "mode", default: "nearest", among: ["nearest", "linear", "bilinear", "cubic"])
    let isOld = call.operation == "Upsample" || call.opset < 11
    var coordinates = ResizeAxis.Coordinates.asymmetric
    var rounding = ResizeAxis.Rounding.outwards
    if !isOld {
      coordinates =
        attributes.has("coordinate_transformation_mode")
        ? try attributes.choice("coordinate_transformation_mode", ResizeAxis.Coordinates.self)
        : .halfPixel
      rounding =
        attributes.has("nearest_mode")
        ? try attributes.choice("nearest_mode", ResizeAxis.Rounding.self) : .roundPreferFloor
      guard !coordinates.isOfPyTorch, rounding != .outwards else {
        throw attributes.wrong("coordinate_transformation_mode", "a name that ONNX has")
      }
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
      size, mode: mode == "nearest" ? .nearest : mode == "cubic" ? .bicubic : .bilinear,
      coordinates: coordinates, rounding: rounding,
      cubic: try CubicCurve(
        attributes, coefficient: "cubic_coeff_a", excludesOutside: "exclude_outside"))
  }
}

extension Upsample {
  /// What older operator sets say in other places: Upsample before set 7 in attributes of its own, Resize
  /// in set 10 in its second input, which is the region of later ones.
  private static func ofToday(_ call: ONNXCall) throws(LayerError) -> LayerArguments {
    var attributes = call.attributes
    if call.operation == "Resize", call.opset < 11 { attributes["scales"] = attributes["roi"] }
    if attributes.has("height_scale") || attributes.has("width_scale") {
      let scales = try attributes.doubles("height_scale") + attributes.doubles("width_scale")
      attributes["scales"] = .floats([1, 1] + scales)
    }
    return attributes
  }

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
