import Testing
import VizCheckpoint
import VizFiles
import VizImage
import VizMethods
import VizNN
import VizRender
import VizTestSupport

/// From a published model to pictures.
@Suite("Real networks, looked into", .needsData) struct RealNetworkTests {
  private func resnet() throws -> (network: Network, images: Tensor, logits: Tensor) {
    let checkpoint = try Checkpoint.read(
      DataFolder.path("models/resnet-cifar10/resnet20-12fca82f.th"))
    let path = DataFolder.path("expected/akamaster_resnet20.safetensors")
    let file = try Safetensors(ByteRegion(try MappedFile(path)))
    func tensor(_ name: String) throws -> Tensor {
      try #require(file.tensors.first { $0.name == name }?.tensor)
    }
    return (checkpoint.network, try tensor("input"), try tensor("logits"))
  }

  private func image(_ n: Int, of images: Tensor) -> Tensor {
    let image = images.element(n)
    return image.reshaped(to: Shape([1] + image.shape.dimensions))
  }

  @Test("predictions are PyTorch's, and every layer becomes a picture") func pictures() throws {
    let (network, images, logits) = try resnet()
    let probe = try ActivationProbe(network)
    for n in 0..<4 {
      let activations = try probe.activations(for: image(n, of: images))
      let output = try #require(activations.outputs.values.first)
      let prediction = try #require(Prediction(output: output, of: network.architecture))
      let row = logits.element(n).values
      #expect(prediction.classes[0].index == row.indices.max { row[$0] < row[$1] })
      for layer in activations {
        let picture =
          layer.isMaps
          ? FeatureMapSheet(
            name: layer.title,
            maps: layer.planes.enumerated().map { FeatureMap($1, label: "\($0)") }
          ).image()
          : VectorSheet(name: layer.title, values: layer.value.values).image()
        #expect(100...2000 ~= picture.width && 100...2000 ~= picture.height, "\(layer.name)")
      }
    }
  }

  @Test("numbers of every traceable layer come from their terms") func traces() throws {
    let (network, images, _) = try resnet()
    var random = SplitMix64(seed: 11)
    let probe = try ActivationProbe(network)
    let input = image(0, of: images)
    var count = 0
    for layer in try probe.activations(for: input)
    where UnitTrace.supportedTypes.contains(layer.type) {
      let lengths = layer.shape.dimensions
      let numbers = lengths.map { Int.random(in: 0..<$0, using: &random) }
      let place = layer.isMaps ? UnitAddress.Place(y: numbers[1], x: numbers[2]) : nil
      let trace = try UnitTrace(
        UnitAddress(layer: layer.name, channel: numbers[0], place: place), in: network,
        input: input)
      let reach = layer.range.map { max(abs($0.lowerBound), abs($0.upperBound)) } ?? 0
      // Sums in Float32, held against the largest number of the layer.
      #expect(abs(trace.difference) <= 1e-5 * Double(reach), "\(trace.unit)")
      count += 1
    }
    #expect(count > 50)
  }
}
