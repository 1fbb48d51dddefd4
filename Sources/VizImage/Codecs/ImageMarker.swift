/// The mark by which files that this program wrote are known: PNG text `Software`, JPEG comment,
/// PNM and PAM comment.
public enum ImageMarker {
  static let software = "vizcnn"

  /// Whether a file's bytes carry the mark; the first 64 KiB are enough to see it.
  ///
  /// Reads only the headers of chunks; bytes of any other kind, or broken ones, are not ours.
  public static func wasWrittenByUs(_ bytes: RawSpan) -> Bool {
    unsafe bytes.withUnsafeBytes { isMarked(unsafe ByteView($0)) }
  }

  /// Whether a file's bytes carry the mark.
  public static func wasWrittenByUs(_ bytes: [UInt8]) -> Bool {
    unsafe wasWrittenByUs(bytes.span.bytes)
  }

  private static func isMarked(_ bytes: ByteView) -> Bool {
    switch ImageFormat(sniffing: bytes) {
    case .png: isMarkedPNG(bytes)
    case .jpeg: isMarkedJPEG(bytes)
    case .pbm, .pgm, .ppm, .pam: bytes.starts(with: Array("\n# \(software)\n".utf8), at: 2)
    default: false
    }
  }

  private static func isMarkedPNG(_ bytes: ByteView) -> Bool {
    let mark = Array("Software\0\(software)".utf8)
    var offset = PNGStructure.signature.count
    while let chunk = try? PNGStructure.chunk(of: bytes, at: offset), chunk.name != "IDAT" {
      if chunk.name == "tEXt", chunk.data.array == mark { return true }
      offset += chunk.data.count + 12
    }
    return false
  }

  private static func isMarkedJPEG(_ bytes: ByteView) -> Bool {
    let mark = Array(software.utf8)
    let startOfScan: UInt8 = 0xda, comment: UInt8 = 0xfe
    var offset = 2
    while let length = bytes.uint16(at: offset + 2, .big), length >= 2, bytes[offset] == 0xff,
      bytes[offset + 1] != startOfScan
    {
      if bytes[offset + 1] == comment,
        bytes.part(at: offset + 4, count: length - 2)?.array == mark
      {
        return true
      }
      offset += 2 + length
    }
    return false
  }
}
