/// Words in aligned columns.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows.append(columns.map(\.title))
  }

  /// Adds a row; cells that it lacks at its end are empty.
  mutating func add(_ cells: [String]) {
    precondition(
      cells.count <= alignments.count, "\(cells.count) cells, \(alignments.count) columns")
    rows.append(cells + [String](repeating: "", count: alignments.count - cells.count))
  }

  var lines: [String] {
    let widths = alignments.indices.map { column in
      rows.map { terminalColumns(of: $0[column]) }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.indices.map { i in
        alignments[i] == .left ? padded(row[i], to: widths[i]) : leftPadded(row[i], to: widths[i])
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}

/// A number with so many digits behind the point, of a size that tables hold.
func fixed(_ number: Double, digits: Int) -> String {
  let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
  guard abs(number) < 1e15 else { return number.isNaN ? "nan" : "\(number)" }
  let units = Int((abs(number) * scale).rounded())
  let whole = "\(units / Int(scale))"
  let rest = String(units % Int(scale))
  let sign = number < 0 && units > 0 ? "-" : ""
  guard digits > 0 else { return sign + whole }
  return sign + whole + "." + String(repeating: "0", count: digits - rest.count) + rest
}

/// A whole number with its thousands apart: 61,100,840.
func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var text = ""
  for (i, digit) in digits.enumerated() {
    if i > 0, (digits.count - i) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return (number < 0 ? "-" : "") + text
}
