/// Numbers as captions show them: few digits, a real minus sign, no trailing zeros.
package enum ShortNumber {
  /// The number to so many significant digits; beyond 10⁶ and below 10⁻³ with a power of ten.
  ///
  ///     0.333333 → 0.333    −1020 → −1020    2.5e-7 → 2.5e−7
  package static func text(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    guard value != 0 else { return "0" }
    let sign = value < 0 ? "−" : ""
    let magnitude = abs(value)
    // Whole numbers are shown as they are, and digits before the point are all kept.
    let whole = magnitude.rounded()
    if magnitude == whole || magnitude >= powerOfTen(digits), whole < 1e6 {
      return sign + String(Int(whole))
    }
    var exponent = decimalExponent(magnitude)
    var mantissa = scaled(magnitude, by: digits - 1 - exponent).rounded()
    if mantissa >= powerOfTen(digits) {  // 9.996 to three digits is 10.0
      mantissa = (mantissa / 10).rounded()
      exponent += 1
    }
    let written = String(Int(mantissa))
    if exponent >= max(digits, 6) || exponent < -3 {
      return sign + decimal(written, pointAfter: 1)
        + (exponent < 0 ? "e−\(-exponent)" : "e\(exponent)")
    }
    return sign + decimal(written, pointAfter: exponent + 1)
  }

  /// The number with two digits behind the point, for columns of percents: 9.9 → 9.90.
  package static func hundredths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return text(value) }
    let hundredths = Int((value * 100).rounded())
    let digits = abs(hundredths) % 100
    return (hundredths < 0 ? "−" : "")
      + "\(abs(hundredths) / 100).\(digits < 10 ? "0" : "")\(digits)"
  }

  /// `x · 10ⁿ` without leaving Float64's range on the way.
  private static func scaled(_ x: Double, by n: Int) -> Double {
    n > 300 ? x * powerOfTen(300) * powerOfTen(n - 300) : x * powerOfTen(n)
  }

  /// Digits with a decimal point behind so many of them and no zeros at the end.
  private static func decimal(_ digits: String, pointAfter count: Int) -> String {
    if count >= digits.count { return digits + String(repeating: "0", count: count - digits.count) }
    let padded = String(repeating: "0", count: max(0, 1 - count)) + digits
    let whole = padded.prefix(max(count, 1))
    var fraction = padded.dropFirst(max(count, 1))
    while fraction.last == "0" { fraction.removeLast() }
    return fraction.isEmpty ? String(whole) : whole + "." + fraction
  }
}
