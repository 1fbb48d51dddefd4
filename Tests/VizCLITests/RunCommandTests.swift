import Foundation
import Testing
import VizCNN
import VizTestSupport

/// `vizcnn convert` and `vizcnn run`: the same numbers in every format.
@Suite("convert and run")
struct RunCommandTests {
  let place: Workplace

  init() throws {
    place = try Workplace.withNetwork()
    var random = SplitMix64(seed: 41)
    let values = (0..<784).map { _ in Float.random(in: -1...3, using: &random) }
    try place.save("x.npy", shape: [1, 28, 28], values)
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(words, in: place.path)
  }

  /// ONNX's TensorProto: fields 1 (lengths), 2 (1 is float32), 8 (name), 9 (bytes).
  private func savePB(_ file: String, _ name: String, shape: [Int], _ values: [Float]) throws {
    func varint(_ number: Int) -> [UInt8] {
      number < 128 ? [UInt8(number)] : [UInt8(number % 128 + 128)] + varint(number / 128)
    }
    let raw = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) }
    }
    var bytes: [UInt8] = shape.flatMap { [0x08] + varint($0) } + [0x10, 1]
    bytes += [0x42] + varint(name.utf8.count) + Array(name.utf8)
    bytes += [0x4A] + varint(raw.count) + raw
    try Data(bytes).write(to: URL(filePath: place[file]))
  }

  @Test("equal numbers from all formats") func convertsWithoutLoss() throws {
    #expect(try run("run", "model.ckpt", "--input", "x.npy").text == "model.outputs/output.npy\n")
    let expected = try place.floats("model.outputs/output.npy")
    #expect(expected.count == 10)
    #expect(try run("convert", "model.ckpt", "layers.net", "-q").text == "layers.net\n")
    for (source, target) in [
      ("model.ckpt", "m.onnx"), ("m.onnx", "again.ckpt"), ("again.ckpt", "again.onnx"),
      ("model.ckpt", "w.safetensors"),
    ] {
      let converted = try run("convert", source, target, "-q")
      #expect(converted.status == 0 && converted.text == "\(target)\n", "\(converted.errors)")
      let words = target == "w.safetensors" ? ["--net", "layers.net"] : []
      let outcome = try Command.run(
        ["run", target, "--input", "x.npy", "-o", "out"] + words, in: place.path)
      #expect(outcome.status == 0, "\(target): \(outcome.errors)")
      #expect(try place.floats("out/output.npy") == expected, "\(target)")
    }
  }

  @Test("what the network sees, written by --dump, gives what it says of the picture")
  func runsOnDumps() throws {
    let seen = try run(
      "activations", "model.ckpt", "digit.png", "--layers", "fc", "--dump", "seen.npy", "--npy")
    #expect(seen.status == 0, "\(seen.errors)")
    let outcome = try run("run", "model.ckpt", "--input", "seen.npy")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      try place.floats("model.outputs/output.npy") == place.floats("digit.activations/10-fc.npy"))
  }

  @Test("ONNX keeps how pictures become numbers, and what classes are called")
  func keepsInputsInONNX() throws {
    #expect(try run("convert", "model.ckpt", "m.onnx", "-q").status == 0)
    #expect(try run("convert", "m.onnx", "again.ckpt", "-q").status == 0)
    let expected = try run("predict", "model.ckpt", "digit.png", "dark.png")
    for name in ["m.onnx", "again.ckpt"] {
      let outcome = try run("predict", name, "digit.png", "dark.png", "-q")
      #expect(outcome.status == 0 && outcome.text == expected.text, "\(name): \(outcome.errors)")
    }
  }

  @Test("an input with a name in front is an input, too") func keepsNamedInputs() throws {
    try place.makeFolder("out")
    try place.copy("x.npy", to: "out/output.npy")
    for word in ["out/output.npy", "input=out/output.npy"] {
      let outcome = try run("run", "model.ckpt", "--input", word, "-o", "out", "--force")
      #expect(outcome.status == 5, "\(word): \(outcome.errors)")
      #expect(try place.data("out/output.npy") == place.data("x.npy"))
    }
  }

  @Test("a sketch has the layers with weights") func sketches() throws {
    #expect(try run("convert", "model.ckpt", "w.safetensors", "-q").status == 0)
    let bare = try run("layers", "w.safetensors")
    #expect(bare.status == 4 && bare.errors.contains("conv2.weight [16, 8, 3, 3]"))
    #expect(try run("convert", "w.safetensors", "--sketch", "w.net").text == "w.net\n")
    let lines = try place.text("w.net").split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      lines == [
        "conv1: Conv2d(1, 8, 3)", "conv2: Conv2d(8, 16, 3)", "conv3: Conv2d(16, 32, 3)",
        "fc: Linear(288, 10)",
      ])
    let printed = try run("convert", "w.safetensors", "--sketch", "-")
    #expect(try printed.status == 0 && printed.text == place.text("w.net"))
    #expect(!place.names(in: "").contains("-"))
  }

  @Test("values inside of the network are written when asked for") func writesLayers() throws {
    let outcome = try run(
      "run", "model.ckpt", "--input", "input=x.npy", "--layers", "conv1,relu1", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      try outcome.json().map { $0["shape"]?.ints } == [[1, 10], [1, 8, 26, 26], [1, 8, 26, 26]])
    let conv = try place.floats("model.outputs/conv1.npy")
    #expect(try place.floats("model.outputs/relu1.npy") == conv.map { max($0, 0) })
  }

  @Test("--check compares with what is expected: 0 where it agrees, 1 where not") func checks()
    throws
  {
    #expect(try run("run", "model.ckpt", "--input", "x.npy").status == 0)
    var expected = try place.floats("model.outputs/output.npy")
    let x = try place.floats("x.npy")
    try place.makeFolder("set")
    try savePB("set/input_0.pb", "input", shape: [1, 1, 28, 28], x)
    try savePB("set/output_0.pb", "output", shape: [1, 10], expected)
    let right = try run("run", "model.ckpt", "--check", "set")
    #expect(right.status == 0 && right.text.hasPrefix("equal  output [1, 10]"), "\(right.errors)")
    let largest = try #require(expected.map(abs).max())
    expected[3] += largest * 1e-3
    try savePB("set/output_0.pb", "output", shape: [1, 10], expected)
    let wrong = try run("run", "model.ckpt", "--check", "set")
    #expect(wrong.status == 1 && wrong.text.hasPrefix("DIFFERENT  output [1, 10]"))
    let report = try run("run", "model.ckpt", "--check", "set", "--json").json()
    #expect(report.first?["agrees"]?.bool == false)
    #expect(try run("run", "model.ckpt", "--check", "set", "--tolerance", "0.01").status == 0)
    try savePB("set/output_0.pb", "output", shape: [10], expected)
    #expect(try run("run", "model.ckpt", "--check", "set").status == 2)
  }

  @Test("the zoo's test folders agree", .needsData, arguments: ["mnist_8", "super_resolution_10"])
  func agreesWithTheZoo(_ name: String) throws {
    let folder = DataFolder.path("models/onnx-zoo/\(name)")
    let outcome = try run("run", "\(folder)/model.onnx", "--check", "\(folder)/test_data_set_0")
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
  }

  @Test("inputs that do not fit are told") func refusesInputs() throws {
    try place.save("wide.npy", shape: [1, 28, 27], [Float](repeating: 0, count: 756))
    for (words, message) in [
      (["--input", "wide.npy"], "the network expects [any, 1, 28, 28]"),
      (["--input", "y=x.npy"], "the network has no input 'y'"),
      (["--input", "x.npy", "--input", "x.npy"], "2 tensors for 1 input"),
      (["--input", "input=x.npy", "--input", "input=x.npy"], "given twice"),
      (["--input", "x.npy", "--layers", "nope"], "is called 'nope'"),
    ] {
      let outcome = try Command.run(["run", "model.ckpt"] + words, in: place.path)
      #expect(outcome.status == 2 && outcome.text == "", "\(words)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
    #expect(try run("run", "model.ckpt", "--input", "none.npy").status == 3)
    #expect(try run("run", "model.ckpt", "--input", "digit.png").status == 4)
  }
}
