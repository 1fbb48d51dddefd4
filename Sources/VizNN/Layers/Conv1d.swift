internal import VizKernels

/// One-dimensional convolution: that of images, over images of one row.
///
///     output[n, o, x] = bias[o] + Σ weight[o, i, k] · input[n, i, x·s + k·d − p]
///
/// - Shapes:
///   - `input`: `[N, C, L]`; `weight`: `[O, C / groups, K]`; `bias`: `[O]`
///   - output: `[N, O, L′]`, `L′ = (L + 2·padding − dilation·(K − 1) − 1) / stride + 1`
/// - Checkpoint keys: `weight`, `bias`.
public struct Conv1d: UnaryLayer {
  /// The same over images of one row.
  private let rows: Conv2d

  public var groups: Int { rows.groups }

  private init(_ rows: Conv2d) {
    self.rows = rows
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank == 3, input[1] == rows.inputChannels else {
      throw .inputShape(expected: "[N, \(rows.inputChannels), L]", found: input)
    }
    return try rows.outputShape(input.asRow).withoutRow
  }

  public func prepared(_ parameters: LayerParameters) -> Conv2d.Prepared {
    var own = parameters
    if let weight = own["weight"] { own["weight"] = weight.reshaped(to: weight.shape.asRow) }
    return rows.prepared(own)
  }

  public func forward(
    _ input: Tensor, _ parameters: Conv2d.Prepared, _ context: ForwardContext
  ) -> Tensor {
    let output = rows.forward(input.reshaped(to: input.shape.asRow), parameters, context)
    return output.reshaped(to: output.shape.withoutRow)
  }

  public var parameterShapes: [ParameterShape] {
    rows.parameterShapes.map { parameter in
      parameter.name == "weight"
        ? ParameterShape(parameter.name, parameter.shape.withoutRow) : parameter
    }
  }

  public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
    rows.multiplyAdds(inputs: inputs.map(\.asRow), outputs: outputs.map(\.asRow))
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }
}

extension Conv1d {
  /// The arguments of Conv2d with one number for each pair.
  public var arguments: LayerArguments {
    var own = LayerArguments()
    for item in rows.arguments.items {
      if case .list(let values) = item.value {
        own[item.name] = item.name == "padding" ? padding(values) : values.last
      } else {
        own[item.name] = item.value
      }
    }
    return own
  }

  /// Left and right where they differ: two numbers, which PyTorch has no word for.
  private func padding(_ sides: [LayerValue]) -> LayerValue? {
    sides.count == 4 ? .list([sides[1], sides[3]]) : sides.last
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    rows.onnxNodes(inputs.map(\.asRow)).map { node in
      var attributes = node.attributes
      for item in node.attributes.items {
        guard case .list(let values) = item.value else { continue }
        attributes[item.name] = .list(
          values.count == 4 ? [values[1], values[3]] : Array(values.suffix(1)))
      }
      return ONNXNode(node.operation, inputs: node.inputs, attributes: attributes)
    }
  }
}

extension Shape {
  fileprivate var asRow: Shape { Shape(dimensions.dropLast() + [1] + dimensions.suffix(1)) }

  fileprivate var withoutRow: Shape { Shape(dimensions.dropLast(2) + dimensions.suffix(1)) }
}

extension Conv1d {
  public static let entry = LayerEntry(
    name: "Conv1d", summary: "Convolution over rows of many channels",
    arguments: [
      .init("in_channels"), .init("out_channels"), .init("kernel_size"), .init("stride", 1),
      .init("padding", 0), .init("dilation", 1), .init("groups", 1), .init("bias", true),
      .init("padding_mode", "zeros"),
    ],
    onnx: [
      ONNXForm("Conv", inputs: [.value, .parameter("weight"), .parameter("bias")]) {
        (call) throws(LayerError) in
        let weight = try call.weightShape(rank: 3)
        let groups = try call.attributes.int("group", default: 1, in: 1...LayerArguments.largest)
        var own: LayerArguments = [
          "in_channels": .int(weight[1] &* groups), "out_channels": .int(weight[0]),
          "kernel_size": .int(weight[2]), "groups": .int(groups),
          "bias": .bool(call.parameters["bias"] != nil), "padding_mode": "zeros",
        ]
        for (name, theirs) in [("stride", "strides"), ("dilation", "dilations")] {
          own[name] = .int(
            try call.attributes.int(theirs, default: 1, in: 1...LayerArguments.largest))
        }
        own["padding"] = try padding(call.attributes)
        return try convolution(own)
      }
    ]
  ) { (arguments) throws(LayerError) in
    try convolution(arguments)
  }

  private static func convolution(_ arguments: LayerArguments) throws(LayerError) -> Conv1d {
    var own = arguments
    for name in ["kernel_size", "stride", "dilation"] {
      own[name] = .ints([1, try arguments.int(name, in: 1...LayerArguments.largest)])
    }
    if let sides = try? arguments.ints("padding", in: 0...LayerArguments.largest) {
      guard let first = sides.first, let last = sides.last, sides.count <= 2 else {
        throw arguments.wrong("padding", "a number, two (left, right), 'valid' or 'same'")
      }
      own["padding"] = .ints([0, first, 0, last])
    }
    guard let rows = try Conv2d.entry.layer([], own) as? Conv2d else {
      preconditionFailure("Conv2d makes another layer")
    }
    return Conv1d(rows)
  }

  private static func padding(_ attributes: LayerArguments) throws(LayerError) -> LayerValue {
    let auto = try attributes.string(
      "auto_pad", default: "NOTSET", among: ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
    switch auto {
    case "SAME_UPPER": return "same"
    case "SAME_LOWER": return "same_lower"
    case "NOTSET" where attributes.has("pads"):
      return .ints(try attributes.ints("pads", in: 0...LayerArguments.largest))
    default: return 0
    }
  }
}

extension Conv1d: GradientEndingLayer {
  public var kept: KeptValues { rows.kept }

  /// That of images of one row.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    func asRows(_ tensors: [Tensor]) -> [Tensor] {
      tensors.map { $0.reshaped(to: $0.shape.asRow) }
    }
    var parameters = step.parameters
    if let weight = parameters["weight"] { parameters["weight"] = asRows([weight])[0] }
    var gradients = rows.backward(
      BackwardStep(
        gradients: asRows(step.gradients), inputs: asRows(step.inputs),
        outputs: asRows(step.outputs), inputShapes: step.inputShapes.map(\.asRow),
        outputShapes: step.outputShapes.map(\.asRow), parameters: parameters,
        extras: step.extras, needsInputs: step.needsInputs,
        needsParameters: step.needsParameters, context: step.context,
        ending: GradientEnding(
          addend: step.ending.addend.map { asRows([$0])[0] }, limits: step.ending.limits)))
    gradients.inputs = gradients.inputs.map { $0.map { $0.reshaped(to: $0.shape.withoutRow) } }
    if let weight = gradients.parameters["weight"] {
      gradients.parameters["weight"] = weight.reshaped(to: weight.shape.withoutRow)
    }
    return gradients
  }
}
