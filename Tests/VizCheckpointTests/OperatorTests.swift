import Testing
import VizCheckpoint
import VizNN

/// Operators of ONNX as `Fixtures/make_operator_fixtures.py` wrote them, for sets from 6 to 18.
struct OperatorCase: Sendable {
  let name: String
  let model: [UInt8]
  let inputs: [Tensor]
  let outputs: [Tensor]

  static func all() throws -> [OperatorCase] {
    let file = try Safetensors(ByteRegion(Fixtures.bytes("operators.safetensors")))
    let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
    func numbered(_ prefix: String) -> [Tensor] {
      var found: [Tensor] = []
      while let tensor = tensors["\(prefix)\(found.count)"] {
        let shared = tensor.ints?.first.flatMap { tensors["shared\($0)"] }
        found.append((shared ?? tensor).tensor)
      }
      return found
    }
    return file.tensors.compactMap { tensor in
      guard tensor.name.hasSuffix("/model") else { return nil }
      let name = String(tensor.name.dropLast(6))
      return OperatorCase(
        name: name, model: (tensor.ints ?? []).map { UInt8(truncatingIfNeeded: $0) },
        inputs: numbered("\(name)/input"), outputs: numbered("\(name)/output"))
    }
  }
}

@Suite("Operators of ONNX")
struct OperatorTests {
  /// Legal, but nothing that a layer here does: a bias for each sample, slopes that vary within a channel.
  static let refused: Set = ["Gemm-13-column", "PRelu-7-columns"]

  @Test("every operator gives the numbers of onnxruntime, and so does what is exported of it")
  func equalsRuntime() throws {
    let cases = try OperatorCase.all()
    #expect(cases.count > 120)
    for example in cases where !Self.refused.contains(example.name) {
      do {
        let model = try Checkpoint.read(ByteRegion(example.model), name: "x.onnx")
        try check(model, example, "read")
        let again = try Checkpoint.read(ByteRegion(model.encoded(as: .onnx)), name: "x.onnx")
        try check(again, example, "exported")
      } catch {
        Issue.record("\(example.name): \(error)")
      }
    }
  }

  private func check(_ model: Checkpoint, _ example: OperatorCase, _ way: String) throws {
    let architecture = model.network.architecture
    let inputs = zip(architecture.inputs.map(\.name), example.inputs)
    let trace = try model.network.forward(Dictionary(uniqueKeysWithValues: inputs))
    for (output, expected) in zip(architecture.outputs, example.outputs) {
      let found = try #require(trace.outputs[output.name])
      // A few sums, powers and exponentials: some roundings of the largest number.
      let difference = ONNXTests.difference(found, expected)
      #expect(difference < 2e-6, "\(example.name), \(way): \(found.shape)")
    }
  }

  @Test("what no layer can do is refused, not done otherwise")
  func refusals() throws {
    let cases = try OperatorCase.all().filter { Self.refused.contains($0.name) }
    #expect(cases.count == Self.refused.count)
    for example in cases {
      do throws(CheckpointError) {
        _ = try Checkpoint.read(ByteRegion(example.model), name: "x.onnx")
        Issue.record("\(example.name) was read")
      } catch {
        guard case .unsupportedOperators = error else { Issue.record("\(error)"); continue }
      }
    }
  }
}
