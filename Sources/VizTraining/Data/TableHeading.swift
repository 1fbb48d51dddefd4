/// The first row of a table, where it names its columns.
struct TableHeading {
  /// Which columns have the picture's path and its class, and how many columns there are.
  let path: Int
  let label: Int
  let count: Int
  /// As it stands in the file.
  let text: String

  /// nil where the record has no word for a path or none for a class.
  init?(_ record: CSVRecord) {
    let words = record.fields.map(Self.plain)
    guard let path = words.firstIndex(where: Self.paths.contains),
      let label = words.firstIndex(where: Self.labels.contains)
    else { return nil }
    (self.path, self.label, count, text) = (path, label, words.count, record.text)
  }

  /// Whether it says what is so without a heading.
  var isPlain: Bool { (path, label, count) == (0, 1, 2) }

  static let expectation =
    "a picture's path and its class, or a heading such as path,label (file, filename or image; class, "
    + "target or category)"

  private static let paths: Set<String> = [
    "path", "file", "filename", "filepath", "fname", "image", "imagepath", "imagefile", "imagename",
    "img", "imgpath", "picture",
  ]
  private static let labels: Set<String> = [
    "label", "labels", "class", "classname", "target", "category",
  ]

  /// `Image_Path` is `image path` is `imagepath`.
  private static func plain(_ word: String) -> String {
    word.lowercased().filter { !"_- ".contains($0) }
  }
}
