internal import VizKernels

extension BatchNormalizing {
  /// Normalises by the statistics of the batch, and moves the running ones towards them.
  ///
  ///     running = (1 − momentum) · running + momentum · batch's
  ///
  /// The running variance takes the batch's without bias, divided by one less than there are numbers.
  public func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult {
    let input = inputs[0]
    let statistics = BatchStatistics(input.shape)
    let (means, variances) = unsafe statistics.measure(
      input.start, execution: training.context.execution)
    let shape: Shape = [normalization.features]
    var own = parameters
    own["running_mean"] = Tensor(shape: shape, values: means.map { Float($0) })
    own["running_var"] = Tensor(shape: shape, values: variances.map { Float($0) })
    var result = TrainingResult(
      outputs: [forward(input, prepared(own), training.context)])
    result.extras = ["running_mean", "running_var"].compactMap { own[$0] }
    let unbiased = Double(statistics.count) / Double(max(statistics.count - 1, 1))
    for (name, found) in [
      ("running_mean", means), ("running_var", variances.map { $0 * unbiased }),
    ] {
      guard let running = parameters[name], let momentum = normalization.momentum else { continue }
      let values = zip(running.values, found).map { old, new in
        (1 - momentum) * old + momentum * Float(new)
      }
      result.updates[name] = Tensor(shape: shape, values: values)
    }
    return result
  }

  /// After training through the batch's own statistics, after evaluation through fixed ones.
  ///
  ///     input = w/σ · (gradient − mean(gradient) − x̂ · mean(gradient · x̂)),   x̂ = (in − mean) / σ
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let isTraining = !step.extras.isEmpty
    let found = isTraining ? step.extras : ["running_mean", "running_var"].map(step.parameter)
    let means = found[0].values.map(Double.init)
    let factors = found[1].values.map {
      1 / (Double($0) + Double(normalization.epsilon)).squareRoot()
    }
    let statistics = BatchStatistics(step.inputShape)
    let (plain, centred) = unsafe statistics.sums(
      step.gradient.start, step.input.start, means: means, execution: step.execution)
    var gradients = LayerGradients(nil)
    if step.needsInputs[0] {
      let weights = step.parameters["weight"]?.values.map(Double.init)
      let a = factors.indices.map { (weights?[$0] ?? 1) * factors[$0] }
      let count = isTraining ? Double(statistics.count) : .infinity
      let b = a.indices.map { -a[$0] * factors[$0] * factors[$0] * centred[$0] / count }
      let shift = a.indices.map { -a[$0] * plain[$0] / count - b[$0] * means[$0] }
      let gradient = step.context.tensor(step.inputShape)
      unsafe statistics.combine(
        step.gradient.start, step.input.start, a: a, b: b, shift: shift,
        into: gradient.mutableStart, execution: step.execution)
      gradients.inputs = [gradient]
    }
    guard step.needsParameters else { return gradients }
    let shape: Shape = [normalization.features]
    if normalization.isAffine {
      gradients.parameters["weight"] = Tensor(
        shape: shape, values: zip(centred, factors).map { Float($0 * $1) })
    }
    if normalization.hasBias {
      gradients.parameters["bias"] = Tensor(shape: shape, values: plain.map { Float($0) })
    }
    return gradients
  }
}

extension BatchNormalizing {
  /// What keeps the layer from learning on inputs of a shape.
  func trainingProblem(_ input: Shape) -> LayerError? {
    if normalization.momentum == nil {
      return .argument(
        name: "momentum", expected: "a number, as batches are not counted", found: "None")
    }
    guard BatchStatistics(input).count > 1 else {
      return .inputShape(
        expected: "more than one number a channel, for statistics of a batch", found: input)
    }
    return nil
  }
}

extension BatchStatistics {
  fileprivate init(_ shape: Shape) {
    self.init(batch: shape[0], channels: shape[1], size: shape.count(of: 2..<shape.rank))
  }
}
