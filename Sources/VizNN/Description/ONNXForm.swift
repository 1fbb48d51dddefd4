/// An ONNX operator that a layer is read from.
///
/// The reader of a file gives every input of the node the role that is written here, finds constants
/// for all but `value`, and calls `read`. Where an input has to be constant and is not, the next form
/// of the same operator is tried (Gemm and MatMul are `Linear` with constant weights, else `MatMul`).
/// Older operator sets have attributes for some of the later inputs; both arrive under one name.
public struct ONNXForm: Sendable {
  /// What an input of the operator is to the layer.
  public enum Input: Equatable, Sendable {
    /// A value that flows through the network.
    case value
    /// All further inputs are values.
    case values
    /// A tensor of weights, under the layer's own name for it.
    case parameter(String)
    /// Constant numbers that say what the layer does: sizes, axes, limits.
    case argument(String)
  }

  public typealias Reader =
    @Sendable (ONNXCall) throws(LayerError) -> (layer: any Layer, parameters: LayerParameters)

  public let operation: String
  public let inputs: [Input]
  public let read: Reader

  /// A form whose parameters are taken as they are or made by `read`.
  public init(_ operation: String, inputs: [Input] = [.value], read: @escaping Reader) {
    self.operation = operation
    self.inputs = inputs
    self.read = read
  }

  /// A form that keeps the parameters as they are.
  public init(
    _ operation: String, inputs: [Input] = [.value],
    layer: @escaping @Sendable (ONNXCall) throws(LayerError) -> any Layer
  ) {
    self.init(operation, inputs: inputs) { (call) throws(LayerError) in
      (try layer(call), call.parameters)
    }
  }
}

/// A node of an ONNX graph, as far as a layer's `read` wants to know it.
public struct ONNXCall: Sendable {
  public let operation: String
  /// The version of the operator set.
  public let opset: Int
  /// Attributes, and the constant inputs with the role `argument`: whole numbers as `int`s, all else as
  /// `float`s, in a list where the tensor has a dimension.
  public let attributes: LayerArguments
  /// The constant inputs with the role `parameter`.
  public let parameters: LayerParameters
  /// How many inputs are values.
  public let valueCount: Int
  /// How many outputs there are.
  public let outputCount: Int
  /// How many of them there are up to the last one that anything reads.
  public let usedOutputCount: Int
  /// The shapes of the inputs that are values, as far as known.
  public let shapes: [Shape?]
  /// Whether lengths in them other than the batch's may be others too.
  public let haveOpenLengths: Bool

  public init(
    operation: String, opset: Int, attributes: LayerArguments = [:],
    parameters: LayerParameters = [:], valueCount: Int = 1, outputCount: Int = 1,
    usedOutputCount: Int? = nil, shapes: [Shape?] = [nil], haveOpenLengths: Bool = false
  ) {
    self.operation = operation
    self.opset = opset
    self.attributes = attributes
    self.parameters = parameters
    self.valueCount = valueCount
    self.outputCount = outputCount
    self.usedOutputCount = usedOutputCount ?? outputCount
    self.shapes = shapes
    self.haveOpenLengths = haveOpenLengths
  }
}

/// A node that a layer is written as; a layer may need several.
public struct ONNXNode: Equatable, Sendable {
  public enum Operand: Equatable, Sendable {
    /// An input of the layer.
    case input(Int)
    /// The output of an earlier node of the same layer, the first where it has several.
    case result(Int)
    /// A further output of an earlier node.
    case furtherResult(Int, output: Int)
    /// One of the layer's parameters.
    case parameter(String)
    case floats(Tensor)
    /// 64-bit whole numbers in a tensor of one dimension.
    case ints([Int])
    /// One whole number without a dimension.
    case int(Int)
    /// An optional input that is not used.
    case absent
  }

  public let operation: String
  public let inputs: [Operand]
  public let attributes: LayerArguments
  /// For each output of the node, which output of the layer it is: none where only further nodes read it;
  /// nil for all of the layer's in the last node, and none of them in the others.
  public let makes: [Int?]?

  public init(
    _ operation: String, inputs: [Operand] = [.input(0)], attributes: LayerArguments = [:],
    makes: [Int?]? = nil
  ) {
    self.operation = operation
    self.inputs = inputs
    self.attributes = attributes
    self.makes = makes
  }
}

/// The operator set that `Layer.onnxNodes` writes.
public enum ONNXVersion {
  public static let opset = 20
}
