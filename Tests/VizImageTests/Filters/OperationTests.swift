import Testing
import VizImage
import VizKernels
import VizReference
import VizTestSupport

/// Filters that are no kernels, against the Float64 reference.
@Suite("Operations")
struct OperationTests {
  static let edges = EdgeMode.all + [.pad(9)]
  static let integers: [SampleType] = [.uint8, .uint16, .int16]

  @Test("the median equals the reference", arguments: edges)
  func median(edge: EdgeMode) throws {
    for type in Self.integers {
      for size in [1, 3, 5, 7, 9, 13] {
        for (width, height) in [(1, 1), (2, 3), (15, 4), (16, 13), (17, 6), (33, 2), (130, 13)] {
          let plane = Plane.random(width: width, height: height, type: type, seed: 4)
          guard
            let truth = try? ReferencePlane(plane).median(size: size, edge: ReferenceEdge(edge))
          else {
            #expect(throws: ImageError.self) { try plane.median(size: size, edge: edge) }
            continue
          }
          let operation = try presetOperation("median", [Double(size)])
          for table in KernelTable.usable {
            let ours = try operation.body(plane, edge, Execution(kernels: table, jobs: 1))
            #expect(
              ReferencePlane(ours) == truth,
              "\(type) \(size) \(width)×\(height) \(table.instructionSet)")
          }
        }
      }
    }
  }

  /// Noise, a few levels with runs of equal samples, and a slope with one step.
  private func pictures(_ width: Int, _ height: Int, _ type: SampleType, seed: UInt64) -> [Plane] {
    let noise = Plane.random(width: width, height: height, type: type, seed: seed)
    let (low, high) = (type.range.lowerBound, type.range.upperBound)
    let few = noise.values.map { ((($0 - low) / (high - low) * 3).rounded() * 40 + low) }
    let slope = (0..<width * height).map { i -> Double in
      let (x, y) = (i % width, i / width)
      return x + y < width / 2 ? Double(x + 3 * y) : high - Double(y)
    }
    return [noise, plane(width, height, few, type), plane(width, height, slope, type)]
  }

  private func plane(_ width: Int, _ height: Int, _ values: [Double], _ type: SampleType) -> Plane {
    switch type {
    case .uint8:
      Plane(width: width, height: height, samples: values.map { UInt8(clamping: Int($0)) })
    case .uint16:
      Plane(width: width, height: height, samples: values.map { UInt16(clamping: Int($0)) })
    default: Plane(width: width, height: height, samples: values.map { Int16(clamping: Int($0)) })
    }
  }

  @Test("medians of all sizes of windows and pictures equal the reference", arguments: integers)
  func medianSizes(type: SampleType) throws {
    var random = SplitMix64(seed: 11)
    let sizes = [3, 5, 7, 9, 15, 17, 31, 33, 63, 127, 255]
    for i in 0..<70 {
      let (width, height) = (i + 1, 1 + Int.random(in: 0..<70, using: &random))
      let (size, edge) = (sizes[i % sizes.count], Self.edges[i % Self.edges.count])
      for (kind, plane) in pictures(width, height, type, seed: UInt64(i)).enumerated() {
        guard
          let truth = try? ReferencePlane(plane).median(size: size, edge: ReferenceEdge(edge))
        else { continue }
        try compare(plane, size, edge, truth, "\(kind) \(size) \(width)×\(height) \(edge)")
      }
    }
  }

  @Test("medians across the borders of tiles equal the reference", arguments: integers)
  func medianTiles(type: SampleType) throws {
    for (size, width, height) in [
      (3, 300, 5), (5, 520, 7), (7, 513, 33), (9, 128, 65), (11, 129, 31), (15, 257, 34),
      (17, 1025, 17), (31, 530, 20), (61, 300, 63),
    ] {
      for (kind, plane) in pictures(width, height, type, seed: 3).enumerated() {
        let truth = try ReferencePlane(plane).median(size: size, edge: .extend)
        try compare(plane, size, .extend, truth, "\(kind) \(size) \(width)×\(height)")
      }
    }
  }

  private func compare(
    _ plane: Plane, _ size: Int, _ edge: EdgeMode, _ truth: ReferencePlane, _ name: String
  ) throws {
    let operation = try presetOperation("median", [Double(size)])
    for table in KernelTable.usable {
      for (jobs, bandHeight) in [(1, nil), (3, 1)] {
        let execution = Execution(kernels: table, jobs: jobs, bandHeight: bandHeight)
        let ours = try operation.body(plane, edge, execution)
        #expect(ReferencePlane(ours) == truth, "\(name) \(jobs) \(table.instructionSet)")
      }
    }
  }

  @Test("the median of 255×255 is that of the whole picture")
  func largestMedian() throws {
    let plane = Plane.random(width: 5, height: 3, type: .uint16, seed: 5)
    let ours = try plane.median(size: 255, edge: .mirror)
    let truth = try ReferencePlane(plane).median(size: 255, edge: .mirror)
    #expect(ReferencePlane(ours) == truth)
  }

  @Test("canny equals the reference at every depth", arguments: edges)
  func canny(edge: EdgeMode) throws {
    for type in Self.integers {
      for (width, height) in [(1, 1), (3, 3), (2, 9), (33, 8), (67, 40)] {
        let plane = Plane.random(width: width, height: height, type: type, seed: 6)
        let highest = type.range.upperBound
        for (low, high) in [(0.3, 0.6), (1, 2), (2.5, 0.5)] {
          let truth = try? ReferencePlane(plane).canny(
            low: low * highest, high: high * highest, edge: ReferenceEdge(edge), highest: highest)
          let ours = try? plane.cannyEdges(
            low: low * highest, high: high * highest, highest: highest, edge: edge)
          #expect(ours.map(ReferencePlane.init) == truth, "\(type) \(width)×\(height)")
        }
      }
    }
  }

  @Test("canny follows an edge through every band, to the last word of the row")
  func longEdges() throws {
    // A weak spiral of steps from the one strong place in the middle outwards, and nothing else.
    let (width, height) = (200, 150)
    var samples = [UInt8](repeating: 0, count: width * height)
    var (left, top, right, bottom) = (2, 2, width - 3, height - 3)
    while right - left > 8 && bottom - top > 8 {
      for x in left...right { samples[top * width + x] = 20 }
      for y in top...bottom { samples[y * width + right] = 20 }
      for x in (left + 4)...right { samples[bottom * width + x] = 20 }
      for y in (top + 4)...bottom { samples[y * width + left + 4] = 20 }
      (left, top, right, bottom) = (left + 4, top + 4, right - 4, bottom - 4)
    }
    let middle = (top - 4) * width + left + 20
    for x in 0..<3 { samples[middle + x] = 255 }
    let plane = Plane(width: width, height: height, samples: samples)
    let truth = try ReferencePlane(plane).canny(low: 10, high: 600, highest: 255)
    #expect(truth.values.count { $0 == 255 } > 2000)
    let operation = try presetOperation("canny", [10, 600])
    for table in KernelTable.usable {
      for (jobs, bandHeight) in [(1, nil), (2, 1), (3, 7), (2, 64)] {
        let execution = Execution(kernels: table, jobs: jobs, bandHeight: bandHeight)
        let ours = try operation.body(plane, .extend, execution)
        #expect(ReferencePlane(ours) == truth, "\(jobs) \(bandHeight ?? 0) \(table.instructionSet)")
      }
    }
  }

  @Test("NaN is above no level")
  func thresholdOfNaN() {
    let plane = Plane(width: 3, height: 1, samples: [Float.nan, 0.75, .infinity])
    #expect(plane.thresholded(above: 0.5, highest: 1).values == [0, 1, 1])
    #expect(plane.thresholded(above: .nan, highest: 1).values == [0, 0, 0])
    let bytes = Plane(width: 2, height: 1, samples: [0, 255] as [UInt8])
    #expect(bytes.thresholded(above: .nan, highest: 255).values == [0, 0])
    #expect(bytes.thresholded(above: -.infinity, highest: 255).values == [255, 255])
    #expect(bytes.thresholded(above: .infinity, highest: 255).values == [0, 0])
  }

  @Test("levels mean parts of 255 at every depth")
  func levels() throws {
    for (type, step) in [(SampleType.uint8, 1.0), (.uint16, 257), (.int16, 32_767.0 / 255)] {
      for level in 0...254 {
        let operation = try presetOperation("threshold", [Double(level)], depth: type)
        let limit = (Double(level) * step).rounded(.down)
        let samples = [limit, limit + 1]
        let plane =
          switch type {
          case .uint8: Plane(width: 2, height: 1, samples: samples.map { UInt8($0) })
          case .uint16: Plane(width: 2, height: 1, samples: samples.map { UInt16($0) })
          default: Plane(width: 2, height: 1, samples: samples.map { Int16($0) })
          }
        let shown = try operation.body(plane, .extend, Execution()).values
        #expect(shown == [0, type.range.upperBound], "\(type) \(level)")
      }
    }
  }

  @Test("Float samples are refused where whole numbers are needed")
  func floatSamples() {
    let plane = Plane(width: 3, height: 3, samples: [Float](repeating: 0.5, count: 9))
    #expect(throws: ImageError.self) { try plane.median(size: 3) }
    #expect(throws: ImageError.self) { try plane.cannyEdges(low: 1, high: 2, highest: 1) }
  }

  @Test("invert exchanges the ends of the range")
  func invert() throws {
    for (type, ends) in [
      (SampleType.uint8, [255.0, 0]), (.uint16, [65_535, 0]), (.float, [1, 0]),
    ] {
      let bank = try presetBank("invert", depth: type)
      let plane = Plane(width: 2, height: 1, samples: [Float(0), Float(ends[0])])
        .converted(to: type)
      #expect(try plane.convolved(with: bank.kernels[0]).values == ends)
    }
  }
}
