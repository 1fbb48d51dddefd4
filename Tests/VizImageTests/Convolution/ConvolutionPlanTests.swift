import Testing
import VizImage
import VizKernels
import VizTestSupport

@Suite("The planner")
struct ConvolutionPlanTests {
  private func plan(
    _ taps: [Double], _ source: SampleType = .uint8, _ output: SampleType = .uint8,
    scale: Double = 1
  ) -> ConvolutionPlan {
    ConvolutionPlan(
      for: KernelBank(Kernel(width: taps.count, height: 1, taps: taps, scale: scale)),
      source: source, output: output)
  }

  @Test("takes Int16 up to its last sum, and Int32 from the next")
  func int16Border() {
    // 32,767 = 255 · 128 + 127: one tap of 128 and one of −1 …, found by the range alone.
    #expect(plan([128]).accumulator == .int16)  // 32,640
    #expect(plan([129]).accumulator == .int32)  // 32,895
    #expect(plan([-128]).accumulator == .int16)  // −32,640
    #expect(plan([-129]).accumulator == .int32)  // −32,895
    #expect(plan([128, -128]).accumulator == .int16)
    #expect(plan([64, 64]).accumulator == .int16)
    #expect(plan([64, 65]).accumulator == .int32)
    // Int16 samples reach −32,768 and 32,767 themselves.
    #expect(plan([1], .int16).accumulator == .int16)
    #expect(plan([-1], .int16).accumulator == .int32)  // 32,768
    #expect(plan([0.5, 0.5], .int16).accumulator == .int32)  // whole taps 1 and 1
    #expect(plan([1], .uint16).accumulator == .int32)
  }

  @Test("takes Int32 up to its last sum, and Int64 from the next")
  func int32Border() {
    // 2³¹ − 1 = 65,535 · 32,768 + 32,767
    #expect(plan([32_768], .uint16).accumulator == .int32)  // 2,147,450,880
    #expect(plan([32_769], .uint16).accumulator == .int64)  // 2,147,516,415
    #expect(plan([-32_768], .uint16).accumulator == .int32)
    #expect(plan([-32_769], .uint16).accumulator == .int64)
    #expect(plan([8_421_504], .uint8).accumulator == .int32)  // 255 · 8,421,504 = 2³¹ − 128
    #expect(plan([8_421_505], .uint8).accumulator == .int64)  // 2³¹ + 127
    #expect(plan([65_536], .int16).accumulator == .int32)  // −2³¹ … 2³¹ − 65,536
    #expect(plan([-65_536], .int16).accumulator == .int64)  // 2³¹
    #expect(plan([65_537], .int16).accumulator == .int64)
  }

  @Test("takes Int64 to a quarter of its range, and Float64 beyond")
  func int64Border() {
    let tap = 0x1p40 - 1
    let fits = Int((0x1p62 / (tap * 65_535)).rounded(.down))
    // A tap of 1 keeps the taps from being multiples of the large one.
    #expect(plan([Double](repeating: tap, count: fits - 1) + [1], .uint16).accumulator == .int64)
    let plan = plan([Double](repeating: tap, count: fits + 1) + [1], .uint16)
    #expect(plan.accumulator == .double)
    #expect(plan.reasons.contains { $0.contains("too large for int64") })
    #expect(self.plan([0x1p45, 1 / 3.0]).accumulator == .double)
  }

  @Test("sums at the borders are right, on every instruction set")
  func bordersComputed() throws {
    for (taps, type) in [
      ([128.0], SampleType.uint8), ([129], .uint8), ([-128], .uint8), ([-129], .uint8),
      ([64, 64], .uint8), ([1], .int16), ([-1], .int16), ([32_768], .uint16), ([32_769], .uint16),
      ([8_421_504], .uint8), ([8_421_505], .uint8), ([65_536], .int16), ([-65_536], .int16),
      ([Double](repeating: 0x1p40 - 1, count: 63) + [1], .uint16),
      ([Double](repeating: 0x1p40 - 1, count: 65) + [1], .uint16),
    ] {
      let plane = Plane.random(width: 83, height: 2, type: type, seed: 1)
      let bank = KernelBank(Kernel(width: taps.count, height: 1, taps: taps))
      let failures = try Trial(plane: plane, bank: bank, edge: .extend).failures()
      #expect(failures.isEmpty, "\(failures.first ?? "")")
    }
  }

  @Test("sums fractions of one unit in integers")
  func units() {
    #expect(plan([0.25, 0.5, -0.75]).accumulator == .int16)
    #expect(plan([0.25, 0.5, -0.75]).isExact)
    #expect(plan([1.0 / 9, 2.0 / 9, 1.0 / 9]).accumulator == .int16)
    #expect(!plan([1.0 / 9, 2.0 / 9]).isExact)
    #expect(plan([0x1p-30]).isExact)
    #expect(plan([0x1p60, -0x1p61]).isExact)
    #expect(plan([0.1, 0.25]).accumulator != .double)
    // (2 + 1) · 2⁻²⁴ · (π + 1) · 255 = 1.9e-4: less than 2⁻¹⁰, more than 2⁻¹⁸.
    #expect(plan([.pi, 1]).accumulator == .float)
    #expect(plan([.pi, 1], .uint8, .float).accumulator == .double)
    #expect(plan([0]).accumulator == .int16)
    #expect(plan([.leastNonzeroMagnitude, 1]).accumulator == .float)
  }

  @Test("sums Float samples in Float, whatever the taps")
  func floatSamples() {
    for taps in [[1.0, 2], [.pi], [1e30], [0]] {
      let plan = plan(taps, .float, .float)
      #expect(plan.accumulator == .float && plan.sumRange == nil && !plan.isExact)
    }
  }

  @Test("gives its reasons")
  func reasons() {
    var random = SplitMix64(seed: 2)
    for taps in RandomTaps.allCases {
      for source in SampleType.allCases {
        for output in SampleType.allCases {
          let kernel = Kernel.random(width: 3, height: 3, taps: taps, using: &random)
          let plan = ConvolutionPlan(for: KernelBank(kernel), source: source, output: output)
          #expect(plan.reasons.count >= 2)
          #expect(plan.reasons.allSatisfy { !$0.isEmpty && !$0.contains("nan") })
          #expect(plan.description.contains(plan.way.rawValue))
          #expect(plan.cost > 0 || plan.tapCount == 0)
          #expect(plan.reasons[1].contains("\(plan.cost) operation"))
          #expect(plan.tapCount == kernel.taps.count { $0 != 0 })
        }
      }
    }
    #expect(plan([1, 2]).reasons[0].contains("the taps are whole numbers,"))
    #expect(plan([0.5, 1]).reasons[0].contains("the taps are whole numbers over 2,"))
    #expect(
      plan([1, 0, 2]).reasons.last == "tap by tap: 2 of 3 taps are not 0, 3 operations a sample")
  }

  @Test("short lengths of gradients are the same from Float32 as from Float64")
  func shortLengths() {
    // Every sum of two squares that a plan may take through Float32: S ≤ 2²⁴.
    var differing = 0
    for sum in 0...(1 << 22) {
      let (short, long) = (Float(sum).squareRoot(), Double(sum).squareRoot())
      let (a, b) = (
        min(short, 300).rounded(.toNearestOrEven), min(long, 300).rounded(.toNearestOrEven)
      )
      differing += Double(a) == b ? 0 : 1
    }
    #expect(differing == 0)
    let sobel = ConvolutionPlan(
      for: .magnitude(.sobelX(), .sobelY()), source: .uint8, output: .uint8)
    #expect(sobel.combination == .magnitude(.int16))
    let large = ConvolutionPlan(
      for: .magnitude(.sobelX(size: 7), .sobelY(size: 7)), source: .uint16, output: .uint16)
    #expect(large.combination == .magnitude(.double))
  }

  @Test("frequencies are for pictures that are large enough")
  func looksAtTheSize() {
    var random = SplitMix64(seed: 31)
    let taps = (0..<(63 * 63)).map { _ in Double.random(in: -1...1, using: &random) }
    let bank = KernelBank(Kernel(width: 63, height: 63, taps: taps))
    func way(_ width: Int, _ height: Int) -> ConvolutionPlan.Way {
      ConvolutionPlan(for: bank, source: .uint8, output: .uint8, size: (width, height)).way
    }
    #expect(way(1, 1) == .direct && way(3, 2) == .direct)
    #expect(way(640, 480) == .fourier && way(4000, 3000) == .fourier)
  }

  @Test("lengths of all pairs of small gradients are exact")
  func allPairs() throws {
    // Two 1-tap kernels with different offsets in x show every pair (a, b) of 0…255 times 4.
    let a = Kernel(width: 2, height: 1, taps: [4, 0])
    let b = Kernel(width: 2, height: 1, taps: [0, 4])
    var samples: [UInt8] = []
    for first in 0...255 { for second in 0...255 { samples += [UInt8(first), UInt8(second)] } }
    let plane = Plane(width: 512, height: 256, samples: samples)
    for output in [SampleType.uint8, .uint16, .int16] {
      for table in KernelTable.usable {
        let result = try plane.filtered(
          with: .magnitude(a, b), edge: .extend, output: output,
          execution: Execution(kernels: table)
        ).plane
        var wrong = 0
        for first in 0...255 {
          for second in 0...255 {
            let length = 4 * Double(first * first + second * second).squareRoot()
            let expected = min(length.rounded(.toNearestOrEven), output.range.upperBound)
            wrong += result[second * 2 + 1, first] == expected ? 0 : 1
          }
        }
        #expect(wrong == 0, "\(output) \(table.instructionSet)")
      }
    }
  }
}
