internal import VizImage
internal import VizNN

// What torchvision's constructors take.
extension LayerArguments {
  /// A side that is asked for; a picture of it has at most 2²⁶ pixels.
  static let sides = 1...8192
  /// A side that is added.
  static let borders = 0...4096

  /// One side of a square, or height and width.
  func size(_ name: String) throws(LayerError) -> PictureSize {
    let found = try pair(name, in: Self.sides)
    return PictureSize(width: found.horizontal, height: found.vertical)
  }

  func number(_ name: String, in range: ClosedRange<Double>) throws(LayerError) -> Double {
    guard let found = try? doubles(name), found.count == 1, range.contains(found[0]) else {
      throw wrong(name, "a number of " + Self.words(range))
    }
    return found[0]
  }

  /// So many numbers, each within bounds; pairs rise.
  func numbers(
    _ name: String, count: Int, in range: ClosedRange<Double>
  ) throws(LayerError) -> [Double] {
    guard let found = try? doubles(name), found.count == count, found.allSatisfy(range.contains)
    else {
      throw wrong(name, "\(count) numbers of " + Self.words(range))
    }
    return found
  }

  private static func words(_ range: ClosedRange<Double>) -> String {
    "\(decimal(range.lowerBound))…\(decimal(range.upperBound))"
  }

  /// Two numbers, the lower one first.
  func range(
    _ name: String, in range: ClosedRange<Double>
  ) throws(LayerError) -> ClosedRange<Double> {
    let found = try numbers(name, count: 2, in: range)
    guard found[0] <= found[1] else { throw wrong(name, "the lower number first") }
    return found[0]...found[1]
  }

  /// A number that reaches to both sides of a middle, or where from and where to.
  func reach(
    _ name: String, around middle: Double = 0, in range: ClosedRange<Double>
  ) throws(LayerError) -> ClosedRange<Double> {
    let most = range.upperBound - middle
    let found = (try? doubles(name)) ?? []
    if found.count == 2 { return try self.range(name, in: range) }
    guard found.count == 1, 0...most ~= found[0] else {
      throw wrong(
        name, "a number of 0…\(decimal(most)), or two of " + Self.words(range))
    }
    return max(range.lowerBound, middle - found[0])...middle + found[0]
  }

  func fill(_ name: String = "fill") throws(LayerError) -> PictureFill {
    let found = try ints(name, in: 0...255)
    guard found.count == 1 || found.count == 3 else { throw wrong(name, "1 or 3 numbers of 0…255") }
    return PictureFill(found.map { UInt8($0) })
  }

  /// `InterpolationMode.BILINEAR` or `'bilinear'`.
  func interpolation(
    among known: [Interpolation] = Interpolation.allCases
  ) throws(LayerError) -> Interpolation {
    if case .string(let text)? = self["interpolation"] {
      let word = (text.split(separator: ".").last ?? "").lowercased()
      if let found = Interpolation(rawValue: word), known.contains(found) { return found }
    }
    throw wrong("interpolation", known.map { "'\($0.rawValue)'" }.joined(separator: " or "))
  }

  /// A point (x, y); nil for the middle.
  func center() throws(LayerError) -> PicturePoint? {
    guard has("center") else { return nil }
    let found = try numbers("center", count: 2, in: -65_536...65_536)
    return PicturePoint(x: found[0], y: found[1])
  }
}

/// A place in a picture, in pixels from the upper left corner.
package struct PicturePoint: Equatable, Sendable {
  let x: Double
  let y: Double

  package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

  static func middle(of size: PictureSize) -> PicturePoint {
    PicturePoint(x: Double(size.width) / 2, y: Double(size.height) / 2)
  }
}

extension SeededGenerator {
  /// A number of a range, its upper end hardly ever.
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(unit())
  }

  /// Whether something of this probability happens.
  mutating func happens(_ probability: Double) -> Bool { Double(unit()) < probability }
}
