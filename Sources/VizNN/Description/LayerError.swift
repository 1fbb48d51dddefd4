/// What is wrong with a layer or with what it is given; the name of the node is the network's to add.
public enum LayerError: Error, Equatable, Sendable {
  /// An argument of the constructor or an ONNX attribute.
  case argument(name: String, expected: String, found: String)
  case unknownArgument(name: String, layer: String, known: [String])
  /// A kind of layer that the registry does not have.
  case unknownLayer(name: String)
  /// The number of inputs.
  case inputCount(expected: String, found: Int)
  /// The shape of an input.
  case inputShape(expected: String, found: Shape)
  /// Inputs that do not fit each other.
  case inputShapes(expected: String, found: [Shape])
  /// More numbers than a tensor may hold.
  case tooLarge(dimensions: [Int], limit: Int)
  /// More numbers than all tensors together may hold while a network runs.
  case outOfMemory(found: Int, limit: Int)
  /// Legal where it comes from, but nothing that this layer can do.
  case unsupported(found: String, expected: String)
}

extension LayerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .argument(let name, let expected, let found):
      "argument '\(name)' is \(found); expected \(expected)"
    case .unknownArgument(let name, let layer, let known):
      known.isEmpty
        ? "argument '\(name)' is unknown; \(layer) has none"
        : "argument '\(name)' is unknown; \(layer) has " + known.joined(separator: ", ")
    case .unknownLayer(let name):
      "layer '\(name)' is unknown"
    case .inputCount(let expected, let found):
      "has \(found) inputs; expected \(expected)"
    case .inputShape(let expected, let found):
      "got \(found); expected \(expected)"
    case .inputShapes(let expected, let found):
      "got " + found.map(\.description).joined(separator: " and ") + "; expected \(expected)"
    case .tooLarge(let dimensions, let limit):
      "would give \(dimensions.map(String.init).joined(separator: "×")) numbers; "
        + "the limit is \(limit)"
    case .outOfMemory(let found, let limit):
      "would have to hold \(found) numbers at a time; the limit is \(limit): "
        + "smaller pictures, fewer at a time or fewer layers to show need less"
    case .unsupported(let found, let expected):
      "has \(found); expected \(expected)"
    }
  }
}
