/// All that is known about a kind of layer: one description, from which `.net` text, the JSON of
/// checkpoints, ONNX import and every list of layers are made.
///
/// It stands in the layer's own file, beside `outputShape` and `forward`; `LayerRegistry` has a line
/// for it. The way back, from a layer to its description, is `Layer.arguments`, and to ONNX
/// `Layer.onnxNodes`.
public struct LayerEntry: Sendable {
  /// An argument of the constructor.
  public struct Argument: Sendable {
    public let name: String
    /// nil where it has to be given.
    public let defaultValue: LayerValue?

    public init(_ name: String, _ defaultValue: LayerValue? = nil) {
      self.name = name
      self.defaultValue = defaultValue
    }
  }

  /// PyTorch's class, or a name of that kind for what is a function there: `Add`, `Concat`.
  public let name: String
  public let summary: String
  /// In PyTorch's order, with its names and defaults.
  public let arguments: [Argument]
  /// The ONNX operators that this layer is read from.
  public let onnx: [ONNXForm]
  private let make: @Sendable (LayerArguments) throws(LayerError) -> any Layer

  public init(
    name: String, summary: String, arguments: [Argument] = [], onnx: [ONNXForm] = [],
    make: @escaping @Sendable (LayerArguments) throws(LayerError) -> any Layer
  ) {
    self.name = name
    self.summary = summary
    self.arguments = arguments
    self.onnx = onnx
    self.make = make
  }

  /// The layer that a constructor's call makes: `Conv2d(1, 16, 2, stride=2)`.
  public func layer(
    _ positional: [LayerValue] = [], _ named: LayerArguments = [:]
  ) throws(LayerError) -> any Layer {
    try make(try arguments.matched(positional, named, of: name))
  }
}

extension LayerEntry {
  /// The arguments of a layer that differ from the defaults, in the constructor's order.
  public func shortened(_ arguments: LayerArguments) -> LayerArguments {
    self.arguments.shortened(arguments)
  }
}

extension [LayerEntry.Argument] {
  /// What a call gives, in the constructor's order, with the defaults of what it does not give; `name` is
  /// the constructor's, for errors.
  package func matched(
    _ positional: [LayerValue], _ named: LayerArguments, of name: String
  ) throws(LayerError) -> LayerArguments {
    guard positional.count <= count else {
      throw .unsupported(
        found: Self.arguments(positional.count), expected: "at most \(count)")
    }
    var given = LayerArguments()
    for (argument, value) in zip(self, positional) { given[argument.name] = value }
    for item in named.items {
      guard contains(where: { $0.name == item.name }) else {
        throw .unknownArgument(name: item.name, layer: name, known: map(\.name))
      }
      guard given[item.name] == nil else {
        throw .argument(
          name: item.name, expected: "one value", found: "a second one, \(item.value)")
      }
      given[item.name] = item.value
    }
    return try completed(given)
  }

  private static func arguments(_ count: Int) -> String {
    count == 1 ? "1 argument" : "\(count) arguments"
  }

  private func completed(_ given: LayerArguments) throws(LayerError) -> LayerArguments {
    var all = LayerArguments()
    for argument in self {
      guard let value = given[argument.name] ?? argument.defaultValue else {
        throw .argument(name: argument.name, expected: "a value", found: "nothing")
      }
      all[argument.name] = value
    }
    return all
  }

  /// The arguments that differ from the defaults, in the constructor's order.
  package func shortened(_ arguments: LayerArguments) -> LayerArguments {
    var short = LayerArguments()
    for argument in self where arguments[argument.name] != argument.defaultValue {
      short[argument.name] = arguments[argument.name]
    }
    return short
  }
}
