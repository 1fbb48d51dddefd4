public import VizNN

/// Where one number of a network comes from: the numbers that its layer read, with their weights, and
/// what they come to.
///
///     weighted sum, mean   result = Σ terms · weights + bias
///     maximum              result = max terms
///     function             result = f(term)
///     sum                  result = Σ terms, one from each layer that is added
///
/// Sums are made in Float64 here and compared with the number of the forward pass.
public struct UnitTrace: Sendable {
  public enum Operation: String, Sendable {
    case weightedSum = "weighted sum"
    case mean
    case maximum
    case function
    case sum
  }

  /// One number that the layer read.
  public struct Term: Equatable, Sendable {
    public let channel: Int
    /// nil in a vector.
    public let place: UnitAddress.Place?
    public let input: Float
    /// nil where nothing is multiplied.
    public let weight: Double?
    /// The layer that made it, where several are read.
    public let source: String?

    init(
      channel: Int, place: UnitAddress.Place?, input: Float, weight: Double?,
      source: String? = nil
    ) {
      self.channel = channel
      self.place = place
      self.input = input
      self.weight = weight
      self.source = source
    }

    /// What the term adds, or what is compared.
    public var product: Double { weight.map { Double(input) * $0 } ?? Double(input) }
  }

  /// A part of the network's input, its ends excluded.
  public struct Rectangle: Equatable, Sendable {
    public let rows: Range<Int>
    public let columns: Range<Int>

    public init(rows: Range<Int>, columns: Range<Int>) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// The activation that reads the number next, and what it makes of it.
  public struct Following: Equatable, Sendable {
    public let layer: String
    public let type: String
    public let value: Float
  }

  public let unit: UnitAddress
  /// The place of the layer in the network, counted from 1.
  public let position: Int
  /// The layer as its constructor is called.
  public let layer: String
  public let operation: Operation
  /// In the order of channels, rows and columns; taps that lie outside of the image are left out.
  public let terms: [Term]
  /// How many taps lie outside of the image.
  public let outsideCount: Int
  /// nil where the layer adds none.
  public let bias: Double?
  /// What the terms come to.
  public let result: Double
  /// What the forward pass has.
  public let stored: Float
  /// The part of the network's input that the number depends on; nil for all of it.
  public let rectangle: Rectangle?
  public let following: Following?

  /// By how much the forward pass is off; 0 where both are the same NaN or infinity.
  public var difference: Double {
    let stored = Double(stored)
    return stored == result || (stored.isNaN && result.isNaN) ? 0 : stored - result
  }

  /// The sum of the terms, without the bias.
  public var sum: Double { terms.reduce(0) { $0 + $1.product } }

  /// The kinds of layers whose numbers can be traced.
  public static let supportedTypes =
    [
      "Conv2d", "Linear", "MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d",
      "BatchNorm2d", "BatchNorm1d", "Add",
    ]
    + LayerRole.types(of: .activation)

  /// Traces a number of the forward pass for one picture.
  ///
  /// - Throws: `MethodError` for a layer that is not there or has no terms, or a place outside.
  public init(
    _ unit: UnitAddress, in network: Network, input: Tensor,
    context: ForwardContext = ForwardContext()
  ) throws(MethodError) {
    let layers = try LayerSelection([unit.layer]).layers(of: network.architecture)
    guard layers.count == 1, let layer = layers.first else {
      throw .severalLayers(pattern: unit.layer, names: layers.map(\.name))
    }
    guard Self.supportedTypes.contains(layer.type),
      layer.node.inputs.count == 1 || layer.node.layer is Add
    else {
      throw .notTraceable(
        layer: layer.name, type: layer.type, supported: Self.supportedTypes)
    }
    let pass = try UnitPass(layer, in: network, input: input, context: context)
    guard let stored = pass.output.number(at: unit) else {
      throw .noUnit(unit: unit.description, shape: pass.output.shape)
    }
    guard let source = UnitSource(unit, layer, pass) else {
      throw .notTraceable(
        layer: layer.name, type: "\(layer.type) over \(pass.input.shape)",
        supported: Self.supportedTypes)
    }
    self.unit = unit
    position = layer.position
    self.layer = layer.node.layer.text
    (operation, terms, outsideCount) = (source.operation, source.terms, source.outsideCount)
    (bias, result) = (source.bias, source.result)
    self.stored = stored
    rectangle = unit.place.flatMap { pass.rectangle(of: $0) }
    following = pass.following.flatMap { node, value in
      value.number(at: unit).map {
        Following(layer: node.name, type: node.layer.typeName, value: $0)
      }
    }
  }
}

/// The values of a forward pass that a trace needs.
struct UnitPass {
  let network: Network
  /// What the layer reads, in its order.
  let inputs: [Tensor]
  let output: Tensor
  let following: (Architecture.Node, Tensor)?
  private let field: ReceptiveField?
  private let picture: Shape

  /// The only thing that most layers read.
  var input: Tensor { inputs[0] }

  init(
    _ layer: SelectedLayer, in network: Network, input picture: Tensor, context: ForwardContext
  ) throws(MethodError) {
    let architecture = network.architecture
    guard architecture.inputs.count == 1 else {
      throw .inputCount(names: architecture.inputs.map(\.name))
    }
    let name = architecture.inputs[0].name
    guard picture.shape.rank > 0, picture.shape[0] == 1 else {
      throw .batch(input: name, found: picture.shape)
    }
    let readers = architecture.nodes.filter { $0.inputs.contains(layer.name) }
    let next = readers.first { LayerRole($0.layer) == .activation }
    let names = [layer.name] + layer.node.inputs + (next.map { [$0.name] } ?? [])
    let (captured, fields) = try MethodError.naming { () throws(NetworkError) in
      (
        try network.forward([name: picture], capturing: Set(names), context: context).captured,
        try architecture.receptiveFields(for: [name: picture.shape])
      )
    }
    let inputs = layer.node.inputs.compactMap { captured[$0] }
    guard inputs.count == layer.node.inputs.count, let output = captured[layer.name] else {
      throw .network(.unknownName(layer.name))
    }
    self.network = network
    self.inputs = inputs
    self.output = output
    following = next.flatMap { node in captured[node.name].map { (node, $0) } }
    field = fields[layer.name] ?? nil
    self.picture = picture.shape
  }

  /// The part of the picture that a place of the output depends on; nil for all of it.
  func rectangle(of place: UnitAddress.Place) -> UnitTrace.Rectangle? {
    guard let field, picture.rank == 4 else { return nil }
    func span(_ axis: ReceptiveField.Axis, _ i: Int, _ length: Int) -> Range<Int> {
      let start = axis.start + Double(i) * axis.stride
      let first = min(max(start.rounded(.down), 0), Double(length))
      let end = min(max((start + axis.size).rounded(.up), first), Double(length))
      return Int(first)..<Int(end)
    }
    return UnitTrace.Rectangle(
      rows: span(field.vertical, place.y, picture[2]),
      columns: span(field.horizontal, place.x, picture[3]))
  }
}

extension Tensor {
  /// The number at a place of the only image; nil where there is none.
  func number(at unit: UnitAddress) -> Float? {
    switch (shape.rank, unit.place) {
    case (4, let place?):
      guard 0..<shape[1] ~= unit.channel, 0..<shape[2] ~= place.y, 0..<shape[3] ~= place.x else {
        return nil
      }
      return self[0, unit.channel, place.y, place.x]
    case (2, nil):
      return 0..<shape[1] ~= unit.channel ? self[0, unit.channel] : nil
    default:
      return nil
    }
  }
}
