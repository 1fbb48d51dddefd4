import Testing
import VizImage
import VizKernels
import VizNN
import VizReference
import VizTestSupport

/// A convolution and its input; sizes straddle tiles, panels and blocks of channels.
struct ConvCase: Sendable, CustomTestStringConvertible {
  var batch = 1
  var inputs = 1
  var outputs = 1
  var height = 5
  var width = 5
  var window = ReferenceWindow(3, 3)
  var groups = 1

  var testDescription: String {
    "\(batch)×\(inputs)×\(height)×\(width) → \(outputs), \(window), groups \(groups)"
  }

  static let grid: [ConvCase] = {
    var cases: [ConvCase] = []
    // Columns about the widths of vectors, panels and blocks.
    for width in [1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65] {
      for outputs in [1, 5, 6, 7, 12, 13, 25] {
        cases.append(
          ConvCase(inputs: 2, outputs: outputs, height: 3, width: width, window: padded(3, 1)))
      }
    }
    // Blocks of input channels, with a first and a last one that differ.
    for inputs in [1, 35, 36, 71, 110] {
      cases.append(ConvCase(inputs: inputs, outputs: 14, height: 6, width: 7, window: padded(3, 1)))
      cases.append(ConvCase(inputs: inputs, outputs: 3, height: 5, width: 9, window: padded(1, 0)))
    }
    cases.append(ConvCase(inputs: 7, outputs: 2, height: 9, width: 8, window: padded(7, 3)))
    // Images that share panels, and blocks that end within an image.
    for batch in [2, 3, 9, 33] {
      cases.append(ConvCase(batch: batch, inputs: 3, outputs: 8, window: padded(3, 0)))
      cases.append(ConvCase(batch: batch, inputs: 2, outputs: 13, height: 7, width: 11))
    }
    for groups in [2, 3] {
      cases.append(
        ConvCase(
          batch: 2, inputs: 6, outputs: 12, height: 6, width: 13, window: padded(3, 1),
          groups: groups))
    }
    // Depthwise, also with several outputs for each input.
    for outputs in [6, 12] {
      for stride in 1...3 {
        var window = padded(3, 1)
        (window.strideY, window.strideX) = (stride, stride + 1)
        cases.append(
          ConvCase(
            batch: 2, inputs: 6, outputs: outputs, height: 8, width: 35, window: window, groups: 6))
      }
    }
    return cases + oddWindows
  }()

  /// Paddings on one side, and windows wholly in the padding.
  private static var oddWindows: [ConvCase] {
    [(3, 0, 0, 1), (0, 4, 1, 0), (5, 5, 5, 5), (0, 0, 0, 7)].flatMap { top, left, bottom, right in
      [1, 2, 3].flatMap { dilation in
        [1, 4].map { groups in
          var window = ReferenceWindow(2, 3)
          (window.top, window.left, window.bottom, window.right) = (top, left, bottom, right)
          (window.dilationY, window.dilationX) = (dilation, dilation)
          (window.strideY, window.strideX) = (2, 3)
          return ConvCase(
            inputs: 4, outputs: 4, height: 6, width: 10, window: window, groups: groups)
        }
      }
    }
  }

  private static func padded(_ size: Int, _ padding: Int) -> ReferenceWindow {
    var window = ReferenceWindow(size, size)
    (window.top, window.left, window.bottom, window.right) = (padding, padding, padding, padding)
    return window
  }

  var layer: Conv2d {
    Conv2d(
      inputChannels: inputs, outputChannels: outputs,
      kernelSize: Pair(window.kernelHeight, window.kernelWidth),
      stride: Pair(window.strideY, window.strideX),
      padding: .sides(
        top: window.top, left: window.left, bottom: window.bottom, right: window.right),
      dilation: Pair(window.dilationY, window.dilationX), groups: groups)
  }
}

@Suite("Conv2d")
struct Conv2dTests {
  @Test("forward equals the scalar reference", arguments: ConvCase.grid)
  func forwardMatchesReference(_ c: ConvCase) throws {
    var random = SplitMix64(seed: 11)
    let input = random.tensor([c.batch, c.inputs, c.height, c.width])
    let parameters = random.parameters(c.layer.parameterShapes)
    let weight = try #require(parameters["weight"])
    let bias = try #require(parameters["bias"])
    let reference = ReferenceTensor(
      batch: c.batch, channels: c.inputs, height: c.height, width: c.width,
      values: input.values.map(Double.init)
    ).convolved(
      weight: weight.values.map(Double.init), bias: bias.values.map(Double.init),
      groups: c.groups, window: c.window)
    let products = Double(c.inputs / c.groups * c.window.kernelHeight * c.window.kernelWidth)
    for context in ForwardContext.usable {
      let output = c.layer.run([input], parameters, context: context)[0]
      #expect(
        output.shape == [c.batch, c.outputs, reference.sums.height, reference.sums.width])
      // Every addition and product rounds once: (n + 2) · 2⁻²⁴ of the sum of magnitudes.
      let difference = firstDifference(output.values, reference.sums.values) {
        (products + 2) * 0x1p-24 * reference.magnitudes.values[$0]
      }
      #expect(difference == nil, "\(context.name)")
    }
  }

  @Test("any number of threads gives the same bits", arguments: ConvCase.grid)
  func threadsAgree(_ c: ConvCase) {
    var random = SplitMix64(seed: 12)
    let input = random.tensor([c.batch, c.inputs, c.height, c.width])
    let parameters = random.parameters(c.layer.parameterShapes)
    let expected = c.layer.run([input], parameters, context: ForwardContext(jobs: 1))
    for jobs in [2, 3, 8] {
      #expect(
        c.layer.run([input], parameters, context: ForwardContext(jobs: jobs)) == expected,
        "\(jobs) threads")
    }
  }

  @Test("an image of a batch gives the same bits as alone")
  func batchesAgree() {
    var random = SplitMix64(seed: 13)
    let layer = Conv2d(inputChannels: 5, outputChannels: 13, kernelSize: 3, padding: 1)
    let parameters = random.parameters(layer.parameterShapes)
    let batch = random.tensor([7, 5, 9, 10])
    let together = layer.run([batch], parameters)[0]
    for n in 0..<7 {
      let alone = layer.run([batch.element(n).reshaped(to: [1, 5, 9, 10])], parameters)[0]
      #expect(together.element(n) == alone.element(0), "image \(n)")
    }
  }

  @Test("one channel equals OpenCV's filter2D and our own filter with zeros around")
  func equalsFilters() throws {
    var random = SplitMix64(seed: 14)
    let input = random.tensor([1, 1, 23, 37])
    for size in [1, 3, 5, 7] {
      let layer = Conv2d(
        inputChannels: 1, outputChannels: 1, kernelSize: Pair(size, size),
        padding: .symmetric(Pair(size / 2, size / 2)), bias: false)
      let parameters = random.parameters(layer.parameterShapes)
      let taps = try #require(parameters["weight"]).values.map(Double.init)
      let oracle = try OpenCVOracle.filter2D(
        OraclePicture(width: 37, height: 23, samples: input.values), as: Float.self,
        kernel: ReferenceKernel(width: size, height: size, taps: taps), edge: .pad(0))
      let rows = (0..<size).map { Array(taps[$0 * size..<($0 + 1) * size]) }
      let own = try Plane(width: 37, height: 23, samples: input.values).filtered(
        with: KernelBank(Kernel(rows: rows)), edge: .pad(0), output: .float,
        execution: Execution(jobs: 1)
      ).plane
      // Each of the three rounds every product and sum once: 2 · n · 2⁻²⁴ · Σ|k| · max|p|.
      let tolerance = Double(2 * size * size) * 0x1p-24 * taps.reduce(0) { $0 + abs($1) }
      for context in ForwardContext.usable {
        let output = layer.run([input], parameters, context: context)[0].values
        #expect(
          firstDifference(output, oracle.samples.map(Double.init)) { _ in tolerance } == nil,
          "OpenCV, \(size)×\(size), \(context.name)")
        #expect(
          firstDifference(output, own.values) { _ in tolerance } == nil,
          "own filter, \(size)×\(size), \(context.name)")
      }
    }
  }

  @Test("NaN stays where the window sees it")
  func spreadsNaN() throws {
    let layer = Conv2d(inputChannels: 1, outputChannels: 7, kernelSize: 3, padding: 1)
    var random = SplitMix64(seed: 15)
    var values = random.tensor([1, 1, 8, 40]).values
    values[3 * 40 + 20] = .nan
    let parameters = random.parameters(layer.parameterShapes)
    let output = layer.run([Tensor(shape: [1, 1, 8, 40], values: values)], parameters)[0]
    for (i, value) in output.values.enumerated() {
      let (y, x) = (i % 320 / 40, i % 40)
      #expect(value.isNaN == (2...4 ~= y && 19...21 ~= x), "\(y),\(x)")
    }
  }
}
