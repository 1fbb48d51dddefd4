internal import VizCNN

/// A table with a row for each class, and with its number where pictures show that instead of letters of the name.
struct ClassTable {
  private var table: TextTable
  private let hasNumbers: Bool
  private var count = 0

  /// For classes of some names; `columns` are those behind theirs.
  init(_ names: [String], columns: [String]) {
    hasNumbers = ClassLabels(names).hasNumbers
    table = TextTable(
      (hasNumbers ? [("#", .right)] : []) + [("class", .left)]
        + columns.map { ($0, .right) })
  }

  mutating func add(_ name: String, _ cells: [String]) {
    table.add((hasNumbers ? ["\(count)"] : []) + [printable(name)] + cells)
    count += 1
  }

  /// The lines with a last one for all classes together.
  func lines(all cells: [String]) -> [String] {
    var table = table
    table.add((hasNumbers ? [""] : []) + ["all"] + cells)
    return table.lines
  }
}
