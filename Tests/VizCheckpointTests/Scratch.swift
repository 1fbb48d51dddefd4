import Foundation

/// A folder that is gone after the test.
final class Scratch {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/vizcheckpoint-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  subscript(name: String) -> String { path + "/" + name }
}
