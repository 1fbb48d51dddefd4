internal import VizKernels

/// What training leaves out at random; evaluation leaves everything as it is.
///
///     output = input · m / (1 − p),   m = 0 with probability p, else 1
///
/// `Dropout2d` draws one m for each channel of a picture.
///
/// - Source: Srivastava et al. 2014, JMLR 15.
public struct Dropout: UnaryLayer {
  public let probability: Float
  /// Whether channels are left out as a whole.
  public let dropsChannels: Bool

  public init(probability: Float = 0.5, dropsChannels: Bool = false) {
    precondition(0...1 ~= probability, "a probability of \(probability)")
    self.probability = probability
    self.dropsChannels = dropsChannels
  }

  public func outputShape(_ input: Shape) -> Shape { input }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input
  }

  public var arguments: LayerArguments { ["p": .float(probability), "inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] { [ONNXNode("Identity")] }

  public var typeName: String { dropsChannels ? "Dropout2d" : "Dropout" }

  public static let entry = dropout("Dropout", onnx: [onnxForm])

  /// Set 12 and later have the probability, and whether this is training, in inputs.
  private static let onnxForm = ONNXForm(
    "Dropout", inputs: [.value, .argument("ratio"), .argument("training_mode")]
  ) { (call) throws(LayerError) in
    guard try !call.attributes.bool("training_mode", default: false) else {
      throw .unsupported(found: "training_mode", expected: "evaluation")
    }
    return Dropout()
  }

  /// The same in evaluation, where whole channels are not left out either.
  static let entry2d = dropout("Dropout2d", dropsChannels: true)

  private static func dropout(
    _ name: String, dropsChannels: Bool = false, onnx: [ONNXForm] = []
  ) -> LayerEntry {
    LayerEntry(
      name: name, summary: "Nothing, outside of training",
      arguments: [.init("p", 0.5), .init("inplace", false)], onnx: onnx
    ) { (arguments) throws(LayerError) in
      let probability = try arguments.float("p")
      guard 0...1 ~= probability else { throw arguments.wrong("p", "a number of 0…1") }
      return Dropout(probability: probability, dropsChannels: dropsChannels)
    }
  }
}

extension Dropout {
  public var kept: KeptValues { [] }

  /// Leaves out numbers, or whole channels, at random, and makes the others as much larger.
  public func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult {
    let input = inputs[0]
    guard probability > 0 else { return TrainingResult(outputs: inputs) }
    let mask = training.context.tensor(input.shape)
    let output = training.context.tensor(input.shape)
    let kernel = RandomMask(probability: probability, seed: training.seed)
    unsafe kernel.run(
      input.start, mask: mask.mutableStart, output: output.mutableStart, count: input.count,
      runLength: dropsChannels && input.shape.rank > 2
        ? input.shape.count(of: 2..<input.shape.rank) : 1,
      execution: training.context.execution)
    var result = TrainingResult(outputs: [output])
    result.extras = [mask]
    return result
  }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    guard let mask = step.extras.first else { return LayerGradients(step.gradient) }
    return LayerGradients(step.gradient.combined(.multiply, mask, step.context))
  }
}
