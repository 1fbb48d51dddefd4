internal import VizFiles

/// A table with a picture's path and its class in every row: `cats/1.png,cat`.
///
/// Paths are relative to the table's folder. A first row of `path,label`, or of other words for the same, is a
/// heading, and then says which columns these are.
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
      if row == rows[0], files.dropFirst().contains(where: { FileKind($0) != nil }) {
        throw .row(
          file: path, line: row.line, expected: TableHeading.expectation,
          found: "\(row.path),\(row.name), and no file \(file)")
      }
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
    let records = try CSVRecord.all(in: text, file: file)
    guard let first = records.first else { return [] }
    let heading = TableHeading(first)
    return try records.dropFirst(heading == nil ? 0 : 1).map { (record) throws(DatasetError) in
      guard let row = TableRow(record, heading) else {
        throw .row(
          file: file, line: record.line, expected: heading?.text ?? "path,label",
          found: record.text)
      }
      return row
    }
  }

  /// nil where a record has no path and class.
  private init?(_ record: CSVRecord, _ heading: TableHeading?) {
    line = record.line
    if let heading, record.fields.count == heading.count {
      (path, name) = (record.fields[heading.path], record.fields[heading.label])
    } else if !record.hasQuotes, heading?.isPlain ?? true, record.fields.count > 2 {
      // Commas in a path that is not quoted: the class is behind the last one.
      path = record.fields.dropLast().joined(separator: ",")
      name = record.fields[record.fields.count - 1]
    } else if heading == nil, record.fields.count == 2 {
      (path, name) = (record.fields[0], record.fields[1])
    } else {
      return nil
    }
    if path.isEmpty || name.isEmpty { return nil }
  }
}
