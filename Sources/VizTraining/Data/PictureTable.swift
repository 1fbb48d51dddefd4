internal import VizFiles

/// A table with a picture's path and its class in every row: `cats/1.png,cat`.
///
/// Paths are relative to the table's folder. A first row of `path,label` is a heading.
struct PictureTable: DataReader {
  let path: String

  let isDivided = false

  var files: [String] { [path] + ((try? rows())?.map { picture($0) } ?? []) }

  func read(_ part: DataSource.Part) throws(DatasetError) -> DataSet {
    let rows = try rows()
    let files = rows.map { picture($0) }
    for (row, file) in zip(rows, files) where FileKind(file) == nil {
      throw .row(
        file: path, line: row.line, expected: "a picture's path and its class",
        found: "no file \(file)")
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

  /// The rows of a file, which `file` names for errors; empty lines are none.
  package static func all(
    in bytes: [UInt8], file: String = "CSV"
  ) throws(DatasetError) -> [TableRow] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .corrupt(file: file, record: nil, expected: "text in UTF-8", found: "other bytes")
    }
    var rows: [TableRow] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (i, line) in lines.enumerated() where !line.isEmpty {
      guard let comma = line.lastIndex(of: ","), comma > line.startIndex,
        line.index(after: comma) < line.endIndex
      else {
        throw .row(file: file, line: i + 1, expected: "path,label", found: String(line))
      }
      let row = TableRow(
        line: i + 1, path: String(line[..<comma]), name: String(line[line.index(after: comma)...]))
      if i == 0, (row.path, row.name) == ("path", "label") { continue }
      rows.append(row)
    }
    return rows
  }
}
