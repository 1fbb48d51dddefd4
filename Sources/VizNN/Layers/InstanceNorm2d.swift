internal import VizKernels

/// Every plane brought to mean 0 and variance 1 by its own numbers.
///
///     output[n, c] = (input[n, c] − mean) / √(variance + eps) · weight[c] + bias[c]
///
/// - Shapes: `input` and output: `[N, C, H, W]`, or `[N, C, L]` as `InstanceNorm1d` has it; parameters: `[C]`
/// - Checkpoint keys: `weight`, `bias`, where it is affine.
/// - Source: Ulyanov et al. 2016, arXiv:1607.08022.
public struct InstanceNorm2d: UnaryLayer {
  public let features: Int
  public let epsilon: Float
  public let isAffine: Bool
  public let hasBias: Bool

  public init(
    features: Int, epsilon: Float = 1e-5, isAffine: Bool = false, bias: Bool = true
  ) {
    precondition(features > 0, "\(features) features")
    self.features = features
    self.epsilon = epsilon
    self.isAffine = isAffine
    hasBias = isAffine && bias
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank >= 3, input[1] == features else {
      throw .inputShape(
        expected: "[N, \(features), H, W] or [N, \(features), L]", found: input)
    }
    return input
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(input.shape)
    let scaling = PlaneScaling(
      planes: input.shape[0] * features, channels: features,
      size: input.shape.count(of: 2..<input.shape.rank))
    unsafe scaling.normalize(
      input: input.start, epsilon: epsilon,
      scale: parameters["weight"]?.values ?? [Float](repeating: 1, count: features),
      shift: parameters["bias"]?.values ?? [Float](repeating: 0, count: features),
      output: output.mutableStart, execution: context.execution)
    return output
  }

  public var parameterShapes: [ParameterShape] {
    (isAffine ? [ParameterShape("weight", [features], start: 1)] : [])
      + (hasBias ? [ParameterShape("bias", [features], start: 0)] : [])
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }
}

extension InstanceNorm2d {
  public var arguments: LayerArguments {
    [
      "num_features": .int(features), "eps": .float(epsilon),
      "momentum": 0.1, "affine": .bool(isAffine), "track_running_stats": false,
      "bias": .bool(hasBias || !isAffine),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let one = Tensor(repeating: 1, shape: [features])
    let zero = Tensor(repeating: 0, shape: [features])
    return [
      ONNXNode(
        "InstanceNormalization",
        inputs: [
          .input(0), isAffine ? .parameter("weight") : .floats(one),
          hasBias ? .parameter("bias") : .floats(zero),
        ], attributes: ["epsilon": .float(epsilon)])
    ]
  }

  public static let entry = normalization(
    "InstanceNorm2d",
    onnx: [
      ONNXForm(
        "InstanceNormalization", inputs: [.value, .parameter("weight"), .parameter("bias")]
      ) { (call) throws(LayerError) in
        let shape = try call.weightShape(rank: 1)
        guard shape.count > 0 else {
          throw .unsupported(found: "no channels", expected: "one at least")
        }
        return InstanceNorm2d(
          features: shape[0], epsilon: try call.attributes.float("epsilon", default: 1e-5),
          isAffine: true)
      }
    ])
  /// The same for series.
  static let entry1d = normalization("InstanceNorm1d")

  private static func normalization(_ name: String, onnx: [ONNXForm] = []) -> LayerEntry {
    LayerEntry(
      name: name, summary: "Every plane normalised by its own numbers",
      arguments: [
        .init("num_features"), .init("eps", 1e-5), .init("momentum", 0.1),
        .init("affine", false), .init("track_running_stats", false), .init("bias", true),
      ], onnx: onnx
    ) { (arguments) throws(LayerError) in
      guard try !arguments.bool("track_running_stats") else {
        throw .argument(
          name: "track_running_stats", expected: "False: BatchNorm2d has statistics",
          found: "True")
      }
      return InstanceNorm2d(
        features: try arguments.int("num_features", in: 1...LayerArguments.largest),
        epsilon: try arguments.float("eps"), isAffine: try arguments.bool("affine"),
        bias: try arguments.bool("bias"))
    }
  }
}

extension InstanceNorm2d {
  public func backward(_ step: BackwardStep) -> LayerGradients {
    step.normalizationGradients(
      groups: features, channels: 1, epsilon: epsilon, isAffine: isAffine, hasBias: hasBias)
  }
}

extension BackwardStep {
  /// Through channels that were normalised by their own numbers, a group at a time.
  func normalizationGradients(
    groups: Int, channels: Int, epsilon: Float, isAffine: Bool, hasBias: Bool
  ) -> LayerGradients {
    let gradient = context.tensor(inputShape)
    let kernel = GroupGradient(
      batch: inputShape[0], groups: groups, channels: channels,
      size: inputShape.count(of: 2..<inputShape.rank), epsilon: epsilon)
    let count = groups * channels
    let (scale, shift) = unsafe kernel.run(
      input: input.start, gradient: self.gradient.start,
      scale: parameters["weight"]?.values ?? [Float](repeating: 1, count: count),
      output: gradient.mutableStart, execution: execution)
    var gradients = LayerGradients(gradient)
    if isAffine { gradients.parameters["weight"] = Tensor(shape: [count], values: scale) }
    if hasBias { gradients.parameters["bias"] = Tensor(shape: [count], values: shift) }
    return gradients
  }
}
