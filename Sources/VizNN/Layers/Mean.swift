internal import VizKernels

/// The mean of tensors, number by number.
///
///     output = (a + b + …) / count
///
/// - Shapes: lengths counted from the last dimension are equal, or one of them is 1
public struct Mean: Layer {
  public init() {}

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard !inputs.isEmpty else { throw .inputCount(expected: "1 or more", found: 0) }
    return [try inputs.broadcast()]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    let sum = Add().forward(inputs, [:], context)
    return Div().forward(sum + [.number(Float(inputs.count))], [:], context)
  }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Mean", inputs: inputs.indices.map { .input($0) })]
  }

  public static let entry = LayerEntry(
    name: "Mean", summary: "The mean of tensors, number by number",
    onnx: [ONNXForm("Mean", inputs: [.values]) { _ in Mean() }]
  ) { _ in
    Mean()
  }
}

extension Mean {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let share = step.gradient.scaled(by: 1 / Float(step.inputShapes.count), step.context)
    return LayerGradients(
      inputs: step.inputShapes.indices.map { i in
        step.needsInputs[i] ? share.summed(to: step.inputShapes[i], step.context) : nil
      })
  }
}
