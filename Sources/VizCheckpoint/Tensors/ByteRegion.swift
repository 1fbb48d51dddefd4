internal import CShims
package import VizFiles

/// A part of a checkpoint's bytes, which stay where they are: in a mapped file or in memory.
package struct ByteRegion: Sendable {
  private enum Owner: Sendable {
    case file(MappedFile)
    case memory([UInt8])
  }

  private let owner: Owner
  /// Where the part starts in the whole.
  package let offset: Int
  package let count: Int

  package init(_ bytes: [UInt8]) {
    (owner, offset, count) = (.memory(bytes), 0, bytes.count)
  }

  /// The bytes of a file.
  package init(contentsOf path: String) throws(CheckpointError) {
    do throws(FileError) {
      self.init(try MappedFile(path))
    } catch {
      throw .file(error)
    }
  }

  package init(_ file: MappedFile) {
    (owner, offset, count) = (.file(file), 0, file.count)
  }

  private init(owner: Owner, offset: Int, count: Int) {
    (self.owner, self.offset, self.count) = (owner, offset, count)
  }

  /// Whether the bytes stay at one place in memory as long as this value is there.
  package var isMapped: Bool {
    if case .file(let file) = owner { file.isMapped } else { false }
  }

  /// Says that the bytes are not read for a while (`MappedFile.rest`).
  package func rest() {
    if case .file(let file) = owner { file.rest(offset..<offset + count) }
  }

  /// A part of this part.
  package func part(_ range: Range<Int>) -> ByteRegion {
    precondition(0 <= range.lowerBound && range.upperBound <= count, "bytes \(range) of \(count)")
    return ByteRegion(owner: owner, offset: offset + range.lowerBound, count: range.count)
  }

  /// Lends the bytes for the duration of `body`.
  package func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch owner {
    case .file(let file):
      try file.withBytes { (span) throws(Failure) in
        try body(span.extracting(offset..<offset + count))
      }
    case .memory(let bytes):
      try unsafe body(bytes.span.bytes.extracting(offset..<offset + count))
    }
  }

  /// CRC-32 as zlib has it.
  package var crc32: UInt32 {
    withBytes { span in
      unsafe span.withUnsafeBytes { unsafe viz_crc32(0, $0.baseAddress, $0.count) }
    }
  }

  /// A copy of the bytes of one range.
  package func bytes(_ range: Range<Int>) -> [UInt8] {
    part(range).withBytes { span in
      unsafe span.withUnsafeBytes { unsafe [UInt8]($0) }
    }
  }

  /// A copy of all bytes.
  package var bytes: [UInt8] { bytes(0..<count) }

  /// A copy of the first bytes, as many as there are up to `limit`.
  package func prefix(_ limit: Int) -> [UInt8] { bytes(0..<min(count, limit)) }
}
