public import VizNN

/// What is wrong with a question to a network.
public enum MethodError: Error, Equatable, Sendable {
  /// Nothing of the network is meant by a word that should choose layers.
  case noLayer(pattern: String, suggestion: String, names: [String])
  /// A word that means several layers where one is wanted.
  case severalLayers(pattern: String, names: [String])
  /// Pictures of layers are made for one input at a time.
  case batch(input: String, found: Shape)
  /// The network reads another number of tensors than one.
  case inputCount(names: [String])
  /// A unit that is not written as layer/channel,y,x.
  case malformedUnit(String)
  /// A place that a layer's output does not have.
  case noUnit(unit: String, shape: Shape)
  /// A layer whose numbers have no terms that could be listed.
  case notTraceable(layer: String, type: String, supported: [String])
  /// A network whose capsules cannot be drawn.
  case noCapsules(missing: String)
  /// What the network itself has to say.
  case network(NetworkError)
}

extension MethodError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noLayer(let pattern, let suggestion, let names):
      "no layer is called '\(pattern)'\(suggestion.isEmpty ? "; " : suggestion + " ")"
        + "the layers are \(Self.list(names))"
    case .severalLayers(let pattern, let names):
      "'\(pattern)' means several layers; expected one of \(Self.list(names))"
    case .batch(let input, let found):
      "input '\(input)' has shape \(found); layers are shown for one picture at a time, [1, …]"
    case .inputCount(let names):
      "the network reads \(names.count) tensors (\(Self.list(names))); each needs its own"
    case .malformedUnit(let text):
      "'\(text)' is no unit; expected layer/channel,y,x, or layer/index where there is no image"
    case .noUnit(let unit, let shape):
      "there is no '\(unit)': the layer's output has shape \(shape), counted from 0"
    case .notTraceable(let layer, let type, let supported):
      "the numbers of layer '\(layer)' (\(type)) cannot be traced; "
        + "expected one of \(supported.joined(separator: ", "))"
    case .noCapsules(let missing):
      "the network has no capsules to draw; expected \(missing)"
    case .network(let error):
      error.description
    }
  }

  /// As many names as one can still read.
  private static func list(_ names: [String]) -> String {
    let most = 12
    let rest = names.count - most
    return names.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
