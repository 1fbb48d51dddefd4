internal import Glibc

/// Whole files read into memory: the way for pictures, kernels and everything else that is decoded.
///
/// A copy cannot change or vanish while it is decoded. A mapping can: when another program cuts the
/// file short, touching the lost pages kills the process. `MappedFile` is for weights.
public enum FileContents {
  /// Bytes that are read at most where the caller names no limit: 4 GiB.
  public static let defaultLimit = 1 << 32

  /// The bytes of the file, pipe or device at `path`.
  ///
  /// Symbolic links are followed; an empty file is an empty array. Where `isWanted` says no to the
  /// first bytes, no more than them is read: a device or a film is no picture, however long it is.
  public static func read(
    _ path: String, limit: Int = FileContents.defaultLimit,
    isWanted: ([UInt8]) -> Bool = { _ in true }
  ) throws(FileError) -> [UInt8] {
    var size = 0
    let bytes: [UInt8]?
    do {
      let file = try FileDescriptor(path, flags: O_RDONLY | O_NOCTTY)
      size = try file.sizeForReading()
      bytes =
        size > limit
        ? nil
        : try file.readToEnd(
          expected: size, limit: limit, isWanted: isWanted)
    } catch {
      throw .reading(path, error)
    }
    guard let bytes else {
      throw .tooLarge(path: path, byteCount: size > limit ? size : nil, limit: limit)
    }
    return bytes
  }

  /// The first bytes of a file, as many as there are up to `count`.
  public static func prefix(of path: String, count: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      let file = try FileDescriptor(path, flags: O_RDONLY | O_NOCTTY)
      while bytes.count < count, let part = try file.readPart(byteCount: count - bytes.count) {
        bytes += part
      }
    } catch {
      throw .reading(path, error)
    }
    return bytes
  }
}
