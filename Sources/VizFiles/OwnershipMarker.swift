internal import CLinux
internal import Glibc

/// How vizcnn recognises its own earlier results, which it may replace, in formats that have no
/// room for a line of text (`.npy`, TIFF, WebP, BMP, PNM).
///
/// An extended attribute `user.vizcnn` holds the size and the fingerprint of the content. A file that
/// another program has edited since then no longer fits it and counts as foreign. So does every
/// file on a file system without such attributes, and a copy made without them.
public enum OwnershipMarker {
  private static let name = "user.vizcnn"

  /// Whether vizcnn wrote exactly the bytes that are at `path` now.
  public static func isValid(at path: String) -> Bool {
    (try? verify(path)) ?? false
  }

  /// Marks an open file; one that cannot be marked stays without.
  static func set(on file: borrowing FileDescriptor, _ digest: ContentDigest) {
    let value = text(of: digest)
    _ = unsafe fsetxattr(file.number, name, value, value.utf8.count, 0)
  }

  private static func verify(_ path: String) throws(SystemError) -> Bool {
    let file = try FileDescriptor(path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK)
    let size = try file.sizeForReading()
    guard let marker = marker(of: file), marker.hasPrefix("1 \(size) ") else { return false }
    var digest = ContentDigest()
    while let part = try file.readPart(byteCount: 1 << 20) { unsafe digest.update(part.span.bytes) }
    return marker == text(of: digest)
  }

  private static func marker(of file: borrowing FileDescriptor) -> String? {
    var value = [UInt8](repeating: 0, count: 64)
    let count = unsafe fgetxattr(file.number, name, &value, value.count)
    return count > 0 ? String(decoding: value.prefix(count), as: UTF8.self) : nil
  }

  /// Version, size, fingerprint.
  private static func text(of digest: ContentDigest) -> String {
    "1 \(digest.byteCount) \(String(digest.value, radix: 16))"
  }
}
