import Testing
import VizImage
import VizKernels

@Suite("Display modes")
struct DisplayModeTests {
  /// Responses as a chain without steps leaves them.
  private func responses(_ planes: [[Float]], alpha: [Float]? = nil) throws -> FilterResult {
    let planes = planes.map { Plane(width: $0.count, height: 1, samples: $0) }
    let image = Image(
      planes: planes, alpha: alpha.map { Plane(width: $0.count, height: 1, samples: $0) })
    return try FilterChain([]).apply(to: image)
  }

  private func show(
    _ samples: [Float], _ mode: DisplayMode, as depth: SampleType = .uint8
  ) throws -> (values: [Double], clipped: Int) {
    let result = try responses([samples]).displayed(mode, as: depth, Execution())
    return (result.planes[0].values, result.clipped)
  }

  @Test("clip rounds half to even and saturates")
  func clip() throws {
    let shown = try show([-300, -0.5, 0.5, 1.5, 2.5, 254.5, 255.4, 255.6, 1e30], .clip)
    #expect(shown.values == [0, 0, 0, 2, 2, 254, 255, 255, 255])
    #expect(shown.clipped == 3)
    #expect(try show([-40_000, 1, 70_000], .clip, as: .int16).values == [-32_768, 1, 32_767])
    #expect(try show([-1, 65_535, 65_536], .clip, as: .uint16).values == [0, 65_535, 65_535])
    #expect(try show([-1, 0.25, 9], .clip, as: .float).values == [-1, 0.25, 9])
  }

  @Test("abs forgets the sign")
  func abs() throws {
    let shown = try show([-1020, -255, -2.5, -0.5, 0, 1.5, 255, 256], .abs)
    #expect(shown.values == [255, 255, 2, 0, 0, 2, 255, 255])
    #expect(shown.clipped == 2)
    #expect(try show([-0.25, 0.75], .abs, as: .float).values == [0.25, 0.75])
  }

  @Test("offset makes zero mid-gray")
  func offset() throws {
    let shown = try show([-200, -128, -1, 0, 1, 127, 128], .offset)
    #expect(shown.values == [0, 0, 127, 128, 129, 255, 255])
    #expect(shown.clipped == 2)
    #expect(try show([-32_768, 0], .offset, as: .uint16).values == [0, 32_768])
    #expect(try show([-0.5, 0, 0.25], .offset, as: .float).values == [0, 0.5, 0.75])
  }

  @Test("normalize stretches from black to white")
  func normalize() throws {
    let shown = try show([-100, 0, 155], .normalize)
    #expect(shown.values == [0, 100, 255])
    #expect(shown.clipped == 0)
    #expect(try show([3, 3, 3], .normalize).values == [0, 0, 0])
    #expect(try show([2, 4], .normalize, as: .uint16).values == [0, 65_535])
    #expect(try show([2, 3, 4], .normalize, as: .float).values == [0, 0.5, 1])
    #expect(try show([.nan, 0, 10, .infinity], .normalize).values == [0, 0, 255, 255])
  }

  @Test("normalize stretches all channels alike")
  func channels() throws {
    let result = try responses([[0, 10], [5, 20], [10, 40]], alpha: [7, 200.4])
      .displayed(.normalize, as: .uint8, Execution())
    #expect(result.planes.map(\.values) == [[0, 64], [32, 128], [64, 255]])
    #expect(result.alpha?.values == [7, 200])
  }

  @Test("extremes pass over what is not finite")
  func extremes() {
    let plane = Plane(width: 4, height: 1, samples: [.nan, -3, .infinity, 2] as [Float])
    #expect(Plane.extremes(of: [plane]) == (-3, 2))
    #expect(Plane.extremes(of: [Plane(width: 1, height: 1, samples: [Float.nan])]) == (0, 0))
  }
}
