/// The markers of a JPEG file, checked before libjpeg sees them, because it fills in what is missing.
/// - Source: ITU-T T.81, annex B.
struct JPEGStructure {
  private(set) var width = 0
  private(set) var height = 0
  private(set) var orientation = Orientation.upright
  /// The parts of the colour profile in the file's order, with the numbers they carry.
  private var profileParts: [(number: UInt8, total: UInt8, data: ByteView)] = []
  private(set) var comments: [ByteView] = []

  /// More scans than any encoder writes; each one costs a pass over the whole picture.
  private static let maximumScans = 500

  private enum Marker {
    static let endOfImage: UInt8 = 0xd9, startOfScan: UInt8 = 0xda, comment: UInt8 = 0xfe
    static let exif: UInt8 = 0xe1, profile: UInt8 = 0xe2
    /// Start of frame, without DHT (c4), JPG (c8) and DAC (cc), which lie among them.
    static func isFrame(_ marker: UInt8) -> Bool {
      (0xc0...0xcf).contains(marker) && ![0xc4, 0xc8, 0xcc].contains(marker)
    }
    static func standsAlone(_ marker: UInt8) -> Bool { marker == 1 || (0xd0...0xd7) ~= marker }
  }

  /// Reads up to the size of the picture.
  init(headerOf bytes: ByteView) throws(ImageError) {
    try walk(bytes, onlyHeader: true)
  }

  /// Reads to the end of the picture; throws unless the file is whole.
  init(checking bytes: ByteView) throws(ImageError) {
    try walk(bytes, onlyHeader: false)
  }

  private mutating func walk(_ bytes: ByteView, onlyHeader: Bool) throws(ImageError) {
    var offset = 2
    var scans = 0
    while true {
      guard offset + 1 < bytes.count else { throw Self.endsEarly }
      guard bytes[offset] == 0xff else { throw Self.corrupt("has no marker at byte \(offset)") }
      let marker = bytes[offset + 1]
      if marker == 0xff {  // fill byte
        offset += 1
        continue
      }
      offset += 2
      if marker == Marker.endOfImage {
        guard scans > 0 else { throw Self.corrupt("has no pixels (no scan before its end)") }
        return
      }
      if Marker.standsAlone(marker) { continue }
      guard let length = bytes.uint16(at: offset, .big) else { throw Self.endsEarly }
      guard length >= 2 else { throw Self.corrupt("has an impossible length at byte \(offset)") }
      guard let data = bytes.part(at: offset + 2, count: length - 2) else { throw Self.endsEarly }
      try take(data, of: marker)
      if onlyHeader, width > 0 { return }
      offset += length
      if marker == Marker.startOfScan {
        scans += 1
        guard scans <= Self.maximumScans else {
          throw Self.corrupt("has more than \(Self.maximumScans) scans")
        }
        offset = try Self.endOfScan(in: bytes, from: offset)
      }
    }
  }

  private mutating func take(_ data: ByteView, of marker: UInt8) throws(ImageError) {
    switch marker {
    case _ where Marker.isFrame(marker):
      try takeFrame(data, of: marker)
    case Marker.startOfScan where width == 0:
      throw Self.corrupt("has a scan before its header")
    case Marker.exif where data.starts(with: "Exif\0\0"):
      if let part = data.part(at: 6, count: data.count - 6), let directory = TIFFDirectory(part) {
        orientation = directory.orientation
      }
    case Marker.profile where data.starts(with: "ICC_PROFILE\0") && data.count >= 14:
      if let part = data.part(at: 14, count: data.count - 14) {
        profileParts.append((data[12], data[13], part))
      }
    case Marker.comment:
      comments.append(data)
    default:
      break
    }
  }

  private mutating func takeFrame(_ data: ByteView, of marker: UInt8) throws(ImageError) {
    guard data.count >= 6, let height = data.uint16(at: 1, .big),
      let width = data.uint16(at: 3, .big)
    else { throw Self.corrupt("has an incomplete header") }
    guard self.width == 0 else { throw Self.corrupt("has two headers") }
    guard [0xc0, 0xc1, 0xc2, 0xc9, 0xca].contains(marker) else {
      throw .unsupported(
        format: "JPEG", found: "lossless or hierarchical coding",
        expected: "baseline or progressive")
    }
    guard data[0] == 8 else {
      throw .unsupported(format: "JPEG", found: "\(data[0])-bit samples", expected: "8 bits")
    }
    guard [1, 3, 4].contains(data[5]) else {
      throw .unsupported(
        format: "JPEG", found: "\(data[5]) components", expected: "1 (gray), 3 or 4 (CMYK)")
    }
    guard width > 0, height > 0 else {
      throw Self.corrupt("header says \(width)×\(height) pixels")
    }
    (self.width, self.height) = (width, height)
  }

  /// Entropy-coded data ends at the first marker that is no restart and no stuffed zero.
  private static func endOfScan(in bytes: ByteView, from start: Int) throws(ImageError) -> Int {
    var offset = start
    while let found = bytes.firstOffset(of: 0xff, from: offset), found + 1 < bytes.count {
      switch bytes[found + 1] {
      case 0, 0xd0...0xd7: offset = found + 2
      case 0xff: offset = found + 1
      default: return found
      }
    }
    throw endsEarly
  }

  /// The colour profile, put together from its parts; nil where one is missing.
  var profile: [UInt8]? {
    guard let total = profileParts.first?.total, profileParts.count == Int(total) else {
      return nil
    }
    let sorted = profileParts.sorted { $0.number < $1.number }
    guard sorted.indices.allSatisfy({ Int(sorted[$0].number) == $0 + 1 }) else { return nil }
    return sorted.flatMap { $0.data.array }
  }

  static func corrupt(_ detail: String) -> ImageError { .corrupt(format: "JPEG", detail: detail) }
  static var endsEarly: ImageError { corrupt("ends early (no EOI marker)") }
}
