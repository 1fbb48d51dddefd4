internal import VizKernels

extension ConvTranspose2d {
  /// The convolution that this one is the transpose of takes the gradient back; in the gradient of the
  /// weights the two images have changed places.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let grid = grid(input: step.inputShape, output: step.outputShapes[0])
    let (inputs, outputs) = (inputChannels / groups, outputChannels / groups)
    let weight = step.parameter("weight")
    var gradients = LayerGradients(nil)
    if step.needsInputs[0] {
      let gradient = step.context.tensor(step.inputShape)
      let convolution = TensorConvolution(
        batch: step.inputShape[0], grid: grid,
        weights: ConvolutionWeights(
          weight.numbers, bias: nil, groups: groups, outputs: inputs, channels: outputs,
          kernelHeight: window.kernelSize.vertical, kernelWidth: window.kernelSize.horizontal))
      unsafe convolution.run(
        input: step.gradient.start, output: gradient.mutableStart, execution: step.execution)
      gradients.inputs = [gradient]
    }
    guard step.needsParameters else { return gradients }
    let learned = step.context.tensor(weight.shape)
    let product = ConvolutionWeightGradient(
      batch: step.inputShape[0], groups: groups, outputs: inputs, channels: outputs, grid: grid)
    unsafe product.run(
      input: step.gradient.start, gradient: step.input.start, output: learned.mutableStart,
      execution: step.execution)
    gradients.parameters["weight"] = learned
    if hasBias {
      gradients.parameters["bias"] = step.channelSums(
        outputChannels, size: step.gradient.shape[2] * step.gradient.shape[3])
    }
    return gradients
  }
}
