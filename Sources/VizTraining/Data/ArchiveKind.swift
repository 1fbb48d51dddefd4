internal import VizFiles

/// Files that others are packed into; data are read from none but `cifar-10-binary.tar.gz`.
public enum ArchiveKind: String, CaseIterable, Sendable {
  case zip, gzip, tar
  case sevenZip = "7z"
  case xz, bzip2
  case zstandard = "Zstandard"
  case rar = "RAR"

  /// What a file begins with; tar has its word behind the first entry's name.
  private var signature: (offset: Int, bytes: [UInt8]) {
    switch self {
    case .zip: (0, [0x50, 0x4B, 0x03, 0x04])
    case .gzip: (0, [0x1F, 0x8B])
    case .tar: (257, Array("ustar".utf8))
    case .sevenZip: (0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])
    case .xz: (0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])
    case .bzip2: (0, Array("BZh".utf8))
    case .zstandard: (0, [0x28, 0xB5, 0x2F, 0xFD])
    case .rar: (0, Array("Rar!".utf8))
    }
  }

  /// Of a file; nil where it is none of them, or cannot be read.
  init?(of path: String) {
    guard FileKind(path) == .file, let bytes = try? FileContents.prefix(of: path, count: 512),
      let kind = Self.allCases.first(where: { kind in
        let (offset, signature) = kind.signature
        return bytes.dropFirst(offset).starts(with: signature)
      })
    else { return nil }
    self = kind
  }

  /// How it is unpacked.
  func command(_ file: String) -> String {
    switch self {
    case .zip: "unzip \(file)"
    case .sevenZip: "7z x \(file)"
    case .rar: "unrar x \(file)"
    case .gzip where !Self.isTar(file): "gunzip --keep \(file)"
    case .tar, .gzip, .xz, .bzip2, .zstandard: "tar -xf \(file)"
    }
  }

  private static func isTar(_ file: String) -> Bool {
    file.hasSuffix(".tar.gz") || file.hasSuffix(".tgz")
  }
}
