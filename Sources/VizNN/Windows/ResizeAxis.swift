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
    guard isBilinear else {
      return AxisResampling(
        length: length, taking: (0..<outputLength).map { min(max(nearest($0), 0), last) })
    }
    let clamped = (0..<outputLength).map { min(max(place($0), 0), Double(last)) }
    let first = clamped.map { Int($0) }
    return AxisResampling(
      length: length, first: first, second: first.map { min($0 + 1, last) },
      weight: zip(clamped, first).map { Float($0 - Double($1)) })
  }

  /// The sample next to a place.
  ///
  /// PyTorch multiplies by the inverse scale in Float32: where the product is a whole number or nearly, its
  /// rounding decides which sample is taken, and ours is the same.
  private func nearest(_ i: Int) -> Int {
    if coordinates == .asymmetric, rounding == .floor {
      return Int((Float(i) * Float(1 / scale)).rounded(.down))
    }
    let place = place(i)
    return switch rounding {
    case .floor: Int(place.rounded(.down))
    case .ceil: Int(place.rounded(.up))
    case .roundPreferFloor: Int((place - 0.5).rounded(.up))
    case .roundPreferCeil: Int((place + 0.5).rounded(.down))
    }
  }
}
