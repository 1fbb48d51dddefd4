/// The first directory of a TIFF file, which is also how EXIF data is laid out.
///
/// Classic TIFF and BigTIFF, either byte order. A value that is not wholly inside the file reads
/// as nil.
/// - Source: TIFF 6.0, section 2.
struct TIFFDirectory {
  struct Entry {
    /// Where the entry's own value (or offset of values) stands in the file.
    let offset: Int
    let type: Int
    let count: Int
  }

  enum Tag {
    static let width = 256, height = 257, bitsPerSample = 258, compression = 259
    static let photometric = 262, stripOffsets = 273, orientation = 274, samplesPerPixel = 277
    static let rowsPerStrip = 278, stripByteCounts = 279, planarConfiguration = 284
    static let colorMap = 320, tileWidth = 322, tileHeight = 323
    static let tileOffsets = 324, tileByteCounts = 325, extraSamples = 338, sampleFormat = 339
    static let iccProfile = 34_675
  }

  let bytes: ByteView
  let order: ByteView.Order
  private let isBig: Bool
  private var entries: [Int: Entry] = [:]

  /// nil where the header or the directory is not wholly inside the file.
  init?(_ bytes: ByteView) {
    self.bytes = bytes
    if bytes.starts(with: "II") {
      order = .little
    } else if bytes.starts(with: "MM") {
      order = .big
    } else {
      return nil
    }
    guard let version = bytes.uint16(at: 2, order), version == 42 || version == 43 else {
      return nil
    }
    isBig = version == 43
    let address = isBig ? 8 : 4
    guard let start = bytes.integer(at: isBig ? 8 : 4, bytes: address, order),
      let count = bytes.integer(at: start, bytes: isBig ? 8 : 2, order)
    else { return nil }
    let size = isBig ? 20 : 12
    let first = start + (isBig ? 8 : 2)
    guard count <= 65_535, bytes.holds(count * size, at: first) else { return nil }
    for i in 0..<count { readEntry(at: first + i * size) }
  }

  private mutating func readEntry(at offset: Int) {
    guard let tag = bytes.uint16(at: offset, order), let type = bytes.uint16(at: offset + 2, order),
      let count = bytes.integer(at: offset + 4, bytes: isBig ? 8 : 4, order)
    else { return }
    // Of two entries with one tag libtiff heeds the first.
    guard entries[tag] == nil else { return }
    entries[tag] = Entry(offset: offset + (isBig ? 12 : 8), type: type, count: count)
  }

  func entry(_ tag: Int) -> Entry? { entries[tag] }

  private func byteCount(ofType type: Int) -> Int? {
    switch type {
    case 1, 2, 6, 7: 1
    case 3, 8: 2
    case 4, 9, 11, 13: 4
    case 5, 10, 12, 16, 17, 18: 8
    default: nil
    }
  }

  /// The bytes of an entry's values, with the bytes of one.
  func values(_ tag: Int) -> (bytes: ByteView, each: Int)? {
    guard let entry = entries[tag], let each = byteCount(ofType: entry.type) else { return nil }
    let (total, overflow) = entry.count.multipliedReportingOverflow(by: each)
    guard !overflow else { return nil }
    let room = isBig ? 8 : 4
    guard total > room else {
      return bytes.part(at: entry.offset, count: total).map { ($0, each) }
    }
    guard let start = bytes.integer(at: entry.offset, bytes: room, order) else { return nil }
    return bytes.part(at: start, count: total).map { ($0, each) }
  }

  /// An entry's value at an index, as an unsigned number.
  func integer(_ tag: Int, at index: Int = 0) -> Int? {
    guard let (bytes, each) = values(tag) else { return nil }
    return bytes.integer(at: index * each, bytes: each, order)
  }

  func integers(_ tag: Int) -> [Int] {
    guard let (bytes, each) = values(tag) else { return [] }
    return (0..<bytes.count / each).compactMap { bytes.integer(at: $0 * each, bytes: each, order) }
  }

  /// The orientation tag; upright where it is missing or none of the eight.
  var orientation: Orientation {
    integer(Tag.orientation).flatMap(Orientation.init(rawValue:)) ?? .upright
  }
}
