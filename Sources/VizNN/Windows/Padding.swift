/// What stands around an image before windows move over it.
public enum Padding: Equatable, Sendable {
  /// So many samples on each side.
  case sides(top: Int, left: Int, bottom: Int, right: Int)
  /// As many as it takes for ⌈length / stride⌉ outputs; an odd one at the end.
  case same
  /// The same with an odd one at the start.
  case sameLower

  public static let none = Padding.sides(top: 0, left: 0, bottom: 0, right: 0)

  /// The same number on opposite sides.
  public static func symmetric(_ pair: Pair) -> Padding {
    .sides(
      top: pair.vertical, left: pair.horizontal, bottom: pair.vertical, right: pair.horizontal)
  }
}

extension Padding: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self = .symmetric(Pair(value, value)) }
}

extension Padding {
  /// PyTorch's argument; four numbers are ours: top, left, bottom, right, as in ONNX.
  var value: LayerValue {
    switch self {
    case .same: "same"
    case .sameLower: "same_lower"
    case .sides(let top, let left, let bottom, let right):
      top == bottom && left == right ? .ints([top, left]) : .ints([top, left, bottom, right])
    }
  }
}

extension LayerArguments {
  /// A number, a pair, four numbers (top, left, bottom, right), 'valid', 'same' or 'same_lower'.
  func padding(_ name: String) throws(LayerError) -> Padding {
    switch self[name] {
    case "valid"?: return .none
    case "same"?: return .same
    case "same_lower"?: return .sameLower
    default: break
    }
    guard let sides = try? ints(name, in: 0...Self.largest), [1, 2, 4].contains(sides.count) else {
      throw wrong(
        name, "a number, a pair, four numbers (top, left, bottom, right), 'valid' or 'same'")
    }
    if sides.count == 4 {
      return .sides(top: sides[0], left: sides[1], bottom: sides[2], right: sides[3])
    }
    return .symmetric(Pair(sides[0], sides[sides.count - 1]))
  }
}
