/// A tensor that is the same for every input.
///
/// - Checkpoint keys: `value`.
public struct Constant: Layer {
  public let shape: Shape

  public init(shape: Shape) {
    self.shape = shape
  }

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.isEmpty else { throw .inputCount(expected: "none", found: inputs.count) }
    return [shape]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    guard let value = parameters["value"] else { preconditionFailure("no value") }
    return [value]
  }

  public var parameterShapes: [ParameterShape] { [ParameterShape("value", shape, start: 0)] }

  public var arguments: LayerArguments { ["shape": .ints(shape.dimensions)] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Identity", inputs: [.parameter("value")])]
  }

  public static let entry = LayerEntry(
    name: "Constant", summary: "The same numbers for every input", arguments: [.init("shape")]
  ) { (arguments) throws(LayerError) in
    Constant(shape: Shape(try arguments.ints("shape", in: 0...LayerArguments.largest)))
  }
}

extension Constant {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(inputs: [], parameters: step.needsParameters ? ["value": step.gradient] : [:])
  }
}
