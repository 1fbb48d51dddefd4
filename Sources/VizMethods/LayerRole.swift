internal import VizNN

/// What a kind of layer does, as far as looking at it is concerned.
enum LayerRole: Sendable {
  case convolution
  case dense
  /// A function of single numbers that follows weighted sums.
  case activation
  case pooling
  /// Moves numbers or leaves them as they are: nothing new to see.
  case arrangement
  /// Scores become probabilities, or logarithms of such.
  case probabilities
  /// Normalisation, sums of branches, resizing and all the rest.
  case other

  init(_ layer: any Layer) { self = Self.roles[layer.typeName] ?? .other }

  private static let roles: [String: LayerRole] = {
    let names: [(LayerRole, [String])] = [
      (.convolution, ["Conv2d", "ConvTranspose2d"]),
      (.dense, ["Linear", "MatMul"]),
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
      (.probabilities, ["Softmax", "LogSoftmax"]),
    ]
    return Dictionary(
      uniqueKeysWithValues: names.flatMap { role, names in names.map { ($0, role) } })
  }()
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
