import Testing
import VizImage
import VizKernels
import VizTestSupport

/// Kernels that no preset has: every shape, anchor and kind of tap, against the Float64 reference.
@Suite("Random kernels")
struct RandomKernelTests {
  static let edges = EdgeMode.all + [.pad(100)]
  private static let shapes = [
    (1, 1), (3, 3), (2, 2), (4, 3), (3, 4), (1, 7), (9, 1), (5, 5), (2, 5), (13, 2), (31, 1),
    (1, 19), (7, 7), (17, 3),
  ]

  @Test("of every shape equal the reference", arguments: RandomTaps.allCases, edges)
  func everyShape(taps: RandomTaps, edge: EdgeMode) throws {
    var random = SplitMix64(seed: 0xC0FFEE)
    for source in SampleType.allCases {
      for (i, (width, height)) in Self.shapes.enumerated() {
        let isPlain = i % 3 == 0
        let kernel = Kernel.random(
          width: width, height: height, taps: taps, signed: edge != .renormalize,
          anchorX: Int.random(in: 0..<width, using: &random),
          anchorY: Int.random(in: 0..<height, using: &random),
          scale: isPlain ? 1 : [0.25, -1, 1.0 / 9, 1e-6][i % 4],
          offset: isPlain ? 0 : [0, 128, -7.5][i % 3], using: &random)
        let plane = Plane.random(
          width: Int.random(in: 1...130, using: &random),
          height: Int.random(in: 1...8, using: &random), type: source, seed: random.next())
        let bank = KernelBank(i % 2 == 0 ? kernel : kernel.flipped)
        let outputs = i < 3 ? SampleType.allCases : [SampleType.allCases[i % 4]]
        let failures = try Trial(plane: plane, bank: bank, edge: edge).failures(outputs: outputs)
        #expect(failures.isEmpty, "\(failures.first ?? "")")
      }
    }
  }

  @Test("joined as magnitude and maximum equal the reference", arguments: RandomTaps.allCases)
  func joined(taps: RandomTaps) throws {
    var random = SplitMix64(seed: 0x70)
    for source in SampleType.allCases {
      for (width, height) in [(2, 2), (3, 3), (5, 1), (4, 5)] {
        let kernels = (0..<3).map { _ in
          Kernel.random(
            width: width, height: height, taps: taps, scale: 0.5, offset: 3, using: &random)
        }
        for edge in [EdgeMode.extend, .pad(0), .crop, .wrap, .renormalize] {
          let plane = Plane.random(
            width: Int.random(in: 1...70, using: &random),
            height: Int.random(in: 1...6, using: &random), type: source, seed: random.next())
          for bank in [KernelBank.magnitude(kernels[0], kernels[1]), .maximum(kernels)]
          where edge != .renormalize {
            let failures = try Trial(plane: plane, bank: bank, edge: edge).failures()
            #expect(failures.isEmpty, "\(bank.combination): \(failures.first ?? "")")
          }
        }
      }
    }
  }

  @Test("that are products of enormous numbers equal the reference")
  func enormousProducts() throws {
    var random = SplitMix64(seed: 0x1d)
    // Whole numbers of very different sizes, whose products have more digits than Float64.
    func factors(_ count: Int) -> [Double] {
      (0..<count).map { _ in
        Double(
          Int.random(in: -1 << 49...1 << 49, using: &random)
            >> Int.random(in: 0..<40, using: &random))
      }
    }
    for (width, height) in [(2, 2), (3, 5), (23, 23)] {
      let kernels = (0..<3).map { _ in
        let (column, row) = (factors(height), factors(width))
        return Kernel(
          width: width, height: height, taps: column.flatMap { weight in row.map { weight * $0 } })
      }
      for source in SampleType.allCases {
        let plane = Plane.random(width: 30, height: 17, type: source, seed: random.next())
        for bank in [KernelBank(kernels[0]), .magnitude(kernels[0], kernels[1]), .maximum(kernels)]
        {
          let failures = try Trial(plane: plane, bank: bank, edge: .wrap).failures()
          #expect(failures.isEmpty, "\(bank.combination): \(failures.first ?? "")")
        }
      }
    }
  }

  @Test("so large that columns are taken in pieces keep to the columns of their piece")
  func piecesOfColumns() throws {
    // Rows of sums are as far apart as those of the picture then.
    let kernel = Kernel.gaussian(sigma: 42)
    for width in [272, 500, 512] {
      let plane = Plane.random(width: width, height: 9, type: .float, seed: 1)
      let failures = try Trial(plane: plane, bank: KernelBank(kernel), edge: .extend)
        .failures(outputs: [.float], ways: [.separable])
      #expect(failures.isEmpty, "\(failures.first ?? "")")
    }
  }

  @Test("at every anchor equal the reference", arguments: edges)
  func everyAnchor(edge: EdgeMode) throws {
    var random = SplitMix64(seed: 5)
    for (width, height) in [(3, 2), (4, 1), (1, 5), (5, 3), (2, 2)] {
      for anchorY in 0..<height {
        for anchorX in 0..<width {
          let kernel = Kernel.random(
            width: width, height: height, taps: .small, signed: edge != .renormalize,
            anchorX: anchorX, anchorY: anchorY, using: &random)
          for (w, h) in [(1, 1), (2, 3), (19, 5), (67, 2)] {
            let plane = Plane.random(width: w, height: h, type: .uint8, seed: random.next())
            for bank in [KernelBank(kernel), KernelBank(kernel.flipped)] {
              let failures = try Trial(plane: plane, bank: bank, edge: edge)
                .failures(outputs: [.int16])
              #expect(failures.isEmpty, "\(failures.first ?? "")")
            }
          }
        }
      }
    }
  }

  @Test("larger than the picture equal the reference", arguments: edges)
  func largerThanPicture(edge: EdgeMode) throws {
    var random = SplitMix64(seed: 6)
    for (width, height) in [(40, 40), (255, 1), (1, 255), (64, 9), (6, 61)] {
      for taps in [RandomTaps.small, .fractions, .large] {
        let kernel = Kernel.random(
          width: width, height: height, taps: taps, signed: edge != .renormalize,
          anchorX: Int.random(in: 0..<width, using: &random),
          anchorY: Int.random(in: 0..<height, using: &random), scale: 0.01, using: &random)
        for (w, h) in [(1, 1), (2, 2), (5, 3), (1, 9), (37, 1)] {
          let type = SampleType.allCases[(w + h + width) % 4]
          let plane = Plane.random(width: w, height: h, type: type, seed: random.next())
          let failures = try Trial(plane: plane, bank: KernelBank(kernel), edge: edge).failures()
          #expect(failures.isEmpty, "\(failures.first ?? "")")
        }
      }
    }
  }

  @Test("of 255×255 taps equal the reference")
  func largest() throws {
    var random = SplitMix64(seed: 8)
    // Most of the large ones are there once: their groups are as many as they.
    for (edge, taps) in [(EdgeMode.mirror, RandomTaps.sparse), (.reflect101, .large)] {
      let kernel = Kernel.random(width: 255, height: 255, taps: taps, using: &random)
      let plane = Plane.random(width: 33, height: 2, type: .uint8, seed: 9)
      let failures = try Trial(plane: plane, bank: KernelBank(kernel), edge: edge).failures()
      #expect(failures.isEmpty, "\(failures.first ?? "")")
    }
  }

  @Test("reach every accumulator")
  func everyAccumulator() {
    var random = SplitMix64(seed: 10)
    var reached: Set<AccumulatorType> = []
    for taps in RandomTaps.allCases {
      for source in SampleType.allCases {
        let kernel = Kernel.random(width: 3, height: 3, taps: taps, using: &random)
        let plan = ConvolutionPlan(for: KernelBank(kernel), source: source, output: .uint8)
        reached.insert(plan.accumulator)
      }
    }
    #expect(reached == Set(AccumulatorType.allCases))
  }

  @Test("with taps beyond any sample neither trap nor lie about NaN")
  func extremes() throws {
    let plane = Plane.random(width: 21, height: 3, type: .int16, seed: 11)
    for taps in [
      [1e308, 1e308], [1e308, -1e308], [.leastNonzeroMagnitude, 1], [0x1p-1030, 0x1p-1040], [0, 0],
    ] {
      let kernel = Kernel(width: 2, height: 1, taps: taps)
      for source in SampleType.allCases {
        for output in SampleType.allCases {
          let result = try plane.converted(to: source).convolved(with: kernel, output: output)
          #expect(result.width == 21, "\(taps) \(source) \(output)")
        }
      }
    }
  }
}
