internal import VizCNN

/// Numbers in aligned columns.
struct NumberTable {
  let width: Int
  let values: [Double]
  /// Places that are marked with a star.
  var isMarked: [Bool] = []
  /// Whether marked numbers do not count: they become a dash.
  var hidesMarked = false
  /// Larger tables are not printed.
  var limit = 31

  /// Row by row, all of one length.
  var lines: [String] {
    let height = values.count / max(1, width)
    if width > limit || height > limit {
      return ["\(width)×\(height) numbers, too many to print"]
    }
    let texts = values.indices.map { i in
      guard !isMarked.isEmpty else { return shortNumber(values[i]) }
      return isMarked[i]
        ? (hidesMarked ? "-*" : shortNumber(values[i]) + "*")
        : shortNumber(values[i]) + " "
    }
    let cell = texts.map(\.count).max() ?? 0
    return (0..<height).map { y in
      texts[(y * width)..<((y + 1) * width)].map { leftPadded($0, to: cell) }
        .joined(separator: " ")
    }
  }
}

/// A number with at most five digits behind the point.
func shortNumber(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e9, value != value.rounded() else { return decimal(value) }
  let rounded = (value * 1e5).rounded() / 1e5
  // Tiny taps keep their leading digits.
  guard abs(value) < 1e-3 else { return decimal(rounded) }
  var (digits, exponent) = (abs(value), 0)
  while digits < 1 {
    digits *= 10
    exponent += 1
  }
  return "\(value < 0 ? "-" : "")\(decimal((digits * 100).rounded() / 100))e-\(exponent)"
}

func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

func leftPadded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
