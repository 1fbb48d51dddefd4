import Testing
import VizImage
import VizTestSupport

@Suite("PixelTrace")
struct PixelTraceTests {
  private let image = Image(
    width: 9, height: 7, layout: .rgb,
    samples: (0..<(9 * 7 * 3)).map { UInt8($0 * 73 % 256) })

  @Test(
    "the arithmetic gives what the engine stored, under every edge mode",
    arguments: FilterRegistry.all.map(\.name))
  func agreesWithTheEngine(_ name: String) throws {
    for edge in EdgeMode.all {
      for former in [[], [try FilterStep(preset: "gaussian", values: [0.7])]] {
        let chain = try FilterChain(
          former + [try FilterStep(preset: name)], options: FilterOptions(edge: edge))
        guard let result = try? chain.apply(to: image) else { continue }
        for (x, y) in [(0, 0), (result.planes[0].width - 1, result.planes[0].height / 2)] {
          let trace = try chain.trace(image, x: x, y: y)
          #expect(trace.channels.count == result.planes.count)
          for (channel, plane) in zip(trace.channels, result.planes) {
            #expect(channel.result == plane[x, y])
            guard case .kernels(_, _, _, _, let exact) = channel.step else { continue }
            // Float32 sums between steps may lie on the other side of a tie.
            let rounded = min(max(exact.rounded(.toNearestOrEven), 0), 255)
            let slack = former.isEmpty ? 0.0 : 1.0
            #expect(abs(rounded - plane[x, y]) <= slack, "\(edge) \(x),\(y)")
          }
        }
      }
    }
  }

  @Test("says which samples the edge mode supplied") func marksTheOutside() throws {
    let chain = try FilterChain(
      [FilterStep(preset: "sobel-x")], options: FilterOptions(edge: .pad(9)))
    let window = try chain.trace(image, x: 0, y: 0).channels[0].window
    #expect(window.isOutside == [true, true, true, true, false, false, true, false, false])
    #expect(window.samples.prefix(4).allSatisfy { $0 == 9 })
  }

  @Test("a place outside of the result is an error") func refusesOtherPlaces() throws {
    let chain = try FilterChain(
      [FilterStep(preset: "box")], options: FilterOptions(edge: .crop))
    for (x, y) in [(-1, 0), (0, -1), (7, 0), (0, 5)] {
      #expect(throws: ImageError.self) { try chain.trace(image, x: x, y: y) }
    }
    #expect(throws: Never.self) { try chain.trace(image, x: 6, y: 4) }
  }
}
