import Testing
import VizReference
import VizTestSupport

@Suite("What a correct engine may hold") struct ReferenceChainTests {
  private let picture: ReferencePlane
  private let gradient = ReferenceBank(
    [
      ReferenceKernel(row: [-1, 0, 1], column: [1, 2, 1]),
      ReferenceKernel(row: [1, 2, 1], column: [-1, 0, 1]),
    ], .magnitude)
  private let third = ReferenceBank([ReferenceKernel(width: 3, height: 1, taps: [0.3, 0.3, 0.4])])

  init() {
    var generator = SplitMix64(seed: 3)
    picture = OraclePicture<UInt8>.hills(width: 40, height: 30, using: &generator).plane()
  }

  private func run(
    _ steps: [ReferenceStep], depth: ReferenceSampleType = .uint8,
    engine: (Int) throws -> [ReferencePlane] = { _ in [] }
  ) throws -> ReferenceChain.Outcome {
    try ReferenceChain(steps, edge: .extend, depth: depth)
      .run(on: [picture], startsGray: true, engineSamples: engine)
  }

  @Test("whole numbers leave no room") func wholeNumbersAreExact() throws {
    let chains: [[ReferenceStep]] = [
      [.kernels(gradient)], [.median(size: 3)], [.canny(low: 50, high: 100, highest: 255)],
      [.threshold(level: 90, highest: 255), .kernels(gradient)],
      // Sixteenths: Float32 holds them and their sums.
      [
        .kernels(
          ReferenceBank([ReferenceKernel(row: [1, 2, 1], column: [1, 2, 1])], scale: 0x1p-4)),
        .kernels(ReferenceBank([gradient.kernels[0]])),
      ],
    ]
    for steps in chains {
      #expect(try run(steps).estimates[0].error == nil, "\(steps)")
    }
  }

  @Test("fractions leave 2⁻¹⁰ before a rounding, and far less between steps")
  func fractionsLeaveLittle() throws {
    let last = try #require(try run([.kernels(third)]).estimates[0].error)
    // Three taps and the finish: 4 · 2⁻²³ · Σ|k| · 255.
    #expect(last.values.allSatisfy { $0 <= 4 * 0x1p-23 * 255 })
    let wide = ReferenceBank([
      ReferenceKernel(width: 101, height: 1, taps: .init(repeating: 0.07, count: 101))
    ])
    #expect(try run([.kernels(wide)]).estimates[0].error?.values.max() == 0x1p-10)
    let chain = try #require(try run([.kernels(third), .kernels(gradient)]).estimates[0].error)
    // 2⁻¹⁸ of the sums and 2⁻¹⁷ of their storage go through Σ|k| = 8 twice; then 7 · 2⁻²³ · 8 · 255.
    let bound = 2.0.squareRoot() * 8 * (0x1p-18 + 0x1p-16 + 7 * 0x1p-23 * 255)
    #expect(chain.values.allSatisfy { 0 < $0 && $0 <= bound })
  }

  @Test("no Float32 chain leaves the bound, summed in any order") func boundsHold() throws {
    let reference = try run([.kernels(third), .kernels(gradient)]).estimates[0]
    let (width, height) = (picture.width, picture.height)
    func at(_ samples: [Float], _ x: Int, _ y: Int) -> Float {
      samples[max(0, min(height - 1, y)) * width + max(0, min(width - 1, x))]
    }
    let source = picture.values.map { Float($0) }
    let blurred = (0..<(width * height)).map { i in
      let (x, y) = (i % width, i / width)
      let sum = 0.3 * Double(at(source, x - 1, y)) + 0.3 * Double(at(source, x, y))
      return Float(sum + 0.4 * Double(at(source, x + 1, y)))
    }
    var engine: [Double] = []
    for y in 0..<height {
      for x in 0..<width {
        let places = [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]
        var (dx, dy): (Float, Float) = (0, 0)
        for (u, v) in (x + y) % 2 == 0 ? places : places.reversed() {
          let sample = at(blurred, x + u, y + v)
          dx += Float(u * (2 - abs(v))) * sample
          dy += Float(v * (2 - abs(u))) * sample
        }
        engine.append(Double((dx * dx + dy * dy).squareRoot()))
      }
    }
    let rounded = ReferencePlane(width: width, height: height, values: engine).finished(as: .uint8)
    let comparison = ReferenceComparison(rounded, with: reference, as: .uint8)
    #expect(comparison.violations == 0)
  }

  @Test("a sample that is off, and no tie near, is found") func findsWhatIsWrong() throws {
    let estimate = try run([.kernels(third)]).estimates[0]
    var values = estimate.exact.finished(as: .uint8).values
    let right = ReferencePlane(width: 40, height: 30, values: values)
    #expect(ReferenceComparison(right, with: estimate, as: .uint8).differing == 0)
    let place = try #require(
      estimate.exact.values.firstIndex { abs($0 - $0.rounded()) < 0.3 && $0 < 200 })
    values[place] += 1
    let wrong = ReferenceComparison(
      ReferencePlane(width: 40, height: 30, values: values), with: estimate, as: .uint8)
    #expect(wrong.differing == 1 && wrong.violations == 1)
    #expect(wrong.greatest?.x == place % 40 && wrong.greatest?.y == place / 40)
    #expect((wrong.deviation?.needed ?? 0) > 0.2)
  }

  @Test("next to a tie both neighbours are right") func allowsTies() throws {
    // 0.5 · (k + 1) + ε: one half of the samples are ties.
    let half = ReferenceBank([ReferenceKernel(width: 2, height: 1, taps: [0.1, 0.4])])
    let plane = ReferencePlane(width: 3, height: 1, values: [5, 5, 5])
    var estimate = ReferenceEstimate(plane, type: .uint8)
    try estimate.apply(half, edge: .extend, output: .uint8)
    for (sample, isRight) in [(2.0, true), (3, true), (1, false), (4, false)] {
      let engine = ReferencePlane(width: 3, height: 1, values: [sample, 2, 2])
      let comparison = ReferenceComparison(engine, with: estimate, as: .uint8)
      #expect((comparison.violations == 0) == isRight, "\(sample)")
    }
  }

  @Test("a step that decides goes on with the engine's samples, once they are judged")
  func checkpoints() throws {
    let steps: [ReferenceStep] = [.kernels(third), .canny(low: 20, high: 60, highest: 255)]
    // One sample on a tie: certain is nobody.
    let flat = ReferencePlane(width: 5, height: 5, values: .init(repeating: 2.5, count: 25))
    let chain = ReferenceChain(
      [
        .kernels(ReferenceBank([ReferenceKernel(width: 2, height: 1, taps: [0.1, 0.4])])), steps[1],
      ],
      edge: .extend, depth: .uint8)
    let source = ReferencePlane(width: 5, height: 5, values: .init(repeating: 5, count: 25))
    let right = try chain.run(on: [source], startsGray: true) { count in
      #expect(count == 1)
      return [flat]
    }
    #expect(right.checkpoints.map(\.comparison.violations) == [0])
    #expect(right.estimates[0].error == nil)
    let wrong = try chain.run(on: [source], startsGray: true) { _ in
      [ReferencePlane(width: 5, height: 5, values: flat.values.map { $0 + 0.01 })]
    }
    #expect(wrong.checkpoints.map(\.comparison.violations) == [25])
  }
}
