/// A network: an architecture and the numbers that it learned.
///
/// Parameters have PyTorch's names and layout: `conv1.weight` is `[O, C / groups, KH, KW]`.
public struct Network: Sendable {
  public let architecture: Architecture
  public let parameters: [String: Tensor]

  /// - Throws: `parameters` with all that are missing, unexpected or misshapen.
  public init(
    _ architecture: Architecture, parameters: [String: Tensor]
  ) throws(NetworkError) {
    let problems = architecture.problems(with: parameters.mapValues(\.shape))
    guard problems.isEmpty else { throw .parameters(problems) }
    self.architecture = architecture
    self.parameters = parameters
  }

  /// Runs once; for more than one batch prepare the network and run that.
  ///
  /// The result holds the values named in `capturing` beside the outputs.
  public func forward(
    _ inputs: [String: Tensor], capturing: Set<String> = [],
    context: ForwardContext = ForwardContext()
  ) throws(NetworkError) -> Trace {
    try PreparedNetwork(self, capturing: capturing).forward(inputs, context: context)
  }

  /// The parameters of a node by the layer's own names.
  package func parameters(of node: Architecture.Node) -> LayerParameters {
    var own: LayerParameters = [:]
    for parameter in node.layer.parameterShapes {
      own[parameter.name] = parameters[node.parameterName(parameter.name)]
    }
    return own
  }
}

/// What a forward pass gives.
public struct Trace: Sendable {
  /// By the names of the network's outputs.
  public let outputs: [String: Tensor]
  /// The values that were asked for, by their names.
  public let captured: [String: Tensor]
}

extension Architecture {
  /// What is wrong with a set of parameters of the given shapes, in the order of the layers; those that
  /// belong to no layer last.
  public func problems(with found: [String: Shape]) -> [ParameterProblem] {
    var problems: [ParameterProblem] = []
    var known: Set<String> = []
    for parameter in parameterShapes {
      known.insert(parameter.name)
      guard let shape = found[parameter.name] else {
        problems.append(.missing(name: parameter.name, expected: parameter.shape))
        continue
      }
      if shape != parameter.shape {
        problems.append(
          .misshapen(name: parameter.name, expected: parameter.shape, found: shape))
      }
    }
    for (name, shape) in found.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
      problems.append(.unexpected(name: name, found: shape))
    }
    return problems
  }
}
