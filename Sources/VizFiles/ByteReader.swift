/// Bytes that end, or go on, where their format does not allow it.
public enum ByteError: Error, Equatable, Sendable {
  /// `expected` bytes were to be read at `offset`, and only `found` are there.
  case truncated(offset: Int, expected: Int, found: Int)
  /// The format is complete at `offset`, but `count` more bytes follow.
  case trailing(offset: Int, count: Int)
}

extension ByteError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let offset, let expected, let found):
      "ends early: \(expected) bytes expected at offset \(offset), \(found) found"
    case .trailing(let offset, let count):
      "does not end at offset \(offset): \(count) more bytes follow"
    }
  }
}

/// Reads numbers and runs of bytes one after the other, never past the end.
public struct ByteReader: Sendable {
  private let bytes: [UInt8]
  private let end: Int
  /// Where the next read starts, counted from the start of the whole array.
  public private(set) var offset: Int

  public init(_ bytes: [UInt8]) {
    self.init(bytes, range: bytes.indices)
  }

  /// A reader of one part; offsets still count from the start of the array.
  public init(_ bytes: [UInt8], range: Range<Int>) {
    precondition(
      0 <= range.lowerBound && range.upperBound <= bytes.count,
      "bytes \(range) of \(bytes.count)")
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  /// Bytes that are left.
  public var remaining: Int { end - offset }

  /// The next byte, which stays where it is; nil at the end.
  public var next: UInt8? { offset < end ? bytes[offset] : nil }

  /// The next number, least significant byte first.
  public mutating func littleEndian<T: FixedWidthInteger>(_: T.Type) throws(ByteError) -> T {
    let range = try take(MemoryLayout<T>.size)
    return range.reversed().reduce(0) { $0 << 8 | T(truncatingIfNeeded: bytes[$1]) }
  }

  /// The next number, most significant byte first.
  public mutating func bigEndian<T: FixedWidthInteger>(_: T.Type) throws(ByteError) -> T {
    let range = try take(MemoryLayout<T>.size)
    return range.reduce(0) { $0 << 8 | T(truncatingIfNeeded: bytes[$1]) }
  }

  /// The next `count` bytes.
  public mutating func read(_ count: Int) throws(ByteError) -> [UInt8] {
    Array(bytes[try take(count)])
  }

  /// Passes over `count` bytes.
  public mutating func skip(_ count: Int) throws(ByteError) {
    _ = try take(count)
  }

  /// Throws unless everything has been read.
  public func expectEnd() throws(ByteError) {
    if remaining > 0 { throw .trailing(offset: offset, count: remaining) }
  }

  private mutating func take(_ count: Int) throws(ByteError) -> Range<Int> {
    guard 0 <= count, count <= remaining else {
      throw .truncated(offset: offset, expected: count, found: remaining)
    }
    defer { offset += count }
    return offset..<offset + count
  }
}
