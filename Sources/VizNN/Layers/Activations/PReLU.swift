internal import VizKernels

/// Rectified linear unit whose slope for negative numbers is learned, one for all channels or for each.
///
///     output = input             where input ≥ 0
///              weight[c] · input elsewhere
///
/// - Shapes: `input`: `[N, C, …]`; `weight`: `[1]` or `[C]`
/// - Checkpoint keys: `weight`.
/// - Source: He et al. 2015, arXiv:1502.01852.
public struct PReLU: UnaryLayer {
  public let parameterCount: Int
  /// The slope that training begins with.
  public let start: Float

  public init(parameterCount: Int = 1, start: Float = 0.25) {
    precondition(parameterCount > 0, "\(parameterCount) slopes")
    self.parameterCount = parameterCount
    self.start = start
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard parameterCount == 1 || (input.rank > 1 && input[1] == parameterCount) else {
      throw .inputShape(expected: "[N, \(parameterCount), …]", found: input)
    }
    return input
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    guard let slopes = parameters["weight"]?.values else { preconditionFailure("no weight") }
    let output = context.tensor(input.shape)
    let planes = parameterCount == 1 ? 1 : input.shape[0] * parameterCount
    let size = input.count / max(planes, 1)
    for plane in 0..<planes {
      unsafe Pointwise.leaky(slope: slopes[plane % parameterCount]).apply(
        input.start + plane * size, into: output.mutableStart + plane * size, count: size,
        execution: context.execution)
    }
    return output
  }

  public var parameterShapes: [ParameterShape] {
    [ParameterShape("weight", [parameterCount], start: start)]
  }

  public var arguments: LayerArguments {
    ["num_parameters": .int(parameterCount), "init": .float(start)]
  }

  /// ONNX lets the slopes meet the last dimensions, so they are given one for each that follows.
  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let inner = [Int](repeating: 1, count: max(inputs[0].rank - 2, 0))
    return [
      ONNXNode(
        "Reshape", inputs: [.parameter("weight"), .ints([parameterCount] + inner)]),
      ONNXNode("PRelu", inputs: [.input(0), .result(0)]),
    ]
  }

  public static let entry = LayerEntry(
    name: "PReLU", summary: "ReLU with a learned slope for negative numbers",
    arguments: [.init("num_parameters", 1), .init("init", 0.25)],
    onnx: [
      ONNXForm("PRelu", inputs: [.value, .parameter("weight")]) {
        (call) throws(LayerError) in
        guard let weight = call.parameters["weight"], weight.count > 0, isOfChannels(weight, call)
        else {
          throw .unsupported(found: "slopes that vary within a channel", expected: "one a channel")
        }
        return (
          PReLU(parameterCount: weight.count),
          ["weight": weight.reshaped(to: [weight.count])]
        )
      }
    ]
  ) { (arguments) throws(LayerError) in
    PReLU(
      parameterCount: try arguments.int("num_parameters", in: 1...LayerArguments.largest),
      start: try arguments.float("init"))
  }

  /// Whether there is one slope, or one for each channel.
  ///
  /// Slopes meet the last dimensions; before operator set 7 the only one they have is that of the channels.
  private static func isOfChannels(_ slopes: Tensor, _ call: ONNXCall) -> Bool {
    let shape = slopes.shape
    guard let place = shape.dimensions.firstIndex(where: { $0 != 1 }) else { return true }
    guard shape.dimensions[(place + 1)...].allSatisfy({ $0 == 1 }) else { return false }
    if call.opset < 7, shape.rank == 1 { return true }
    return call.shapes.first.flatMap { $0 }.map { $0.rank - shape.rank + place == 1 } ?? true
  }
}

extension PReLU {
  /// A slope's gradient is the sum over the negative numbers that it was multiplied with.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let shape = step.inputShape
    let slopes = step.parameter("weight").values
    let planes = parameterCount == 1 ? 1 : shape[0] * parameterCount
    let size = step.gradient.count / max(planes, 1)
    let gradient = step.context.tensor(shape)
    for plane in 0..<planes {
      unsafe Pointwise.leaky(slope: slopes[plane % parameterCount]).applyGradient(
        step.gradient.start + plane * size, step.input.start + plane * size,
        into: gradient.mutableStart + plane * size, count: size, execution: step.execution)
    }
    var gradients = LayerGradients(step.needsInputs[0] ? gradient : nil)
    guard step.needsParameters else { return gradients }
    let negative = step.input.applying(.clamp(lower: -.infinity, upper: 0), step.context)
      .combined(.multiply, step.gradient, step.context)
    let sums = step.context.tensor([parameterCount])
    let kernel = ChannelSums(
      batch: parameterCount == 1 ? 1 : shape[0], channels: parameterCount, size: size)
    unsafe kernel.run(negative.start, output: sums.mutableStart, execution: step.execution)
    gradients.parameters["weight"] = sums
    return gradients
  }
}
