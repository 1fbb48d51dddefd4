internal import Glibc

/// The file that an output is written to until it gets its name (`AtomicFile` says how).
struct TemporaryFile: ~Copyable {
  private let destination: Destination
  private let replacement: AtomicFile.Replacement
  private let file: FileDescriptor
  // Nil for nameless files, and for streams, which have their name already.
  private var name: TemporaryName?
  private var digest: ContentDigest?
  private var isStored = false

  /// The path behind all links, where nothing bears it yet.
  var newPath: String? { destination.existing == nil ? destination.path : nil }

  static func open(
    for path: String, replacing replacement: AtomicFile.Replacement, marked: Bool, nameless: Bool
  ) throws(SystemError) -> TemporaryFile {
    let destination = try Destination(path)
    if destination.isStream {
      let stream = try FileDescriptor(destination.path, flags: O_WRONLY | O_NOCTTY)
      return TemporaryFile(
        destination: destination, replacement: replacement, file: stream, name: nil, digest: nil)
    }
    if destination.existing != nil {
      if replacement == .refused { throw SystemError(code: EEXIST) }
      // A rename would get past the permission bits of the file that it replaces.
      _ = try retrying { unsafe faccessat(AT_FDCWD, destination.path, W_OK, AT_EACCESS) }
    }
    let digest = marked ? ContentDigest() : nil
    if nameless, let file = try openNameless(in: destination.folderPath) {
      return TemporaryFile(
        destination: destination, replacement: replacement, file: file, name: nil, digest: digest)
    }
    var number: Int32 = -1
    let name = try TemporaryName(beside: destination) { (path) throws(SystemError) in
      number = try openNew(path)
    }
    return TemporaryFile(
      destination: destination, replacement: replacement, file: FileDescriptor(owning: number),
      name: name, digest: digest)
  }

  mutating func write(_ bytes: RawSpan) throws(SystemError) {
    try file.write(bytes)
    digest?.update(bytes)
  }

  mutating func commit() throws(SystemError) {
    if destination.isStream { return }
    try store()
    try publish()
    Self.synchronizeFolder(destination.folderPath)
  }

  /// Takes over what the replaced file was, and waits until the bytes are on the disk.
  mutating func store() throws(SystemError) {
    if destination.isStream || isStored { return }
    if let old = destination.existing {
      // Changing the owner is root's right; everybody else stays the owner.
      _ = fchown(file.number, old.st_uid, old.st_gid)
      _ = try retrying { fchmod(file.number, old.st_mode & 0o777) }
    }
    if let digest { OwnershipMarker.set(on: file, digest) }
    try file.synchronize()
    isStored = true
  }
}

// MARK: - Making the file

extension TemporaryFile {
  // O_TMPFILE, whose macro Swift cannot import.
  private static let namelessFlag: Int32 = 0o20_000_000 | O_DIRECTORY

  /// A file without a name; nil where the file system has none, or none that could be named later.
  private static func openNameless(in folder: String) throws(SystemError) -> FileDescriptor? {
    guard unsafe access("/proc/self/fd", X_OK) == 0 else { return nil }
    do {
      return try FileDescriptor(folder, flags: namelessFlag | O_WRONLY, mode: 0o666)
    } catch  where error.code == EOPNOTSUPP || error.code == EISDIR || error.code == EINVAL {
      return nil
    }
  }

  private static func openNew(_ path: String) throws(SystemError) -> Int32 {
    try retrying { unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
  }
}

// MARK: - Giving it its name

extension TemporaryFile {
  private mutating func publish() throws(SystemError) {
    if name == nil {
      if destination.existing == nil || replacement == .refused {
        do {
          return try Self.link(file.number, to: destination.path)
        } catch  where error.code == EEXIST && replacement == .allowed {}
      }
      let number = file.number
      name = try TemporaryName(beside: destination) { (path) throws(SystemError) in
        try Self.link(number, to: path)
      }
    }
    if replacement == .refused {
      try name?.renameWithoutReplacing(to: destination.path)
    } else {
      try name?.rename(to: destination.path)
    }
  }

  /// Names a nameless file.
  private static func link(_ number: Int32, to path: String) throws(SystemError) {
    let source = "/proc/self/fd/\(number)"
    _ = try retrying { unsafe linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) }
  }

  /// Has the name survive a power cut.
  ///
  /// The file has its name by now, so a folder that cannot be opened or synced is no failure.
  private static func synchronizeFolder(_ path: String) {
    guard let folder = try? FileDescriptor(path, flags: O_RDONLY | O_DIRECTORY) else { return }
    try? folder.synchronize()
  }
}
