internal import VizFiles

/// Check sums of a safetensors file, CRC-32 in hexadecimal digits, among the texts of its header.
///
///     "vizcnn_crc32":"1f2e3d4c 89abcdef …"
///
/// The first is of all bytes before the numbers, where its own digits count as zeros; the others are of the
/// tensors' bytes, in the order in which they are stored. Files without them are read unchecked.
struct CheckSums {
  static let key = "vizcnn_crc32"
  private static let digits = 8
  private static let unknown = String(repeating: "0", count: digits)

  /// What a header says while its own sum is not known.
  static func text(of tensors: [UInt32]) -> String {
    ([unknown] + tensors.map(text)).joined(separator: " ")
  }

  /// A header of such a text, with its own sum.
  static func sealed(_ header: [UInt8]) -> [UInt8] {
    guard let place = place(in: header) else { return header }
    var header = header
    header.replaceSubrange(place, with: text(of: ByteRegion(header).crc32).utf8)
    return header
  }

  private static func text(of sum: UInt32) -> String {
    let text = String(sum, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }

  /// Where a header has its own sum.
  private static func place(in header: [UInt8]) -> Range<Int>? {
    guard let start = header.firstRange(of: Array("\"\(key)\":\"".utf8))?.upperBound,
      start + digits <= header.count
    else { return nil }
    return start..<start + digits
  }
}

// MARK: - Reading

extension CheckSums {
  /// Holds a header, with the length before it, against the sum that it has.
  ///
  /// - Returns: the sums of `count` tensors.
  static func ofTensors(
    _ text: String, count: Int, header: [UInt8]
  ) throws(CheckpointError) -> [UInt32] {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let sums = words.compactMap { $0.utf8.count == digits ? UInt32($0, radix: 16) : nil }
    guard sums.count == words.count, sums.count == count + 1 else {
      throw .corrupt(
        part: "check sums of the header", offset: nil,
        expected: "\(count + 1) of \(digits) hexadecimal digits",
        found: String(text.prefix(80)))
    }
    var unsealed = header
    // A program that writes the header in another way has changed it, too.
    if let place = place(in: header) { unsealed.replaceSubrange(place, with: unknown.utf8) }
    try check(ByteRegion(unsealed), against: sums[0], part: "safetensors header")
    return Array(sums.dropFirst())
  }

  static func check(
    _ region: ByteRegion, against sum: UInt32, part: String
  ) throws(CheckpointError) {
    let found = region.crc32
    guard found == sum else {
      throw .damaged(part: part, expected: sum, found: found)
    }
  }
}
