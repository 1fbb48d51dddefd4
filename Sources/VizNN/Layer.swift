/// The tensors of one layer by their names in PyTorch: `weight`, `bias`, `running_mean`.
public typealias LayerParameters = [String: Tensor]

/// One step of a network: how shapes go through it, and how numbers do.
///
/// A layer is a small value that knows its arguments and not its weights. To add one: a file in
/// `Layers` with `outputShapes`, `forward`, `backward`, `arguments`, `onnxNodes` and `entry`, and a line in
/// `LayerRegistry`. Layers with one input and one output conform to `UnaryLayer` instead.
public protocol Layer: Sendable {
  /// What `forward` works with: the parameters as they are, or packed for its loops.
  associatedtype Prepared: Sendable = LayerParameters

  /// The description of the kind; `LayerRegistry` lists it.
  static var entry: LayerEntry { get }

  /// The name of its kind, PyTorch's class.
  var typeName: String { get }

  /// The constructor's arguments, all of them and in its order.
  var arguments: LayerArguments { get }

  /// The parameters that the layer needs, in PyTorch's order.
  var parameterShapes: [ParameterShape] { get }

  /// How many outputs there are; mostly 1.
  var outputCount: Int { get }

  /// The shapes of the outputs, or what is wrong with the inputs.
  func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape]

  /// Does once for many batches what depends on the parameters alone.
  func prepared(_ parameters: LayerParameters) -> Prepared

  /// The outputs for inputs that `outputShapes` has accepted.
  func forward(_ inputs: [Tensor], _ parameters: Prepared, _ context: ForwardContext) -> [Tensor]

  /// Which values of the forward pass `backward` reads; the others are not kept.
  var kept: KeptValues { get }

  /// The outputs in training, for layers that do something else there.
  func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult

  /// The gradients of a loss by inputs and learned parameters, from those by the outputs.
  func backward(_ step: BackwardStep) -> LayerGradients

  /// Products that are added up, as each costs a multiplication and an addition; biases do not count.
  func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int

  /// Which part of its input an output sees.
  func reach(inputs: [Shape]) -> Reach

  /// The layer in operators of ONNX's set `ONNXVersion.opset`; the last node makes the output.
  ///
  /// - Throws: `unsupported` for what ONNX cannot say.
  func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode]
}

/// The name and shape of a tensor that a layer needs.
public struct ParameterShape: Equatable, Sendable {
  public let name: String
  public let shape: Shape
  /// Whether training changes it by gradients; running means and variances are not learned.
  public let isLearned: Bool
  /// The number that training begins with; nil for weights of sums and their biases, which are drawn.
  public let start: Float?

  public init(_ name: String, _ shape: Shape, isLearned: Bool = true, start: Float? = nil) {
    self.name = name
    self.shape = shape
    self.isLearned = isLearned
    self.start = start
  }
}

extension Layer {
  public var parameterShapes: [ParameterShape] { [] }
  public var outputCount: Int { 1 }
  public var kept: KeptValues { .inputs }
  public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { 0 }
  public func reach(inputs: [Shape]) -> Reach { .point }
  public var typeName: String { Self.entry.name }
  /// As PyTorch's constructor is called, without what is at its default.
  public var text: String {
    let items = Self.entry.shortened(arguments).items
    return typeName + "(" + items.map { "\($0.name)=\($0.value)" }.joined(separator: ", ") + ")"
  }
}

extension Layer where Prepared == LayerParameters {
  public func prepared(_ parameters: LayerParameters) -> LayerParameters { parameters }
}

/// A layer with one input and one output.
public protocol UnaryLayer: Layer {
  func outputShape(_ input: Shape) throws(LayerError) -> Shape
  func forward(_ input: Tensor, _ parameters: Prepared, _ context: ForwardContext) -> Tensor
}

extension UnaryLayer {
  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.count == 1 else { throw .inputCount(expected: "1", found: inputs.count) }
    return [try outputShape(inputs[0])]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: Prepared, _ context: ForwardContext
  ) -> [Tensor] {
    [forward(inputs[0], parameters, context)]
  }
}

extension UnaryLayer {
  /// The output's shape for an input that the layer has accepted before.
  func acceptedShape(_ input: Shape) -> Shape {
    guard let shape = try? outputShape(input) else {
      preconditionFailure("\(text) got \(input)")
    }
    return shape
  }
}
