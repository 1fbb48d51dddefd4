internal import VizKernels

extension Conv2d: GradientEndingLayer {
  /// The gradient of the input is the transposed convolution of the outputs' gradient with the same weights;
  /// that of a weight is the sum over all pixels of what it was multiplied with, times the pixel's gradient.
  ///
  /// - Source: Dumoulin & Visin 2016, section 4, arXiv:1603.07285.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    precondition(limits == .none, "a fused layer on the way back")
    guard let grid = try? window.grid(for: step.inputShape) else {
      preconditionFailure("\(text) got \(step.inputShape)")
    }
    var gradients = LayerGradients(step.needsInputs[0] ? inputGradient(step) : nil)
    guard step.needsParameters else { return gradients }
    let weight = step.context.tensor(step.parameter("weight").shape)
    let product = ConvolutionWeightGradient(
      batch: step.inputShape[0], groups: groups, outputs: outputChannels / groups,
      channels: inputChannels / groups, grid: grid)
    unsafe product.run(
      input: step.input.start, gradient: step.gradient.start, output: weight.mutableStart,
      execution: step.execution)
    gradients.parameters["weight"] = weight
    if hasBias {
      gradients.parameters["bias"] = step.channelSums(
        outputChannels, size: grid.outputHeight * grid.outputWidth)
    }
    return gradients
  }

  private func inputGradient(_ step: BackwardStep) -> Tensor {
    let (before, after) = window.paddings(for: step.inputShape)
    var sides = window
    sides.padding = .sides(
      top: before.vertical, left: before.horizontal, bottom: after.vertical,
      right: after.horizontal)
    /// Rows or columns at the end that no window reached.
    func rest(_ length: Int, _ padding: Int, _ kernel: Int, _ dilation: Int, _ stride: Int) -> Int {
      (length + padding - dilation * (kernel - 1) - 1) % stride
    }
    let transposed = ConvTranspose2d(
      inputChannels: outputChannels, outputChannels: inputChannels, window: sides,
      outputPadding: Pair(
        rest(
          step.inputShape[2], before.vertical + after.vertical, window.kernelSize.vertical,
          window.dilation.vertical, window.stride.vertical),
        rest(
          step.inputShape[3], before.horizontal + after.horizontal,
          window.kernelSize.horizontal, window.dilation.horizontal, window.stride.horizontal)),
      groups: groups, bias: false)
    let prepared = transposed.prepared(["weight": step.parameter("weight")])
    let limits = step.ending.limits
    let ending = unsafe StoreEnding(
      lower: limits.lower, upper: limits.upper, addend: step.ending.addend?.start,
      result: limits == .none ? nil : step.input.start)
    return transposed.forward(step.gradient, prepared, step.context, ending: ending)
  }
}
