import Testing
import VizKernels
import VizNN
import VizReference
import VizTestSupport

/// A convolution of 3×3 taps; sizes straddle tiles, vectors, strips of 64 tiles and blocks.
struct TapsCase: Sendable, CustomTestStringConvertible {
  var batch = 1
  var inputs = 3
  var outputs = 13
  var height = 7
  var width = 9
  var padding = 1

  var testDescription: String { "\(batch)×\(inputs)×\(height)×\(width) → \(outputs) + \(padding)" }

  static let grid: [TapsCase] =
    [1, 2, 3, 4, 5, 8, 15, 16, 17, 33, 62, 64, 65, 127, 129, 262].map { TapsCase(width: $0) }
    + [1, 2, 3, 5, 16, 41].map { TapsCase(height: $0, width: 6) }
    + [0, 2, 3, 5].map { TapsCase(outputs: 2, height: 6, width: 11, padding: $0) }
    + [1, 2, 17, 70].map { TapsCase(inputs: $0, outputs: 12) }
    // More channels than are multiplied at a time.
    + [256, 300, 523].map { TapsCase(inputs: $0, outputs: 32, height: 6, width: 7) }
    // Panels of outputs that are multiplied one to four at a time, in tiles of one pixel to eight.
    + [16, 32, 49, 64, 80, 129].map { TapsCase(inputs: 12, outputs: $0, height: 5, width: 7) }
    + [1, 2, 3, 4, 5, 6, 7, 8].flatMap { width in
      [16, 32, 48, 64].map { TapsCase(inputs: 12, outputs: $0, height: 1, width: width) }
    }
    // Weights that are asked for ahead, of panels that are not all pairs too.
    + [33, 48].map { TapsCase(inputs: 330, outputs: $0, height: 5, width: 6) }
    + [128, 130].map { TapsCase(inputs: 260, outputs: $0, height: 4, width: 5) }
    + [1, 6, 7, 25, 40].map { TapsCase(inputs: 2, outputs: $0) }
    + [2, 5, 33].map { TapsCase(batch: $0, outputs: 4, height: 5, width: 6) }
    // 49 pixels or tiles: a vector of columns and one more.
    + [7, 14, 28].map { TapsCase(inputs: 5, outputs: 25, height: $0, width: $0) }

  var layer: Conv2d {
    Conv2d(
      inputChannels: inputs, outputChannels: outputs, kernelSize: 3,
      padding: .symmetric(Pair(padding, padding)))
  }

  /// An input and parameters.
  func numbers(seed: UInt64) -> (input: Tensor, parameters: [String: Tensor]) {
    var random = SplitMix64(seed: seed)
    let input = random.tensor([batch, inputs, height, width])
    return (input, random.parameters(layer.parameterShapes))
  }
}

extension ConvolutionAlgorithm {
  /// How far a number may be from the exact sum, in units of (products + 2) · 2⁻²⁴ of the largest sum of
  /// magnitudes: 1 for the definition.
  ///
  /// The matrices of tiles multiply what is rounded on the way.
  fileprivate var growth: Double {
    switch self {
    case .direct, .depthwise: 1
    case .winograd2: 4
    case .winograd4: 24
    }
  }

  fileprivate func contexts(jobs: Int = 1) -> [ForwardContext] {
    KernelTable.usable.map {
      var execution = Execution(kernels: $0, jobs: jobs)
      execution.convolution = self
      return ForwardContext(execution: execution)
    }
  }
}

@Suite("Ways to compute a convolution")
struct ConvolutionAlgorithmTests {
  private static let ways: [ConvolutionAlgorithm] = [.direct, .winograd2, .winograd4]

  @Test("every way equals the scalar reference", arguments: TapsCase.grid)
  func equalsReference(_ c: TapsCase) throws {
    let (input, parameters) = c.numbers(seed: 41)
    var window = ReferenceWindow(3, 3)
    (window.top, window.left, window.bottom, window.right) = (
      c.padding, c.padding, c.padding, c.padding
    )
    guard c.height + 2 * c.padding > 2, c.width + 2 * c.padding > 2 else { return }
    let reference = ReferenceTensor(
      batch: c.batch, channels: c.inputs, height: c.height, width: c.width,
      values: input.values.map(Double.init)
    ).convolved(
      weight: try #require(parameters["weight"]).values.map(Double.init),
      bias: try #require(parameters["bias"]).values.map(Double.init), groups: 1, window: window)
    let magnitude = try #require(reference.magnitudes.values.max())
    for way in Self.ways {
      let tolerance = way.growth * Double(9 * c.inputs + 2) * 0x1p-24 * magnitude
      for context in way.contexts() {
        let output = c.layer.run([input], parameters, context: context)[0]
        let difference = firstDifference(output.values, reference.sums.values) { _ in tolerance }
        #expect(difference == nil, "\(way), \(context.name): \(difference ?? "")")
      }
    }
  }

  @Test("threads and batches do not change a bit", arguments: TapsCase.grid)
  func isDeterministic(_ c: TapsCase) {
    guard c.height + 2 * c.padding > 2, c.width + 2 * c.padding > 2 else { return }
    let (input, parameters) = c.numbers(seed: 42)
    for way in Self.ways {
      for (i, context) in way.contexts().enumerated() {
        let expected = c.layer.run([input], parameters, context: context)[0]
        for jobs in [2, 3, 7] {
          let found = c.layer.run([input], parameters, context: way.contexts(jobs: jobs)[i])[0]
          #expect(found == expected, "\(way), \(context.name), \(jobs) threads")
        }
        for n in 0..<c.batch where c.batch > 1 {
          let alone = input.element(n).reshaped(to: [1, c.inputs, c.height, c.width])
          let found = c.layer.run([alone], parameters, context: context)[0]
          #expect(found.element(0) == expected.element(n), "\(way), \(context.name), image \(n)")
        }
      }
    }
  }

  @Test("what earlier layers left in memory does not matter", arguments: [3, 8, 20, 24, 30, 50])
  func readsNoScratch(outputs: Int) {
    let c = TapsCase(inputs: 12, outputs: outputs, height: 12, width: 30)
    let (input, parameters) = c.numbers(seed: 44)
    let full = TapsCase(inputs: 12, outputs: 64, height: 12, width: 30)
    let (finite, others) = full.numbers(seed: 45)
    let undefined = Tensor(repeating: .nan, shape: finite.shape)
    for way in Self.ways {
      for context in way.contexts() {
        let expected = c.layer.run([input], parameters, context: context)[0]
        _ = full.layer.run([undefined], others, context: context)
        let found = c.layer.run([input], parameters, context: context)[0]
        #expect(found == expected, "\(way), \(context.name)")
      }
    }
  }

  @Test("infinity, NaN and what overflows on the way stay where the definition has them")
  func keepsExtremes() throws {
    let c = TapsCase(inputs: 4, outputs: 6, height: 12, width: 30)
    let (input, parameters) = c.numbers(seed: 43)
    for value in [Float.infinity, -.infinity, .nan, 3e38, -3e38] {
      var values = input.values
      values[2 * 360 + 5 * 30 + 17] = value
      let input = Tensor(shape: input.shape, values: values)
      for (i, context) in ConvolutionAlgorithm.direct.contexts().enumerated() {
        let expected = c.layer.run([input], parameters, context: context)[0]
        for way in Self.ways {
          let found = c.layer.run([input], parameters, context: way.contexts()[i])[0]
          let isSame = zip(found.values, expected.values).allSatisfy {
            $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) <= 1e-5 * max(abs($1), 1)
          }
          #expect(isSame, "\(value), \(way), \(context.name)")
        }
      }
    }
  }

  @Test("what overflows in one image changes no bit of the others")
  func keepsOtherImages() throws {
    let c = TapsCase(batch: 3, inputs: 4, outputs: 6, height: 12, width: 30)
    let (input, parameters) = c.numbers(seed: 44)
    var values = input.values
    values[input.count / 3 + 77] = .nan
    let spoiled = Tensor(shape: input.shape, values: values)
    for way in Self.ways {
      for context in way.contexts() {
        let expected = c.layer.run([input], parameters, context: context)[0]
        let found = c.layer.run([spoiled], parameters, context: context)[0]
        for n in [0, 2] {
          #expect(found.element(n) == expected.element(n), "\(way), \(context.name), image \(n)")
        }
        #expect(found.element(1).values.contains { $0.isNaN })
      }
    }
  }

  @Test("taps and strides that reach far beyond an image take no memory for what lies between")
  func spreadTaps() throws {
    let far = 1 << 24
    var random = SplitMix64(seed: 46)
    let rows = Pair(2, 1)
    for (groups, size, kernel) in [
      (1, 6, Pair(2, 2)), (12, 6, 2), (1, 8, 2), (12, 16, 2), (1, 33, 2), (1, 8, rows),
      (12, 16, rows),
      (1, 33, rows),
    ] {
      let padding = kernel == rows ? Pair(far / 2, 0) : Pair(far / 2, far / 2)
      let layer = Conv2d(
        inputChannels: 48, outputChannels: 48, kernelSize: kernel, padding: .symmetric(padding),
        dilation: Pair(far, far), groups: groups)
      let architecture = try Architecture(
        input: .init("x", shape: [nil, 48, size, size]), sequence: [("conv", layer)])
      let network = try Network(
        architecture, parameters: random.parameters(architecture.parameterShapes))
      let recording = try network.recording(
        ["x": random.tensor([2, 48, size, size])], mode: .training(seed: 1, step: 0))
      // No tap meets a sample.
      let output = try #require(recording.outputs[architecture.outputs[0].name])
      let bias = try #require(network.parameters["conv.bias"])
      #expect(output.shape == [2, 48, size, size] && output[1, 7, 3, 3] == bias[7])
      let gradients = recording.gradients(["conv": output], of: ["x"])
      #expect(gradients.values["x"]?.values.allSatisfy { $0 == 0 } == true)
      #expect(gradients.parameters["conv.weight"]?.values.allSatisfy { $0 == 0 } == true)
    }
    let wide = Conv2d(inputChannels: 4, outputChannels: 4, kernelSize: 2, stride: Pair(far, far))
    let transposed = ConvTranspose2d(
      inputChannels: 4, outputChannels: 4,
      window: SlidingWindow(kernelSize: 2, stride: Pair(far, far)))
    let parameters = random.parameters(transposed.parameterShapes)
    #expect(transposed.run([random.tensor([1, 4, 1, 1])], parameters)[0].shape == [1, 4, 2, 2])
    let single = random.parameters(wide.parameterShapes)
    #expect(wide.run([random.tensor([1, 4, 8, 8])], single)[0].shape == [1, 4, 1, 1])
  }

  @Test("the way follows from the shape: few channels directly, many by tiles")
  func choosesByShape() {
    func way(_ inputs: Int, _ outputs: Int, _ size: Int, stride: Int = 1) -> ConvolutionAlgorithm {
      var grid = WindowGrid(
        height: size, width: size, kernelHeight: 3, kernelWidth: 3, outputHeight: size / stride,
        outputWidth: size / stride)
      (grid.top, grid.left, grid.strideY, grid.strideX) = (1, 1, stride, stride)
      let weights = ConvolutionWeights(
        Tensor(repeating: 0, shape: [outputs, inputs, 3, 3]).numbers, bias: nil, groups: 1,
        outputs: outputs, channels: inputs, kernelHeight: 3, kernelWidth: 3)
      return ChannelConvolution(batch: 1, grid: grid, weights: weights).algorithm
    }
    #expect(way(1, 32, 28) == .direct)
    #expect(way(3, 64, 224) == .direct)
    #expect(way(64, 64, 56) == .winograd4)
    #expect(way(512, 512, 7) == .winograd2)
    #expect(way(64, 128, 56, stride: 2) == .direct)
  }
}

@Suite("What follows a convolution, in its store")
struct StoreEndingTests {
  /// x → conv a, x → conv b, sum, ReLU: as a block with a skip.
  private func block(_ layer: Conv2d, skip: any Layer) throws -> Architecture {
    try Architecture(
      inputs: [.init("x", shape: [nil, layer.inputChannels, nil, nil])],
      nodes: [
        .init("a", layer, inputs: ["x"]),
        .init("b", skip, inputs: ["x"]),
        .init("sum", Add(), inputs: ["a", "b"]),
        .init("relu", ReLU(), inputs: ["sum"]),
      ], outputs: [.init("relu", value: "relu")])
  }

  @Test("a skip and its ReLU are the same as in steps of their own", arguments: [1, 5, 9])
  func skips(_ height: Int) throws {
    let convolution = Conv2d(inputChannels: 6, outputChannels: 13, kernelSize: 3, padding: 1)
    let depthwise = Conv2d(
      inputChannels: 6, outputChannels: 6, kernelSize: 3, padding: 1, groups: 6)
    let point = Conv2d(inputChannels: 6, outputChannels: 13, kernelSize: 1)
    for (layer, skip) in [(convolution, point), (point, convolution), (depthwise, depthwise)] {
      let architecture = try block(layer, skip: skip)
      var random = SplitMix64(seed: 44)
      let input = random.tensor([2, 6, height, 21])
      let network = try Network(
        architecture, parameters: random.parameters(architecture.parameterShapes))
      // What is captured is computed by itself.
      let steps = try PreparedNetwork(network, capturing: ["a", "b", "sum"])
      for way in ConvolutionAlgorithm.allCases {
        for (i, context) in way.contexts().enumerated() {
          let expected = try steps.forward(["x": input], context: context).outputs["relu"]
          for jobs in [1, 3] {
            let found = try PreparedNetwork(network).forward(
              ["x": input], context: way.contexts(jobs: jobs)[i]
            ).outputs["relu"]
            #expect(found == expected, "\(way), \(context.name), \(jobs) threads")
          }
        }
      }
    }
  }

  @Test("a skip that repeats dimensions is added as such")
  func broadcasts() throws {
    let layer = Conv2d(inputChannels: 6, outputChannels: 6, kernelSize: 3, padding: 1)
    let architecture = try block(layer, skip: AdaptiveAvgPool2d(height: 1, width: 1))
    var random = SplitMix64(seed: 45)
    let input = random.tensor([2, 6, 5, 7])
    let network = try Network(
      architecture, parameters: random.parameters(architecture.parameterShapes))
    let expected = try PreparedNetwork(network, capturing: ["a", "b", "sum"]).forward(["x": input])
    #expect(try PreparedNetwork(network).forward(["x": input]).outputs == expected.outputs)
  }
}
