internal import VizFiles

/// An array of bytes as MNIST's files hold them, within gzip or not.
///
///     0 0 8 rank, then each length as 4 bytes, the most significant first, then the numbers
///
/// - Source: the format's description at yann.lecun.com/exdb/mnist.
package struct IDXFile: Sendable {
  package let shape: [Int]
  package let values: [UInt8]

  package enum Malformed: Error, Equatable {
    case gzip
    case type([UInt8])
    case length(shape: [Int], found: Int)
  }

  /// Bytes that a file may hold: MNIST's largest has 47,040,016.
  package static let limit = 1 << 26

  package init(_ path: String) throws {
    try self.init(bytes: FileContents.read(path, limit: Self.limit))
  }

  package init(bytes: [UInt8]) throws {
    var bytes = bytes
    if bytes.starts(with: [0x1F, 0x8B]) {
      guard let expanded = expandedGzip(bytes, limit: Self.limit) else { throw Malformed.gzip }
      bytes = expanded
    }
    var reader = ByteReader(bytes)
    let start = try reader.read(4)
    guard start.starts(with: [0, 0, 8]) else { throw Malformed.type(start) }
    var shape: [Int] = []
    for _ in 0..<start[3] { shape.append(Int(try reader.bigEndian(UInt32.self))) }
    values = try reader.read(reader.remaining)
    self.shape = shape
    guard shape.reduce(1.0, { $0 * Double($1) }) == Double(values.count) else {
      throw Malformed.length(shape: shape, found: values.count)
    }
  }
}
