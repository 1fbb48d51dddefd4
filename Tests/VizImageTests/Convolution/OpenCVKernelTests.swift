import Testing
import VizImage
import VizKernels
import VizReference
import VizTestSupport

extension OraclePicture where S: Sample {
  /// A plane as OpenCV takes it.
  init(_ plane: Plane) {
    self.init(width: plane.width, height: plane.height, samples: plane.samples(as: S.self))
  }
}

/// What OpenCV's filter2D makes of a plane, as Float64 values.
func filtered2D(
  _ plane: Plane, as output: SampleType, _ kernel: Kernel, edge: EdgeMode
) throws -> ReferencePlane {
  typealias Samples = Sample & ReferenceSample
  func run<S: Samples, T: Samples>(_: S.Type, _: T.Type) throws -> ReferencePlane {
    try OpenCVOracle.filter2D(
      OraclePicture<S>(plane), as: T.self,
      kernel: ReferenceKernel(kernel).scaled(by: kernel.scale), delta: kernel.offset,
      edge: ReferenceEdge(edge)
    ).plane()
  }
  switch (plane.sampleType, output) {
  case (.uint8, .uint8): return try run(UInt8.self, UInt8.self)
  case (.uint8, .uint16): return try run(UInt8.self, UInt16.self)
  case (.uint8, .int16): return try run(UInt8.self, Int16.self)
  case (.uint8, .float): return try run(UInt8.self, Float.self)
  case (.uint16, .uint16): return try run(UInt16.self, UInt16.self)
  case (.uint16, .float): return try run(UInt16.self, Float.self)
  case (.int16, .int16): return try run(Int16.self, Int16.self)
  case (.int16, .float): return try run(Int16.self, Float.self)
  case (.float, .float): return try run(Float.self, Float.self)
  default: throw OracleError.unavailable("\(plane.sampleType) → \(output)")
  }
}

/// Kernels of the engine against OpenCV's filter2D: no difference where OpenCV is exact, elsewhere
/// what its Float32 sums may lose and, in a rounded sample, one step for a tie.
@Suite("Kernels against OpenCV")
struct OpenCVKernelTests {
  static let edges: [EdgeMode] = [
    .extend, .pad(0), .pad(37), .crop, .mirror, .reflect101, .wrap,
  ]

  /// How many samples were demanded to be equal, and the first that breaks the demand.
  private func compare(
    _ plane: Plane, _ kernel: Kernel, _ edge: EdgeMode, _ output: SampleType
  ) throws -> (exact: Bool, failure: String?) {
    let largest = plane.values.map { abs($0) }.max() ?? 0
    let expectation = OpenCVOracle.expectation(
      from: ReferenceSampleType(plane.sampleType), to: ReferenceSampleType(output),
      kernel: ReferenceKernel(kernel), scale: kernel.scale, offset: kernel.offset,
      edge: ReferenceEdge(edge), largest: plane.sampleType.isInteger ? nil : largest)
    var allowed = 0.0
    switch expectation {
    case .unavailable: return (false, nil)
    case .exact: break
    case .within(let error): allowed = error + (output.isInteger ? 1 : error)
    }
    let theirs = try filtered2D(plane, as: output, kernel, edge: edge)
    for table in KernelTable.usable {
      let ours = try plane.filtered(
        with: KernelBank(kernel), edge: edge, output: output,
        execution: Execution(kernels: table, jobs: 1)
      ).plane.values
      for (i, sample) in ours.enumerated() where abs(sample - theirs.values[i]) > allowed {
        let place = "\(i % theirs.width),\(i / theirs.width)"
        return (
          expectation == .exact,
          "\(plane.sampleType) → \(output), \(plane.width)×\(plane.height), kernel \(kernel.width)×"
            + "\(kernel.height), \(table.instructionSet), \(expectation): \(sample) at \(place), "
            + "OpenCV \(theirs.values[i])"
        )
      }
    }
    return (expectation == .exact, nil)
  }

  @Test("every preset of one kernel", arguments: PresetSweepTests.names, edges)
  func presets(name: String, edge: EdgeMode) throws {
    for source in SampleType.allCases {
      let bank = try presetBank(name, depth: source)
      for kernel in bank.kernels {
        for (width, height) in [(1, 1), (3, 7), (16, 4), (33, 5), (67, 3), (130, 2), (50, 44)] {
          if edge == .crop, width < bank.width || height < bank.height { continue }
          let plane = Plane.random(
            width: width, height: height, type: source, seed: UInt64(width * height))
          for output in SampleType.allCases {
            let failure = try compare(plane, kernel, edge, output).failure
            #expect(failure == nil)
          }
        }
      }
    }
  }

  @Test("random kernels of every shape", arguments: RandomTaps.allCases, edges)
  func random(taps: RandomTaps, edge: EdgeMode) throws {
    var random = SplitMix64(seed: 0x0C)
    var exactCases = 0
    for (width, height) in [
      (1, 1), (3, 3), (2, 2), (4, 3), (1, 7), (9, 1), (5, 5), (2, 5), (7, 7), (9, 8), (11, 11),
      (12, 12),
    ] {
      for source in SampleType.allCases {
        let kernel = Kernel.random(
          width: width, height: height, taps: taps,
          anchorX: Int.random(in: 0..<width, using: &random),
          anchorY: Int.random(in: 0..<height, using: &random),
          scale: [1, 0.5, -0.125][width % 3], offset: [0, 16, -100.5][height % 3], using: &random)
        let plane = Plane.random(
          width: Int.random(in: 12...70, using: &random),
          height: Int.random(in: 12...16, using: &random), type: source, seed: random.next())
        for output in SampleType.allCases {
          let result = try compare(plane, kernel, edge, output)
          #expect(result.failure == nil)
          exactCases += result.exact ? 1 : 0
        }
      }
    }
    if [.small, .sparse, .dyadic].contains(taps) { #expect(exactCases > 20) }
  }

  @Test("magnitudes and compass maxima join OpenCV's responses", arguments: edges)
  func joined(edge: EdgeMode) throws {
    for name in ["sobel", "scharr", "prewitt", "roberts", "kirsch"] {
      let bank = try presetBank(name)
      for (width, height) in [(3, 3), (33, 9), (130, 4)] {
        let plane = Plane.random(width: width, height: height, type: .uint8, seed: 3)
        let responses = try bank.kernels.map {
          try filtered2D(plane, as: .float, $0, edge: edge)
        }
        let joined =
          bank.combination == .magnitude
          ? ReferencePlane.magnitude(responses[0], responses[1])
          : ReferencePlane.maximum(responses[0], Array(responses.dropFirst()))
        for output in [SampleType.uint8, .uint16, .int16] {
          let ours = try plane.filtered(
            with: bank, edge: edge, output: output, execution: Execution()
          ).plane
          let theirs = joined.finished(as: ReferenceSampleType(output))
          #expect(ReferencePlane(ours).difference(from: theirs) == nil, "\(name) \(output)")
        }
      }
    }
  }
}
