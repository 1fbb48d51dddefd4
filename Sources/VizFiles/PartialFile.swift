internal import Glibc

/// A file that another program writes, piece by piece, until it gets its name.
///
///     mnist/train-images-idx3-ubyte.gz.part   →   mnist/train-images-idx3-ubyte.gz
package struct PartialFile: Sendable {
  /// What it is to be called.
  package let destination: String

  package init(_ destination: String) {
    self.destination = destination
  }

  /// Where its bytes are until then.
  package var path: String { destination + ".part" }

  /// Bytes that are there.
  package var byteCount: Int {
    guard let status = try? stat.following(path) else { return 0 }
    return Int(status.st_size)
  }

  /// Makes an empty one where there is none; tells whether it can be written.
  package func prepare() throws(FileError) {
    do {
      _ = try FileDescriptor(path, flags: O_WRONLY | O_CREAT | O_NOFOLLOW, mode: 0o666)
    } catch {
      throw .writeFailed(path: path, reason: error)
    }
  }

  package func remove() throws(FileError) {
    if FileKind(path) != nil { try Folder.remove(path) }
  }

  /// Gives the file its name, once its bytes are on the disk; a file that has the name already stays.
  package func commit() throws(FileError) {
    do throws(SystemError) {
      let file = try FileDescriptor(path, flags: O_RDONLY)
      try file.synchronize()
      try TemporaryName.rename(path, withoutReplacing: destination)
    } catch {
      throw error.code == EEXIST
        ? .wouldOverwrite(path: destination) : .writeFailed(path: destination, reason: error)
    }
  }
}
