/// Words and numbers of the text in PNM, PAM and PFM files: separated by white space, `#` starts a
/// comment that lasts to the end of its line.
struct NetpbmReader {
  let bytes: ByteView
  let format: ImageFormat
  private(set) var offset: Int

  init(_ bytes: ByteView, format: ImageFormat, offset: Int) {
    self.bytes = bytes
    self.format = format
    self.offset = offset
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      if bytes[offset] == UInt8(ascii: "#") {
        offset = bytes.firstOffset(of: 0x0a, from: offset) ?? bytes.count
      } else if bytes[offset].isSpace {
        offset += 1
      } else {
        return
      }
    }
  }

  /// The next word; the space after it is not yet passed.
  mutating func word() throws(ImageError) -> String {
    skipSpace()
    let start = offset
    while offset < bytes.count, !bytes[offset].isSpace, offset - start < 32 { offset += 1 }
    guard let word = bytes.part(at: start, count: offset - start), word.count > 0,
      offset < bytes.count
    else { throw format.endsInHeader }
    return word.latin1
  }

  /// The next number of a header.
  mutating func number() throws(ImageError) -> Int {
    let text = try word()
    guard let number = Int(text), number >= 0 else {
      throw format.corrupt("header has “\(text)” where a number is expected")
    }
    return number
  }

  /// The next number among the pixels, with at most `digits` digits; it may end with the file.
  mutating func sample(digits: Int) throws(ImageError) -> Int {
    skipSpace()
    guard offset < bytes.count else { throw format.corrupt("ends early (inside its pixels)") }
    var value = 0
    var length = 0
    while length < digits, offset < bytes.count, (0x30...0x39).contains(bytes[offset]) {
      value = value * 10 + Int(bytes[offset] - 0x30)
      offset += 1
      length += 1
    }
    guard length > 0 else { throw format.corrupt("has no number at byte \(offset)") }
    return value
  }

  /// Passes the single white space between header and binary pixels.
  mutating func endHeader() {
    offset += 1
  }
}
