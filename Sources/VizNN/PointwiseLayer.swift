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
extension PointwiseLayer where Self: LimitingLayer {
  var function: Pointwise { .clamp(lower: limits.lower, upper: limits.upper) }
}
