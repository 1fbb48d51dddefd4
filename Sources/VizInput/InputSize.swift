/// The size of a network's pictures, as `--size` takes it: a side, or width and height.
///
///     28      32x48      32×48
public struct InputSize: Equatable, Sendable {
  public let width: Int
  public let height: Int

  /// As long as a picture's side may be.
  public static let longestSide = 65_535

  /// - Precondition: sides are positive.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a size of \(width)×\(height)")
    self.width = width
    self.height = height
  }

  public init(_ text: String) throws(InputError) {
    let parts = text.split(omittingEmptySubsequences: false) { "xX×".contains($0) }
    let sides = parts.compactMap { Int($0) }.filter { 1...Self.longestSide ~= $0 }
    guard sides.count == parts.count, 1...2 ~= sides.count else {
      throw .invalidOption(
        "--size",
        expected: "a side or WIDTHxHEIGHT, of 1 to \(Self.longestSide) pixels", found: text)
    }
    self.init(width: sides[0], height: sides[sides.count - 1])
  }
}

extension InputSize: CustomStringConvertible {
  public var description: String { "\(width)×\(height)" }
}
