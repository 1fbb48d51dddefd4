package import VizImage

extension Plane {
  /// Seeded noise over the whole range of a type, with its extremes and flat runs thrown in.
  package static func random(
    width: Int, height: Int, type: SampleType, seed: UInt64
  ) -> Plane {
    var random = SplitMix64(seed: seed)
    var last = 0.0
    let values = (0..<width * height).map { _ -> Double in
      let range = type == .float ? -300.0...300.0 : type.range
      switch Int.random(in: 0..<8, using: &random) {
      case 0: last = range.lowerBound
      case 1: last = range.upperBound
      case 2: break
      default: last = Double.random(in: range, using: &random)
      }
      return last
    }
    return switch type {
    case .uint8: Plane(width: width, height: height, samples: values.map { UInt8($0) })
    case .uint16: Plane(width: width, height: height, samples: values.map { UInt16($0) })
    case .int16: Plane(width: width, height: height, samples: values.map { Int16($0) })
    case .float: Plane(width: width, height: height, samples: values.map { Float($0) })
    }
  }
}
