internal import CShims

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Bytes of a file that lie in somebody else's memory, read only inside their bounds.
///
/// A view is passed down while its memory is borrowed and never kept.
@safe struct ByteView {
  enum Order { case little, big }

  let pointer: UnsafeRawBufferPointer

  init(_ pointer: UnsafeRawBufferPointer) {
    unsafe self.pointer = unsafe pointer
  }

  /// Lends a view of an array for the duration of `body`.
  static func lending<Result>(
    _ bytes: [UInt8], _ body: (ByteView) throws(ImageError) -> Result
  ) throws(ImageError) -> Result {
    try unsafe bytes.span.bytes.withUnsafeBytes { (buffer) throws(ImageError) in
      try body(unsafe ByteView(buffer))
    }
  }

  var count: Int { unsafe pointer.count }

  /// The byte at an offset that is inside.
  subscript(offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count, "byte \(offset) of \(count)")
    return unsafe pointer[offset]
  }

  func holds(_ length: Int, at offset: Int) -> Bool {
    length >= 0 && offset >= 0 && offset <= count && length <= count - offset
  }

  /// The part of so many bytes; nil where it is not wholly inside.
  func part(at offset: Int, count length: Int) -> ByteView? {
    guard holds(length, at: offset) else { return nil }
    return unsafe ByteView(UnsafeRawBufferPointer(rebasing: pointer[offset..<offset + length]))
  }

  /// An unsigned number of 1…8 bytes; nil where it is not wholly inside or exceeds Int.
  func integer(at offset: Int, bytes length: Int, _ order: Order) -> Int? {
    guard length <= 8, let bytes = part(at: offset, count: length) else { return nil }
    var value: UInt64 = 0
    for i in 0..<length {
      value = value << 8 | UInt64(bytes[order == .big ? i : length - 1 - i])
    }
    return Int(exactly: value)
  }

  func uint16(at offset: Int, _ order: Order) -> Int? { integer(at: offset, bytes: 2, order) }
  func uint32(at offset: Int, _ order: Order) -> Int? { integer(at: offset, bytes: 4, order) }

  /// A two's complement number of 32 bits.
  func int32(at offset: Int, _ order: Order) -> Int? {
    uint32(at: offset, order).map { Int(Int32(truncatingIfNeeded: $0)) }
  }

  func starts(with bytes: [UInt8], at offset: Int = 0) -> Bool {
    guard holds(bytes.count, at: offset) else { return false }
    return bytes.indices.allSatisfy { self[offset + $0] == bytes[$0] }
  }

  func starts(with text: StaticString, at offset: Int = 0) -> Bool {
    guard holds(text.utf8CodeUnitCount, at: offset) else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy {
      self[offset + $0] == (unsafe text.utf8Start[$0])
    }
  }

  /// Where a byte occurs next; nil where it does not.
  func firstOffset(of byte: UInt8, from offset: Int) -> Int? {
    guard offset < count, let start = unsafe pointer.baseAddress else { return nil }
    guard let found = unsafe memchr(start + offset, Int32(byte), count - offset) else { return nil }
    return unsafe UnsafeRawPointer(found) - start
  }

  /// CRC-32 as PNG and zlib use it.
  var crc32: UInt32 { unsafe viz_crc32(0, pointer.baseAddress, count) }

  var array: [UInt8] { unsafe [UInt8](pointer) }

  /// Text in Latin-1.
  var latin1: String {
    String(String.UnicodeScalarView(array.map { Unicode.Scalar($0) }))
  }
}
