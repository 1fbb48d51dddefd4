import Foundation
import Testing
import VizCNN

/// `vizcnn activations`, from the picture to the files.
@Suite("activations")
struct ActivationsCommandTests {
  private static let sheets = [
    "01-conv1.png", "02-relu1.png", "03-pool1.png", "04-conv2.png", "05-relu2.png", "06-pool2.png",
    "07-conv3.png", "08-relu3.png", "10-fc.png",
  ]

  let place: Workplace

  init() throws {
    place = try Workplace.withNetwork()
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(["activations", "model.ckpt"] + words, in: place.path)
  }

  @Test("writes a sheet for each layer, the page and the numbers, and says what it is")
  func writesSheets() throws {
    let outcome = try run("digit.png")
    let files = Self.sheets + ["values.json", "index.html"]
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    #expect(outcome.lines.prefix(files.count) == files.map { "digit.activations/\($0)" }[...])
    #expect(outcome.lines.dropFirst(files.count).prefix(2) == ["digit.png", "  5  100.00 %"])
    #expect(place.names(in: "digit.activations") == files.sorted())
    for name in Self.sheets {
      let sheet = try place.image("digit.activations/\(name)")
      #expect(sheet.width > 100 && sheet.height > 100, "\(name)")
    }
  }

  @Test(
    "fewer layers into the same folder leave no sheet of the run before, and all that is not ours")
  func removesEarlierSheets() throws {
    #expect(try run("digit.png", "--npy").status == 0)
    let folder = "digit.activations"
    // A drawing of somebody else in a sheet's place, and files that no run has listed.
    let drawing = try place.data("digit.png")
    try drawing.write(to: URL(filePath: place["\(folder)/02-relu1.png"]))
    try place.copy("\(folder)/03-pool1.png", to: "\(folder)/99-kept.png")
    try place.make("\(folder)/notes.txt", "mine")
    let outcome = try run("digit.png", "--layers", "conv*")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      place.names(in: folder) == [
        "01-conv1.png", "02-relu1.png", "04-conv2.png", "07-conv3.png", "99-kept.png", "index.html",
        "notes.txt", "values.json",
      ])
    #expect(try place.data("\(folder)/02-relu1.png") == drawing)
  }

  @Test("a list that names files elsewhere removes none of them")
  func removesNothingElsewhere() throws {
    #expect(try run("digit.png", "-o", "out/").status == 0)
    let folder = "out/digit.activations"
    let list = place.names(in: "out").contains("digit.activations") ? folder : "out"
    try place.copy("\(list)/01-conv1.png", to: "01-outside.png")
    let text = try place.text("\(list)/values.json").replacingOccurrences(
      of: "\"01-conv1.png\"", with: "\"../01-outside.png\",\"../../01-outside.png\"")
    try place.make("\(list)/values.json", text)
    #expect(try run("digit.png", "-o", "out/", "--layers", "fc").status == 0)
    #expect(place.names.contains("01-outside.png"))
  }

  @Test("the page needs no other file") func writesOnePage() throws {
    #expect(try run("digit.png").status == 0)
    let page = try place.text("digit.activations/index.html")
    for layer in ["conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "conv3", "relu3", "fc"] {
      #expect(page.contains(layer), "\(layer)")
    }
    #expect(page.contains("data:image/png;base64,"))
    for reference in ["http://", "https://", "<script src", "src=\"0", "<link"] {
      #expect(!page.contains(reference), "\(reference)")
    }
  }

  @Test("values.json has shapes, ranges and scores that fit together") func writesValues() throws {
    #expect(try run("digit.png").status == 0)
    let values = try place.json("digit.activations/values.json")
    #expect(values["model"]?.string == "model.ckpt" && values["picture"]?.string == "digit.png")
    let layers = try #require(values["layers"]?.elements)
    #expect(
      layers.map { $0["name"]?.string }
        == ["conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "conv3", "relu3", "fc"])
    #expect(
      layers.map { $0["shape"]?.ints } == [
        [8, 26, 26], [8, 26, 26], [8, 13, 13], [16, 11, 11], [16, 11, 11], [16, 5, 5], [32, 3, 3],
        [32, 3, 3], [10],
      ])
    // ReLU takes what is below zero away, and pooling keeps the largest.
    let ranges = layers.map { $0["range"]?.elements?.compactMap(\.number) ?? [] }
    #expect(ranges[0][0] < 0 && ranges[1] == [0, ranges[0][1]] && ranges[2] == ranges[1])
    let scores = try #require(layers[8]["values"]?.elements).compactMap(\.number)
    #expect(scores.count == 10 && scores.max() == scores[5])
    #expect(values["top"]?.elements?.first?["score"]?.number == scores[5])
  }

  @Test(
    "layers are chosen by name, pattern, number and kind",
    arguments: [
      ("conv1", [1]), ("conv*", [1, 4, 7]), ("4", [4]), ("MaxPool2d", [3, 6]),
      ("conv1,fc", [1, 10]),
    ])
  func choosesLayers(_ word: String, _ positions: [Int]) throws {
    #expect(try run("digit.png", "--layers", word, "-o", "out").status == 0)
    let found = place.names(in: "out").filter { $0.hasSuffix(".png") }
    #expect(found.map { Int($0.prefix(2)) } == positions)
  }

  @Test("a layer that is not there is told, with the one that was meant")
  func suggestsLayers() throws {
    let outcome = try run("digit.png", "--layers", "cnv1")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("no layer is called 'cnv1'; did you mean 'conv1'?"))
  }

  @Test("--npy writes the numbers of the picture's layer") func writesNumbers() throws {
    #expect(try run("digit.png", "--layers", "conv1,relu1", "--npy", "-o", "out").status == 0)
    let conv = try place.floats("out/01-conv1.npy")
    #expect(conv.count == 8 * 26 * 26)
    #expect(try place.floats("out/02-relu1.npy") == conv.map { max($0, 0) })
  }

  @Test("--dump is the picture in MNIST's units") func dumpsInput() throws {
    #expect(try run("digit.png", "--dump", "seen.npy").status == 0)
    let pixels = try place.image("digit.png").samples(as: UInt8.self)
    let expected = pixels.map { (Double($0) / 255 - 0.1307) / 0.3081 }
    let seen = try place.floats("seen.npy")
    #expect(seen.count == 784)
    for (found, wanted) in zip(seen, expected) {
      // A few roundings of Float32 on numbers below 3.
      #expect(abs(Double(found) - wanted) < 2e-6)
    }
  }

  @Test("a dark digit on light is inverted and said to be") func noticesInversion() throws {
    let outcome = try run("dark.png", "--dump", "dark.npy")
    #expect(outcome.errors == "dark.png: inverted: dark on light\n")
    #expect(outcome.lines.contains("  5  100.00 %"))
    #expect(try run("digit.png", "--dump", "digit.npy", "-q").errors == "")
    #expect(try place.floats("dark.npy") == place.floats("digit.npy"))
    let kept = try run("dark.png", "--invert", "no", "--dump", "kept.npy")
    #expect(kept.status == 0 && kept.errors == "")
    #expect(try place.floats("kept.npy") != place.floats("digit.npy"))
  }

  @Test("a folder is a batch: a bad picture is told and the rest is done") func worksOnFolders()
    throws
  {
    try place.makeFolder("photos")
    try place.copy("digit.png", to: "photos/a.png")
    try place.make("photos/b.png", "no picture")
    try place.copy("dark.png", to: "photos/c.png")
    try place.make("photos/notes.txt", "no picture either")
    let outcome = try run("photos", "--layers", "fc", "-o", "out", "--json")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("error: photos/b.png: not a picture"))
    #expect(try outcome.json().map { $0["picture"]?.string } == ["photos/a.png", "photos/c.png"])
    #expect(place.names(in: "out") == ["a.activations", "c.activations"])
    #expect(
      place.names(in: "out/c.activations") == ["10-fc.png", "index.html", "values.json"])
  }

  @Test("kernels from the text need no weights") func runsWithoutWeights() throws {
    try place.make("edges.net", "edges: Conv2d(1, 2, 3, kernels=[sobel-x, sobel-y])\nReLU()\n")
    let outcome = try Command.run(
      ["activations", "edges.net", "digit.png", "--size", "28", "--npy", "--layers", "edges"],
      in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let found = try place.floats("digit.activations/01-edges.npy")
    let pixels = try place.image("digit.png").samples(as: UInt8.self).map { Float($0) / 255 }
    let sobel: [Float] = [-1, 0, 1, -2, 0, 2, -1, 0, 1]
    #expect(found.count == 2 * 26 * 26)
    for y in 0..<26 {
      for x in 0..<26 {
        var sum: Float = 0
        for i in 0..<9 { sum += sobel[i] * pixels[(y + i / 3) * 28 + x + i % 3] }
        // Nine products of numbers of at most 2.
        #expect(abs(found[y * 26 + x] - sum) < 1e-5, "\(x),\(y)")
      }
    }
  }

  @Test("a network that leaves the size open takes pictures as they are") func takesAnySize() throws
  {
    try place.make("edges.net", "Conv2d(1, 1, 3, kernels=[sobel-x])\n")
    try place.picture("lane.png", width: 64, height: 48)
    let outcome = try Command.run(
      ["activations", "edges.net", "lane.png", "--json"], in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json().first?["notes"]?.elements?.map(\.string) == ["colour → gray"])
    let layers = try place.json("lane.activations/values.json")["layers"]?.elements
    #expect(layers?.first?["shape"]?.ints == [1, 46, 62])
  }

  @Test("standard input is a picture too") func readsStandardInput() throws {
    let outcome = try Command.run(
      ["activations", "model.ckpt", "-", "--layers", "conv1"], in: place.path,
      input: place.data("digit.png"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.contains("standard input"))
    #expect(place.names(in: "stdin.activations").contains("01-conv1.png"))
  }

  @Test("the same files for any number of threads") func isDeterministic() throws {
    #expect(try run("digit.png", "--npy", "-o", "one", "--jobs", "1").status == 0)
    #expect(try run("digit.png", "--npy", "-o", "three", "--jobs", "3").status == 0)
    for name in place.names(in: "one") {
      #expect(try place.data("one/\(name)") == place.data("three/\(name)"), "\(name)")
    }
  }
}
