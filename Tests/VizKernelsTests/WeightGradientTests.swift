import Testing
import VizKernels
import VizTestSupport

/// A convolution of 3×3 taps on the way back; sizes straddle tiles, vectors of channels, blocks and runs.
struct BackwardCase: Sendable, CustomTestStringConvertible {
  var batch = 2
  var channels = 3
  var outputs = 5
  var height = 7
  var width = 9
  var padding = 1

  var testDescription: String {
    "\(batch)×\(channels)×\(height)×\(width) → \(outputs) + \(padding)"
  }

  static let grid: [BackwardCase] =
    [1, 2, 3, 4, 5, 6, 8, 17, 33, 130].map { BackwardCase(width: $0) }
    + [1, 2, 3, 5, 8, 9, 41].map { BackwardCase(height: $0, width: 6) }
    + [-1, 0, 2, 3].map { BackwardCase(height: 6, width: 11, padding: $0) }
    + [1, 12, 15, 16, 17, 33].map { BackwardCase(batch: 1, channels: $0) }
    + [1, 6, 7, 13, 16, 17, 33].map { BackwardCase(batch: 1, channels: 2, outputs: $0) }
    + [1, 31, 70].map { BackwardCase(batch: $0, channels: 2, outputs: 3, height: 12, width: 10) }
    // A row of more tiles than a block.
    + [BackwardCase(batch: 1, channels: 1, outputs: 2, height: 3, width: 1400)]

  var grid: WindowGrid? {
    let (outputHeight, outputWidth) = (height + 2 * padding - 2, width + 2 * padding - 2)
    guard outputHeight > 0, outputWidth > 0 else { return nil }
    var grid = WindowGrid(
      height: height, width: width, kernelHeight: 3, kernelWidth: 3, outputHeight: outputHeight,
      outputWidth: outputWidth)
    (grid.top, grid.left) = (padding, padding)
    return grid
  }

  /// Numbers of the input and the outputs' gradient.
  func numbers(_ grid: WindowGrid, seed: UInt64) -> (input: [Float], gradient: [Float]) {
    var random = SplitMix64(seed: seed)
    func floats(_ count: Int) -> [Float] {
      (0..<count).map { _ in Float(random.next() >> 40) / Float(1 << 23) - 1 }
    }
    return (
      floats(batch * channels * height * width),
      floats(batch * outputs * grid.outputHeight * grid.outputWidth)
    )
  }

  func weightGradient(
    _ grid: WindowGrid, _ numbers: (input: [Float], gradient: [Float]), _ execution: Execution
  ) -> [Float] {
    var output = [Float](repeating: .nan, count: outputs * channels * 9)
    ConvolutionWeightGradient(
      batch: batch, groups: 1, outputs: outputs, channels: channels, grid: grid
    ).run(
      input: numbers.input, gradient: numbers.gradient, output: &output, execution: execution)
    return output
  }

  /// The sums of the definition and of its magnitudes.
  func sums(
    _ grid: WindowGrid, _ numbers: (input: [Float], gradient: [Float])
  ) -> (values: [Double], magnitudes: [Double]) {
    var values = [Double](repeating: 0, count: outputs * channels * 9)
    var magnitudes = values
    for n in 0..<batch {
      for o in 0..<outputs {
        for y in 0..<grid.outputHeight {
          for x in 0..<grid.outputWidth {
            let place = ((n * outputs + o) * grid.outputHeight + y) * grid.outputWidth + x
            let gradient = Double(numbers.gradient[place])
            for c in 0..<channels {
              for tap in 0..<9 {
                let (row, column) = (y + tap / 3 - padding, x + tap % 3 - padding)
                guard 0..<height ~= row, 0..<width ~= column else { continue }
                let sample = numbers.input[((n * channels + c) * height + row) * width + column]
                values[(o * channels + c) * 9 + tap] += gradient * Double(sample)
                magnitudes[(o * channels + c) * 9 + tap] += abs(gradient * Double(sample))
              }
            }
          }
        }
      }
    }
    return (values, magnitudes)
  }
}

@Suite("The gradient of a convolution's weights")
struct WeightGradientTests {
  private static let ways: [ConvolutionAlgorithm?] = [nil, .direct, .winograd2, .winograd4]

  private static func executions(_ way: ConvolutionAlgorithm?, jobs: Int = 1) -> [Execution] {
    KernelTable.usable.map {
      var execution = Execution(kernels: $0, jobs: jobs)
      execution.convolution = way
      return execution
    }
  }

  /// How far a number may be from the exact sum, in units of (products + 2) · 2⁻²⁴ of the largest sum of
  /// magnitudes: as for a convolution.
  private static func growth(_ way: ConvolutionAlgorithm?) -> Double {
    switch way {
    case .direct, .depthwise: 1
    case .winograd2: 4
    case .winograd4, nil: 24
    }
  }

  @Test("every way equals the definition", arguments: BackwardCase.grid)
  func equalsDefinition(_ c: BackwardCase) throws {
    guard let grid = c.grid else { return }
    let numbers = c.numbers(grid, seed: 51)
    let expected = c.sums(grid, numbers)
    let magnitude = try #require(expected.magnitudes.max())
    let products = Double(c.batch * grid.outputHeight * grid.outputWidth)
    for way in Self.ways {
      let tolerance = Self.growth(way) * (products + 2) * 0x1p-24 * magnitude
      for execution in Self.executions(way) {
        let found = c.weightGradient(grid, numbers, execution)
        let wrong = found.indices.first { i in
          !(abs(Double(found[i]) - expected.values[i]) <= tolerance)
        }
        #expect(
          wrong == nil,
          """
          \(way.map { "\($0)" } ?? "by shape"), \(execution.kernels.instructionSet): \
          \(wrong.map { "number \($0) is \(found[$0]), not \(expected.values[$0])" } ?? "")
          """)
      }
    }
  }

  @Test("threads do not change a bit", arguments: BackwardCase.grid)
  func isDeterministic(_ c: BackwardCase) {
    guard let grid = c.grid else { return }
    let numbers = c.numbers(grid, seed: 52)
    for way in Self.ways {
      for (i, execution) in Self.executions(way).enumerated() {
        let expected = c.weightGradient(grid, numbers, execution)
        for jobs in [2, 3, 7] {
          let found = c.weightGradient(grid, numbers, Self.executions(way, jobs: jobs)[i])
          #expect(found == expected, "\(execution.kernels.instructionSet), \(jobs) threads")
        }
      }
    }
  }

  @Test("infinity, NaN and what overflows on the way stay where the definition has them")
  func keepsExtremes() throws {
    let c = BackwardCase(channels: 4, outputs: 6, height: 12, width: 30)
    let grid = try #require(c.grid)
    for (value, isInput) in [
      (Float.infinity, true), (-.infinity, true), (.nan, true), (3e38, true), (-3e38, true),
      (.infinity, false), (.nan, false), (-3e38, false),
    ] {
      var numbers = c.numbers(grid, seed: 53)
      if isInput {
        numbers.input[2 * 360 + 5 * 30 + 17] = value
      } else {
        numbers.gradient[2 * 360 + 5 * 30 + 17] = value
      }
      for (i, execution) in Self.executions(.direct).enumerated() {
        let expected = c.weightGradient(grid, numbers, execution)
        for way in Self.ways {
          let found = c.weightGradient(grid, numbers, Self.executions(way)[i])
          let isSame = zip(found, expected).allSatisfy {
            $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) <= 1e-4 * max(abs($1), 1)
          }
          #expect(isSame, "\(value), \(execution.kernels.instructionSet)")
        }
      }
    }
  }

  @Test("many channels go by tiles unless there is too little to add up, few go directly")
  func choosesByShape() throws {
    func isTiled(_ batch: Int, _ channels: Int, _ size: Int) throws -> Bool {
      let c = BackwardCase(
        batch: batch, channels: channels, outputs: channels, height: size, width: size)
      let grid = try #require(c.grid)
      let numbers = c.numbers(grid, seed: 54)
      func bits(_ way: ConvolutionAlgorithm?) -> [Float] {
        c.weightGradient(grid, numbers, Self.executions(way)[0])
      }
      let found = bits(nil)
      #expect(found == bits(.direct) || found == bits(.winograd4))
      return found == bits(.winograd4)
    }
    #expect(try isTiled(16, 16, 16))
    #expect(try isTiled(16, 48, 8))
    #expect(try !isTiled(1, 48, 4))
    #expect(try !isTiled(16, 3, 16))
  }

  @Test("an empty batch changes nothing")
  func isEmpty() throws {
    let c = BackwardCase(batch: 0)
    let grid = try #require(c.grid)
    for way in Self.ways {
      for execution in Self.executions(way) {
        let found = c.weightGradient(grid, ([], []), execution)
        #expect(found.allSatisfy { $0 == 0 })
      }
    }
  }
}
