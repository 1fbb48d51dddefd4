import Testing
import VizNN
import VizTestSupport

@Suite("Shapes, counts and receptive fields")
struct SummaryTests {
  @Test("the lesson's quiz: depth 20, 16×16, 5,120 values and 5,300 parameters")
  func quiz() throws {
    let architecture = try Architecture(
      input: .init("image", shape: [nil, 3, 130, 130]),
      sequence: [
        ("conv1", SampleNetwork.conv(3, 10, 3)), ("relu1", ReLU()),
        ("pool1", MaxPool2d(kernelSize: 4)),
        ("conv2", SampleNetwork.conv(10, 20, 5, padding: 2)), ("relu2", ReLU()),
        ("pool2", MaxPool2d(kernelSize: 2)), ("flatten", Flatten()),
      ])
    let summary = try architecture.summary(for: ["image": [1, 3, 130, 130]])
    #expect(summary.rows[5].outputShapes == [[1, 20, 16, 16]])
    #expect(summary.rows[6].outputShapes == [[1, 5120]])
    #expect(summary.learnedCount == 5300)
    #expect(summary.rows[0].multiplyAdds == 128 * 128 * 10 * 27)
    #expect(summary.multiplyAdds == 128 * 128 * 10 * 27 + 32 * 32 * 20 * 250)
    #expect(summary.rows[0].layer == "Conv2d(in_channels=3, out_channels=10, kernel_size=(3, 3))")
  }

  @Test("receptive fields that are known: VGG-16 and LeNet")
  func receptiveFields() throws {
    var layers: [(name: String, layer: any Layer)] = []
    var channels = 3
    for (block, count) in [2, 2, 3, 3, 3].enumerated() {
      for i in 1...count {
        layers.append(("conv\(block + 1)_\(i)", SampleNetwork.conv(channels, 4, 3, padding: 1)))
        channels = 4
      }
      layers.append(("pool\(block + 1)", MaxPool2d(kernelSize: 2)))
    }
    layers.append(("flatten", Flatten()))
    let vgg = try Architecture(input: .init("x", shape: [nil, 3, 224, 224]), sequence: layers)
    let fields = try vgg.receptiveFields(for: ["x": [1, 3, 224, 224]])
    // From github.com/google-research/receptive_field's table.
    let conv = ReceptiveField.Axis(size: 196, stride: 16, start: -90)
    let pool = ReceptiveField.Axis(size: 212, stride: 32, start: -90)
    #expect(fields["conv5_3"] == ReceptiveField(vertical: conv, horizontal: conv))
    #expect(fields["pool5"] == ReceptiveField(vertical: pool, horizontal: pool))
    #expect(fields["flatten"] == .some(nil))

    let lenet = try Architecture(
      input: .init("x", shape: [nil, 1, 28, 28]),
      sequence: [
        ("c1", SampleNetwork.conv(1, 6, 5)), ("s2", MaxPool2d(kernelSize: 2)),
        ("c3", SampleNetwork.conv(6, 16, 5)), ("s4", MaxPool2d(kernelSize: 2)),
      ])
    let known = try lenet.receptiveFields(for: ["x": [1, 1, 28, 28]])
    #expect(["c1", "s2", "c3", "s4"].map { known[$0]??.vertical.size } == [5, 6, 14, 16])
    #expect(["c1", "s2", "c3", "s4"].map { known[$0]??.horizontal.stride } == [1, 2, 2, 4])
  }

  @Test("a first capsule sees what the convolution before it does, and the next ones all")
  func capsules() throws {
    let network = try Architecture(
      input: .init("x", shape: [nil, 1, 12, 12]),
      sequence: [
        ("conv", Conv2d(inputChannels: 1, outputChannels: 4, kernelSize: 5, stride: 2)),
        ("primary", PrimaryCapsules(length: 4)),
        (
          "digits",
          CapsuleRouting(
            inputCapsules: 16, inputLength: 4, outputCapsules: 2, outputLength: 3)
        ), ("length", CapsuleLength()),
      ])
    let fields = try network.receptiveFields(for: ["x": [1, 1, 12, 12]])
    let axis = ReceptiveField.Axis(size: 5, stride: 2)
    #expect(fields["primary"] == ReceptiveField(vertical: axis, horizontal: axis))
    #expect(fields["digits"] == .some(nil) && fields["length"] == .some(nil))
  }

  @Test("a field of two ways holds both, and says when they are not aligned")
  func joinedFields() throws {
    func joined(_ padding: Int) throws -> ReceptiveField? {
      let architecture = try Architecture(
        inputs: [.init("x", shape: [nil, 1, 9, 9])],
        nodes: [
          .init("conv", SampleNetwork.conv(1, 1, 3, padding: padding), inputs: ["x"]),
          .init(
            "crop", Pad(before: [0, 0], after: [2 * padding - 2, 2 * padding - 2]), inputs: ["x"]),
          .init("add", Add(), inputs: ["conv", "crop"]),
        ], outputs: [.init("y", value: "add")])
      return try architecture.receptiveFields(for: ["x": [1, 1, 9, 9]])["add"] ?? nil
    }
    let centred = try #require(try joined(1))
    #expect(centred.isAligned && centred.vertical == .init(size: 3, stride: 1, start: -1))
    let shifted = try #require(try joined(0))
    #expect(!shifted.isAligned && shifted.vertical == .init(size: 3, stride: 1, start: 0))
  }

  @Test("what a value changes with is what its receptive field says")
  func fieldsAreTrue() throws {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 1, 31, 31]),
      sequence: [
        (
          "conv1",
          Conv2d(
            inputChannels: 1, outputChannels: 2, kernelSize: [3, 5], stride: 2, padding: 1,
            dilation: [2, 1])
        ), ("pool", AvgPool2d(window: SlidingWindow(kernelSize: 3, stride: [1, 2]))),
        ("conv2", SampleNetwork.conv(2, 1, 3)),
      ])
    let network = try SampleNetwork.random(architecture)
    let field = try #require(
      try architecture.receptiveFields(for: ["x": [1, 1, 31, 31]])["conv2"] ?? nil)
    var random = SplitMix64(seed: 3)
    let base = random.tensor([1, 1, 31, 31])
    let before = try #require(try network.forward(["x": base]).outputs["output"])
    let (i, j) = (3, 1)
    func covers(_ axis: ReceptiveField.Axis, _ place: Int, _ pixel: Int) -> Bool {
      let start = Double(place) * axis.stride + axis.start
      return (start..<start + axis.size).contains(Double(pixel))
    }
    var changed = 0
    for y in 0..<31 {
      for x in 0..<31 {
        var values = base.values
        values[y * 31 + x] += 100
        let after = try #require(
          try network.forward(["x": Tensor(shape: base.shape, values: values)]).outputs["output"])
        guard after[0, 0, i, j] != before[0, 0, i, j] else { continue }
        changed += 1
        #expect(covers(field.vertical, i, y) && covers(field.horizontal, j, x), "\(y),\(x)")
      }
    }
    #expect(changed > 50)
  }

  @Test("shape formulas, by hand")
  func shapes() throws {
    func shape(_ layer: any Layer, _ input: Shape) throws -> Shape {
      try layer.outputShapes([input])[0]
    }
    // (227 − 11) / 4 + 1 = 55, AlexNet's first layer.
    let alex = Conv2d(inputChannels: 3, outputChannels: 96, kernelSize: 11, stride: 4)
    #expect(try shape(alex, [1, 3, 227, 227]) == [1, 96, 55, 55])
    // (224 + 6 − 7) / 2 + 1 = 112, ResNet's.
    let res = Conv2d(inputChannels: 3, outputChannels: 64, kernelSize: 7, stride: 2, padding: 3)
    #expect(try shape(res, [2, 3, 224, 224]) == [2, 64, 112, 112])
    // ⌈(112 − 3) / 2⌉ + 1 = 56, against 55 rounded down.
    let pool = SlidingWindow(kernelSize: 3, stride: 2, ceilMode: true)
    #expect(try shape(MaxPool2d(window: pool), [1, 1, 112, 112]) == [1, 1, 56, 56])
    // A last window that would begin in the padding behind the image does not count.
    let late = SlidingWindow(kernelSize: 2, stride: 2, padding: 1, ceilMode: true)
    #expect(try shape(MaxPool2d(window: late), [1, 1, 5, 5]) == [1, 1, 3, 3])
  }
}
