/// Words in aligned columns.
struct TextTable {
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  init(_ columns: (title: String, alignment: Alignment)...) {
    alignments = columns.map(\.alignment)
    rows.append(columns.map(\.title))
  }

  mutating func add(_ cells: String...) {
    precondition(
      cells.count == alignments.count, "\(cells.count) cells, \(alignments.count) columns")
    rows.append(cells)
  }

  var lines: [String] {
    let widths = alignments.indices.map { column in rows.map(\.[column].count).max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { i in
        alignments[i] == .left ? padded(row[i], to: widths[i]) : leftPadded(row[i], to: widths[i])
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
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
