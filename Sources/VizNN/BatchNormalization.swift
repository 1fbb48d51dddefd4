internal import VizKernels

/// What batch normalisation is, whatever the number of dimensions.
struct BatchNormalization: Equatable, Sendable {
  let features: Int
  let epsilon: Float
  /// How much of a batch's statistics goes into the running ones; nil for the mean of all batches.
  let momentum: Float?
  /// Whether it has a weight of its own, and where `hasBias` a bias.
  let isAffine: Bool
  let hasBias: Bool

  init(
    features: Int, epsilon: Float, momentum: Float? = 0.1, isAffine: Bool, bias: Bool = true
  ) {
    precondition(features > 0, "\(features) features")
    self.features = features
    self.epsilon = epsilon
    self.momentum = momentum
    self.isAffine = isAffine
    hasBias = isAffine && bias
  }

  /// One factor and one summand for each channel.
  func factors(_ parameters: LayerParameters) -> (scale: [Float], shift: [Float]) {
    guard let mean = parameters["running_mean"]?.values,
      let variance = parameters["running_var"]?.values
    else { preconditionFailure("batch normalisation without statistics") }
    let weight = parameters["weight"]?.values
    let bias = parameters["bias"]?.values
    var (scale, shift) = ([Float](), [Float]())
    for c in 0..<features {
      let factor =
        Double(weight?[c] ?? 1) / (Double(variance[c]) + Double(epsilon)).squareRoot()
      scale.append(Float(factor))
      shift.append(Float(Double(bias?[c] ?? 0) - Double(mean[c]) * factor))
    }
    return (scale, shift)
  }

  var parameterShapes: [ParameterShape] {
    let shape: Shape = [features]
    return (isAffine ? [ParameterShape("weight", shape, start: 1)] : [])
      + (hasBias ? [ParameterShape("bias", shape, start: 0)] : [])
      + [("running_mean", 0), ("running_var", 1)].map {
        ParameterShape($0, shape, isLearned: false, start: $1)
      }
  }

  private static let epsilons = 0...Float.greatestFiniteMagnitude

  static let arguments: [LayerEntry.Argument] = [
    .init("num_features"), .init("eps", 1e-5), .init("momentum", 0.1), .init("affine", true),
    .init("track_running_stats", true), .init("bias", true),
  ]

  init(_ arguments: LayerArguments) throws(LayerError) {
    guard try arguments.bool("track_running_stats") else {
      throw .argument(
        name: "track_running_stats", expected: "True, as statistics are needed",
        found: "False")
    }
    self.init(
      features: try arguments.int("num_features", in: 1...LayerArguments.largest),
      epsilon: try arguments.float("eps", in: Self.epsilons),
      momentum: arguments.has("momentum") ? try arguments.float("momentum", in: 0...1) : nil,
      isAffine: try arguments.bool("affine"),
      bias: try arguments.bool("bias"))
  }

  var values: LayerArguments {
    [
      "num_features": .int(features), "eps": .float(epsilon),
      "momentum": momentum.map { .float($0) } ?? .none,
      "affine": .bool(isAffine), "track_running_stats": true,
      "bias": .bool(hasBias || !isAffine),
    ]
  }

  static let onnxInputs: [ONNXForm.Input] = [
    .value, .parameter("weight"), .parameter("bias"), .parameter("running_mean"),
    .parameter("running_var"),
  ]

  init(onnx call: ONNXCall) throws(LayerError) {
    let shape = try call.weightShape(rank: 1)
    guard try !call.attributes.bool("training_mode", default: false), shape.count > 0 else {
      throw .unsupported(found: "training_mode", expected: "statistics of training")
    }
    self.init(
      features: shape[0],
      epsilon: call.attributes.has("epsilon")
        ? try call.attributes.float("epsilon", in: Self.epsilons) : 1e-5, isAffine: true)
  }

  func onnxNodes() throws(LayerError) -> [ONNXNode] {
    let one = Tensor(repeating: 1, shape: [features])
    let zero = Tensor(repeating: 0, shape: [features])
    return [
      ONNXNode(
        "BatchNormalization",
        inputs: [
          .input(0), isAffine ? .parameter("weight") : .floats(one),
          hasBias ? .parameter("bias") : .floats(zero), .parameter("running_mean"),
          .parameter("running_var"),
        ], attributes: ["epsilon": .float(epsilon)])
    ]
  }
}

/// A factor and a summand for each channel.
public struct ChannelFactors: Sendable {
  let scale: [Float]
  let shift: [Float]
}

/// What the layers of batch normalisation have in common; convolutions before them take them over.
protocol BatchNormalizing: UnaryLayer, LimitedLayer where Prepared == ChannelFactors {
  var normalization: BatchNormalization { get }
}

extension BatchNormalizing {
  public func prepared(_ parameters: LayerParameters) -> ChannelFactors {
    let (scale, shift) = normalization.factors(parameters)
    return ChannelFactors(scale: scale, shift: shift)
  }

  public func forward(
    _ input: Tensor, _ parameters: ChannelFactors, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(input.shape)
    let scaling = PlaneScaling(
      planes: input.shape[0] * input.shape[1], channels: input.shape[1],
      size: input.shape.count(of: 2..<input.shape.rank))
    unsafe scaling.run(
      input: input.start, scale: parameters.scale, shift: parameters.shift,
      lower: limits.lower, upper: limits.upper, output: output.mutableStart,
      execution: context.execution)
    return output
  }

  public var parameterShapes: [ParameterShape] { normalization.parameterShapes }
  public var arguments: LayerArguments { normalization.values }
}
