/// Every kind of layer, in the order that lists show them.
public enum LayerRegistry {
  public static let all: [LayerEntry] = [
    ReLU.entry,
    Identity.entry,
  ]

  /// The kind of a name, PyTorch's class without `nn.`.
  public static func entry(named name: String) throws(LayerError) -> LayerEntry {
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .unknownLayer(name: name)
    }
    return entry
  }

  /// The forms that an ONNX operator is read from, those to be tried first in front.
  public static func forms(of operation: String) -> [ONNXForm] {
    all.flatMap { $0.onnx.filter { $0.operation == operation } }
  }
}
