internal import VizKernels

/// The last dimensions brought to mean 0 and variance 1 together, for each index of the others.
///
///     output[…, i] = (input[…, i] − mean[…]) / √(variance[…] + eps) · weight[i] + bias[i]
///
/// - Shapes: `input` and output: `[…, shape]`; parameters: `shape`
/// - Checkpoint keys: `weight`, `bias`, where it is affine.
/// - Source: Ba et al. 2016, arXiv:1607.06450.
public struct LayerNorm: UnaryLayer {
  public let shape: Shape
  public let epsilon: Float
  public let isAffine: Bool
  public let hasBias: Bool

  public init(_ shape: Shape, epsilon: Float = 1e-5, isAffine: Bool = true, bias: Bool = true) {
    precondition(shape.rank > 0 && shape.count > 0, "a norm over \(shape)")
    self.shape = shape
    self.epsilon = epsilon
    self.isAffine = isAffine
    hasBias = isAffine && bias
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.dimensions.suffix(shape.rank) == shape.dimensions[...] else {
      throw .inputShape(
        expected: "[…, " + shape.dimensions.map(String.init).joined(separator: ", ") + "]",
        found: input)
    }
    return input
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(input.shape)
    let rows = PlaneScaling(planes: input.count / shape.count, channels: 1, size: shape.count)
    unsafe rows.normalize(
      input: input.start, epsilon: epsilon, scale: [1], shift: [0], output: output.mutableStart,
      execution: context.execution)
    var result = output
    if let weight = parameters["weight"] {
      result = Mul().forward([result, weight], [:], context)[0]
    }
    if let bias = parameters["bias"] { result = Add().forward([result, bias], [:], context)[0] }
    return result
  }

  public var parameterShapes: [ParameterShape] {
    (isAffine ? [ParameterShape("weight", shape, start: 1)] : [])
      + (hasBias ? [ParameterShape("bias", shape, start: 0)] : [])
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }
}

extension LayerNorm {
  public var arguments: LayerArguments {
    [
      "normalized_shape": .ints(shape.dimensions), "eps": .float(epsilon),
      "elementwise_affine": .bool(isAffine), "bias": .bool(hasBias || !isAffine),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "LayerNormalization",
        inputs: [
          .input(0), isAffine ? .parameter("weight") : .floats(Tensor(repeating: 1, shape: shape)),
        ] + (hasBias ? [.parameter("bias")] : []),
        attributes: ["axis": .int(-shape.rank), "epsilon": .float(epsilon)])
    ]
  }

  public static let entry = LayerEntry(
    name: "LayerNorm", summary: "The last dimensions normalised by their own numbers",
    arguments: [
      .init("normalized_shape"), .init("eps", 1e-5), .init("elementwise_affine", true),
      .init("bias", true),
    ],
    onnx: [
      ONNXForm(
        "LayerNormalization", inputs: [.value, .parameter("weight"), .parameter("bias")],
        read: read)
    ]
  ) { (arguments) throws(LayerError) in
    let shape = try arguments.ints("normalized_shape", in: 1...LayerArguments.largest)
    guard 1...8 ~= shape.count, shape.reduce(1.0, { $0 * Double($1) }) <= 0x1p40 else {
      throw arguments.wrong("normalized_shape", "one to eight lengths")
    }
    return LayerNorm(
      Shape(shape), epsilon: try arguments.float("eps"),
      isAffine: try arguments.bool("elementwise_affine"), bias: try arguments.bool("bias"))
  }

  @Sendable private static func read(
    _ call: ONNXCall
  ) throws(LayerError) -> (layer: any Layer, parameters: LayerParameters) {
    guard let input = call.shapes.first.flatMap({ $0 }), input.rank > 0,
      call.parameters["weight"] != nil
    else {
      throw .unsupported(found: "an input or a scale of unknown shape", expected: "known ones")
    }
    guard call.usedOutputCount == 1 else {
      throw .unsupported(found: "mean and deviation as outputs", expected: "the first output")
    }
    let rank = input.rank
    let axis = input.index(try call.attributes.int("axis", default: -1, in: -rank...rank - 1))
    let shape = Shape(Array(input.dimensions[axis...]))
    var parameters: LayerParameters = [:]
    for (name, tensor) in call.parameters {
      guard tensor.shape.rank <= shape.rank, tensor.count > 0,
        (try? [tensor.shape, shape].broadcast()) == shape
      else {
        throw .unsupported(found: "a \(name) of \(tensor.shape)", expected: "\(shape)")
      }
      parameters[name] = [tensor, Tensor(repeating: 0, shape: shape)].expanded(ForwardContext())[0]
    }
    guard shape.count > 0 else { throw .inputShape(expected: "numbers to normalise", found: input) }
    return (
      LayerNorm(
        shape, epsilon: try call.attributes.float("epsilon", default: 1e-5),
        bias: call.parameters["bias"] != nil), parameters
    )
  }
}

extension LayerNorm {
  public var kept: KeptValues { .inputs }

  /// As one group, with a channel for each number.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let gradient = step.context.tensor(step.inputShape)
    let kernel = GroupGradient(
      batch: step.inputShape.count / shape.count, groups: 1, channels: shape.count, size: 1,
      epsilon: epsilon)
    let (scale, shift) = unsafe kernel.run(
      input: step.input.start, gradient: step.gradient.start,
      scale: step.parameters["weight"]?.values ?? [Float](repeating: 1, count: shape.count),
      output: gradient.mutableStart, execution: step.execution)
    var gradients = LayerGradients(gradient)
    if isAffine { gradients.parameters["weight"] = Tensor(shape: shape, values: scale) }
    if hasBias { gradients.parameters["bias"] = Tensor(shape: shape, values: shift) }
    return gradients
  }
}
