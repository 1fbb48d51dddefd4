internal import VizFiles

/// A table with a picture's path and its class in every row: `cats/1.png,cat`.
///
/// Paths are relative to the table's folder. A first row of `path,label` is a heading. Spaces and tabs
/// around a path or a class belong to neither.
struct PictureTable: DataReader {
  let path: String

  let isDivided = false

  var files: [String] { [path] + ((try? rows())?.map { picture($0) } ?? []) }

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    let rows = try rows()
    let files = rows.map { picture($0) }
    for (row, file) in zip(rows, files) {
      let kind = FileKind(file)
      // A pipe may keep who reads it waiting for ever.
      guard kind != .file else { continue }
      throw .row(
        file: path, line: row.line, expected: "a picture's path and its class",
        found: kind == nil ? "no file \(file)" : "no regular file, \(file)")
    }
    let classes = Set(rows.map(\.name)).sorted(by: Self.precedes)
    let numbers = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    return try DataSet(
      source: path, classNames: classes, labels: rows.compactMap { numbers[$0.name] }, files: files)
  }

  private func rows() throws(DatasetError) -> [TableRow] {
    try TableRow.all(in: try DataSet.contents(of: path, limit: 1 << 28), file: path)
  }

  private func picture(_ row: TableRow) -> String {
    if row.path.hasPrefix("/") { return row.path }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return DataSource.path(row.path, in: folder.joined(separator: "/"))
  }

  /// Numbers by their size, then other names by their letters.
  private static func precedes(_ a: String, _ b: String) -> Bool {
    let (first, second) = (Int(a) ?? .max, Int(b) ?? .max)
    return first == second ? a < b : first < second
  }
}

/// A row of such a table.
package struct TableRow: Equatable, Sendable {
  /// Its number in the file, from 1.
  package let line: Int
  package let path: String
  /// The class.
  package let name: String

  /// The rows of a file, which `file` names for errors; empty lines are none, and a mark of the byte
  /// order may stand before the first.
  package static func all(
    in bytes: [UInt8], file: String = "CSV"
  ) throws(DatasetError) -> [TableRow] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let words = bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0)
    guard let text = String(validating: words, as: UTF8.self) else {
      throw .corrupt(file: file, record: nil, expected: "text in UTF-8", found: "other bytes")
    }
    var rows: [TableRow] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (i, line) in lines.enumerated() where !trimmed(line).isEmpty {
      guard let row = TableRow(line, number: i + 1) else {
        throw .row(file: file, line: i + 1, expected: "path,label", found: String(line))
      }
      if i == 0, (row.path, row.name) == ("path", "label") { continue }
      rows.append(row)
    }
    return rows
  }

  /// nil where the text is no path and class.
  private init?(_ text: Substring, number: Int) {
    // By bytes: a sign that combines with the comma before it begins the class.
    guard let comma = text.utf8.lastIndex(of: UInt8(ascii: ",")) else { return nil }
    line = number
    path = Self.trimmed(text[..<comma])
    name = Self.trimmed(text[text.utf8.index(after: comma)...])
    if path.isEmpty || name.isEmpty { return nil }
  }

  /// Without the spaces, tabs and carriage returns around it.
  private static func trimmed(_ text: Substring) -> String {
    let spaces: Set<Unicode.Scalar> = [" ", "\t", "\r"]
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !spaces.contains($0) }),
      let last = scalars.lastIndex(where: { !spaces.contains($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
