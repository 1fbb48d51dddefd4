import Testing
import VizMethods
import VizNN

@Suite("LayerSelection") struct LayerSelectionTests {
  private func names(_ patterns: String...) throws -> [String] {
    try LayerSelection(patterns).layers(of: SampleNetworks.digits().architecture).map(\.name)
  }

  @Test("a word is a name, a position, a pattern or a kind") func words() throws {
    #expect(try names("conv2") == ["conv2"])
    #expect(try names("3") == ["pool1"])
    #expect(try names("conv*") == ["conv1", "conv2"])
    #expect(try names("?c*") == ["fc1", "fc2"])
    #expect(try names("relu") == ["relu1", "relu2", "relu3"])
    #expect(try names("*POOL2d") == ["pool1"])
    #expect(try names("*").count == 11)
    #expect(try names("CONV*") == ["conv1", "conv2"])
  }

  @Test("a part of a network is all of its layers") func parts() throws {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 4]),
      sequence: [("layer1.0.relu", ReLU()), ("layer10.relu", Tanh()), ("layer1.1", Sigmoid())])
    let layers = try LayerSelection(["layer1"]).layers(of: architecture)
    #expect(layers.map(\.name) == ["layer1.0.relu", "layer1.1"])
  }

  @Test("several words keep the network's order and name a layer once") func several() throws {
    #expect(try names("fc1", "conv*", "4") == ["conv1", "conv2", "fc1"])
    #expect(try names("fc2,conv1,1") == ["conv1", "fc2"])
  }

  @Test("a name that is a number goes before the position") func numericNames() throws {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 4]),
      sequence: [("0", ReLU()), ("1", Tanh()), ("2", Sigmoid())])
    let layers = try LayerSelection(["1", "3"]).layers(of: architecture)
    #expect(layers.map(\.type) == ["Tanh", "Sigmoid"])
    #expect(layers.map(\.position) == [2, 3])
  }

  @Test("what only moves numbers is left out, unless it makes an output") func standard() throws {
    let chosen = try LayerSelection.standard.layers(of: SampleNetworks.digits().architecture)
    #expect(
      chosen.map(\.name)
        == ["conv1", "relu1", "pool1", "conv2", "norm2", "relu2", "fc1", "relu3", "fc2"])
    let flat = try Architecture(
      input: .init("x", shape: [nil, 1, 2, 2]),
      sequence: [("drop", Dropout()), ("flatten", Flatten())])
    #expect(try LayerSelection.standard.layers(of: flat).map(\.name) == ["flatten"])
  }

  @Test("what means nothing is an error with a suggestion and all names") func unknown() throws {
    let architecture = try SampleNetworks.digits().architecture
    let error = #expect(throws: MethodError.self) {
      try LayerSelection(["conv1", "covn2"]).layers(of: architecture)
    }
    let text = error?.description ?? ""
    #expect(text.contains("'covn2'; did you mean 'conv2'?"), "\(text)")
    #expect(text.contains("conv1, relu1, pool1"), "\(text)")
    #expect(throws: MethodError.self) { try LayerSelection(["99"]).layers(of: architecture) }
    for text in ["x*", "", "conv1,", "Conv3d"] {
      #expect(throws: MethodError.self) { try LayerSelection([text]).layers(of: architecture) }
    }
  }

  @Test("a pattern of many stars ends in time") func manyStars() throws {
    let pattern = String(repeating: "*a", count: 2000) + "b"
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 4]),
      sequence: [(String(repeating: "a", count: 4000), ReLU())])
    #expect(throws: MethodError.self) { try LayerSelection([pattern]).layers(of: architecture) }
  }
}
