/// An array of bytes as MNIST's files hold them, within gzip or not.
///
///     0 0 8 rank, then each length as 4 bytes, the most significant first, then the numbers
///
/// - Source: the format's description at yann.lecun.com/exdb/mnist.
package struct IDXFile: Sendable {
  package let shape: [Int]
  package let values: [UInt8]

  /// Bytes that a file may hold: MNIST's largest has 47,040,016.
  package static let limit = 1 << 28

  package init(_ path: String) throws(DatasetError) {
    try self.init(bytes: try DataSet.contents(of: path, limit: Self.limit), file: path)
  }

  /// As above, of bytes; `file` is a name for errors.
  package init(bytes: [UInt8], file: String = "IDX") throws(DatasetError) {
    func wrong(_ expected: String, _ found: String) -> DatasetError {
      .corrupt(file: file, record: nil, expected: expected, found: found)
    }
    var bytes = bytes
    if Gzip.isBeginning(bytes) {
      guard let expanded = Gzip.expanded(bytes, limit: Self.limit) else {
        throw wrong("gzip of at most \(Self.limit) bytes", "damage, or more")
      }
      bytes = expanded
    }
    guard bytes.count >= 4, bytes.starts(with: [0, 0, 8]) else {
      throw wrong(
        "IDX of bytes, which begins with 0 0 8",
        bytes.prefix(4).map(String.init).joined(separator: " "))
    }
    let start = 4 + 4 * Int(bytes[3])
    guard bytes.count >= start else {
      throw wrong("\(bytes[3]) lengths", "\(bytes.count - 4) bytes of them")
    }
    let shape = stride(from: 4, to: start, by: 4).map { i in
      bytes[i..<i + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    self.shape = shape
    values = Array(bytes[start...])
    guard shape.reduce(1.0, { $0 * Double($1) }) == Double(values.count) else {
      throw wrong(
        shape.map(String.init).joined(separator: "×") + " bytes", "\(values.count)")
    }
  }
}
