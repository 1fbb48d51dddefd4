/// What is wrong with a network or with what it is given.
public enum NetworkError: Error, Equatable, Sendable {
  /// Two values have one name.
  case duplicateName(String)
  /// A node reads what neither an input nor an earlier node makes.
  case unknownValue(node: String, value: String)
  /// An output or a captured value that no node makes.
  case unknownName(String)
  /// A layer cannot work with what it gets.
  case node(name: String, layer: String, LayerError)
  case missingInput(name: String, expected: [Int?])
  case unexpectedInput(name: String, expected: [String])
  case inputShape(name: String, expected: [Int?], found: Shape)
  /// All that is wrong with the parameters.
  case parameters([ParameterProblem])
}

extension NetworkError {
  /// Whether the network is right, and only too large to be run.
  public var isLimit: Bool {
    switch self {
    case .node(_, _, .tooLarge), .node(_, _, .outOfMemory): true
    default: false
    }
  }
}

/// What is wrong with one parameter.
public enum ParameterProblem: Equatable, Sendable {
  case missing(name: String, expected: Shape)
  case unexpected(name: String, found: Shape)
  case misshapen(name: String, expected: Shape, found: Shape)
}

extension NetworkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .duplicateName(let name):
      "two values of the network are called '\(name)'"
    case .unknownValue(let node, let value):
      "node '\(node)' reads '\(value)', which is neither an input nor made by a node before it"
    case .unknownName(let name):
      "no value of the network is called '\(name)'"
    case .node(let name, let layer, let error):
      "node '\(name)' (\(layer)) \(error)"
    case .missingInput(let name, let expected):
      "input '\(name)' is missing; expected a tensor of \(describe(expected))"
    case .unexpectedInput(let name, let expected):
      "the network has no input '\(name)'; its inputs are " + expected.joined(separator: ", ")
    case .inputShape(let name, let expected, let found):
      "input '\(name)' has shape \(found); the network expects \(describe(expected))"
    case .parameters(let problems):
      problems.map(\.description).joined(separator: "\n")
    }
  }
}

extension ParameterProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let name, let expected):
      "tensor '\(name)' is missing; the network expects \(expected)"
    case .unexpected(let name, let found):
      "tensor '\(name)' with shape \(found) belongs to no layer"
    case .misshapen(let name, let expected, let found):
      "tensor '\(name)' has shape \(found); the network expects \(expected)"
    }
  }
}

/// A shape with dimensions that are free.
func describe(_ dimensions: [Int?]) -> String {
  "[" + dimensions.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
}
