/// What must hold of a TIFF file before its first picture is decoded.
enum TIFFHeader {
  private typealias Tag = TIFFDirectory.Tag

  private enum Alpha {
    static let premultiplied: UInt8 = 1
    static let independent = 2
  }

  static func read(_ bytes: ByteView) throws(ImageError) -> ImageHeader {
    guard let directory = TIFFDirectory(bytes) else {
      throw ImageFormat.tiff.corrupt("ends early (its directory is not in the file)")
    }
    guard let width = directory.integer(Tag.width), let height = directory.integer(Tag.height)
    else { throw ImageFormat.tiff.corrupt("does not say its width and height") }
    let header = try ImageHeader(
      format: .tiff, width: width, height: height, orientation: directory.orientation,
      profile: directory.values(Tag.iccProfile)?.bytes.array)
    let channels = directory.integer(Tag.samplesPerPixel) ?? 1
    guard [1, 3, 4].contains(channels) else {
      throw .unsupported(
        format: "TIFF", found: "\(channels) channels", expected: "1, 3 or 4 channels")
    }
    try checkParts(of: directory)
    return header
  }

  /// Throws unless all strips or tiles are inside the file.
  private static func checkParts(of directory: TIFFDirectory) throws(ImageError) {
    let isTiled = directory.entry(Tag.tileOffsets) != nil
    let offsets = directory.integers(isTiled ? Tag.tileOffsets : Tag.stripOffsets)
    let counts = directory.integers(isTiled ? Tag.tileByteCounts : Tag.stripByteCounts)
    guard !offsets.isEmpty, offsets.count == counts.count else {
      throw ImageFormat.tiff.corrupt("does not say where its pixels are")
    }
    for (offset, count) in zip(offsets, counts) where !directory.bytes.holds(count, at: offset) {
      throw ImageFormat.tiff.corrupt(
        "ends early (pixels at byte \(offset), file of \(directory.bytes.count) bytes)")
    }
  }

  /// The file as a decoder must see it to leave the samples as they are stored.
  ///
  /// It is upright, and its alpha is called premultiplied, because libtiff would multiply it in
  /// otherwise. nil where nothing is to be changed.
  static func withoutTransforms(_ bytes: ByteView) -> [UInt8]? {
    guard let directory = TIFFDirectory(bytes) else { return nil }
    var edits: [Int: UInt8] = [:]
    let upright = UInt8(Orientation.upright.rawValue)
    if directory.orientation != .upright { edits[Tag.orientation] = upright }
    if directory.integer(Tag.extraSamples) == Alpha.independent {
      edits[Tag.extraSamples] = Alpha.premultiplied
    }
    guard !edits.isEmpty else { return nil }
    var copy = bytes.array
    for (tag, value) in edits {
      guard let entry = directory.entry(tag), entry.count == 1, entry.type == 3 else { continue }
      copy[entry.offset + (directory.order == .big ? 1 : 0)] = value
    }
    return copy
  }
}
