import Testing
import VizMethods
import VizNN
import VizTestSupport

@Suite("UnitTrace") struct UnitTraceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let layer: any Layer
    var shape: Shape = [1, 4, 7, 6]
    var testDescription: String { layer.text }
  }

  private static func window(
    _ size: Pair, _ stride: Pair, _ padding: Padding, _ dilation: Pair = 1, ceil: Bool = false
  ) -> SlidingWindow {
    SlidingWindow(
      kernelSize: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
  }

  static let cases = [
    Case(
      layer: Conv2d(
        inputChannels: 4, outputChannels: 6, kernelSize: [3, 2], stride: [2, 1],
        padding: .sides(top: 1, left: 0, bottom: 2, right: 1), dilation: [1, 2], groups: 2)),
    Case(
      layer: Conv2d(
        inputChannels: 4, outputChannels: 4, kernelSize: 3, padding: .same, groups: 4, bias: false)),
    Case(
      layer: Conv2d(
        inputChannels: 4, outputChannels: 2, kernelSize: 4, stride: 3, padding: .sameLower)),
    Case(layer: Linear(inputFeatures: 9, outputFeatures: 5), shape: [1, 9]),
    Case(layer: Linear(inputFeatures: 9, outputFeatures: 5, bias: false), shape: [1, 9]),
    Case(layer: MaxPool2d(window: window(3, 2, 1))),
    Case(layer: MaxPool2d(window: window(2, 2, 0, 2, ceil: true))),
    Case(layer: AvgPool2d(window: window(3, 2, 1))),
    Case(layer: AvgPool2d(window: window(3, 2, 1), countIncludesPadding: false)),
    Case(layer: AvgPool2d(window: window(2, 2, 0, ceil: true))),
    Case(layer: AvgPool2d(window: window(3, 2, 1, ceil: true))),
    Case(layer: AvgPool2d(window: window(3, 1, .same))),
    Case(layer: AvgPool2d(window: window(2, 2, 0), divisor: 7)),
    Case(layer: AdaptiveMaxPool2d(height: 3, width: 4)),
    Case(layer: AdaptiveAvgPool2d(height: 3, width: 4)),
    Case(layer: AdaptiveAvgPool2d(height: 1, width: 1)),
    Case(layer: BatchNorm2d(features: 4)),
    Case(layer: BatchNorm1d(features: 9), shape: [1, 9]),
    Case(layer: ReLU()), Case(layer: ReLU(), shape: [1, 9]), Case(layer: Sigmoid()),
    Case(layer: PReLU(parameterCount: 4)), Case(layer: LeakyReLU()),
  ]

  private func units(of shape: Shape) -> [UnitAddress] {
    (0..<shape[1]).flatMap { c in
      shape.rank == 2
        ? [UnitAddress(layer: "layer", channel: c)]
        : (0..<shape[2]).flatMap { y in
          (0..<shape[3]).map { x in
            UnitAddress(layer: "layer", channel: c, place: .init(y: y, x: x))
          }
        }
    }
  }

  @Test("terms come to the number of the forward pass, at every place", arguments: cases)
  func equalsForward(_ c: Case) throws {
    let architecture = try Architecture(
      input: .init("x", shape: c.shape.dimensions), sequence: [("layer", c.layer)])
    let network = try SampleNetworks.random(architecture, seed: 8)
    var random = SplitMix64(seed: 9)
    let input = random.tensor(c.shape)
    let output = try #require(network.forward(["x": input]).outputs["output"])
    for unit in units(of: output.shape) {
      let trace = try UnitTrace(unit, in: network, input: input)
      let stored =
        unit.place.map { output[0, unit.channel, $0.y, $0.x] } ?? output[0, unit.channel]
      #expect(trace.stored == stored, "\(unit)")
      // At most 36 products of magnitude 1 or so, added up in Float32 there and in Float64 here.
      #expect(abs(trace.difference) < 1e-5, "\(unit): \(trace.result) and \(trace.stored)")
      for term in trace.terms {
        let found =
          term.place.map { input[0, term.channel, $0.y, $0.x] } ?? input[0, term.channel]
        #expect(term.input == found, "\(unit)")
      }
    }
  }

  @Test("a trace through a network knows the picture's part, the bias and what follows")
  func throughNetwork() throws {
    let network = try SampleNetworks.digits()
    var random = SplitMix64(seed: 3)
    let input = random.tensor([1, 1, 12, 12])
    let unit = try UnitAddress(parsing: "conv2/5,0,4")
    let trace = try UnitTrace(unit, in: network, input: input)
    #expect(trace.operation == .weightedSum && trace.position == 4)
    #expect(trace.terms.count == 4 * 2 * 2 && trace.outsideCount == 4 * 5)
    #expect(abs(trace.result - trace.sum - (trace.bias ?? 0)) < 1e-12)
    #expect(trace.rectangle == .init(rows: 0..<6, columns: 6..<12))
    #expect(trace.following == nil)
    let first = try UnitTrace(UnitAddress(parsing: "conv1/1,2,3"), in: network, input: input)
    #expect(first.rectangle == .init(rows: 2..<5, columns: 3..<6))
    #expect(first.following?.type == "ReLU" && first.following?.value == max(first.stored, 0))
    let dense = try UnitTrace(UnitAddress(parsing: "fc2/2"), in: network, input: input)
    #expect(dense.terms.count == 8 && dense.rectangle == nil)
  }

  @Test("a residual sum has an addend from each way, and what the activation makes of it")
  func residual() throws {
    typealias Node = Architecture.Node
    let architecture = try Architecture(
      inputs: [.init("image", shape: [nil, 2, 5, 6])],
      nodes: [
        Node(
          "conv", Conv2d(inputChannels: 2, outputChannels: 2, kernelSize: 3, padding: 1),
          inputs: ["image"]),
        Node("block", Add(), inputs: ["image", "conv"]),
        Node("relu", ReLU(), inputs: ["block"]),
        Node("mean", AdaptiveAvgPool2d(height: 1, width: 1), inputs: ["relu"]),
        Node("gate", Add(), inputs: ["relu", "mean"]),
      ], outputs: [.init("output", value: "gate")])
    let network = try SampleNetworks.random(architecture, seed: 4)
    var random = SplitMix64(seed: 5)
    let input = random.tensor([1, 2, 5, 6])
    let values = try network.forward(["image": input], capturing: ["conv", "relu", "mean"]).captured
    let (conv, relu, mean) = (values["conv"], values["relu"], values["mean"])
    for (channel, y, x) in [(0, 0, 0), (1, 4, 5), (1, 2, 3)] {
      let place = UnitAddress.Place(y: y, x: x)
      let trace = try UnitTrace(
        UnitAddress(layer: "block", channel: channel, place: place), in: network, input: input)
      #expect(trace.operation == .sum && trace.bias == nil)
      #expect(trace.terms.map(\.source) == ["image", "conv"])
      #expect(trace.terms.map(\.input) == [input[0, channel, y, x], conv?[0, channel, y, x]])
      #expect(abs(trace.difference) < 1e-6)
      #expect(trace.following?.layer == "relu")
      #expect(trace.following?.value == relu?[0, channel, y, x])
      // A plane of one number is added everywhere.
      let gate = try UnitTrace(
        UnitAddress(layer: "gate", channel: channel, place: place), in: network, input: input)
      #expect(gate.terms[1].place == .init(y: 0, x: 0))
      #expect(gate.terms[1].input == mean?[0, channel, 0, 0] && abs(gate.difference) < 1e-6)
    }
  }

  @Test("NaN goes through, and a maximum takes it") func undefined() throws {
    let architecture = try Architecture(
      input: .init("x", shape: [1, 1, 2, 2]), sequence: [("layer", MaxPool2d(kernelSize: 2))])
    let network = try Network(architecture, parameters: [:])
    let input = Tensor(shape: [1, 1, 2, 2], values: [1, .nan, 3, 2])
    let unit = UnitAddress(layer: "layer", channel: 0, place: .init(y: 0, x: 0))
    let trace = try UnitTrace(unit, in: network, input: input)
    #expect(trace.result.isNaN && trace.stored.isNaN && trace.difference == 0)
  }

  @Test("units are written and read alike; anything else is refused") func addresses() throws {
    for text in ["conv2/7,4,5", "fc1/3", "/block/Conv_0/1,0,0"] {
      #expect(try UnitAddress(parsing: text).description == text)
    }
    #expect(try UnitAddress(parsing: "/a/b/1").layer == "/a/b")
    for text in [
      "", "conv1", "/3", "conv1/", "conv1/1,2", "conv1/1,2,3,4", "conv1/-1", "conv1/a",
      "conv1/1,,2", "conv1/99999999999999999999", "conv1/+1", "conv1/ 1",
    ] {
      #expect(throws: MethodError.malformedUnit(text)) { try UnitAddress(parsing: text) }
    }
  }

  @Test("places outside, layers without terms and unknown ones are errors") func refusals() throws {
    let network = try SampleNetworks.digits()
    let input = Tensor(repeating: 1, shape: [1, 1, 12, 12])
    for text in ["conv1/4,0,0", "conv1/0,10,0", "conv1/0", "fc1/8", "fc1/0,0,0"] {
      let error = #expect(throws: MethodError.self) {
        try UnitTrace(UnitAddress(parsing: text), in: network, input: input)
      }
      #expect(
        error?.description.contains("'\(text)'") == true, "\(text): \(error?.description ?? "")")
    }
    let flatten = #expect(throws: MethodError.self) {
      try UnitTrace(UnitAddress(parsing: "flatten/0"), in: network, input: input)
    }
    #expect(flatten?.description.contains("Conv2d, Linear") == true)
    #expect(throws: MethodError.self) {
      try UnitTrace(UnitAddress(parsing: "conv9/0,0,0"), in: network, input: input)
    }
    let convolutions = MethodError.severalLayers(pattern: "conv?", names: ["conv1", "conv2"])
    #expect(throws: convolutions) {
      try UnitTrace(UnitAddress(parsing: "conv?/0,0,0"), in: network, input: input)
    }
    #expect(throws: MethodError.batch(input: "image", found: [2, 1, 12, 12])) {
      try UnitTrace(
        UnitAddress(parsing: "fc1/0"), in: network,
        input: Tensor(repeating: 1, shape: [2, 1, 12, 12]))
    }
  }
}
