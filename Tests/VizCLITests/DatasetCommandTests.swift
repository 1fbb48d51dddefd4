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
      (["--random-crop", "64"], 4, "cat.png: expected 64×64 or more for RandomCrop, found 40×30"),
    ] as [([String], Int32, String)] {
      let outcome = try Command.run(["augment", "cat.png"] + words, in: place.path)
      #expect(outcome.status == status, "\(words): \(outcome.errors)")
      #expect(outcome.errors.contains(message), "\(words): \(outcome.errors)")
    }
    #expect(place.names == ["cat.png", "photos"])
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
