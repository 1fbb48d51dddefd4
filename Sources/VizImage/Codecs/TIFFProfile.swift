/// A colour profile put into a finished TIFF file: its directory is written anew behind everything
/// else, with the entry of the profile in its place.
/// - Source: TIFF 6.0, section 2; ICC.1:2022, annex B.4.
enum TIFFProfile {
  /// nil where the file is not one of OpenCV's: classic, with all of its directory.
  static func append(_ profile: [UInt8], to file: [UInt8]) -> [UInt8]? {
    let tag = TIFFDirectory.Tag.iccProfile
    let isLittle = file.starts(with: [0x49, 0x49, 42, 0])
    guard isLittle || file.starts(with: [0x4d, 0x4d, 0, 42]) else { return nil }
    func number(at offset: Int, bytes: Int) -> Int? {
      guard offset + bytes <= file.count else { return nil }
      return (0..<bytes).reduce(0) { value, i in
        value << 8 | Int(file[offset + (isLittle ? bytes - 1 - i : i)])
      }
    }
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map {
        UInt8(truncatingIfNeeded: value >> (8 * (isLittle ? $0 : count - 1 - $0)))
      }
    }
    guard let start = number(at: 4, bytes: 4), let count = number(at: start, bytes: 2),
      let next = number(at: start + 2 + 12 * count, bytes: 4)
    else { return nil }
    var entries = (0..<count).map { Array(file[start + 2 + 12 * $0..<start + 14 + 12 * $0]) }
    var result = file
    if result.count % 2 == 1 { result.append(0) }
    let profileOffset = result.count
    result += profile
    if result.count % 2 == 1 { result.append(0) }
    let directoryOffset = result.count
    guard directoryOffset < 1 << 32 - 1 << 17 else { return nil }
    let undefined = 7
    let entry = bytes(tag, 2) + bytes(undefined, 2) + bytes(profile.count, 4)
    let place =
      entries.indices.first { (number(at: start + 2 + 12 * $0, bytes: 2) ?? 0) > tag } ?? count
    entries.insert(entry + bytes(profileOffset, 4), at: place)
    result += bytes(count + 1, 2) + entries.flatMap { $0 } + bytes(next, 4)
    result.replaceSubrange(4..<8, with: bytes(directoryOffset, 4))
    return result
  }
}
