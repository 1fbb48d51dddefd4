import Testing
import VizCheckpoint
import VizFiles
import VizInput
import VizNN
import VizTestSupport

@Suite("Checkpoints")
struct CheckpointTests {
  private static let text = """
    conv1: Conv2d(1, 2, 3, padding=1)
    norm1: BatchNorm2d(2)
    act: LeakyReLU(0.1)
    skip: Conv2d(1, 2, 1, bias=False)(input)
    sum: add(act, skip)
    flatten: Flatten()
    fc1: Linear(32, 3)
    """

  private func checkpoint() throws -> Checkpoint {
    let architecture = try NetText(Self.text).architecture(inputShape: [1, 4, 4])
    var random = SplitMix64(seed: 9)
    var parameters: [String: Tensor] = [:]
    for parameter in architecture.parameterShapes {
      parameters[parameter.name] = Tensor(
        shape: parameter.shape,
        values: (0..<parameter.shape.count).map { _ in Float.random(in: 0.1...1, using: &random) })
    }
    return Checkpoint(
      network: try Network(architecture, parameters: parameters),
      input: InputDescription(
        channels: 1, height: 4, width: 4, resizeSide: 6, range: 0...255, mean: [0.1307],
        standardDeviation: [0.3081], isLightOnDark: true),
      classNames: ["ant", "bee \"b\"", "œuf"],
      history: [["epoch": 1, "loss": 0.5], ["epoch": 2, "loss": 0.25, "accuracy": 0.9]])
  }

  @Test("what is written is read again, bit by bit")
  func roundTrip() throws {
    let original = try checkpoint()
    let scratch = Scratch()
    try original.write(to: scratch["model.ckpt"], format: .checkpoint)
    let read = try Checkpoint.read(scratch["model.ckpt"])
    #expect(read.network.parameters == original.network.parameters)
    #expect(read.input == original.input)
    #expect(read.classNames == original.classNames)
    #expect(read.history == original.history)
    #expect(try read.encoded(as: .checkpoint) == original.encoded(as: .checkpoint))
    #expect(try FileContents.read(scratch["model.ckpt"]) == original.encoded(as: .checkpoint))
  }

  @Test("both sides to resize to are kept, and checked")
  func givenSize() throws {
    var original = try checkpoint()
    var input = try #require(original.input)
    (input.resizeSide, input.resizeSize) = (nil, InputSize(width: 9, height: 7))
    original = Checkpoint(network: original.network, input: input)
    let bytes = try original.encoded(as: .checkpoint)
    #expect(try Checkpoint.read(ByteRegion(bytes)).input == input)
    for wrong in ["[7]", "[7,0]", "[7,9,9]", "[7,null,9]", "[7,\"9\"]", "\"7\""] {
      let changed = Self.changed(bytes, "\"resize\":[7,9]", to: "\"resize\":\(wrong)")
      #expect(throws: CheckpointError.self, "\(wrong)") { try Checkpoint.read(changed) }
    }
  }

  @Test("a description without what came later is read as before")
  func olderInput() throws {
    let bytes = try checkpoint().encoded(as: .checkpoint)
    let read = try Checkpoint.read(
      Self.changed(bytes, ",\"resize\":6,\"light_on_dark\":true", to: ""))
    #expect(read.input?.resizeSide == nil)
    #expect(read.input?.isLightOnDark == false)
    #expect(read.input?.mean == [0.1307])
  }

  /// The file with another description of its network, as a program writes it that knows of no check sums.
  private static func changed(
    _ bytes: [UInt8], _ what: String, to other: String
  ) -> ByteRegion {
    let length = Int(bytes[0]) | Int(bytes[1]) << 8
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    let escaped = { (text: String) in text.replacing("\"", with: "\\\"") }
    let described = header.replacing(escaped(what), with: escaped(other))
    #expect(described != header, "\(what) is in the header")
    let changed = described.replacing("\"vizcnn_crc32\":", with: "\"other\":")
    return ByteRegion(
      ZipBuilder.number(UInt64(changed.utf8.count)) + Array(changed.utf8) + bytes[(8 + length)...])
  }

  @Test("safetensors and text together are the checkpoint again")
  func parts() throws {
    let original = try checkpoint()
    let text = String(decoding: try original.encoded(as: .text), as: UTF8.self)
    let weights = ByteRegion(try original.encoded(as: .safetensors))
    let options = CheckpointOptions(architecture: .text(text), inputShape: [1, 4, 4])
    let read = try Checkpoint.read(weights, options: options)
    #expect(read.network.parameters == original.network.parameters)
    #expect(
      read.network.architecture.nodes.map(\.layer.text)
        == original.network.architecture.nodes.map(\.layer.text))
  }

  @Test("all missing, unexpected and misshapen tensors are told at once")
  func mismatch() throws {
    let weights = ByteRegion(try checkpoint().encoded(as: .safetensors))
    let text = Self.text.replacing("fc1: Linear(32, 3)", with: "fc2: Linear(32, 3)")
      .replacing("padding=1", with: "padding=1, bias=False")
      .replacing("BatchNorm2d(2)", with: "BatchNorm2d(2, affine=False)")
      .replacing("skip: Conv2d(1, 2, 1", with: "skip: Conv2d(1, 2, 3, padding=1")
    do {
      _ = try Checkpoint.read(weights, options: CheckpointOptions(architecture: .text(text)))
      Issue.record("was read")
    } catch {
      for name in [
        "fc2.weight", "fc2.bias", "fc1.weight", "fc1.bias", "conv1.bias", "norm1.weight",
        "norm1.bias", "skip.weight", "[2, 1, 1, 1]", "[2, 1, 3, 3]",
      ] { #expect("\(error)".contains(name), "\(name) in \(error)") }
    }
  }

  @Test("other names are matched by order and shape, and that is said")
  func order() throws {
    let names = CheckpointOptions(
      architecture: .text("a: Conv2d(1, 2, 3)\nb: BatchNorm2d(2)\nFlatten()\nc: Linear(2, 3)"))
    for file in ["zip.pt", "legacy.pt", "parallel.pt", "lightning.ckpt"] {
      let read = try Checkpoint.read(Fixtures.path(file), options: names)
      #expect(read.notes.contains { $0.contains("order and shape") }, "\(file)")
      let stored = try WeightFile(ByteRegion(Fixtures.bytes(file))).tensors
      let norm = try #require(stored.first { $0.name.hasSuffix("norm1.running_mean") })
      #expect(read.network.parameters["b.running_mean"] == norm.tensor)
    }
  }

  @Test("prefixes of DataParallel and Lightning go")
  func prefixes() throws {
    let text = "conv1: Conv2d(1, 2, 3)\nnorm1: BatchNorm2d(2)\nFlatten()\nfc1: Linear(2, 3)"
    for file in ["parallel.pt", "lightning.ckpt", "half.pt", "model-key.pt"] {
      let read = try Checkpoint.read(
        Fixtures.path(file), options: CheckpointOptions(architecture: .text(text)))
      #expect(read.notes.isEmpty, "\(file): \(read.notes)")
    }
  }

  @Test(
    "a pickled Sequential brings its layers, and gives torch's numbers",
    arguments: ["sequential.pt", "sequential-legacy.pt", "parallel-module.pt"])
  func sequential(_ file: String) throws {
    let read = try Checkpoint.read(Fixtures.path(file))
    let numbers = try #require(Fixtures.expected()["sequential.pt:output"])
    let (input, output) = (try #require(numbers["input"]), try #require(numbers["output"]))
    let result = try read.network.forward([
      "input": Tensor(shape: Shape(input.shape), values: input.values)
    ]).outputs["output"]
    let expected = Tensor(shape: Shape(output.shape), values: output.values)
    // Sums of at most nine products in another order.
    #expect(try ONNXTests.difference(#require(result), expected) < 1e-6)
  }

  @Test("all layers of a pickled Sequential that are none here are told, with their places")
  func unsupportedModules() {
    do {
      _ = try Checkpoint.read(Fixtures.path("unsupported.pt"))
      Issue.record("was read")
    } catch {
      for part in [
        "0 (Conv2d: argument 'padding_mode' is 'reflect'", "1 (GLU)", "3 (Bilinear)",
        "4.1 (Upsample: argument 'mode' is 'area'",
        "5 (ModuleList: only its own code knows how its parts are joined)",
      ] { #expect("\(error)".contains(part), "\(part) in \(error)") }
      #expect(!"\(error)".contains("2 (GroupNorm"), "\(error)")
      #expect(error.hint?.contains("torch.onnx.export") == true)
    }
  }

  @Test("what is wrong with the text of the layers is not said of the weights")
  func wrongText() {
    for (name, start) in [
      ("x.net", "x.net, line 2: "), (nil, "the text with its layers, line 2: "),
    ] {
      let text = ArchitectureSource.text("ReLU()\nConv9d(1)", name: name)
      do {
        _ = try Checkpoint.read(
          Fixtures.path("zip.pt"), options: CheckpointOptions(architecture: text))
        Issue.record("was read")
      } catch { #expect("\(error)".hasPrefix(start), "\(error)") }
    }
  }

  @Test("layers around which there is a class of its own are joined by a guess, and that is said")
  func guessedOrder() throws {
    let inner = "(conv1): Conv2d(1, 2, 3)\n(norm1): BatchNorm2d(2)\nFlatten()\n(fc1): Linear(2, 3)"
    for (text, isGuess) in [
      ("Small(\n\(inner)\n)", true), ("Sequential(\n\(inner)\n)", false), (inner, false),
      ("Sequential(\nBlock(\n\(inner)\n)\n)", true),
    ] {
      let read = try Checkpoint.read(
        Fixtures.path("zip.pt"), options: CheckpointOptions(architecture: .text(text)))
      #expect(read.notes.contains { $0.contains("is a guess") } == isGuess, "\(read.notes)")
    }
  }

  /// A file of safetensors that lists its tensors by name, as Python's writer does.
  private static func sorted(_ parameters: [String: Tensor]) -> [UInt8] {
    var (members, numbers) = ([String](), [UInt8]())
    for (name, tensor) in parameters.sorted(by: { $0.key < $1.key }) {
      let start = numbers.count
      for value in tensor.values { numbers += ZipBuilder.number(value.bitPattern) }
      members.append(
        "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape.dimensions),"
          + "\"data_offsets\":[\(start),\(numbers.count)]}")
    }
    let header = Array("{\(members.joined(separator: ","))}".utf8)
    return ZipBuilder.number(UInt64(header.count)) + header + numbers
  }

  private static let sortedText = """
    features.2.conv: Conv2d(1, 4, 3)
    features.2.norm: BatchNorm2d(4)
    features.10.conv: Conv2d(4, 4, 3)
    features.11.conv: Conv2d(4, 4, 3)
    flatten: Flatten()
    classifier.fc: Linear(4, 6)
    a.out: Linear(6, 5)
    """

  @Test("names in the order of the alphabet are matched by shape, those alike by their numbers")
  func alphabet() throws {
    let nested = try NetText(Self.sortedText).architecture()
    var random = SplitMix64(seed: 12)
    var parameters: [String: Tensor] = [:]
    for parameter in nested.parameterShapes {
      let values = (0..<parameter.shape.count).map { _ in Float.random(in: 0.1...1, using: &random)
      }
      parameters[parameter.name] = Tensor(shape: parameter.shape, values: values)
    }
    let weights = Self.sorted(parameters)
    let flat = Self.sortedText.split(separator: "\n").map { String($0.split(separator: ": ")[1]) }
    let read = try Checkpoint.read(
      ByteRegion(weights),
      options: CheckpointOptions(architecture: .text(flat.joined(separator: "\n"))))
    #expect(read.notes.contains { $0.contains("by shape") }, "\(read.notes)")
    for (own, given) in zip(read.network.architecture.parameterShapes, nested.parameterShapes) {
      #expect(read.network.parameters[own.name] == parameters[given.name], "\(own.name)")
    }
  }

  @Test("modules that are alike, with names that say no order, are not matched")
  func twins() throws {
    let nested = try NetText("late: Linear(3, 3)\nearly: Linear(3, 3)\na: Linear(3, 2)")
      .architecture()
    let parameters = Dictionary(
      uniqueKeysWithValues: nested.parameterShapes.map {
        ($0.name, Tensor(repeating: 1, shape: $0.shape))
      })
    let weights = Self.sorted(parameters)
    let flat = ArchitectureSource.text("Linear(3, 3)\nLinear(3, 3)\nLinear(3, 2)")
    #expect(throws: CheckpointError.self) {
      try Checkpoint.read(ByteRegion(weights), options: CheckpointOptions(architecture: flat))
    }
  }

  @Test("weights without a network are an error that lists them and shows the way out")
  func unknown() {
    do {
      _ = try Checkpoint.read(Fixtures.path("zip.pt"))
      Issue.record("was read")
    } catch {
      #expect("\(error)".contains("conv1.weight [2, 1, 3, 3]"))
      #expect(error.hint?.contains("--sketch") == true)
    }
  }

  @Test(
    "what is no network at all is called what it is",
    arguments: [
      ("\u{89}PNG\r\n", "a PNG picture"), ("", "an empty file"),
      ("import torch\n\nmodel = …", "a text that begins with 'import torch'"),
    ])
  func otherFiles(_ start: String, _ kind: String) {
    let isPNG = start.hasPrefix("\u{89}")
    let rest: [UInt8] = start.isEmpty ? [] : isPNG ? [26, 10, 0, 0, 0, 13] : []
    let text = start.replacing("…", with: "...")
    let bytes = (isPNG ? [0x89] + Array(text.utf8.dropFirst(2)) : Array(text.utf8)) + rest
    for name in ["x.onnx", "x.pt", "x.ckpt", "x.safetensors"] {
      do {
        _ = try Checkpoint.read(ByteRegion(bytes), name: name)
        Issue.record("\(name) was read")
      } catch {
        #expect("\(error)".contains(kind), "\(name): \(error)")
        #expect("\(error)".contains("not an ONNX model") == (name == "x.onnx"), "\(error)")
      }
    }
  }

  @Test("a JPEG picture is called one") func jpeg() {
    #expect(throws: CheckpointError.unknownFormat(found: "a JPEG picture, not an ONNX model")) {
      try Checkpoint.read(ByteRegion([0xFF, 0xD8, 0xFF, 0xE0, 0, 16]), name: "x.onnx")
    }
  }

  @Test("a file of PyTorch's that was cut off says so, with how many bytes there are")
  func cutOff() throws {
    let bytes = try Fixtures.bytes("zip.pt")
    for count in [100, bytes.count / 2, bytes.count - 1] {
      do {
        _ = try Checkpoint.read(ByteRegion(Array(bytes[..<count])), name: "x.pt")
        Issue.record("was read")
      } catch {
        #expect("\(error)".contains("damaged or cut off") && "\(error)".contains("\(count)"))
        #expect(error.hint?.contains("cut off") == true)
      }
    }
  }

  @Test("every prefix of a checkpoint is an error")
  func truncation() throws {
    let bytes = try checkpoint().encoded(as: .checkpoint)
    for count in 0..<bytes.count {
      #expect(throws: CheckpointError.self) {
        try Checkpoint.read(ByteRegion(Array(bytes[..<count])))
      }
    }
  }

  @Test(
    "descriptions that break the rules are refused with the reason",
    arguments: [
      ("\"version\":1", "\"version\":2", "version 2"),
      ("\"version\":1", "\"version\":\"1\"", "a version"),
      ("\"nodes\":", "\"knots\":", "inputs, nodes and outputs"),
      ("Conv2d(", "Conv9d(", "no layer is called 'Conv9d'"),
      ("LeakyReLU(negative_slope=0.1)", "ReLU(); ReLU()", "one layer"),
      ("\"inputs\":[\"act\",\"skip\"]", "\"inputs\":[\"act\",\"what\"]", "'what'"),
      ("\"channels\":1", "\"channels\":0", "an input of"),
      ("\"std\":[0.3081]", "\"std\":[0]", "an input of"),
      ("\"resize\":6", "\"resize\":0", "a side, or height and width, to resize to"),
      ("\"resize\":6", "\"resize\":\"6\"", "a side, or height and width, to resize to"),
      ("\"light_on_dark\":true", "\"light_on_dark\":1", "true or false"),
      ("\"classes\":[\"ant\"", "\"classes\":[1", "names of classes"),
      ("\"shape\":[null,1", "\"shape\":[null,-1", "lengths of an input"),
      ("out_features=3", "out_features=4", "fc1.weight"),
    ])
  func brokenDescription(_ what: String, _ other: String, _ reason: String) throws {
    let bytes = try checkpoint().encoded(as: .checkpoint)
    do {
      _ = try Checkpoint.read(Self.changed(bytes, what, to: other))
      Issue.record("was read")
    } catch { #expect("\(error)".contains(reason), "\(error)") }
  }
}
