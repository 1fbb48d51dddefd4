import Testing
import VizCheckpoint
import VizFiles
import VizNN
import VizTestSupport

@Suite("ONNX models")
struct ONNXTests {
  /// Models of make_onnx_fixtures.py that run, and of make_exporter_fixtures.py.
  static let names = [
    "encodings", "view", "old", "fixed-batch", "pads", "resize", "no-opset", "external",
    "dynamo-18", "dynamo-20", "dynamo-22", "group-norm-script", "group-norm-dynamo",
    "group-norm-21",
  ]

  /// Inputs and outputs by `model/input0`, as onnxruntime has them.
  private static func tensors() throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for file in ["onnx.safetensors", "exporters.safetensors"] {
      for tensor in try Safetensors(ByteRegion(Fixtures.bytes(file))).tensors {
        tensors[tensor.name] = tensor.tensor
      }
    }
    return tensors
  }

  /// The largest difference as a share of the largest number.
  static func difference(_ a: Tensor, _ b: Tensor) -> Float {
    guard a.shape == b.shape else { return .infinity }
    let largest = b.values.map(\.magnitude).max() ?? 0
    return zip(a.values, b.values).map { ($0 - $1).magnitude }.reduce(0, max) / max(largest, 1e-30)
  }

  @Test(
    "a model gives the numbers of onnxruntime, and so does what is exported of it",
    arguments: names)
  func equalsRuntime(_ name: String) throws {
    let tensors = try Self.tensors()
    let input = try #require(tensors["\(name)/input0"])
    let expected = try #require(tensors["\(name)/output0"])
    let model = try Checkpoint.read(Fixtures.path("\(name).onnx"))
    let again = try Checkpoint.read(ByteRegion(model.encoded(as: .onnx)), name: "again.onnx")
    let own = try Checkpoint.read(ByteRegion(model.encoded(as: .checkpoint)))
    for checkpoint in [model, again, own] {
      let network = checkpoint.network
      let output = try #require(
        network.forward([network.architecture.inputs[0].name: input]).outputs.values.first)
      // Sums of at most 36 products, in another order.
      #expect(Self.difference(output, expected) < 1e-5, "\(name)")
    }
  }

  @Test("a batch of one that the file fixes becomes any", arguments: ["fixed-batch", "old"])
  func freeBatch(_ name: String) throws {
    let network = try Checkpoint.read(Fixtures.path("\(name).onnx")).network
    let input = network.architecture.inputs[0]
    #expect(input.shape[0] == nil)
    let tensors = try Self.tensors()
    let one = try #require(tensors["\(name)/input0"])
    let two = Tensor(
      shape: one.shape.replacing(0, with: 2), values: one.values + one.values.map { -$0 })
    let output = try #require(network.forward([input.name: two]).outputs.values.first)
    #expect(output.shape == [2, 3])
    let expected = try #require(tensors["\(name)/output0"])
    #expect(Self.difference(output.element(0).reshaped(to: [1, 3]), expected) < 1e-5)
  }

  @Test("an open batch, and open sizes, of PyTorch's exporter stay open")
  func openLengths() throws {
    let batch = try Checkpoint.read(Fixtures.path("dynamo-20.onnx")).network
    #expect(batch.architecture.inputs[0].shape == [nil, 1, 4, 4])
    let sizes = try Checkpoint.read(Fixtures.path("dynamo-22.onnx")).network
    #expect(sizes.architecture.inputs[0].shape == [nil, 1, nil, nil])
    for (n, height, width) in [(1, 4, 4), (5, 9, 14)] {
      let input = Tensor(repeating: 1, shape: [n, 1, height, width])
      let output = try sizes.forward([sizes.architecture.inputs[0].name: input]).outputs.values
      #expect(output.map(\.shape) == [[n, 2, 2]])
    }
  }

  @Test("pictures of other sizes pass where arithmetic on shapes follows them")
  func otherSizes() throws {
    let network = try Checkpoint.read(Fixtures.path("resize.onnx")).network
    for (height, width) in [(6, 8), (10, 4), (32, 30)] {
      let input = Tensor(repeating: 1, shape: [1, 2, height, width])
      let output = try network.forward(["x": input]).outputs["y"]
      #expect(output?.shape == [1, 3, height, width])
    }
  }

  @Test("all unknown operators are named at once, each with a node")
  func unknownOperators() {
    #expect(
      throws: CheckpointError.unsupportedOperators([
        OperatorUse(name: "Einsum", node: "first"),
        OperatorUse(name: "com.microsoft.FusedConv", node: "third"),
      ])
    ) { try Checkpoint.read(Fixtures.path("unknown.onnx")) }
  }

  @Test("every prefix of every model is an error or a smaller model", arguments: names)
  func prefixes(_ name: String) throws {
    let bytes = try Fixtures.bytes("\(name).onnx")
    var failures = 0
    for count in 0..<bytes.count {
      do {
        _ = try Checkpoint.read(ByteRegion(Array(bytes[..<count])), name: "x.onnx")
      } catch {
        #expect(!"\(error)".isEmpty)
        failures += 1
      }
    }
    // A prefix that ends before the operator sets is a model without them.
    #expect(failures >= bytes.count - 2)
  }

  @Test("a changed byte is an error or another model, never a crash", arguments: names)
  func changedBytes(_ name: String) throws {
    var random = SplitMix64(seed: 5)
    var bytes = try Fixtures.bytes("\(name).onnx")
    for i in bytes.indices {
      let original = bytes[i]
      bytes[i] = UInt8.random(in: .min ... .max, using: &random)
      do {
        _ = try Checkpoint.read(ByteRegion(bytes), name: "x.onnx")
      } catch { #expect(!"\(error)".isEmpty) }
      bytes[i] = original
    }
  }
}

@Suite("Protobuf from outside")
struct ProtobufTests {
  private func read(_ bytes: [UInt8]) throws(CheckpointError) -> Checkpoint {
    try Checkpoint.read(ByteRegion(bytes), name: "x.onnx")
  }

  /// A field with the bytes of a message, text or list.
  private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var length = bytes.count
    var varint: [UInt8] = []
    repeat {
      varint.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
      length >>= 7
    } while length > 0
    return [number << 3 | 2] + varint + bytes
  }

  /// A graph that adds a weight of so many numbers, with its bytes in these fields, to its input.
  private func addition(_ raw: [[UInt8]], count: UInt8) -> [UInt8] {
    func value(_ name: String) -> [UInt8] {
      let shape = field(2, field(1, [0x08, 1]) + field(1, [0x08, count]))
      return field(1, Array(name.utf8)) + field(2, field(1, [0x08, 1] + shape))
    }
    let weight =
      raw.reduce([]) { $0 + field(9, $1) } + field(1, [1, count]) + [0x10, 1]
      + field(8, Array("w".utf8))
    let node =
      field(1, Array("x".utf8)) + field(1, Array("w".utf8)) + field(2, Array("y".utf8))
      + field(4, Array("Add".utf8))
    return field(
      7, field(5, weight) + field(1, node) + field(11, value("x")) + field(12, value("y")))
  }

  @Test("of a weight's bytes that a message has several times the last ones count")
  func repeatedBytes() throws {
    // Few enough to stay in the message, and so many that they do not.
    for count in [2, 100] {
      let fields = [Float(3), 4].map { number in
        (0..<count).flatMap { withUnsafeBytes(of: number + Float($0)) { [UInt8]($0) } }
      }
      let input = Tensor(repeating: 1, shape: [1, count])
      for raw in [[fields[1]], fields, [fields[0], [], fields[1]]] {
        let network = try read(addition(raw, count: UInt8(count))).network
        let output = try #require(network.forward(["x": input]).outputs["y"])
        #expect(output.values == (0..<count).map { 5 + Float($0) }, "\(raw.count), \(count)")
      }
      for raw in [[fields[0], []], [[UInt8](fields[0].dropLast())]] {
        #expect(throws: CheckpointError.self) { try read(addition(raw, count: UInt8(count))) }
      }
    }
  }

  @Test("millions of empty messages are refused before memory is taken")
  func emptyMessages() {
    let nodes = [UInt8](repeating: 0, count: 5_000_000).enumerated().map { i, _ in
      i.isMultiple(of: 2) ? 0x0A as UInt8 : 0
    }
    do {
      _ = try read(field(7, nodes))
      Issue.record("was read")
    } catch {
      guard case .tooLarge = error else { Issue.record("\(error)"); return }
    }
  }

  @Test("constants that double with every node are refused before they fill the memory")
  func doubling() {
    let values =
      field(1, [2]) + [0x10, 7] + field(8, Array("c0".utf8))
      + field(9, [UInt8](repeating: 1, count: 16))
    let axis = field(5, field(1, Array("axis".utf8)) + [0x18, 0, 0xA0, 0x01, 2])
    var graph = field(5, values)
    for i in 0..<60 {
      let (source, target) = (Array("c\(i)".utf8), Array("c\(i + 1)".utf8))
      graph += field(
        1,
        field(1, source) + field(1, source) + field(2, target) + field(4, Array("Concat".utf8))
          + axis)
    }
    do {
      _ = try read(field(7, graph))
      Issue.record("was read")
    } catch {
      guard case .tooLarge(_, let found, let limit) = error else {
        Issue.record("\(error)")
        return
      }
      // 2²⁴ and some are 128 MiB of whole numbers.
      #expect(limit <= 1 << 25 && found <= 1 << 26, "\(error)")
    }
  }

  @Test("graphs within graphs without end are refused")
  func nesting() {
    var graph: [UInt8] = []
    for _ in 0..<1000 { graph = field(1, field(5, field(6, graph))) }
    do {
      _ = try read(field(7, graph))
      Issue.record("was read")
    } catch {
      guard case .tooLarge = error else { Issue.record("\(error)"); return }
    }
  }

  @Test(
    "weights outside of the model's folder are refused",
    arguments: [
      "/etc/passwd", "../secret", "a/../../b", "", "a\0b",
    ])
  func externalPaths(_ path: String) {
    let entry = field(1, Array("location".utf8)) + field(2, Array(path.utf8))
    let tensor: [UInt8] =
      field(1, [1]) + [0x10, 1] + field(8, Array("w".utf8)) + field(13, entry) + [0x70, 1]
    let node = field(1, Array("w".utf8)) + field(2, Array("y".utf8)) + field(4, Array("Relu".utf8))
    #expect(throws: CheckpointError.self) {
      try Checkpoint.read(
        ByteRegion(field(7, field(1, node) + field(5, tensor))), name: "x.onnx"
      ) { (location) throws(CheckpointError) in
        Issue.record("\(location) was opened")
        return ByteRegion([0, 0, 0, 0])
      }
    }
  }

  @Test(
    "a shape that overflows, or has no numbers for it, is refused",
    arguments: [
      [255, 255, 255, 255, 255, 255, 255, 255, 127], [128, 128, 128, 128, 4],
      [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
    ] as [[UInt8]])
  func shapes(_ length: [UInt8]) {
    let dims = field(1, length + length)
    let tensor = dims + [0x10, 1] + field(8, Array("w".utf8))
    let node = field(1, Array("w".utf8)) + field(2, Array("y".utf8)) + field(4, Array("Relu".utf8))
    #expect(throws: CheckpointError.self) {
      try read(field(7, field(1, node) + field(5, tensor)))
    }
  }
}
