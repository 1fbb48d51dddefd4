import Foundation
import Testing
import VizCNN

@Suite("vizcnn capsules")
struct CapsulesCommandTests {
  private let place: Workplace

  /// Capsules for 8×8 pictures of four classes.
  private static let net = """
    conv1: Conv2d(1, 8, 3)
    relu: ReLU()
    conv2: Conv2d(8, 8, 3, stride=2)
    primary: PrimaryCapsules(4)
    classes: CapsuleRouting(8, 4, 4, 6)
    lengths: CapsuleLength()
    mask: CapsuleMask()(classes)
    fc: Linear(24, 64)
    sigmoid: Sigmoid()
    Output(lengths, reconstruction=sigmoid)
    """

  init() throws {
    place = try Workplace()
    try place.make("caps.net", Self.net + "\n")
    try place.make("plain.net", "flatten: Flatten()\nfc: Linear(64, 4)\n")
    for label in 0..<4 {
      let folder = "photos/train/row\(label)"
      try FileManager.default.createDirectory(
        atPath: place[folder], withIntermediateDirectories: true)
      for n in 0..<20 { try picture("\(folder)/\(n).png", label: label, n) }
    }
  }

  /// A bright row on noise.
  private func picture(_ name: String, label: Int, _ n: Int) throws {
    let samples = (0..<64).map { i -> UInt8 in
      UInt8((i &* 37 &+ n &* 91 &+ label &* 13) % 50) + (i / 8 == label * 2 ? 180 : 0)
    }
    let image = Image(width: 8, height: 8, layout: .gray, samples: samples)
    try Data(ImageEncoder.encode(image, as: .png)).write(to: URL(filePath: place[name]))
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(words, in: place.path)
  }

  private func train(_ net: String, _ epochs: Int) throws {
    let outcome = try run(
      "train", "--data", "folder:photos", "--net", net, "-o", "model.ckpt", "--epochs",
      "\(epochs)", "--batch-size", "8", "--lr", "0.01", "--validation", "0", "-q")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test("a capsule network learns, says classes by lengths, and draws what it keeps")
  func draws() throws {
    try train("caps.net", 12)
    let evaluated = try run(
      "evaluate", "model.ckpt", "--data", "folder:photos", "--training", "--json")
    let accuracy = try JSONValue(json: Array(evaluated.output))["accuracy"]?.number
    #expect(try #require(accuracy) > 0.95)

    let outcome = try run(
      "capsules", "model.ckpt", "photos/train/row2/3.png", "--json", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try JSONValue(json: Array(outcome.output))
    #expect(json["class"]?.string == "row2")
    let lengths = (json["lengths"]?.elements ?? []).compactMap(\.number)
    #expect(lengths.count == 4 && lengths[2] > 0.5 && lengths.allSatisfy { 0..<1 ~= $0 })
    #expect(json["pose"]?.elements?.count == 6)
    // A picture of noise and a row is drawn nearer than a gray one would be.
    #expect(try #require(json["distance"]?.number) < 0.3)
    let pair = try place.image("out/reconstruction.png")
    let sheet = try place.image("out/dimensions.png")
    #expect(pair.width > 560 && sheet.width > 11 * 56 && sheet.height > 6 * 56)

    let told = try run("predict", "model.ckpt", "photos/train/row2/3.png", "--json")
    let top = try JSONValue(json: Array(told.output))["top"]?.elements?.first
    #expect(top?["name"]?.string == "row2")
    // A length is the probability, as it is.
    #expect(abs((top?["probability"]?.number ?? 0) - lengths[2]) < 1e-6)

    let listed = try run("layers", "model.ckpt")
    #expect(listed.text.contains("CapsuleRouting") && listed.status == 0)
    #expect(try run("activations", "model.ckpt", "photos/train/row2/3.png").status == 0)
  }

  @Test("several pictures get a folder each; a foreign file stays")
  func batch() throws {
    try train("caps.net", 1)
    let outcome = try run(
      "capsules", "model.ckpt", "photos/train/row0/1.png", "photos/train/row1/2.png", "-o", "many")
    #expect(
      outcome.lines.filter { !$0.contains(": ") } == [
        "many/1.capsules/reconstruction.png", "many/1.capsules/dimensions.png",
        "many/2.capsules/reconstruction.png", "many/2.capsules/dimensions.png",
      ])
    let told = outcome.lines.filter { $0.contains(": class row") && $0.contains(", length 0.") }
    #expect(told.count == 2 && told[1].hasPrefix("photos/train/row1/2.png: "), "\(outcome.text)")
    try FileManager.default.createDirectory(
      atPath: place["own"], withIntermediateDirectories: true)
    try place.make("own/dimensions.png", "mine")
    let refused = try run("capsules", "model.ckpt", "photos/train/row0/1.png", "-o", "own")
    #expect(refused.status == 5, "\(refused.errors)")
  }

  @Test("a network without capsules is told, as one whose second output draws nothing")
  func refusals() throws {
    try train("plain.net", 1)
    let outcome = try run("capsules", "model.ckpt", "photos/train/row0/1.png")
    #expect(outcome.status == 2 && outcome.errors.contains("CapsuleMask"), "\(outcome.errors)")
    try place.make(
      "wrong.net",
      Self.net.replacingOccurrences(of: "fc: Linear(24, 64)", with: "fc: Linear(24, 63)"))
    let wrong = try run(
      "train", "--data", "folder:photos", "--net", "wrong.net", "-o", "x.ckpt")
    #expect(wrong.status == 2 && wrong.errors.contains("draws the input"), "\(wrong.errors)")
    let normalized = try run(
      "train", "--data", "folder:photos", "--net", "caps.net", "-o", "x.ckpt", "--augment",
      "Normalize(0.5, 0.5)")
    #expect(normalized.status == 2 && normalized.errors.contains("leave Normalize out"))
    let small = try run(
      "train", "--data", "folder:photos", "--net", "cnn", "--small", "-o", "x.ckpt")
    #expect(small.status == 2 && small.errors.contains("--net capsnet"), "\(small.errors)")
    let tiny = try run("train", "--data", "folder:photos", "--net", "capsnet", "-o", "x.ckpt")
    #expect(tiny.status == 2 && tiny.errors.contains("17×17"), "\(tiny.errors)")
  }
}
