import Foundation

/// A folder that is gone after the test.
final class ScratchFolder {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/vizfiles-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  subscript(name: String) -> String { path + "/" + name }

  /// Everything in the folder, hidden names too, sorted.
  var names: [String] { Self.names(in: path) }

  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Puts a file there without the code under test.
  @discardableResult
  func make(_ name: String, _ text: String, mode: Int = 0o644) -> String {
    _ = FileManager.default.createFile(
      atPath: self[name], contents: Data(text.utf8), attributes: [.posixPermissions: mode])
    return self[name]
  }

  func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: self[name]).map { String(decoding: $0, as: UTF8.self) }
  }
}
