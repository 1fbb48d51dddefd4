internal import CShims

/// Bytes within gzip.
package enum Gzip {
  package static func isBeginning(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// The bytes in a gzip file of at most `limit`; nil where it is damaged or holds more.
  package static func expanded(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    // What a file claims to hold, modulo 2³²; it may lie, and then the expansion ends there.
    guard bytes.count >= 18 else { return nil }
    let claimed = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    let size = min(limit, max(claimed, 1))
    return expanded(bytes, exactly: size) ?? (size < limit ? expanded(bytes, exactly: limit) : nil)
  }

  private static func expanded(_ bytes: [UInt8], exactly limit: Int) -> [UInt8]? {
    var isWhole = false
    let expanded = unsafe [UInt8](unsafeUninitializedCapacity: limit) { target, count in
      let produced = unsafe viz_gzip_decompress(bytes, bytes.count, target.baseAddress, limit)
      isWhole = 0...limit ~= produced  // the largest size_t, which says no, is −1 here
      count = isWhole ? produced : 0
    }
    return isWhole ? expanded : nil
  }
}
