internal import VizFiles
internal import VizImage

/// Pictures that words name: files, and folders of them.
public enum PictureList {
  /// The files, in the order of the words; of a folder those whose names end as pictures do, sorted.
  ///
  /// - Throws: where a folder cannot be read, or holds no picture.
  public static func files(_ words: [String]) throws(PipelineError) -> [String] {
    var files: [String] = []
    for word in words {
      guard word != "-", Folder.exists(word) else {
        files.append(word)
        continue
      }
      let names: [String]
      do throws(FileError) {
        names = try Folder.names(in: word)
      } catch {
        throw .file(error)
      }
      let pictures = names.filter { name in
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
        return ImageFormat(pathExtension: String(name[name.index(after: dot)...])) != nil
      }
      guard !pictures.isEmpty else {
        throw .request(
          "\(printable(word)): a folder without pictures",
          hint: "files are taken whose names end in .png, .jpg and so on")
      }
      files += pictures.map { OutputPlan.path($0, in: word) }
    }
    return files
  }
}
