internal import VizKernels

/// A layer that is a function of one number.
protocol PointwiseLayer: UnaryLayer where Prepared == LayerParameters {
  var function: Pointwise { get }
}

extension PointwiseLayer {
  public func outputShape(_ input: Shape) -> Shape { input }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(input.shape)
    unsafe function.apply(
      input.start, into: output.mutableStart, count: input.count, execution: context.execution)
    return output
  }
}

/// A function that is nothing but bounds.
extension LimitingLayer {
  var function: Pointwise { .clamp(lower: limits.lower, upper: limits.upper) }
}

extension PointwiseLayer {
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let gradient = step.context.tensor(step.inputShape)
    unsafe function.applyGradient(
      step.gradient.start, step.input.start, into: gradient.mutableStart, count: gradient.count,
      execution: step.execution)
    return LayerGradients(gradient)
  }
}

extension LimitingLayer {
  /// What came out tells whether a bound was reached; so what went in need not be kept.
  public var kept: KeptValues { .outputs }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let gradient = step.context.tensor(step.inputShape)
    unsafe limitGradient(
      step.gradient.start, result: step.output.start, lower: limits.lower, upper: limits.upper,
      into: gradient.mutableStart, count: gradient.count, execution: step.execution)
    return LayerGradients(gradient)
  }
}
