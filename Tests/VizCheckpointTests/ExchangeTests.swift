import Foundation
import Testing
import VizCheckpoint
import VizFiles
import VizNN

/// The Swift half of scripts/check-torch.py, which names its folder in `VIZCNN_EXCHANGE`.
@Suite("Exchange with Python")
struct ExchangeTests {
  static let folder = ProcessInfo.processInfo.environment["VIZCNN_EXCHANGE"]

  @Test(
    "outputs are those of Python, and what is written waits for it",
    .enabled(if: folder != nil, "scripts/check-torch.py runs it, which needs PyTorch"))
  func exchange() throws {
    let folder = try #require(Self.folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let suffix = ".expected.safetensors"
    let models = names.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
    #expect(!models.isEmpty)
    for model in models {
      let file = names.contains(model + ".pt") ? model + ".pt" : model + ".onnx"
      let numbers = try Safetensors(
        ByteRegion(try MappedFile("\(folder)/\(model)\(suffix)"))
      ).tensors
      let input = try #require(numbers.first { $0.name == "input" }?.tensor)
      let expected = try #require(numbers.first { $0.name == "output" }?.tensor)
      // Some layers are other operators for other sizes of pictures.
      let size = model.hasPrefix("layer-") ? Array(input.shape.dimensions.dropFirst()) : nil
      let checkpoint = try Checkpoint.read(
        "\(folder)/\(file)", options: CheckpointOptions(inputShape: size))
      let network = checkpoint.network
      let output = try #require(
        network.forward([network.architecture.inputs[0].name: input]).outputs.values.first)
      let difference = ONNXTests.difference(output, expected)
      print("\(model): \(checkpoint.notes.joined(separator: "; ")), differs by \(difference)")
      #expect(difference <= 1e-4, "\(model)")
      do throws(CheckpointError) {
        try checkpoint.write(to: "\(folder)/\(model).out.onnx", format: .onnx)
      } catch {
        Issue.record("\(model): \(error)")
      }
      try checkpoint.write(to: "\(folder)/\(model).out.ckpt", format: .checkpoint)
    }
  }
}
