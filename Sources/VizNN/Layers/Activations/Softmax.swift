internal import VizKernels

/// Numbers along one dimension as probabilities.
///
///     output[i] = exp(input[i]) / Σⱼ exp(input[j])
public struct Softmax: UnaryLayer {
  let axis: SoftmaxAxis

  public init(dimension: Int = -1) {
    axis = SoftmaxAxis(dimension: dimension)
  }

  init(axis: SoftmaxAxis) {
    self.axis = axis
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape { try axis.checked(input) }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    axis.forward(input, isLogarithm: false, context)
  }

  public var arguments: LayerArguments { axis.arguments }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    try axis.onnxNodes("Softmax", inputs[0])
  }

  public static let entry = LayerEntry(
    name: "Softmax", summary: "Numbers as probabilities", arguments: SoftmaxAxis.arguments,
    onnx: [
      ONNXForm("Softmax") { (call) throws(LayerError) in
        Softmax(axis: try SoftmaxAxis(onnx: call))
      }
    ]
  ) { (arguments) throws(LayerError) in
    Softmax(axis: try SoftmaxAxis(arguments))
  }
}

/// Numbers along one dimension as logarithms of probabilities.
///
///     output[i] = input[i] − log Σⱼ exp(input[j])
public struct LogSoftmax: UnaryLayer {
  let axis: SoftmaxAxis

  public init(dimension: Int = -1) {
    axis = SoftmaxAxis(dimension: dimension)
  }

  init(axis: SoftmaxAxis) {
    self.axis = axis
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape { try axis.checked(input) }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    axis.forward(input, isLogarithm: true, context)
  }

  public var arguments: LayerArguments { axis.arguments }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    try axis.onnxNodes("LogSoftmax", inputs[0])
  }

  public static let entry = LayerEntry(
    name: "LogSoftmax", summary: "Numbers as logarithms of probabilities",
    arguments: SoftmaxAxis.arguments,
    onnx: [
      ONNXForm("LogSoftmax") { (call) throws(LayerError) in
        LogSoftmax(axis: try SoftmaxAxis(onnx: call))
      }
    ]
  ) { (arguments) throws(LayerError) in
    LogSoftmax(axis: try SoftmaxAxis(arguments))
  }
}

/// The dimension along which probabilities add up to 1.
///
/// In ONNX before operator set 13 it is this dimension and all behind it together.
struct SoftmaxAxis: Equatable, Sendable {
  let dimension: Int
  var includesRest = false

  init(dimension: Int) {
    self.dimension = dimension
  }

  init(_ arguments: LayerArguments) throws(LayerError) {
    // PyTorch's None: 0 for up to three dimensions but two, else 1. Images and vectors take 1.
    dimension = try arguments.int("dim", default: 1, in: -8...7)
    includesRest = try arguments.bool("includes_rest")
  }

  init(onnx call: ONNXCall) throws(LayerError) {
    includesRest = call.opset < 13
    dimension = try call.attributes.int("axis", default: includesRest ? 1 : -1, in: -8...7)
  }

  static let arguments: [LayerEntry.Argument] = [
    .init("dim", .some(.none)), .init("includes_rest", false),
  ]

  var arguments: LayerArguments {
    ["dim": .int(dimension), "includes_rest": .bool(includesRest)]
  }

  func checked(_ input: Shape) throws(LayerError) -> Shape {
    _ = try input.dimension(dimension)
    return input
  }

  func forward(_ input: Tensor, isLogarithm: Bool, _ context: ForwardContext) -> Tensor {
    let shape = input.shape
    let i = shape.index(dimension)
    let end = includesRest ? shape.rank : i + 1
    let output = context.tensor(shape)
    if input.count == 0 { return output }
    let rows = SoftmaxRows(
      isLogarithm: isLogarithm, length: shape.count(of: i..<end),
      inner: shape.count(of: end..<shape.rank))
    unsafe rows.run(
      outer: shape.count(of: 0..<i), input: input.start, output: output.mutableStart,
      execution: context.execution)
    return output
  }

  func onnxNodes(_ operation: String, _ input: Shape) throws(LayerError) -> [ONNXNode] {
    let i = input.index(dimension)
    guard includesRest, input.count(of: i + 1..<input.rank) != 1 else {
      return [ONNXNode(operation, attributes: ["axis": .int(i)])]
    }
    return [
      ONNXNode("Flatten", attributes: ["axis": .int(i)]),
      ONNXNode(operation, inputs: [.result(0)], attributes: ["axis": 1]),
      ONNXNode("Shape"),
      ONNXNode("Reshape", inputs: [.result(1), .result(2)]),
    ]
  }
}

extension Softmax {
  public var kept: KeptValues { .outputs }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(axis.gradient(step, isLogarithm: false))
  }
}

extension LogSoftmax {
  public var kept: KeptValues { .outputs }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(axis.gradient(step, isLogarithm: true))
  }
}

extension SoftmaxAxis {
  fileprivate func gradient(_ step: BackwardStep, isLogarithm: Bool) -> Tensor {
    let shape = step.inputShape
    let i = shape.index(dimension)
    let end = includesRest ? shape.rank : i + 1
    let gradient = step.context.tensor(shape)
    if gradient.count == 0 { return gradient }
    unsafe softmaxGradient(
      isLogarithm: isLogarithm, outer: shape.count(of: 0..<i), length: shape.count(of: i..<end),
      inner: shape.count(of: end..<shape.rank), result: step.output.start,
      gradient: step.gradient.start, output: gradient.mutableStart, execution: step.execution)
    return gradient
  }
}
