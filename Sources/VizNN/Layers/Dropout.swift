/// What training leaves out at random; evaluation leaves everything as it is.
public struct Dropout: UnaryLayer {
  public let probability: Float

  public init(probability: Float = 0.5) {
    precondition(0...1 ~= probability, "a probability of \(probability)")
    self.probability = probability
  }

  public func outputShape(_ input: Shape) -> Shape { input }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input
  }

  public var arguments: LayerArguments { ["p": .float(probability), "inplace": false] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] { [ONNXNode("Identity")] }

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
  static let entry2d = dropout("Dropout2d")

  private static func dropout(_ name: String, onnx: [ONNXForm] = []) -> LayerEntry {
    LayerEntry(
      name: name, summary: "Nothing, outside of training",
      arguments: [.init("p", 0.5), .init("inplace", false)], onnx: onnx
    ) { (arguments) throws(LayerError) in
      let probability = try arguments.float("p")
      guard 0...1 ~= probability else { throw arguments.wrong("p", "a number of 0…1") }
      return Dropout(probability: probability)
    }
  }
}
