internal import VizNN

/// What a kind of layer does, as far as looking at it is concerned.
enum LayerRole: Sendable {
  /// A function of single numbers that follows weighted sums.
  case activation
  case pooling
  /// Moves numbers or leaves them as they are: nothing new to see.
  case arrangement
  /// Weighted sums, normalisation and all the rest.
  case other

  init(_ layer: any Layer) {
    self = Self.kinds.first { $0.types.contains(layer.typeName) }?.role ?? .other
  }

  /// The kinds of layers that play a role.
  static func types(of role: LayerRole) -> [String] {
    kinds.first { $0.role == role }?.types ?? []
  }

  private static let kinds: [(role: LayerRole, types: [String])] = [
    (
      .activation,
      [
        "ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish",
        "Hardswish", "Hardsigmoid", "Hardtanh", "Sigmoid", "Tanh", "Softplus", "Softsign",
      ]
    ),
    (.pooling, ["MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d"]),
    (
      .arrangement,
      [
        "Flatten", "Dropout", "Dropout2d", "Identity", "Reshape", "Squeeze", "Unsqueeze",
        "Transpose", "Split", "Slice", "Pad", "Constant",
      ]
    ),
  ]
}

extension Architecture {
  /// The values that ReLU, or a layer that cuts off below zero as it does, has made, also where pooling
  /// or a layer that only moves numbers stands between: exact zeros there mean that nothing was found.
  var rectifiedValues: Set<String> {
    var rectified: Set<String> = []
    for node in nodes {
      let isRectifier = ["ReLU", "ReLU6"].contains(node.layer.typeName)
      let role = LayerRole(node.layer)
      let passesOn =
        role == .pooling || role == .arrangement || ["Add", "Concat"].contains(node.layer.typeName)
      let isFed = !node.inputs.isEmpty && node.inputs.allSatisfy(rectified.contains)
      if isRectifier || (passesOn && isFed) { rectified.formUnion(node.values.prefix(1)) }
    }
    return rectified
  }
}
