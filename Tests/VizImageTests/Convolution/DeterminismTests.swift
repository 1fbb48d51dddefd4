import Testing
import VizImage
import VizKernels
import VizTestSupport

/// The same bytes whatever the work is done with.
@Suite("Determinism")
struct DeterminismTests {
  struct Work: CustomTestStringConvertible {
    let name: String
    let run: @Sendable (Execution) throws -> [UInt8]
    var testDescription: String { name }
  }

  private static func plane(_ type: SampleType) -> Plane {
    .random(width: 67, height: 131, type: type, seed: 77)
  }

  private static func image(_ type: SampleType) -> Image {
    Image(
      planes: (0..<3).map { .random(width: 67, height: 131, type: type, seed: $0) },
      alpha: .random(width: 67, height: 131, type: type, seed: 9))
  }

  private static func preset(
    _ name: String, _ values: [Double], _ source: SampleType, _ edge: EdgeMode
  ) -> [Work] {
    [SampleType.uint8, .float].map { output in
      Work(name: "\(name) \(values) \(source) → \(output), \(edge)") { execution in
        let kind = try FilterStep(preset: name, values: values).kind(depth: source)
        switch kind {
        case .kernels(let bank):
          let (result, clipping) = try plane(source).filtered(
            with: bank, edge: edge, output: output, execution: execution)
          return result.bytes + withUnsafeBytes(of: clipping) { Array($0) }
        case .operation(let operation):
          return try operation.body(plane(source), edge, execution).bytes
        case .gray:
          return image(source).grayscale(execution).bytes
        }
      }
    }
  }

  private static let presets: [(name: String, [Double], SampleType, EdgeMode)] = [
    ("sobel-x", [3], .uint8, .extend), ("sobel-y", [7], .int16, .wrap),
    ("gaussian", [2], .uint8, .mirror), ("gaussian", [2], .float, .reflect101),
    ("log", [1.4], .uint16, .pad(0)), ("box", [5], .uint8, .renormalize),
    ("unsharp", [6, 2], .uint16, .crop), ("sobel", [3], .uint8, .extend),
    ("sobel", [7], .uint16, .extend), ("scharr", [], .float, .pad(3)),
    ("kirsch", [], .uint8, .mirror), ("kirsch", [], .float, .extend),
    ("median", [3], .uint8, .extend), ("median", [7], .int16, .wrap),
    ("median", [11], .uint16, .pad(5)), ("canny", [20, 90], .uint8, .extend),
    ("threshold", [100], .float, .extend), ("threshold", [100], .uint8, .extend),
    ("gray", [], .uint8, .extend), ("gray", [], .uint16, .extend), ("gray", [], .float, .extend),
  ]

  /// Several tiles, of which one has an infinity.
  private static let throughFrequencies = [SampleType.uint8, .float].map { source in
    Work(name: "\(source) through frequencies") { execution in
      var random = SplitMix64(seed: 31)
      let kernel = Kernel.random(width: 17, height: 16, taps: .fractions, using: &random)
      var samples = Plane.random(width: 300, height: 270, type: .float, seed: 3).values
      samples[300 * 200 + 10] = source == .float ? .infinity : 0
      let plane = Plane(width: 300, height: 270, samples: samples.map { Float($0) })
      let (result, clipping) = try plane.converted(to: source).filtered(
        with: KernelBank(kernel), edge: .mirror, output: source, execution: execution,
        way: .fourier)
      return result.bytes + withUnsafeBytes(of: clipping) { Array($0) }
    }
  }

  static let works: [Work] =
    presets.flatMap { preset($0.name, $0.1, $0.2, $0.3) } + throughFrequencies
    + [
      Work(name: "channels apart and together") { execution in
        let image = image(.uint16)
        let planes = image.colorPlanes(execution)
        let again = Image(
          planes: planes, alpha: image.alphaPlane(execution), metadata: image.metadata,
          execution: execution)
        return planes.flatMap(\.bytes) + again.storage.elements(of: UInt8.self, count: 67 * 131 * 8)
      },
      Work(name: "a chain on RGBA") { execution in
        let chain = try FilterChain(
          [
            FilterStep(preset: "gaussian"), FilterStep(preset: "median"),
            FilterStep(preset: "unsharp"),
          ], options: FilterOptions(edge: .crop, color: .perChannel, alpha: .filter))
        let result = try chain.apply(to: image(.uint8), output: .uint8, execution: execution)
        return result.planes.flatMap(\.bytes) + (result.alpha?.bytes ?? [])
      },
    ]

  @Test("any number of jobs and any band height give the same bytes", arguments: works)
  func jobsAndBands(work: Work) throws {
    let expected = try work.run(Execution(jobs: 1))
    for jobs in [1, 2, 3, 5, 8] {
      for bandHeight in [1, 2, 7, 64, nil] {
        let found = try work.run(Execution(jobs: jobs, bandHeight: bandHeight))
        #expect(found == expected, "\(jobs) jobs, bands of \(bandHeight ?? 0)")
      }
    }
  }

  @Test("instruction sets with fused multiply-add give the same bytes", arguments: works)
  func instructionSets(work: Work) throws {
    let fused = KernelTable.usable.filter(\.instructionSet.hasFusedMultiplyAdd)
    guard let first = fused.first else { return }
    let expected = try work.run(Execution(kernels: first, jobs: 1))
    for table in fused {
      #expect(
        try work.run(Execution(kernels: table, jobs: 1)) == expected, "\(table.instructionSet)")
    }
  }

  @Test("whole-number kernels give the same bytes on every instruction set")
  func baseline() throws {
    for name in ["sobel-x", "sobel", "kirsch", "box", "binomial", "canny", "median", "gray"] {
      for work in Self.preset(name, [], .uint8, .mirror) {
        let all = try KernelTable.usable.map { try work.run(Execution(kernels: $0, jobs: 2)) }
        #expect(all.allSatisfy { $0 == all[0] }, "\(work.name)")
      }
    }
  }

  @Test("bands cover every row once")
  func bands() {
    for jobs in [1, 2, 3, 7] {
      for rows in [1, 2, 31, 1000] {
        for width in [1, 640, 100_000] {
          for bandHeight in [nil, 1, 3, 5000] {
            let bands = Execution(jobs: jobs, bandHeight: bandHeight)
              .bands(rows: rows, samplesPerRow: width)
            #expect(bands.flatMap(\.self) == Array(0..<rows))
          }
        }
      }
    }
  }
}
