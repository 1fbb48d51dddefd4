/// One number of a layer's output: `conv2/7,4,5` is channel 7, row 4, column 5 of `conv2`, counted from
/// 0, and `fc1/3` the fourth number of a vector.
public struct UnitAddress: Equatable, Sendable {
  public struct Place: Equatable, Sendable {
    public let y: Int
    public let x: Int

    public init(y: Int, x: Int) {
      self.y = y
      self.x = x
    }
  }

  public let layer: String
  public let channel: Int
  /// nil in a vector.
  public let place: Place?

  public init(layer: String, channel: Int, place: Place? = nil) {
    self.layer = layer
    self.channel = channel
    self.place = place
  }

  /// Reads what `description` writes; a layer's name may hold slashes of its own.
  ///
  /// - Throws: `MethodError.malformedUnit`.
  public init(parsing text: String) throws(MethodError) {
    guard let slash = text.lastIndex(of: "/"), slash > text.startIndex else {
      throw .malformedUnit(text)
    }
    let words = text[text.index(after: slash)...].split(
      separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { word in
      word.allSatisfy { $0.isASCII && $0.isNumber } ? Int(word) : nil
    }
    guard numbers.count == words.count, [1, 3].contains(numbers.count) else {
      throw .malformedUnit(text)
    }
    self.init(
      layer: String(text[..<slash]), channel: numbers[0],
      place: numbers.count == 3 ? Place(y: numbers[1], x: numbers[2]) : nil)
  }
}

extension UnitAddress: CustomStringConvertible {
  public var description: String {
    "\(layer)/\(channel)" + (place.map { ",\($0.y),\($0.x)" } ?? "")
  }
}
