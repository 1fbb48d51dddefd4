internal import VizKernels

extension BatchNormalizing {
  /// Normalises by the statistics of the batch, and moves the running ones towards them.
  ///
  ///     running = (1 − momentum) · running + momentum · batch's
  ///
  /// The running variance takes the batch's without bias, divided by one less than there are numbers. Without
  /// a momentum running statistics are the means of all batches since the first step: it is 1 / n in the nth.
  /// A second input, which joining brings, is added to what comes out.
  public func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult {
    let input = inputs[0]
    let statistics = BatchStatistics(input.shape)
    let output = training.context.tensor(input.shape)
    let ending = unsafe StoreEnding(
      lower: limits.lower, upper: limits.upper, addend: inputs.count > 1 ? inputs[1].start : nil)
    let (means, variances) = unsafe statistics.normalize(
      input.start, weight: parameters["weight"]?.values, bias: parameters["bias"]?.values,
      epsilon: normalization.epsilon, ending: ending, into: output.mutableStart,
      execution: training.context.execution)
    let shape: Shape = [normalization.features]
    var result = TrainingResult(outputs: [output])
    result.extras = [means, variances].map { Tensor(shape: shape, values: $0.map { Float($0) }) }
    let unbiased = Double(statistics.count) / Double(max(statistics.count - 1, 1))
    let momentum = normalization.momentum ?? 1 / Float(training.step + 1)
    for (name, found) in [
      ("running_mean", means), ("running_var", variances.map { $0 * unbiased }),
    ] {
      guard let running = parameters[name] else { continue }
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
    let factors = found[1].values.map {
      1 / (Double($0) + Double(normalization.epsilon)).squareRoot()
    }
    let gradient = step.needsInputs[0] ? step.context.tensor(step.inputShape) : nil
    let (plain, centred) = unsafe BatchStatistics(step.inputShape).gradient(
      step.gradient.start, step.input.start, means: found[0].values, factors: factors,
      weight: step.parameters["weight"]?.values, isOwn: isTraining, into: gradient?.mutableStart,
      execution: step.execution)
    var gradients = LayerGradients(gradient)
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
