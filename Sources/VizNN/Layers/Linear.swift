internal import VizKernels

/// Fully connected layer: every output is a weighted sum of all inputs.
///
///     output[…, o] = bias[o] + Σᵢ weight[o, i] · input[…, i]
///
/// - Shapes: `input`: `[…, I]`; `weight`: `[O, I]`; `bias`: `[O]`; output: `[…, O]`
/// - Checkpoint keys: `weight`, `bias`.
public struct Linear: UnaryLayer, LimitedLayer {
  public let inputFeatures: Int
  public let outputFeatures: Int
  public internal(set) var hasBias: Bool
  /// What is done to every number before it is stored; fusing sets it.
  var limits = Limits.none

  public init(inputFeatures: Int, outputFeatures: Int, bias: Bool = true) {
    precondition(inputFeatures > 0 && outputFeatures > 0, "an empty layer")
    self.inputFeatures = inputFeatures
    self.outputFeatures = outputFeatures
    hasBias = bias
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank > 0, input[input.rank - 1] == inputFeatures else {
      let isUnflattened = input.rank > 2 && input.count(of: 1..<input.rank) == inputFeatures
      throw .inputShape(
        expected: "[…, \(inputFeatures)]"
          + (isUnflattened ? ", which a Flatten() before it would make of it" : ""), found: input)
    }
    return input.replacing(input.rank - 1, with: outputFeatures)
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    guard let weight = parameters["weight"] else { preconditionFailure("no weight") }
    let rank = input.shape.rank
    let output = context.tensor(input.shape.replacing(rank - 1, with: outputFeatures))
    var product = DenseProduct(
      samples: input.shape.count(of: 0..<rank - 1), outputs: outputFeatures, depth: inputFeatures)
    (product.lower, product.upper) = (limits.lower, limits.upper)
    unsafe product.run(
      input: input.start, weight: weight.start, bias: parameters["bias"]?.start,
      output: output.mutableStart, execution: context.execution)
    return output
  }

  /// Samples from which on copies of the weights' blocks pay for themselves.
  private static let leastBatch = 8

  /// A batch that learns is one product of matrices; a sample by itself is computed as in `forward`.
  public func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult {
    let (input, context) = (inputs[0], training.context)
    let samples = input.shape.count / inputFeatures
    guard samples >= Self.leastBatch, let weight = parameters["weight"] else {
      return TrainingResult(outputs: [forward(input, parameters, context)])
    }
    let output = context.tensor(
      input.shape.replacing(input.shape.rank - 1, with: outputFeatures))
    let product = MatrixProduct(
      rows: samples, columns: outputFeatures, depth: inputFeatures, a: .byRow, b: .byColumn)
    unsafe product.run(
      a: input.start, b: weight.start, start: parameters["bias"]?.start,
      output: output.mutableStart, execution: context.execution)
    if limits != .none {
      unsafe limitedSum(
        output.start, nil, lower: limits.lower, upper: limits.upper, into: output.mutableStart,
        count: samples * outputFeatures, execution: context.execution)
    }
    return TrainingResult(outputs: [output])
  }

  public var parameterShapes: [ParameterShape] {
    [ParameterShape("weight", [outputFeatures, inputFeatures])]
      + (hasBias ? [ParameterShape("bias", [outputFeatures])] : [])
  }

  public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
    outputs[0].count * inputFeatures
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }
}

extension Linear {
  public var arguments: LayerArguments {
    [
      "in_features": .int(inputFeatures), "out_features": .int(outputFeatures),
      "bias": .bool(hasBias),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    guard inputs[0].rank == 2 else {
      return [
        ONNXNode("Transpose", inputs: [.parameter("weight")], attributes: ["perm": [1, 0]]),
        ONNXNode("MatMul", inputs: [.input(0), .result(0)]),
      ] + (hasBias ? [ONNXNode("Add", inputs: [.result(1), .parameter("bias")])] : [])
    }
    return [
      ONNXNode(
        "Gemm",
        inputs: [.input(0), .parameter("weight")] + (hasBias ? [.parameter("bias")] : []),
        attributes: ["transB": 1])
    ]
  }

  public static let entry = LayerEntry(
    name: "Linear", summary: "Weighted sums of all inputs",
    arguments: [.init("in_features"), .init("out_features"), .init("bias", true)],
    onnx: [
      ONNXForm(
        "Gemm", inputs: [.value, .parameter("weight"), .parameter("bias")], read: readGemm),
      ONNXForm("MatMul", inputs: [.value, .parameter("weight")], read: readMatMul),
    ]
  ) { (arguments) throws(LayerError) in
    let range = 1...LayerArguments.largest
    return Linear(
      inputFeatures: try arguments.int("in_features", in: range),
      outputFeatures: try arguments.int("out_features", in: range),
      bias: try arguments.bool("bias"))
  }

  /// alpha · A · B + beta · C, with B constant and transposed or not.
  @Sendable private static func readGemm(
    _ call: ONNXCall
  ) throws(LayerError) -> (layer: any Layer, parameters: LayerParameters) {
    let attributes = call.attributes
    guard try !attributes.bool("transA", default: false) else {
      throw .unsupported(found: "transA", expected: "rows of samples")
    }
    let isTransposed = try attributes.bool("transB", default: false)
    let shape = try call.weightShape(rank: 2)
    var weight = call.parameters["weight"]
    if !isTransposed { weight = weight?.transposed }
    let alpha = try attributes.float("alpha", default: 1)
    let beta = try attributes.float("beta", default: 1)
    let outputs = isTransposed ? shape[0] : shape[1]
    var parameters: LayerParameters = [:]
    parameters["weight"] = alpha == 1 ? weight : weight?.mapped { $0 * alpha }
    if let bias = call.parameters["bias"] {
      // A column would be a number for each sample.
      guard bias.count == 1 || bias.count == outputs && bias.shape.dimensions.last == outputs else {
        throw .unsupported(
          found: "a third input of \(bias.shape)", expected: "[\(outputs)]")
      }
      let values = bias.values.map { $0 * beta }
      parameters["bias"] = Tensor(
        shape: [outputs],
        values: values.count == outputs
          ? values : [Float](repeating: values[0], count: outputs))
    }
    return (try layer(shape, isTransposed, parameters), parameters)
  }

  @Sendable private static func readMatMul(
    _ call: ONNXCall
  ) throws(LayerError) -> (layer: any Layer, parameters: LayerParameters) {
    let shape = try call.weightShape(rank: 2)
    var parameters: LayerParameters = [:]
    parameters["weight"] = call.parameters["weight"]?.transposed
    return (try layer(shape, false, parameters), parameters)
  }

  private static func layer(
    _ shape: Shape, _ isTransposed: Bool, _ parameters: LayerParameters
  ) throws(LayerError) -> Linear {
    guard shape.count > 0 else {
      throw .unsupported(found: "weights of \(shape)", expected: "a matrix with numbers")
    }
    return Linear(
      inputFeatures: isTransposed ? shape[1] : shape[0],
      outputFeatures: isTransposed ? shape[0] : shape[1], bias: parameters["bias"] != nil)
  }
}

extension Linear {
  /// The gradient of the input is gradient · weight, that of the weight gradientᵀ · input.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    precondition(limits == .none, "a fused layer on the way back")
    let samples = step.gradient.count / outputFeatures
    var gradients = LayerGradients(nil)
    if step.needsInputs[0] {
      let gradient = step.context.tensor(step.inputShape)
      let product = MatrixProduct(
        rows: samples, columns: inputFeatures, depth: outputFeatures, a: .byRow, b: .byRow)
      unsafe product.run(
        a: step.gradient.start, b: step.parameter("weight").start, output: gradient.mutableStart,
        execution: step.execution)
      gradients.inputs = [gradient]
    }
    guard step.needsParameters else { return gradients }
    let weight = step.context.tensor([outputFeatures, inputFeatures])
    let product = MatrixProduct(
      rows: outputFeatures, columns: inputFeatures, depth: samples, a: .byColumn, b: .byRow)
    unsafe product.run(
      a: step.gradient.start, b: step.input.start, output: weight.mutableStart,
      execution: step.execution)
    gradients.parameters["weight"] = weight
    if hasBias { gradients.parameters["bias"] = step.channelSums(outputFeatures, size: 1) }
    return gradients
  }
}

extension BackwardStep {
  /// The gradient of a bias: the sums over everything but the channel.
  func channelSums(_ channels: Int, size: Int) -> Tensor {
    let sums = context.tensor([channels])
    let kernel = ChannelSums(
      batch: gradient.count / max(channels * size, 1), channels: channels, size: size)
    unsafe kernel.run(gradient.start, output: sums.mutableStart, execution: execution)
    return sums
  }
}
