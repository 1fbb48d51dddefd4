import Testing
import VizKernels
import VizNN
import VizTestSupport

/// What layers read lies between pages that may not be touched: a read past it ends the process.
@Suite("Layers between guard pages")
struct KernelGuardTests {
  private func guarded(_ tensor: Tensor, _ side: GuardedBuffer.Side) -> Tensor {
    let bytes = SampleBuffer(tensor.values)
    return Tensor(
      shape: tensor.shape,
      storage: GuardedBuffer.copy(of: bytes, byteCount: bytes.byteCount, flushWith: side))
  }

  private func check(_ layer: any Layer, _ shapes: [Shape]) {
    var random = SplitMix64(seed: 31)
    let inputs = shapes.map { random.tensor($0) }
    let parameters = random.parameters(layer.parameterShapes)
    for context in ForwardContext.usable {
      let expected = layer.run(inputs, parameters, context: context)
      for side in GuardedBuffer.Side.allCases {
        let found = layer.run(
          inputs.map { guarded($0, side) }, parameters.mapValues { guarded($0, side) },
          context: context)
        #expect(found == expected, "\(layer.text) of \(shapes), \(context.name)")
      }
    }
  }

  @Test("convolutions and pools of widths about the vectors'")
  func windows() {
    for width in [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 49] {
      for (stride, padding) in [(1, 0), (1, 1), (2, 1), (3, 2)] {
        for groups in [1, 3] {
          if width + 2 * padding < 3 { continue }
          check(
            Conv2d(
              inputChannels: 3, outputChannels: 6, kernelSize: 3, stride: Pair(stride, stride),
              padding: .symmetric(Pair(padding, padding)), groups: groups), [[2, 3, 5, width]])
        }
        let window = SlidingWindow(
          kernelSize: 2, stride: Pair(stride, stride), padding: .symmetric(Pair(padding, padding)))
        if width + 2 * padding < 2 { continue }
        check(MaxPool2d(window: window), [[1, 2, 4, width]])
        check(AvgPool2d(window: window), [[1, 2, 4, width]])
      }
    }
  }

  @Test("dense layers and products of matrices")
  func dense() {
    for depth in [1, 7, 16, 17, 33] {
      for samples in [1, 2, 6] {
        check(Linear(inputFeatures: depth, outputFeatures: 5), [[samples, depth]])
        check(MatMul(), [[samples, depth], [depth, 3]])
      }
    }
  }

  @Test("windows that reach far beyond the image take no memory for what is not there")
  func wideWindows() {
    let input = (0..<8).map { Float($0) - 3.5 }
    for kernels in KernelTable.usable {
      for kind in [TensorPooling.Kind.maximum, .mean(.image)] {
        var grid = WindowGrid(
          height: 1, width: 8, kernelHeight: 1, kernelWidth: 3, outputHeight: 1, outputWidth: 8)
        (grid.dilationX, grid.left) = (1 << 40, 1 << 40)
        var output = [Float](repeating: 0, count: 8)
        TensorPooling(grid: grid, kind: kind).run(
          planes: 1, input: input, output: &output, execution: Execution(kernels: kernels, jobs: 1))
        #expect(output == input)
      }
    }
  }

  @Test("means of numbers whose sum is beyond Float's range")
  func largeMeans() {
    for kernels in KernelTable.usable {
      var output: [Float] = [0]
      AdaptivePooling(height: 2, width: 2, outputHeight: 1, outputWidth: 1, isMaximum: false).run(
        planes: 1, input: [2e38, 2e38, 2e38, 2e38], output: &output,
        execution: Execution(kernels: kernels, jobs: 1))
      #expect(output == [2e38])
    }
  }

  @Test("kernels write nothing outside of the output")
  func outputs() {
    var random = SplitMix64(seed: 32)
    for kernels in KernelTable.usable {
      for width in [1, 7, 16, 17, 33] {
        let input = random.tensor([1, 2, 4, width]).storage
        let weight = random.tensor([7, 2, 1, 1]).storage
        let grid = WindowGrid(
          height: 4, width: width, kernelHeight: 1, kernelWidth: 1, outputHeight: 4,
          outputWidth: width)
        let weights = ConvolutionWeights(
          .init(floats(weight), in: weight), bias: nil, groups: 1, outputs: 7, channels: 2,
          kernelHeight: 1, kernelWidth: 1)
        for side in GuardedBuffer.Side.allCases {
          let output = GuardedBuffer.make(byteCount: 7 * 4 * width * 4, flushWith: side)
          TensorConvolution(batch: 1, grid: grid, weights: weights).run(
            input: floats(input), output: floats(output),
            execution: Execution(kernels: kernels, jobs: 1))
          DenseProduct(samples: 4 * width, outputs: 7, depth: 2).run(
            input: floats(input), weight: floats(weight), bias: nil, output: floats(output),
            execution: Execution(kernels: kernels, jobs: 1))
          let sums = output.elements(of: Float.self, count: 28 * width)
          let areFinite = sums.allSatisfy { $0.isFinite }
          #expect(areFinite, "\(kernels.instructionSet), width \(width)")
        }
      }
    }
  }

  @Test("all layouts of a convolution give the same bits, between guard pages")
  func layouts() {
    var random = SplitMix64(seed: 33)
    for trial in 0..<120 {
      func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
      var grid = WindowGrid(
        height: number(1...20), width: number(1...70), kernelHeight: number(1...5),
        kernelWidth: number(1...5), outputHeight: 1, outputWidth: 1)
      (grid.strideY, grid.strideX) = (number(1...4), number(1...4))
      (grid.dilationY, grid.dilationX) = (number(1...2), number(1...3))
      // Negative where windows begin inside.
      (grid.top, grid.left) = (number(-2...4), number(-2...4))
      (grid.outputHeight, grid.outputWidth) = (number(1...12), number(1...40))
      let (batch, groups) = (number(1...2), number(1...2))
      var (channels, outputs) = (number(1...90), number(1...26))
      if trial % 4 == 1 {
        // Rows that are longer than what is multiplied at a time.
        (grid.outputHeight, grid.outputWidth) = (number(1...3), number(300...1300))
        grid.width = max(1, grid.outputWidth * grid.strideX + number(-8...8))
        (channels, outputs) = (number(1...30), number(1...40))
      } else if trial % 4 == 0 {
        // One tap that stays within the image, and more channels than are multiplied at a time.
        (grid.kernelHeight, grid.kernelWidth, grid.top, grid.left) = (1, 1, 0, 0)
        (grid.outputHeight, grid.outputWidth) = (number(1...3), number(1...260))
        grid.height = (grid.outputHeight - 1) * grid.strideY + number(1...grid.strideY)
        grid.width = (grid.outputWidth - 1) * grid.strideX + number(1...grid.strideX)
        (channels, outputs) = (number(1...300), number(1...40))
        if trial % 8 == 0 {
          // Every pixel: whole panels are read where they lie.
          (grid.strideX, grid.strideY) = (1, 1)
          (grid.height, grid.width) = (grid.outputHeight, grid.outputWidth)
          (channels, outputs) = (number(90...400), number(1...80))
        }
      }
      let shape: Shape = [batch, groups * channels, grid.height, grid.width]
      let input = random.tensor(shape).storage
      let weight = random.tensor([groups * outputs, channels, grid.kernelHeight * grid.kernelWidth])
        .storage
      let bias = random.tensor([groups * outputs]).storage
      let weights = ConvolutionWeights(
        .init(floats(weight), in: weight), bias: .init(floats(bias), in: bias), groups: groups,
        outputs: outputs, channels: channels, kernelHeight: grid.kernelHeight,
        kernelWidth: grid.kernelWidth)
      let count = batch * groups * outputs * grid.outputHeight * grid.outputWidth
      let others = [random.tensor([count]).storage, random.tensor([count]).storage]
      let hasLower = number(0...2) > 0
      let (upper, hasAddend, hasResult) = (
        number(0...1) == 0 ? 2 : Float(0.5), number(0...1) == 0, number(0...1) == 0
      )
      for kernels in KernelTable.usable {
        for side in GuardedBuffer.Side.allCases {
          let source = GuardedBuffer.copy(
            of: input, byteCount: shape.count * 4, flushWith: side)
          let guarded = others.map {
            GuardedBuffer.copy(of: $0, byteCount: count * 4, flushWith: side)
          }
          let ending = StoreEnding(
            lower: hasLower ? -0.5 : -.infinity, upper: upper,
            addend: hasAddend ? floats(guarded[0]) : nil,
            result: hasResult ? floats(guarded[1]) : nil)
          let found = TensorConvolution.Layout.allCases.map { layout in
            var convolution = TensorConvolution(batch: batch, grid: grid, weights: weights)
            (convolution.layout, convolution.ending) = (layout, ending)
            let output = GuardedBuffer.make(byteCount: count * 4, flushWith: side)
            convolution.run(
              input: floats(source), output: floats(output),
              execution: Execution(kernels: kernels, jobs: number(1...3)))
            return withExtendedLifetime(guarded) {
              output.elements(of: UInt32.self, count: count)
            }
          }
          for (layout, bits) in zip(TensorConvolution.Layout.allCases, found) {
            #expect(bits == found[0], "\(trial): \(layout), \(grid), \(kernels.instructionSet)")
          }
        }
      }
    }
  }

  @Test("transposed convolutions equal the definition, between guard pages, with any threads")
  func transposed() {
    var random = SplitMix64(seed: 34)
    for trial in 0..<60 {
      func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
      // From windows that reach beyond the image to such as leave most of it out.
      var grid = WindowGrid(
        height: number(1...12), width: number(1...20), kernelHeight: number(1...5),
        kernelWidth: number(1...5), outputHeight: number(1...7), outputWidth: number(1...9))
      (grid.strideY, grid.strideX) = (number(1...3), number(1...3))
      (grid.dilationY, grid.dilationX) = (number(1...2), number(1...3))
      (grid.top, grid.left) = (number(-1...4), number(-1...4))
      let convolution = TransposedConvolution(
        batch: number(1...6), groups: number(1...2), inputs: number(1...(trial % 5 == 0 ? 300 : 9)),
        outputs: number(1...35), grid: grid)
      check(convolution, trial, &random)
    }
  }

  private func check(
    _ convolution: TransposedConvolution, _ trial: Int, _ random: inout SplitMix64
  ) {
    let (c, grid) = (convolution, convolution.grid)
    let inputs: Shape = [c.batch, c.groups * c.inputs, grid.outputHeight, grid.outputWidth]
    let weights: Shape = [c.groups * c.inputs, c.outputs, grid.kernelHeight, grid.kernelWidth]
    let (input, weight) = (random.tensor(inputs), random.tensor(weights))
    let bias = random.tensor([c.groups * c.outputs])
    let expected = sums(of: c, input.values, weight.values, bias.values)
    // As many products as there may be of numbers up to 1.
    let tolerance = Double(c.inputs * grid.kernelHeight * grid.kernelWidth + 1) * 0x1p-22
    for kernels in KernelTable.usable {
      for side in GuardedBuffer.Side.allCases {
        let source = GuardedBuffer.copy(
          of: SampleBuffer(input.values), byteCount: inputs.count * 4, flushWith: side)
        let factors = GuardedBuffer.copy(
          of: SampleBuffer(weight.values), byteCount: weights.count * 4, flushWith: side)
        let found = (1...3).map { jobs in
          let output = GuardedBuffer.make(byteCount: expected.count * 4, flushWith: side)
          let execution = Execution(kernels: kernels, jobs: jobs)
          c.run(
            input: floats(source), weights: c.packed(floats(factors), execution: execution),
            bias: floats(bias.storage), output: floats(output), execution: execution)
          return output.elements(of: Float.self, count: expected.count)
        }
        let name = "\(trial): \(c), \(kernels.instructionSet)"
        let difference = firstDifference(found[0], expected) { _ in tolerance }
        #expect(difference == nil, "\(name): \(difference ?? "")")
        #expect(found[1] == found[0] && found[2] == found[0], "\(name)")
      }
    }
  }

  /// The definition's loops.
  private func sums(
    of c: TransposedConvolution, _ input: [Float], _ weight: [Float], _ bias: [Float]
  ) -> [Double] {
    let (grid, channels) = (c.grid, c.groups * c.outputs)
    var output = (0..<c.batch * channels * grid.height * grid.width).map {
      Double(bias[$0 / (grid.height * grid.width) % channels])
    }
    var i = 0
    for n in 0..<c.batch {
      for channel in 0..<c.groups * c.inputs {
        for y in 0..<grid.outputHeight {
          for x in 0..<grid.outputWidth {
            for o in 0..<c.outputs {
              let plane = n * channels + channel / c.inputs * c.outputs + o
              for ky in 0..<grid.kernelHeight {
                let row = y * grid.strideY + ky * grid.dilationY - grid.top
                guard 0..<grid.height ~= row else { continue }
                for kx in 0..<grid.kernelWidth {
                  let column = x * grid.strideX + kx * grid.dilationX - grid.left
                  guard 0..<grid.width ~= column else { continue }
                  let tap = (channel * c.outputs + o) * grid.kernelHeight + ky
                  output[(plane * grid.height + row) * grid.width + column] +=
                    Double(input[i]) * Double(weight[tap * grid.kernelWidth + kx])
                }
              }
            }
            i += 1
          }
        }
      }
    }
    return output
  }

  private func floats(_ buffer: SampleBuffer) -> UnsafeMutablePointer<Float> {
    buffer.bytes.assumingMemoryBound(to: Float.self)
  }
}
