/// Which numbers the ends of a colour map stand for.
public enum ScaleScope: Sendable, Equatable {
  /// Those of all pictures of a sheet, which then compare with each other.
  case layer
  /// Those of each picture, which shows all that it has.
  case map
  /// Given ones, so that several sheets compare.
  case global(ClosedRange<Double>)

  /// The word of a command's option.
  public var name: String {
    switch self {
    case .layer: "layer"
    case .map: "map"
    case .global: "global"
    }
  }
}

extension Colormap {
  /// The ends of the map for values of a range: ±max |v| for a signed map; 0 and the greatest where
  /// nothing is negative, so that zero always has one colour; else the least and the greatest.
  public func ends(for values: ClosedRange<Double>) -> ClosedRange<Double> {
    if isSigned {
      let reach = max(-values.lowerBound, values.upperBound, 0)
      return -reach...reach
    }
    return values.lowerBound >= 0 ? 0...values.upperBound : values
  }
}

extension ClosedRange<Double> {
  /// From the less of the lower ends to the greater of the upper ones.
  func union(_ other: ClosedRange<Double>) -> ClosedRange<Double> {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }

  /// As captions show it: `[0, 4.37]`.
  var shortText: String {
    "[\(ShortNumber.text(lowerBound)), \(ShortNumber.text(upperBound))]"
  }
}
