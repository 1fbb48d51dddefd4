/// A value that a layer's description holds: what PyTorch writes between the brackets of a module,
/// what an ONNX attribute is, and what JSON can say.
public enum LayerValue: Equatable, Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  /// A tuple or a list.
  case list([LayerValue])
}

extension LayerValue {
  /// The number that a Float is written as: 0.1 and not 0.10000000149.
  static func float(_ value: Float) -> LayerValue {
    .float(Double(value.description) ?? Double(value))
  }

  public static func ints(_ values: [Int]) -> LayerValue { .list(values.map(LayerValue.int)) }

  public static func floats(_ values: [Double]) -> LayerValue {
    .list(values.map(LayerValue.float))
  }
}

extension LayerValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByNilLiteral
{
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .float(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral values: LayerValue...) { self = .list(values) }
  public init(nilLiteral: ()) { self = .none }
}

extension LayerValue: CustomStringConvertible {
  /// As Python writes it.
  public var description: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .int(let value): String(value)
    case .float(let value):
      value == .infinity ? "inf" : value == -.infinity ? "-inf" : value.description
    case .string(let value): "'\(value)'"
    case .list(let values):
      "(" + values.map(\.description).joined(separator: ", ") + (values.count == 1 ? ",)" : ")")
    }
  }
}
