internal import VizKernels

/// Capsules that vote for the capsules of the next layer; votes that agree count more from turn to turn.
///
///     û[n, i, j] = Σₖ weight[i, k, j] · input[n, i, k]                        b[n, i, j] = 0
///     in every turn:  c[n, i] = softmax(b[n, i]),   s[n, j] = Σᵢ c[n, i, j] · û[n, i, j],
///                     v[n, j] = squash(s[n, j]),    b[n, i, j] += û[n, i, j] · v[n, j]
///
/// The output is v of the last turn. Gradients go back through all turns: what a vote is compared with depends on
/// the weights too, and nothing is taken for constant.
///
/// - Shapes:
///   - `input`: `[N, I, K]`; `weight`: `[I, K, J, D]`
///   - output: `[N, J, D]`
/// - Source: Sabour et al. 2017, procedure 1, arXiv:1710.09829.
public struct CapsuleRouting: UnaryLayer {
  /// Capsules that vote, and numbers of each.
  public let inputCapsules: Int
  public let inputLength: Int
  /// Capsules that are voted for, and numbers of each.
  public let outputCapsules: Int
  public let outputLength: Int
  /// Turns of routing.
  public let iterations: Int

  public init(
    inputCapsules: Int, inputLength: Int, outputCapsules: Int, outputLength: Int,
    iterations: Int = 3
  ) {
    precondition(
      min(inputCapsules, inputLength, outputCapsules, outputLength, iterations) > 0,
      "\(inputCapsules) capsules of \(inputLength), \(outputCapsules) of \(outputLength), "
        + "\(iterations) iterations")
    self.inputCapsules = inputCapsules
    self.inputLength = inputLength
    self.outputCapsules = outputCapsules
    self.outputLength = outputLength
    self.iterations = iterations
  }

  public var parameterShapes: [ParameterShape] {
    [ParameterShape("weight", [inputCapsules, inputLength, outputCapsules, outputLength])]
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard input.rank == 3, input[1] == inputCapsules, input[2] == inputLength else {
      throw .inputShape(expected: "[N, \(inputCapsules), \(inputLength)]", found: input)
    }
    return [input[0], outputCapsules, outputLength]
  }

  private func kernel(_ batch: Int) -> VoteRouting {
    VoteRouting(
      batch: batch, inputs: inputCapsules, inputLength: inputLength, outputs: outputCapsules,
      outputLength: outputLength, turns: iterations)
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    run(input, parameters, context, turns: nil)
  }

  /// The same, and keeps what the turns came to.
  public func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult {
    let turns = turnRoom(inputs[0].shape[0], training.context)
    var result = TrainingResult(outputs: [
      run(inputs[0], parameters, training.context, turns: turns)
    ])
    result.extras = [turns]
    return result
  }

  /// Room for what turns come to.
  private func turnRoom(_ batch: Int, _ context: ForwardContext) -> Tensor {
    context.tensor([kernel(batch).turnCount])
  }

  private func run(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext, turns: Tensor?
  ) -> Tensor {
    guard let weight = parameters["weight"] else { preconditionFailure("\(text) has no weight") }
    let output = context.tensor(acceptedShape(input.shape))
    unsafe kernel(input.shape[0]).run(
      input: input.start, weight: weight.start, output: output.mutableStart,
      turns: turns?.mutableStart, execution: context.execution)
    return output
  }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let (context, weight) = (step.context, step.parameter("weight"))
    let kernel = kernel(step.inputShape[0])
    let turns = step.extras.first ?? turnRoom(kernel.batch, context)
    if step.extras.isEmpty { _ = run(step.input, step.parameters, context, turns: turns) }
    let room = context.tensor([kernel.gradientCount])
    let input = step.needsInputs[0] ? context.tensor(step.inputShape) : nil
    let weights = step.needsParameters ? context.tensor(weight.shape) : nil
    unsafe kernel.runGradient(
      input: step.input.start, weight: weight.start, gradient: step.gradient.start,
      turns: turns.start, room: room.mutableStart, intoInput: input?.mutableStart,
      intoWeight: weights?.mutableStart, execution: step.execution)
    return LayerGradients(
      inputs: [input], parameters: weights.map { ["weight": $0] } ?? [:])
  }

  /// Votes, and for every turn their sums; for all turns but the last how far they agree.
  public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
    let votes = Shape([inputs[0][0], inputCapsules, outputCapsules, outputLength]).count
    return Shape([votes, inputLength + 2 * iterations - 1]).count
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments {
    [
      "in_capsules": .int(inputCapsules), "in_dim": .int(inputLength),
      "out_capsules": .int(outputCapsules), "out_dim": .int(outputLength),
      "iterations": .int(iterations),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    throw .unsupportedCapsules
  }

  public static let entry = LayerEntry(
    name: "CapsuleRouting", summary: "Capsules that vote for others, and agree",
    arguments: [
      .init("in_capsules"), .init("in_dim"), .init("out_capsules"), .init("out_dim"),
      .init("iterations", 3),
    ]
  ) { (arguments) throws(LayerError) in
    func count(_ name: String) throws(LayerError) -> Int {
      try arguments.int(name, in: 1...LayerArguments.largest)
    }
    return CapsuleRouting(
      inputCapsules: try count("in_capsules"), inputLength: try count("in_dim"),
      outputCapsules: try count("out_capsules"), outputLength: try count("out_dim"),
      iterations: try arguments.int("iterations", in: 1...100))
  }
}
