extension ReferencePlane {
  /// The Euclidean length of two gradients: √(a² + b²).
  package static func magnitude(_ a: ReferencePlane, _ b: ReferencePlane) -> ReferencePlane {
    a.joined(with: b) { u, v in (u * u + v * v).squareRoot() }
  }

  /// The largest of several responses at each pixel, as a compass of kernels gives it.
  ///
  /// NaN stays out of the way of a number.
  package static func maximum(
    _ first: ReferencePlane, _ others: [ReferencePlane]
  ) -> ReferencePlane {
    others.reduce(first) { best, other in
      best.joined(with: other) { a, b in a.isNaN || b > a ? b : a }
    }
  }

  /// `highest` where a value is above the threshold, 0 where it is not: v > t ? highest : 0.
  package func thresholded(above threshold: Double, highest: Double) -> ReferencePlane {
    mapped { $0 > threshold ? highest : 0 }
  }

  /// The negative: highest − v.
  package func inverted(highest: Double) -> ReferencePlane {
    mapped { highest - $0 }
  }

  /// Luma of three channels.
  ///
  ///     ⌊(9798·R + 19235·G + 3735·B + 16384) / 32768⌋      integer samples
  ///      (9798·R + 19235·G + 3735·B) / 32768               Float
  ///
  /// - Source: Rec. ITU-R BT.601, weights 0.299, 0.587, 0.114 in 15-bit fixed point.
  package static func gray(
    red: ReferencePlane, green: ReferencePlane, blue: ReferencePlane, type: ReferenceSampleType
  ) -> ReferencePlane {
    let rounding = type == .float ? 0.0 : 16_384
    let redAndGreen = red.joined(with: green) { 9798 * $0 + 19_235 * $1 }
    return redAndGreen.joined(with: blue) {
      let luma = ($0 + 3735 * $1 + rounding) / 32_768
      return type == .float ? luma : luma.rounded(.down)
    }
  }

  func mapped(_ transform: (Double) -> Double) -> ReferencePlane {
    ReferencePlane(width: width, height: height, values: values.map(transform))
  }

  func joined(
    with other: ReferencePlane, _ combine: (Double, Double) -> Double
  ) -> ReferencePlane {
    precondition(
      width == other.width && height == other.height,
      "\(width)×\(height) joined with \(other.width)×\(other.height)")
    return ReferencePlane(
      width: width, height: height,
      values: values.indices.map { combine(values[$0], other.values[$0]) })
  }
}
