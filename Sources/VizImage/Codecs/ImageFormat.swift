/// A file format for pictures.
///
/// PNG and JPEG have their own libraries. WebP, TIFF, JPEG 2000 and PFM go through OpenCV's imgcodecs
/// and what it stands on, loaded when the first such file is met; it also writes the rest but PNM and
/// PAM. To read BMP, PNM, PAM, Radiance and Sun raster takes no library.
public enum ImageFormat: String, Sendable, CaseIterable {
  case png, jpeg, pbm, pgm, ppm
  /// Whichever of PBM, PGM and PPM fits; only as an output.
  case pnm
  case pam, webp, tiff, bmp, pfm, jpeg2000, radiance, sunraster

  /// The name that people use.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .webp: "WebP"
    case .tiff: "TIFF"
    case .bmp: "BMP"
    case .pbm: "PBM"
    case .pgm: "PGM"
    case .ppm: "PPM"
    case .pnm: "PNM"
    case .pam: "PAM"
    case .pfm: "PFM"
    case .jpeg2000: "JPEG 2000"
    case .radiance: "Radiance HDR"
    case .sunraster: "Sun raster"
    }
  }

  /// File name extensions, the usual one first.
  public var extensions: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .webp: ["webp"]
    case .tiff: ["tif", "tiff"]
    case .bmp: ["bmp", "dib"]
    case .pbm: ["pbm"]
    case .pgm: ["pgm"]
    case .ppm: ["ppm"]
    case .pnm: ["pnm"]
    case .pam: ["pam"]
    case .pfm: ["pfm"]
    case .jpeg2000: ["jp2", "j2k"]
    case .radiance: ["hdr", "pic"]
    case .sunraster: ["ras", "sr"]
    }
  }

  /// The format that a file name extension stands for, in any case and without its dot.
  public init?(pathExtension: String) {
    let wanted = pathExtension.lowercased()
    guard let format = Self.allCases.first(where: { $0.extensions.contains(wanted) }) else {
      return nil
    }
    self = format
  }

  /// The format that a file's first bytes show.
  init?(sniffing bytes: ByteView) {
    guard let format = Self.allCases.first(where: { $0.isShown(by: bytes) }) else { return nil }
    self = format
  }

  private func isShown(by bytes: ByteView) -> Bool {
    switch self {
    case .png: bytes.starts(with: PNGStructure.signature)
    case .jpeg: bytes.starts(with: [0xff, 0xd8, 0xff])
    case .webp: bytes.starts(with: "RIFF") && bytes.starts(with: "WEBP", at: 8)
    case .tiff:
      bytes.starts(with: [0x49, 0x49, 42, 0]) || bytes.starts(with: [0x4d, 0x4d, 0, 42])
        || bytes.starts(with: [0x49, 0x49, 43, 0]) || bytes.starts(with: [0x4d, 0x4d, 0, 43])
    case .bmp: bytes.starts(with: "BM")
    case .pbm: Self.isNetpbm(bytes, "1", "4")
    case .pgm: Self.isNetpbm(bytes, "2", "5")
    case .ppm: Self.isNetpbm(bytes, "3", "6")
    case .pnm: false
    case .pam: bytes.starts(with: "P7\n")
    case .pfm: bytes.starts(with: "PF\n") || bytes.starts(with: "Pf\n")
    case .jpeg2000:
      bytes.starts(with: [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20])
        || bytes.starts(with: [0xff, 0x4f, 0xff, 0x51])
    case .radiance: bytes.starts(with: "#?RADIANCE") || bytes.starts(with: "#?RGBE")
    case .sunraster: bytes.starts(with: [0x59, 0xa6, 0x6a, 0x95])
    }
  }

  private static func isNetpbm(
    _ bytes: ByteView, _ text: Unicode.Scalar, _ binary: Unicode.Scalar
  ) -> Bool {
    bytes.count > 2 && bytes[0] == UInt8(ascii: "P") && bytes[2].isSpace
      && [UInt8(ascii: text), UInt8(ascii: binary)].contains(bytes[1])
  }

  /// Whether it loses something, more with less quality.
  public var hasQuality: Bool { self == .jpeg || self == .webp }

  /// Whether a colour profile is written into it.
  public var holdsProfile: Bool { [.png, .jpeg, .webp, .tiff].contains(self) }

  /// What bytes of no known format look like, for an error.
  static func describe(_ bytes: ByteView) -> String {
    guard bytes.count > 0 else { return "the file is empty" }
    let known: [(StaticString, String)] = [
      ("GIF8", "a GIF"), ("%PDF", "a PDF"), ("<svg", "an SVG"), ("<?xml", "an XML file"),
      ("PK", "a ZIP archive"), ("<!DOCTYPE", "an HTML page"), ("<html", "an HTML page"),
    ]
    if let (_, name) = known.first(where: { bytes.starts(with: $0.0) }) { return "it is \(name)" }
    if bytes.starts(with: "ftypavif", at: 4) { return "it is an AVIF" }
    if bytes.starts(with: "ftypheic", at: 4) { return "it is a HEIC" }
    if bytes.starts(with: "DICM", at: 128) { return "it is a DICOM" }
    if bytes.starts(with: [0x76, 0x2f, 0x31, 0x01]) { return "it is an OpenEXR picture" }
    let hexadecimal = (0..<min(8, bytes.count)).map { i in
      (bytes[i] < 16 ? "0" : "") + String(bytes[i], radix: 16)
    }
    return "it starts with the bytes " + hexadecimal.joined(separator: " ")
  }
}

extension UInt8 {
  /// White space as the text headers of PNM and its relatives know it.
  var isSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
