internal import VizKernels

/// Groups of channels brought to mean 0 and variance 1 by their own numbers, one picture at a time.
///
///     output[n, c] = (input[n, c] − mean[n, g]) / √(variance[n, g] + eps) · weight[c] + bias[c]
///
/// - Shapes: `input` and output: `[N, C, …]`; parameters: `[C]`; `g` is the group of channel `c`
/// - Checkpoint keys: `weight`, `bias`, where it is affine.
/// - Source: Wu & He 2018, arXiv:1803.08494.
public struct GroupNorm: UnaryLayer {
  public let groups: Int
  public let channels: Int
  public let epsilon: Float
  public let isAffine: Bool
  public let hasBias: Bool

  public init(
    groups: Int, channels: Int, epsilon: Float = 1e-5, isAffine: Bool = true, bias: Bool = true
  ) {
    precondition(
      groups > 0 && channels > 0 && channels % groups == 0, "\(channels) channels in \(groups)")
    self.groups = groups
    self.channels = channels
    self.epsilon = epsilon
    self.isAffine = isAffine
    hasBias = isAffine && bias
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank >= 2, input[1] == channels else {
      throw .inputShape(expected: "[N, \(channels), …]", found: input)
    }
    return input
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let normal = context.tensor(input.shape)
    let plane = input.shape.count(of: 2..<input.shape.rank)
    let planes = PlaneScaling(
      planes: input.shape[0] * groups, channels: 1, size: channels / groups * plane)
    unsafe planes.normalize(
      input: input.start, epsilon: epsilon, scale: [1], shift: [0], output: normal.mutableStart,
      execution: context.execution)
    guard isAffine else { return normal }
    let output = context.tensor(input.shape)
    let scaling = PlaneScaling(
      planes: input.shape[0] * channels, channels: channels, size: plane)
    unsafe scaling.run(
      input: normal.start, scale: parameters["weight"]?.values ?? ones,
      shift: parameters["bias"]?.values ?? zeros, output: output.mutableStart,
      execution: context.execution)
    return output
  }

  private var ones: [Float] { [Float](repeating: 1, count: channels) }
  private var zeros: [Float] { [Float](repeating: 0, count: channels) }

  public var parameterShapes: [ParameterShape] {
    (isAffine ? [ParameterShape("weight", [channels], start: 1)] : [])
      + (hasBias ? [ParameterShape("bias", [channels], start: 0)] : [])
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }
}

extension GroupNorm {
  public var arguments: LayerArguments {
    [
      "num_groups": .int(groups), "num_channels": .int(channels), "eps": .float(epsilon),
      "affine": .bool(isAffine), "bias": .bool(hasBias || !isAffine),
    ]
  }

  /// As PyTorch's exporters write it: each group a plane of an InstanceNormalization.
  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let one = Tensor(repeating: 1, shape: [groups])
    let zero = Tensor(repeating: 0, shape: [groups])
    var nodes = [
      ONNXNode("Reshape", inputs: [.input(0), .ints([0, groups, -1])]),
      ONNXNode(
        "InstanceNormalization", inputs: [.result(0), .floats(one), .floats(zero)],
        attributes: ["epsilon": .float(epsilon)]),
      ONNXNode("Shape"),
      ONNXNode("Reshape", inputs: [.result(1), .result(2)]),
    ]
    let perChannel = [channels] + [Int](repeating: 1, count: max(inputs[0].rank - 2, 0))
    for (operation, name) in [("Mul", "weight"), ("Add", "bias")]
    where parameterShapes.contains(where: { $0.name == name }) {
      let before = nodes.count - 1
      nodes.append(ONNXNode("Reshape", inputs: [.parameter(name), .ints(perChannel)]))
      nodes.append(ONNXNode(operation, inputs: [.result(before), .result(before + 1)]))
    }
    return nodes
  }

  public static let entry = LayerEntry(
    name: "GroupNorm", summary: "Groups of channels normalised by their own numbers",
    arguments: [
      .init("num_groups"), .init("num_channels"), .init("eps", 1e-5), .init("affine", true),
      .init("bias", true),
    ],
    onnx: [
      ONNXForm(
        "GroupNormalization", inputs: [.value, .parameter("weight"), .parameter("bias")],
        read: read)
    ]
  ) { (arguments) throws(LayerError) in
    let range = 1...LayerArguments.largest
    let channels = try arguments.int("num_channels", in: range)
    let groups = try arguments.int("num_groups", in: range)
    guard channels % groups == 0 else {
      throw arguments.wrong("num_groups", "a divisor of \(channels) channels")
    }
    return GroupNorm(
      groups: groups, channels: channels, epsilon: try arguments.float("eps"),
      isAffine: try arguments.bool("affine"), bias: try arguments.bool("bias"))
  }

  /// In operator sets 18 to 20 the parameters are those of groups, from 21 on of channels.
  @Sendable private static func read(
    _ call: ONNXCall
  ) throws(LayerError) -> (layer: any Layer, parameters: LayerParameters) {
    let groups = try call.attributes.int("num_groups", in: 1...LayerArguments.largest)
    guard let shape = call.shapes.first.flatMap({ $0 }), shape.rank >= 2, shape[1] > 0,
      shape[1] % groups == 0
    else {
      throw .argument(
        name: "num_groups", expected: "a divisor of the input's channels", found: "\(groups)")
    }
    let channels = shape[1]
    let expected = call.opset < 21 ? groups : channels
    var parameters: LayerParameters = [:]
    for (name, tensor) in call.parameters {
      guard tensor.shape == [expected] else {
        throw .unsupported(found: "a \(name) of \(tensor.shape)", expected: "[\(expected)]")
      }
      let values = tensor.values
      parameters[name] = Tensor(
        shape: [channels], values: (0..<channels).map { values[$0 * expected / channels] })
    }
    guard parameters.count == 2 else {
      throw .unsupported(found: "no scale or bias", expected: "both")
    }
    return (
      GroupNorm(
        groups: groups, channels: channels,
        epsilon: try call.attributes.float("epsilon", default: 1e-5)),
      parameters
    )
  }
}

extension GroupNorm {
  public func backward(_ step: BackwardStep) -> LayerGradients {
    step.normalizationGradients(
      groups: groups, channels: channels / groups, epsilon: epsilon, isAffine: isAffine,
      hasBias: hasBias)
  }
}
