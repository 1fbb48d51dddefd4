internal import VizFiles

/// The sheets that an earlier run left in a report's folder, as its `values.json` lists them.
///
/// Where the next run shows fewer layers, what it does not write again would stand beside a page that knows
/// nothing of it.
struct EarlierReport {
  let folder: String
  private let names: [String]

  /// Reads the list; without one, or where it is not ours, there is nothing to remove.
  init(in folder: String, listedIn list: String) {
    self.folder = folder
    let path = OutputPlan.path(list, in: folder)
    guard ResultWriter.isOurs(path),
      let bytes = try? FileContents.read(path, limit: 1 << 28),
      let files = try? JSONValue(json: bytes)["files"]?.elements
    else {
      names = []
      return
    }
    names = files.compactMap(\.string).filter(Self.isSheet)
  }

  /// Whether a name is one that sheets and their numbers get, `03-conv2.png`, in the folder itself.
  private static func isSheet(_ name: String) -> Bool {
    let digits = name.prefix { ("0"..."9").contains($0) }
    return !digits.isEmpty && name.dropFirst(digits.count).hasPrefix("-")
      && (name.hasSuffix(".png") || name.hasSuffix(".npy")) && !name.contains("/")
  }

  /// Removes what was not written again, as long as it is what the earlier run wrote.
  func removeFiles(except written: Set<String>, by writer: ResultWriter) throws(PipelineError) {
    for name in names where !written.contains(name) {
      let path = OutputPlan.path(name, in: folder)
      if writer.mayRemove(path) {
        do throws(FileError) {
          try Folder.remove(path)
        } catch {
          throw .file(error)
        }
      }
    }
  }
}
