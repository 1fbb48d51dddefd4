import Foundation
import Testing
import VizFiles
import VizImage
import VizNN
import VizTraining

@Suite("Folders of pictures")
struct PictureFolderTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try fill("cat/b.png", "dog/a.png")
  }

  /// Pictures, each with a level of its own.
  private func fill(_ names: String...) throws {
    for name in names {
      let level = UInt8(name.utf8.reduce(0) { ($0 * 31 + Int($1)) % 251 })
      let image = Image(
        width: 4, height: 3, layout: .gray, samples: [UInt8](repeating: level, count: 12))
      try scratch.write(try ImageEncoder.encode(image, as: .png), to: name)
    }
  }

  private func read(_ part: DataSource.Part = .training) throws(DatasetError) -> DataSet {
    try DataSource(.folder, path: scratch.path).read(part)
  }

  private func error(_ part: DataSource.Part = .training) -> DatasetError? {
    do throws(DatasetError) {
      _ = try read(part)
      return nil
    } catch {
      return error
    }
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: scratch[name], withDestinationPath: target)
  }

  @Test("pictures in folders within a class are its own, behind those beside them")
  func nested() throws {
    try fill("cat/a/z.png", "cat/a/deep/er/1.png", "cat/a-b/2.png", "cat/c.png", "cat/.x/3.png")
    try fill("dog/more/4.png", "beside.png")
    let data = try read()
    #expect(data.classNames == ["cat", "dog"] && data.labels == [0, 0, 0, 0, 0, 1, 1])
    let cats = ["b.png", "c.png", "a/z.png", "a/deep/er/1.png", "a-b/2.png"].map { "cat/\($0)" }
    let names = cats + ["dog/a.png", "dog/more/4.png"]
    #expect(names.indices.map { data.name(of: $0) } == names.map { scratch[$0] })
    #expect(data.files == names.map { scratch[$0] })
  }

  @Test("links to folders are followed, and one that leads back is told")
  func links() throws {
    let more = try Scratch()
    try more.write(try scratch.bytes("cat/b.png"), to: "p/1.png")
    try link("cat/more", to: more["p"])
    #expect(try read().labels == [0, 0, 1])
    for target in [".", "..", "more"] {
      try link("cat/z", to: target)
      guard case .unsuitable(let source, "a folder that is in the class once", let found)? = error()
      else {
        Issue.record("\(target) is taken")
        return
      }
      #expect(source.hasPrefix(scratch["cat/z"]) && found.hasSuffix(" again"))
      try FileManager.default.removeItem(atPath: scratch["cat/z"])
    }
    try fill("dog/" + String(repeating: "d/", count: 33) + "1.png")
    guard case .unsuitable(_, _, "more")? = error() else {
      Issue.record("33 folders within each other are taken")
      return
    }
  }

  @Test("a name that is no UTF-8, or a link to nothing, is told where a class may be")
  func unseen() throws {
    for place in ["", "cat/"] {
      let bytes = Array((scratch.path + "/" + place + "b").utf8) + [0xFF, 0]
      let name = bytes.map { CChar(bitPattern: $0) }
      #expect(mkdir(name, 0o755) == 0)
      #expect(error() == .file(.missing(path: scratch[place + "b\u{FFFD}"])))
      #expect(error()?.hint?.contains("UTF-8") ?? false)
      #expect(rmdir(name) == 0)
    }
    try link("lost", to: "nowhere")
    #expect(error() == .file(.missing(path: scratch["lost"])))
  }

  @Test("pipes and devices are told instead of waited for, and other files stay protected")
  func streams() throws {
    let list = Array("cat/b.png,cat\ncat/pipe,dog\n".utf8)
    try scratch.write(list, to: "list.csv")
    for place in ["cat/pipe", "cat/in/pipe"] {
      try fill("cat/in/z.png")
      #expect(mkfifo(scratch[place], 0o600) == 0)
      #expect(
        error()
          == .unsuitable(
            source: scratch[place], expected: "a picture in a regular file",
            found: "a pipe, a socket or a device"))
      if place == "cat/pipe" {
        let table = DataSource(.csv, path: scratch["list.csv"])
        #expect(
          throws: DatasetError.row(
            file: scratch["list.csv"], line: 2, expected: "a picture's path and its class",
            found: "no regular file, \(scratch["cat/pipe"])")
        ) { try table.read(.training) }
      }
      try FileManager.default.removeItem(atPath: scratch[place])
    }
    try link("cat/null", to: "/dev/null")
    guard case .unsuitable(scratch["cat/null"], _, _)? = error() else {
      Issue.record("a device is taken")
      return
    }
    try FileManager.default.removeItem(atPath: scratch["cat/null"])
    // In the part that is not read.
    for name in ["cat", "dog"] {
      try fill("train/\(name)/1.png", "test/\(name)/2.png")
      try FileManager.default.removeItem(atPath: scratch[name])
    }
    #expect(mkfifo(scratch["test/cat/1"], 0o600) == 0)
    #expect(try read().files.filter { $0.hasPrefix(scratch["test/"]) }.count == 2)
    #expect(error(.test) != nil)
  }

  @Test("a folder beside train and test is told, and parts of other names are")
  func parts() throws {
    for name in ["cat", "dog"] {
      try fill("train/\(name)/1.png")
      #expect(error() != nil)
      try FileManager.default.removeItem(atPath: scratch[name])
    }
    #expect(try read().count == 2)
    try fill("val/cat/1.png")
    for part in [DataSource.Part.training, .test] {
      #expect(
        error(part)
          == .unsuitable(
            source: scratch["val"],
            expected: "no folder beside train and test, which have the classes in them",
            found: "one"))
    }
    try FileManager.default.removeItem(atPath: scratch["train"])
    guard case .unsuitable(scratch["val"], _, "val")? = error() else {
      Issue.record("val is taken for a class")
      return
    }
    try FileManager.default.moveItem(atPath: scratch["val"], toPath: scratch["Train"])
    guard case .unsuitable(scratch["Train"], _, "Train")? = error() else {
      Issue.record("Train is taken for a class")
      return
    }
  }

  @Test("classes are those of train; test may lack some, and has no others")
  func classesOfTest() throws {
    for name in ["cat", "dog"] {
      try fill("train/\(name)/1.png", "train/\(name)/2.png")
      try FileManager.default.removeItem(atPath: scratch[name])
    }
    try fill("test/dog/3.png")
    for empty in [false, true] {
      if empty {
        try FileManager.default.createDirectory(
          atPath: scratch["test/cat"], withIntermediateDirectories: false)
      }
      let test = try read(.test)
      #expect(
        test.classNames == ["cat", "dog"] && test.labels == [1] && test.classCounts == [0, 1])
      let summary = try DataSummary(test)
      #expect(summary.imbalance == 1 && summary.emptyClassCount == 1)
    }
    try fill("test/eel/4.png")
    #expect(
      error(.test)
        == .unsuitable(
          source: scratch["test/eel"], expected: "a class of \(scratch["train"])",
          found: "another one"))
    // In what is learned from no class may be without.
    try FileManager.default.removeItem(atPath: scratch["train/cat/1.png"])
    try FileManager.default.removeItem(atPath: scratch["train/cat/2.png"])
    #expect(error() == .emptyClass(name: "cat", source: scratch["train"]))
    // Without pictures to learn from, those to test with have classes of their own.
    try FileManager.default.removeItem(atPath: scratch["train"])
    try FileManager.default.removeItem(atPath: scratch["test/cat"])
    #expect(try read(.test).classNames == ["dog", "eel"])
  }

  @Test("nothing is learned from a single class, which can be looked at nevertheless")
  func oneClass() throws {
    try FileManager.default.removeItem(atPath: scratch["dog"])
    try scratch.write(Array("cat/b.png,cat\n".utf8), to: "list.csv")
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 1, 3, 4]), sequence: [("flat", Flatten())])
    for (kind, place) in [(DataSource.Kind.folder, scratch.path), (.csv, scratch["list.csv"])] {
      let data = try DataSource(kind, path: place).read(.training)
      #expect(data.classNames == ["cat"])
      #expect(throws: TrainingError.data(.oneClass(name: "cat", source: place))) {
        try Trainer(architecture, Loader(data), options: TrainingOptions())
      }
    }
    try FileManager.default.removeItem(atPath: scratch["cat"])
    #expect(
      error()
        == .unsuitable(
          source: scratch.path, expected: "a folder of pictures for each class", found: "no folder"
        ))
  }
}
