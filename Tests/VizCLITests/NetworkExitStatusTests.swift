import Foundation
import Testing
import VizCNN

/// What the verbs of networks end with when something is wrong, and what they leave alone.
@Suite("Networks: exit status and files")
struct NetworkExitStatusTests {
  let place: Workplace

  init() throws {
    place = try Workplace.withNetwork()
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(words, in: place.path)
  }

  @Test(
    "2: usage",
    arguments: [
      "activations", "activations model.ckpt", "activations model.ckpt - -",
      "activations model.ckpt digit.png --layers cnv1",
      "activations model.ckpt digit.png --layers x*",
      "activations model.ckpt digit.png --scale all",
      "activations model.ckpt digit.png --colormap virids",
      "activations model.ckpt digit.png --columns 0",
      "activations model.ckpt digit.png --padding 2",
      "activations model.ckpt digit.png --style torchvision --colormap magma",
      "activations model.ckpt digit.png dark.png --dump d.npy",
      "activations model.ckpt digit.png digit.png",
      "activations model.ckpt digit.png --invert maybe",
      "activations model.ckpt digit.png --preprocess imagenett",
      "activations model.ckpt digit.png --size 0", "activations model.ckpt digit.png --size 5",
      "activations model.ckpt digit.png --std 0", "activations model.ckpt digit.png --mean 1,2",
      "activations model.ckpt digit.png --range 1..1", "activations model.ckpt empty/",
      "kernels", "kernels model.ckpt digit.png", "kernels model.ckpt --layers relu1",
      "layers", "layers --net vgg99", "layers model.ckpt --input-shape 3x28",
      "layers model.ckpt --input-shape 0x28x28", "layers model.ckpt --input-shape 1x64x64",
      "predict model.ckpt", "predict model.ckpt digit.png --top 0",
      "trace model.ckpt digit.png", "trace model.ckpt digit.png conv2",
      "trace --sobel-x model.ckpt digit.png conv1/0,0,0",
      "convert model.ckpt", "convert model.ckpt x.foo", "convert model.ckpt x.pt",
      "convert model.ckpt a.onnx --sketch b.net", "run model.ckpt",
      "run model.ckpt --check empty", "run model.ckpt --check empty --input x.npy",
      "run model.ckpt --input x.npy --tolerance x", "activation model.ckpt digit.png",
    ])
  func refusesMistakes(_ line: String) throws {
    try place.makeFolder("empty")
    let before = place.names
    let outcome = try Command.run(
      line.split(separator: " ").map(String.init), in: place.path, input: place.data("digit.png"))
    #expect(outcome.status == 2, "\(outcome.text)\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("error: ") && outcome.text == "")
    #expect(place.names == before)
  }

  @Test(
    "3 and 4: models that are missing, or no models",
    arguments: ["activations", "kernels", "layers", "predict", "trace", "convert", "run"])
  func refusesModels(_ verb: String) throws {
    let whole = try place.data("model.ckpt")
    for (name, count) in [("start.ckpt", 100), ("part.ckpt", whole.count - 100), ("none.ckpt", 0)] {
      try whole.prefix(count).write(to: URL(filePath: place[name]))
    }
    try place.make("words.ckpt", "these are words")
    // An empty zip archive: the record that ends it.
    try Data([0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18))
      .write(to: URL(filePath: place["empty.pt"]))
    try place.makeFolder("folder.ckpt")
    let rest: [String] =
      switch verb {
      case "activations", "predict": ["digit.png"]
      case "trace": ["digit.png", "conv1/0,0,0"]
      case "convert": ["out.onnx"]
      case "run": ["--input", "x.npy"]
      default: []
      }
    let before = place.names
    for (name, status) in [
      ("start.ckpt", 4), ("part.ckpt", 4), ("none.ckpt", 4), ("words.ckpt", 4), ("empty.pt", 4),
      ("digit.png", 4), ("folder.ckpt", 3), ("missing.ckpt", 3), ("missing.net", 3),
    ] {
      let outcome = try Command.run([verb, name] + rest, in: place.path)
      #expect(Int(outcome.status) == status, "\(name): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("error: \(name): ") && outcome.text == "")
    }
    #expect(place.names == before)
  }

  @Test("every part of a checkpoint is refused as such") func refusesParts() throws {
    let whole = try place.data("model.ckpt")
    for count in stride(from: 0, to: whole.count, by: 997) {
      try whole.prefix(count).write(to: URL(filePath: place["part.ckpt"]))
      let outcome = try run("layers", "part.ckpt")
      #expect(outcome.status == 4 && !outcome.isKilled, "\(count) bytes: \(outcome.errors)")
    }
  }

  @Test("3 and 4: pictures that are missing, or none") func refusesPictures() throws {
    for verb in ["activations", "predict"] {
      #expect(try run(verb, "model.ckpt", "missing.png").status == 3)
      let outcome = try run(verb, "model.ckpt", "model.ckpt")
      #expect(outcome.status == 4)
      #expect(outcome.errors.contains("error: model.ckpt: not a picture that can be read"))
    }
    #expect(try run("trace", "model.ckpt", "missing.png", "conv1/0,0,0").status == 3)
    #expect(try run("trace", "model.ckpt", "model.ckpt", "conv1/0,0,0").status == 4)
    #expect(!place.names.contains { $0.hasSuffix(".activations") })
  }

  @Test("5: inputs and files of others stay") func keepsFiles() throws {
    let (model, digit) = try (place.data("model.ckpt"), place.data("digit.png"))
    try FileManager.default.linkItem(atPath: place["model.ckpt"], toPath: place["same.ckpt"])
    for words in [
      ["convert", "model.ckpt", "model.ckpt", "--force"],
      ["convert", "model.ckpt", "same.ckpt", "--force"],
      ["activations", "model.ckpt", "digit.png", "--dump", "digit.png", "--force"],
      ["activations", "model.ckpt", "digit.png", "--dump", "model.ckpt", "--force"],
    ] {
      let outcome = try Command.run(words, in: place.path)
      #expect(outcome.status == 5, "\(words): \(outcome.errors)")
      #expect(outcome.errors.contains("is an input and is never overwritten"))
    }
    #expect(try place.data("model.ckpt") == model && place.data("digit.png") == digit)
    for (words, file) in [
      (["convert", "model.ckpt", "theirs.onnx"], "theirs.onnx"),
      (["convert", "model.ckpt", "--sketch", "theirs.net"], "theirs.net"),
      (["activations", "model.ckpt", "digit.png", "--dump", "theirs.npy"], "theirs.npy"),
      (["activations", "model.ckpt", "digit.png", "-o", "out"], "out/01-conv1.png"),
      (["kernels", "model.ckpt", "-o", "kernels"], "kernels/values.json"),
      (["kernels", "model.ckpt", "-o", "page"], "page/index.html"),
    ] {
      if file.contains("/") { try place.makeFolder(String(file.split(separator: "/")[0])) }
      try place.make(file, "precious")
      let outcome = try Command.run(words, in: place.path)
      #expect(outcome.status == 5, "\(words): \(outcome.errors)")
      #expect(try place.text(file) == "precious")
      // Nothing is written where not all can be.
      if let folder = file.split(separator: "/").dropLast().first {
        #expect(place.names(in: String(folder)).count == 1, "\(words)")
      }
      let forced = try Command.run(words + ["--force"], in: place.path)
      #expect(forced.status == 0, "\(words): \(forced.errors)")
      #expect(try place.text(file) != "precious")
      // By now it is a result of ours.
      #expect(try Command.run(words, in: place.path).status == 0, "\(words)")
    }
  }

  @Test("7: folders that may not be written") func failsToWrite() throws {
    try FileManager.default.createDirectory(
      atPath: place["locked"], withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o555])
    try FileManager.default.copyItem(atPath: Command.path, toPath: place["vizcnn"])
    let user = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    for words in [
      "activations model.ckpt digit.png -o locked/a", "kernels model.ckpt -o locked/k",
      "convert model.ckpt locked/m.onnx",
    ] {
      let outcome = try Command.shell("\(user)./vizcnn \(words)", in: place.path)
      #expect(outcome.status == 7, "\(words): \(outcome.errors)")
      #expect(outcome.errors.contains("permission denied"))
    }
    #expect(place.names(in: "locked") == [])
  }
}
