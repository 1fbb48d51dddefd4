extension ReferencePlane {
  /// Responses as stored samples.
  ///
  ///     out = saturate(roundHalfToEven(offset + scale · Σ))     UInt8, UInt16, Int16
  ///     out = offset + scale · Σ                                Float
  ///
  /// The one rounding is that to a whole number; NaN becomes 0, infinities become the nearest sample
  /// that exists. Float stays in Float64 here, so that it can be compared within a tolerance.
  package func finished(
    as type: ReferenceSampleType, scale: Double = 1, offset: Double = 0
  ) -> ReferencePlane {
    ReferencePlane(
      width: width, height: height,
      values: values.map { type.finished(offset + scale * $0) })
  }
}

extension ReferenceSampleType {
  /// A number as a sample of this type: rounded half to even and saturated unless it is Float.
  package func finished(_ value: Double) -> Double {
    guard let range else { return value }
    if value.isNaN { return 0 }
    let rounded = value.rounded(.toNearestOrEven)
    return rounded < range.lowerBound
      ? range.lowerBound : rounded > range.upperBound ? range.upperBound : rounded + 0
  }
}
