import Testing
import VizImage
import VizKernels
import VizReference
import VizTestSupport

/// Convolution by way of frequencies: where its tiles meet, and what they must not let through.
@Suite("Through frequencies")
struct FourierTests {
  private static let edges = EdgeMode.all + [.pad(41)]

  private func kernel(_ width: Int, _ height: Int, seed: UInt64, signed: Bool = true) -> Kernel {
    var random = SplitMix64(seed: seed)
    return Kernel.random(
      width: width, height: height, taps: .fractions, signed: signed,
      anchorX: Int.random(in: 0..<width, using: &random),
      anchorY: Int.random(in: 0..<height, using: &random), using: &random)
  }

  private func frequencies(
    _ plane: Plane, _ kernel: Kernel, edge: EdgeMode = .extend, table: KernelTable = .best
  ) throws -> Plane {
    try plane.filtered(
      with: KernelBank(kernel), edge: edge, output: plane.sampleType,
      execution: Execution(kernels: table), way: .fourier
    ).plane
  }

  @Test("sums equal the reference in every corner of one tile and of several", arguments: edges)
  func sizes(edge: EdgeMode) throws {
    var random = SplitMix64(seed: 20)
    for (i, (width, height)) in [(7, 6), (11, 16), (32, 3), (1, 33), (40, 1), (31, 31)].enumerated()
    {
      let kernel = kernel(width, height, seed: UInt64(i), signed: edge != .renormalize)
      for (w, h) in [(1, 1), (3, 50), (97, 33), (98, 35), (99, 130), (257, 20)] {
        let source = SampleType.allCases[Int.random(in: 0..<4, using: &random)]
        let plane = Plane.random(width: w, height: h, type: source, seed: random.next())
        let failures = try Trial(plane: plane, bank: KernelBank(kernel), edge: edge)
          .failures(outputs: [source, .float], ways: [.fourier])
        #expect(failures.isEmpty, "\(failures.first ?? "")")
      }
    }
  }

  @Test("pictures that end at, before and behind the border of a tile are whole")
  func tileBorders() throws {
    let kernel = kernel(31, 30, seed: 3)
    let bank = KernelBank(kernel)
    for type in [SampleType.float, .uint8] {
      for side in [33, 34, 35, 97, 98, 99, 195, 196, 197, 226, 227] {
        let plane = Plane.random(width: side, height: side + 1, type: type, seed: UInt64(side))
        let failures = try Trial(plane: plane, bank: bank, edge: .extend).failures(
          outputs: [type], ways: [.fourier])
        #expect(failures.isEmpty, "\(failures.first ?? "")")
      }
    }
  }

  @Test(
    "kernels of up to 63×63 taps equal the reference", arguments: [EdgeMode.extend, .crop, .wrap])
  func largeKernels(edge: EdgeMode) throws {
    for (width, height) in [(63, 63), (64, 50), (48, 63)] {
      let kernel = kernel(width, height, seed: UInt64(width + height))
      for type in SampleType.allCases {
        let plane = Plane.random(width: 160, height: 90, type: type, seed: 7)
        let failures = try Trial(plane: plane, bank: KernelBank(kernel), edge: edge)
          .failures(outputs: [type], ways: [.fourier])
        #expect(failures.isEmpty, "\(failures.first ?? "")")
      }
    }
  }

  @Test("joined kernels, scale and offset equal the reference")
  func joined() throws {
    var random = SplitMix64(seed: 9)
    let kernels = (0..<3).map { _ in
      Kernel.random(
        width: 9, height: 8, taps: .fractions, scale: 0.25, offset: -3, using: &random)
    }
    for type in SampleType.allCases {
      let plane = Plane.random(width: 140, height: 61, type: type, seed: 8)
      for bank in [KernelBank.magnitude(kernels[0], kernels[1]), .maximum(kernels)] {
        let failures = try Trial(plane: plane, bank: bank, edge: .reflect101)
          .failures(ways: [.fourier])
        #expect(failures.isEmpty, "\(failures.first ?? "")")
      }
    }
  }

  @Test("NaN and infinities reach the samples whose windows hold them, and no others")
  func notFinite() throws {
    let kernel = kernel(12, 11, seed: 4)
    var samples = Plane.random(width: 400, height: 300, type: .float, seed: 5).samples(
      as: Float.self)
    let finite = Plane(width: 400, height: 300, samples: samples)
    let tolerance = try ReferencePlane(finite).fourierTolerance(
      for: KernelBank(kernel), edge: .mirror)
    samples[400 * 17 + 390] = .nan
    samples[400 * 250 + 8] = .infinity
    samples[400 * 251 + 8] = -.infinity
    let plane = Plane(width: 400, height: 300, samples: samples)
    let exact = try ReferencePlane(plane).response(to: KernelBank(kernel), edge: .mirror)
    for table in KernelTable.usable {
      let found = try frequencies(plane, kernel, edge: .mirror, table: table).values
      let wrong = found.indices.first { i in
        let truth = exact.values[i]
        if truth.isNaN { return !found[i].isNaN }
        return truth.isInfinite
          ? found[i] != truth : !(abs(found[i] - truth) <= tolerance.values[i])
      }
      #expect(wrong == nil, "\(table.instructionSet)")
    }
  }

  @Test("a bright tile leaves the dark one that shares its transform as exact as it is alone")
  func darkTiles() throws {
    let bank = KernelBank(kernel(16, 16, seed: 6))
    let (width, height) = (700, 200)
    let dark = Plane.random(width: width, height: height, type: .float, seed: 7).values
    // Only the first tiles of all rows of tiles see these columns.
    let bright = dark.indices.map { Float(dark[$0]) * ($0 % width < 20 ? 0x1p30 : 1) }
    let plane = Plane(width: width, height: height, samples: bright)
    let exact = try ReferencePlane(plane).response(to: bank, edge: .extend)
    let tolerance = try ReferencePlane(width: width, height: height, values: dark)
      .fourierTolerance(for: bank, edge: .extend)
    let convolution = try plane.convolution(
      with: bank, edge: .extend, output: .float, way: .fourier)
    let tileWidth = try #require(convolution.fourier?.tileWidth)
    let firstDark = tileWidth - bank.width + 1
    #expect(firstDark < width && firstDark - bank.kernels[0].anchorX >= 20)
    let found = try frequencies(plane, bank.kernels[0]).values
    let wrong = found.indices.first { i in
      i % width >= firstDark && abs(found[i] - exact.values[i]) > tolerance.values[i]
    }
    #expect(wrong == nil)
  }

  @Test("samples of any magnitude give results of that magnitude, and nothing gives nothing")
  func magnitudes() throws {
    let kernel = kernel(9, 9, seed: 8)
    let plane = Plane.random(width: 90, height: 70, type: .float, seed: 9)
    let result = try frequencies(plane, kernel).values
    for exponent in [-100, -20, 1, 30, 110] {
      let factor = Double(sign: .plus, exponent: exponent, significand: 1)
      let scaled = Plane(width: 90, height: 70, samples: plane.values.map { Float($0 * factor) })
      #expect(try frequencies(scaled, kernel).values == result.map { $0 * factor }, "2^\(exponent)")
    }
    let black = Plane(width: 700, height: 70, samples: [Float](repeating: 0, count: 49_000))
    #expect(try frequencies(black, kernel).values.allSatisfy { $0 == 0 })
    let faint = Plane(
      width: 90, height: 70, samples: [Float](repeating: .leastNonzeroMagnitude, count: 6300))
    #expect(try frequencies(faint, kernel).values.allSatisfy { abs($0) < 0x1p-126 })
  }

  @Test("pictures of structure come within the same bound as noise")
  func structure() throws {
    let kernel = kernel(25, 25, seed: 10)
    let patterns: [(Int, Int) -> Float] = [
      { _, _ in 255 }, { x, y in (x + y) % 2 == 0 ? 255 : 0 }, { x, _ in x % 16 < 8 ? 255 : 0 },
      { x, y in x == 50 && y == 50 ? 255 : 0 }, { x, y in Float(x * y % 256) },
    ]
    for (p, pattern) in patterns.enumerated() {
      let samples = (0..<150 * 130).map { pattern($0 % 150, $0 / 150) }
      let plane = Plane(width: 150, height: 130, samples: samples)
      let failures = try Trial(plane: plane, bank: KernelBank(kernel), edge: .extend)
        .failures(outputs: [.float], ways: [.fourier])
      #expect(failures.isEmpty, "\(p): \(failures.first ?? "")")
    }
  }

  @Test("is the planner's way for many taps that no shorter way has")
  func chosen() {
    func plan(
      _ kernel: Kernel, _ source: SampleType, way: ConvolutionPlan.Way? = nil
    ) -> ConvolutionPlan {
      ConvolutionPlan(for: KernelBank(kernel), source: source, output: source, way: way)
    }
    let large = kernel(31, 31, seed: 11)
    for source in SampleType.allCases {
      let plan = plan(large, source)
      #expect(plan.way == .fourier)
      #expect(plan.accumulator == (source == .float ? .float : .double))
      #expect(plan.reasons.last?.contains("operations a sample, where tap by tap") == true)
      #expect(plan.description.hasPrefix("fourier, "))
    }
    #expect(plan(kernel(5, 5, seed: 12), .float).way == .direct)
    #expect(plan(.gaussian(sigma: 2), .float).way == .separable)
    // Whole numbers have exact sums in integers, and few taps too small a bound.
    let whole = Kernel(width: 20, height: 20, taps: (0..<400).map { Double($0 * $0 % 23) })
    #expect(plan(whole, .uint8, way: .fourier).way == .direct)
    #expect(plan(whole, .float, way: .fourier).way == .fourier)
    #expect(plan(kernel(5, 6, seed: 13), .float, way: .fourier).way == .direct)
    #expect(plan(kernel(8, 4, seed: 13), .float, way: .fourier).way == .fourier)
    let extreme = Kernel(width: 31, height: 31, taps: large.taps.map { $0 * 0x1p40 })
    #expect(plan(extreme, .float, way: .fourier).way == .direct)
  }
}
