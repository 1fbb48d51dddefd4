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
  /// Digits that numbers are rounded to; nil for as many as `shortNumber` takes.
  var significantDigits: Int?

  /// Row by row, all of one length.
  var lines: [String] {
    let height = values.count / max(1, width)
    if width > limit || height > limit {
      return ["\(width)×\(height) numbers, too many to print"]
    }
    return aligned(rows: Array(0..<height), columns: Array(0..<width))
  }

  /// Row by row, in lines no longer than so many characters and a few rows: what is around the middle,
  /// with … for the rest.
  func lines(within length: Int) -> [String] {
    let height = values.count / max(1, width)
    func middle(_ count: Int, of all: Int) -> [Int] {
      let first = max(0, all / 2 - count / 2)
      return Array(first..<min(all, first + count))
    }
    let rows = middle(min(height, TraceReport.largestTable), of: height)
    var columns = Array(0..<width)
    func isTooLong(_ line: String) -> Bool {
      line.count > (columns.count < width ? length - 4 : length)  // “… ” and “ …”
    }
    while columns.count > 2, aligned(rows: rows, columns: columns).contains(where: isTooLong) {
      columns = middle(columns.count - 2, of: width)
    }
    var lines = aligned(rows: rows, columns: columns)
    if columns.count < width { lines = lines.map { "… \($0) …" } }
    if rows.count < height { lines = ["…"] + lines + ["…"] }
    return lines
  }

  private func aligned(rows: [Int], columns: [Int]) -> [String] {
    let texts = rows.map { y in columns.map { text(y * width + $0) } }
    let cell = texts.joined().map(\.count).max() ?? 0
    return texts.map { row in row.map { leftPadded($0, to: cell) }.joined(separator: " ") }
  }

  private func text(_ i: Int) -> String {
    let number =
      significantDigits.map { shortNumber(values[i], digits: $0) } ?? shortNumber(values[i])
    guard !isMarked.isEmpty else { return number }
    return isMarked[i] ? (hidesMarked ? "-*" : number + "*") : number + " "
  }
}

/// A number with so many significant digits; whole numbers keep all of theirs.
func shortNumber(_ value: Double, digits: Int) -> String {
  guard value.isFinite, value != value.rounded(), abs(value) >= 1e-3 else {
    return shortNumber(value)
  }
  var unit = 1.0
  while abs(value) * unit < 1 { unit *= 10 }
  while abs(value) * unit >= 10, unit > 1e-3 { unit /= 10 }
  let scale = max(1, unit * [1, 10, 100, 1000][min(digits, 4) - 1])
  return decimal((value * scale).rounded() / scale)
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
  text + String(repeating: " ", count: max(0, width - terminalColumns(of: text)))
}

func leftPadded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(0, width - terminalColumns(of: text))) + text
}

/// How many columns a terminal gives to a text: two to ideographs, Hangul, kana and most emoji.
///
/// - Source: Unicode Standard Annex 11, East Asian Width, by blocks.
func terminalColumns(of text: String) -> Int {
  let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
    0x20000...0x3FFFD,
  ]
  return text.reduce(0) { sum, character in
    let first = character.unicodeScalars.first?.value ?? 0
    return sum + (wide.contains { $0.contains(first) } ? 2 : 1)
  }
}
