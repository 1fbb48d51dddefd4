/// What classes are called in pictures.
///
/// The font has the Latin letters of Europe. A name with others has the class's number instead of them, `#3` or
/// `#3 cat`: as empty boxes all such names would look alike.
public struct ClassLabels: Sendable {
  /// One for each class, in their order.
  public let texts: [String]
  /// Whether some have a number.
  public let hasNumbers: Bool

  /// For names of classes that are counted from 0.
  public init(_ names: [String]) {
    texts = names.enumerated().map { Self.text($1, number: $0) }
    hasNumbers = texts != names
  }

  /// What stands below a picture whose labels have numbers.
  public static let note = "#0, #1, …: classes by number, as the font lacks letters of their names"

  public static func text(_ name: String, number: Int) -> String {
    if name.allSatisfy(Glyph.isKnown) { return name }
    let words = name.split(separator: " ").map { $0.filter(Glyph.isKnown) }
      .filter { $0.contains { $0.isLetter || $0.isNumber } }
    return (["#\(number)"] + words).joined(separator: " ")
  }
}
