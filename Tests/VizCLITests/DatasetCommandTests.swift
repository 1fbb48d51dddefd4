import Foundation
import Testing
import VizCNN

@Suite("vizcnn dataset and augment")
struct DatasetCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for (name, count) in [("dark", 3), ("light", 6)] {
      let folder = "photos/\(name)"
      try FileManager.default.createDirectory(
        atPath: place[folder], withIntermediateDirectories: true)
      for n in 0..<count {
        let level: UInt8 = name == "dark" ? 51 : 204
        let image = Image(
          width: 8, height: 6, layout: .gray, samples: Array(repeating: level, count: 48))
        try Data(ImageEncoder.encode(image, as: .png)).write(
          to: URL(filePath: place["\(folder)/\(n).png"]))
      }
    }
  }

  @Test("counts, balance, mean and deviation are those of the pictures")
  func shows() throws {
    let words = ["dataset", "show", "folder:photos"]
    let json = try JSONValue(json: Array(Command.run(words + ["--json"], in: place.path).output))
    #expect(json["pictures"]?.int == 9 && json["width"]?.int == 8 && json["channels"]?.int == 1)
    #expect(json["imbalance"]?.number == 2)
    // (3 · 0.2 + 6 · 0.8) / 9, and √(2/9) · 0.6; Float64 beside decimal fractions.
    let mean = try #require(json["mean"]?.elements?.first?.number)
    let deviation = try #require(json["std"]?.elements?.first?.number)
    #expect(abs(mean - 0.6) < 1e-12 && abs(deviation - 0.6 * (2.0 / 9).squareRoot()) < 1e-12)
    let table = try Command.run(words + ["-o", "sheet.png", "--columns", "5"], in: place.path)
    #expect(table.status == 0 && table.text.contains("light"), "\(table.errors)")
    #expect(table.text.contains("66.67 %") && table.text.contains("2 times the smallest"))
    #expect(try place.image("sheet.png").width > 5 * 56)
    let picture = try place.data("photos/dark/0.png")
    let over = try Command.run(words + ["-o", "photos/dark/0.png", "--force"], in: place.path)
    #expect(over.status == 5, "\(over.errors)")
    #expect(try place.data("photos/dark/0.png") == picture)
    let wrong = try Command.run(["dataset", "show", "foldr:x"], in: place.path)
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean 'folder'?"))
  }

  @Test("several sizes are told with the way out, and so is that nothing is kept for tests")
  func sizes() throws {
    try place.picture("photos/light/9.png", width: 5, height: 9)
    let training = try Command.run(
      ["train", "--data", "folder:photos", "--net", "mlp", "-o", "a.ckpt"], in: place.path)
    #expect(training.status == 4)
    #expect(
      training.errors
        == """
        error: photos/light/9.png: expected 8×6 as photos/dark/0.png has, found 5×9
        hint: --augment 'Resize(64), CenterCrop(64)' makes them one size

        """)
    let words = ["dataset", "show", "folder:photos", "--test", "-o", "sheet.png"]
    let shown = try Command.run(words, in: place.path)
    #expect(shown.text.contains("2 sizes from 5×9 to 8×6, red, green and blue"), "\(shown.errors)")
    #expect(shown.text.contains("there are no pictures for tests alone"))
    let json = try JSONValue(json: Array(Command.run(words + ["--json"], in: place.path).output))
    #expect(json["part"]?.string == "all" && json["width"]?.int == nil)
    #expect(json["smallest"]?["height"]?.int == 9 && json["largest"]?["height"]?.int == 6)
  }

  @Test("no picture of either part is overwritten")
  func parts() throws {
    for part in ["train", "test"] {
      for name in ["dark", "light"] {
        let folder = "parts/\(part)/\(name)"
        try FileManager.default.createDirectory(
          atPath: place[folder], withIntermediateDirectories: true)
        try place.picture("\(folder)/0.png", width: 4, height: 4)
      }
    }
    let picture = try place.data("parts/test/dark/0.png")
    for more in [[], ["--test"]] {
      let outcome = try Command.run(
        ["dataset", "show", "folder:parts", "-o", "parts/test/dark/0.png", "--force"] + more,
        in: place.path)
      #expect(outcome.status == 5, "\(outcome.errors)")
    }
    #expect(try place.data("parts/test/dark/0.png") == picture)
    let shown = try Command.run(["dataset", "show", "folder:parts", "--test"], in: place.path)
    #expect(shown.status == 0 && !shown.text.contains("alone"), "\(shown.errors)")
  }

  @Test("a picture is drawn as often as asked for, and the same seed draws the same sheet")
  func augments() throws {
    try place.picture("cat.png", width: 40, height: 30)
    func sheet(_ output: String, _ more: String...) throws -> Data {
      let words =
        ["augment", "cat.png", "--random-rotation", "15", "--color-jitter", "0.3", "-o", output]
        + more
      let outcome = try Command.run(words, in: place.path)
      #expect(outcome.status == 0 && outcome.lines == [output], "\(outcome.errors)")
      return try place.data(output)
    }
    let first = try sheet("a.png")
    #expect(try sheet("b.png") == first)
    #expect(try sheet("c.png", "--seed", "1") != first)
    let wide = try sheet("d.png", "--count", "3", "--columns", "4")
    #expect(wide != first)
    let outcome = try Command.run(
      ["augment", "cat.png", "--augment", "RandomCrop(20)", "--random-horizontal-flip"],
      in: place.path)
    #expect(outcome.lines == ["cat.augmented.png"], "\(outcome.errors)")
  }

  @Test("nothing to do, a wrong word and a picture that is too small are told")
  func mistakes() throws {
    try place.picture("cat.png", width: 40, height: 30)
    for (words, status, message) in [
      ([], 2, "nothing is to be done"), (["--random-crop", "x"], 2, "'size' is 'x'"),
      (["--augment", "Flip()"], 2, "expected one of RandomCrop"),
      (["--random-crop", "64"], 2, "cat.png: expected 64×64 or more for RandomCrop, found 40×30"),
      (["--random-crop", "64"], 2, "pad_if_needed=True"),
      (["--resize", "8192"], 6, "expected at most 67108864 pixels after Resize"),
      (["--random-croop", "32"], 2, "'--random-croop'; did you mean '--random-crop'?"),
      (["--random-rotation", "3", "--cont=3"], 2, "unknown option '--cont'; did you mean"),
      (["--random-rotation", "(3, 4, 5)"], 2, "0…36000, or two of -36000…36000"),
      (["--random-rotation", "x"], 2, "expected a number of 0…36000, or two of"),
      (["--random-rotation", "3, expand=True"], 2, "have no common size"),
      (["--center-crop", "3, 4"], 2, "CenterCrop has 2 arguments; expected at most 1"),
      (["--random-crop", "9, padding='x'"], 2, "one or several, each a whole number of 0…4096"),
    ] as [([String], Int32, String)] {
      let outcome = try Command.run(["augment", "cat.png"] + words, in: place.path)
      #expect(outcome.status == status, "\(words): \(outcome.errors)")
      #expect(outcome.errors.contains(message), "\(words): \(outcome.errors)")
    }
    #expect(place.names == ["cat.png", "photos"])
  }

  @Test("transforms are listed, and what Normalize does not do is told")
  func transforms() throws {
    let list = try Command.run(["augment", "--list"], in: place.path)
    #expect(list.status == 0)
    for entry in TransformRegistry.all {
      let line = list.lines.first { $0.hasPrefix("  \(entry.name) ") }
      #expect(line?.hasSuffix(entry.summary) ?? false, "\(entry.name)")
    }
    #expect(list.text.contains("size, padding=None, pad_if_needed=False"))
    try place.picture("cat.png", width: 40, height: 30)
    let words = ["augment", "cat.png", "--augment", "Normalize(0.5, 0.5)"]
    #expect(try Command.run(words, in: place.path).errors.contains("nothing of the pictures drawn"))
    #expect(try Command.run(words + ["-q"], in: place.path).errors == "")
    let without = try Command.run(["augment"], in: place.path)
    #expect(without.status == 2 && without.errors.contains("no picture is named"))
  }

  @Test("a sheet of small crops has small cells, and threads change nothing")
  func cells() throws {
    try place.picture("cat.png", width: 400, height: 300)
    func sheet(_ size: Int, _ more: String...) throws -> Image {
      let words = ["augment", "cat.png", "--random-resized-crop", "\(size)", "--columns", "9"]
      let outcome = try Command.run(words + ["-o", "s.png"] + more, in: place.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try place.image("s.png")
    }
    let small = try sheet(96)
    #expect(small.width < 9 * 120 && small.height < 2 * 140 + 100)
    #expect(try sheet(300).width > 9 * 240)
    let alone = try sheet(96, "-j", "1").samples(as: UInt8.self)
    #expect(alone == small.samples(as: UInt8.self))
  }

  @Test("a sheet goes where -o says, in the format of its name")
  func outputs() throws {
    func show(_ output: String, _ more: String...) throws -> Command.Outcome {
      try Command.run(["dataset", "show", "folder:photos", "-o", output] + more, in: place.path)
    }
    #expect(try show("sheet.jpg").status == 0)
    #expect(try place.data("sheet.jpg").starts(with: [0xFF, 0xD8]))
    let named = try show("sheet.svg")
    #expect(named.status == 2 && named.errors.contains("names no picture format"))
    let stream = try show("-")
    #expect(stream.status == 0 && stream.output.starts(with: [0x89, 0x50]))
    let folder = try show("sheets/")
    #expect(folder.status == 0 && folder.lines.last == "sheets/folder.sheet.png")
    #expect(place.names == ["photos", "sheet.jpg", "sheets"])
    let misspelt = try Command.run(
      ["dataset", "show", "folder:photos", "--clumns", "3"], in: place.path)
    #expect(misspelt.errors.contains("did you mean '--columns'?"))
  }

  @Test("a misspelt verb, its help, and archives and folders that were named as they are")
  func words() throws {
    try place.make("photos.zip", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 40))
    let tar: [UInt8] = [UInt8](repeating: 65, count: 257) + Array("ustar".utf8)
    try place.make("photos.tar", tar + [UInt8](repeating: 0, count: 300))
    try place.make("list.csv", "photos/dark/0.png,a\nphotos/light/0.png,b\n")
    try place.makeDigits("digits", count: 20)
    let unpack = "hint: unpack it, with unzip photos.zip say, and name what comes out"
    for (words, status, message, hint) in [
      (
        ["shw", "folder:photos"], 2,
        "'shw' is no verb of dataset; expected one of fetch, show; did you mean 'show'?",
        "hint: vizcnn dataset --help shows what they do"
      ),
      (
        ["show"], 2, "missing expected argument '<kind:path>'",
        "hint: vizcnn dataset show --help shows how it is written"
      ),
      (
        ["fetch", "mnist", "--miror", "x"], 2,
        "unknown option '--miror'; did you mean '--mirror'?",
        "hint: vizcnn dataset fetch --help shows how it is written"
      ),
      (
        ["show", "folder:photos.zip"], 4,
        "photos.zip: expected a folder with a folder of pictures for each class, found a file of zip",
        unpack
      ),
      (
        ["show", "csv:photos.zip"], 4,
        "photos.zip: expected a table of path,label, found a file of zip",
        unpack
      ),
      (
        ["show", "mnist:photos.tar"], 4,
        "photos.tar: expected a folder with the four IDX files, found a file of tar",
        "hint: unpack it, with tar -xf photos.tar say, and name what comes out"
      ),
      (
        ["show", "digits"], 2, "'digits' names no data",
        "hint: a folder with the four IDX files is mnist:digits"
      ),
      (
        ["show", "photos.zip"], 4,
        "photos.zip: expected data such as folder:FOLDER, found a file of zip",
        unpack
      ),
      (
        ["show", "photos"], 2, "'photos' names no data",
        "hint: a folder with a folder of pictures for each class is folder:photos"
      ),
      (
        ["show", "list.csv"], 2, "'list.csv' names no data",
        "hint: a table of path,label is csv:list.csv"
      ),
    ] as [([String], Int32, String, String)] {
      let outcome = try Command.run(["dataset"] + words, in: place.path)
      #expect(outcome.status == status, "\(words): \(outcome.errors)")
      #expect(outcome.errors == "error: \(message)\n\(hint)\n", "\(words)")
    }
    try place.make("digits/t.gz", [0x1F, 0x8B, 8, 0])
    for name in ["train-labels-idx1-ubyte", "t.gz"] {
      let file = try Command.run(["dataset", "show", "mnist:digits/\(name)"], in: place.path)
      #expect(
        file.status == 2
          && file.errors
            == "error: digits/\(name): expected a folder with the four IDX files, found a file\n"
      )
    }
  }

  @Test("a batch in the place of its folder, and a file among pictures that is none, are told")
  func strayFiles() throws {
    try place.makeBatch("cifar", count: 20)
    let batch = try Command.run(
      ["dataset", "show", "cifar10:cifar/data_batch_1.bin"], in: place.path)
    #expect(batch.status == 2)
    #expect(
      batch.errors == """
        error: cifar/data_batch_1.bin: expected a folder with CIFAR-10's binary batches, or \
        cifar-10-binary.tar.gz, found a batch without its folder

        """)
    try place.makeRows("photos", count: 2)
    try place.make("photos/row1/Thumbs.db", [0xD0, 0xCF, 0x11, 0xE0])
    let stray = try Command.run(["dataset", "show", "folder:photos"], in: place.path)
    #expect(stray.status == 4)
    #expect(
      stray.errors.hasPrefix("error: photos/row1/Thumbs.db: not a picture that can be read"))
    #expect(stray.errors.contains("\nhint: every file of a class has to be a picture: take out"))
  }

  @Test("threads are given as make takes them")
  func jobs() throws {
    try place.picture("cat.png", width: 40, height: 30)
    let words = ["augment", "cat.png", "--random-rotation", "15", "-o", "s.png"]
    for more in [["-j2"], ["-j", "2"], ["-j=2"], ["--jobs", "2"], ["--jobs=2"], ["-qfj2"]] {
      let outcome = try Command.run(words + more, in: place.path)
      #expect(outcome.status == 0, "\(more): \(outcome.errors)")
    }
    let filtered = try Command.run(["filter", "--sobel-x", "-qfj1", "cat.png"], in: place.path)
    #expect(filtered.status == 0 && filtered.lines == ["cat.sobel-x.png"], "\(filtered.errors)")
    for wrong in ["-jx", "-j0"] {
      let outcome = try Command.run(words + [wrong], in: place.path)
      #expect(outcome.status == 2, "\(wrong): \(outcome.errors)")
    }
  }

  @Test("what cannot be fetched is told, with the way out")
  func fetches() throws {
    for (words, status, message) in [
      (["mnits"], 2, "did you mean 'mnist'?"),
      (["mnist", "--mirror", "ftp://x/"], 2, "begins with https://"),
      (["mnist", "-o", "photos/dark/0.png/"], 7, "not a directory"),
    ] as [([String], Int32, String)] {
      let outcome = try Command.run(["dataset", "fetch"] + words, in: place.path)
      #expect(
        outcome.status == status && outcome.errors.contains(message),
        "\(words): \(outcome.errors)")
    }
    let bare = try Command.run(
      ["dataset", "fetch", "mnist", "-o", "m/"], in: place.path, environment: ["PATH": "/nowhere"])
    #expect(bare.status == 3 && bare.errors.contains("curl cannot be run"), "\(bare.errors)")
    #expect(bare.errors.contains("package manager"))
  }
}
