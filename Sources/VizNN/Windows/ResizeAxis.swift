internal import VizKernels

/// Where the samples of a resized image lie in the original, in one direction.
///
///     halfPixel             (i + ½) / scale − ½
///     pytorchHalfPixel      the same, but 0 for a single sample
///     asymmetric            i / scale
///     alignCorners          i · (length − 1) / (outputLength − 1)
public struct ResizeAxis: Equatable, Sendable {
  public enum Coordinates: String, Sendable, CaseIterable {
    case halfPixel = "half_pixel"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case asymmetric
    case alignCorners = "align_corners"
  }

  public enum Rounding: String, Sendable, CaseIterable {
    case floor, ceil
    case roundPreferFloor = "round_prefer_floor"
    case roundPreferCeil = "round_prefer_ceil"
  }

  let length: Int
  let outputLength: Int
  let scale: Double
  let coordinates: Coordinates
  let rounding: Rounding

  private func place(_ i: Int) -> Double {
    let i = Double(i)
    switch coordinates {
    case .halfPixel: return (i + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return outputLength > 1 ? (i + 0.5) / scale - 0.5 : 0
    case .asymmetric: return i / scale
    case .alignCorners:
      return outputLength > 1 ? i * Double(length - 1) / Double(outputLength - 1) : 0
    }
  }

  /// What every sample of the output takes; places outside are the outermost samples.
  func resampling(_ isBilinear: Bool) -> AxisResampling {
    let last = length - 1
    let places = (0..<outputLength).map(place)
    guard isBilinear else {
      return AxisResampling(
        length: length, taking: places.map { min(max(rounded($0), 0), last) })
    }
    let clamped = places.map { min(max($0, 0), Double(last)) }
    let first = clamped.map { Int($0) }
    return AxisResampling(
      length: length, first: first, second: first.map { min($0 + 1, last) },
      weight: zip(clamped, first).map { Float($0 - Double($1)) })
  }

  private func rounded(_ place: Double) -> Int {
    switch rounding {
    case .floor: Int(place.rounded(.down))
    case .ceil: Int(place.rounded(.up))
    case .roundPreferFloor: Int((place - 0.5).rounded(.up))
    case .roundPreferCeil: Int((place + 0.5).rounded(.down))
    }
  }
}
