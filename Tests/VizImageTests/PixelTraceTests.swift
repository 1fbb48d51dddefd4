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

  @Test("Canny's verdict is the engine's, at every place and under every edge mode")
  func explainsCanny() throws {
    var generator = SplitMix64(seed: 11)
    // Soft steps in several directions, with noise.
    let samples = (0..<(26 * 21)).map { i in
      let (x, y) = (i % 26, i / 26)
      let step = (x > 12 ? 90 : 0) + (x + y > 30 ? 60 : 0) + (2 * y > x ? 40 : 0)
      return UInt8(step + Int.random(in: 0...24, using: &generator))
    }
    let image = Image(width: 26, height: 21, layout: .gray, samples: samples)
    var verdicts: Set<String> = []
    for edge in EdgeMode.all where edge != .renormalize {
      let chain = try FilterChain(
        [FilterStep(preset: "canny", values: [100, 260])], options: FilterOptions(edge: edge))
      let plane = try chain.apply(to: image).planes[0]
      for y in 0..<plane.height {
        for x in 0..<plane.width {
          let channel = try chain.trace(image, x: x, y: y).channels[0]
          guard case .canny(let canny) = channel.step else {
            Issue.record("no trace of canny")
            return
          }
          let isEdge: Bool
          switch canny.verdict {
          case .tooWeak:
            isEdge = false
            #expect(canny.gradient.magnitude <= 100)
          case .suppressed: (isEdge, _) = (false, #expect(!canny.isRidge))
          case .alone: isEdge = false
          case .strong: (isEdge, _) = (true, #expect(canny.isRidge))
          case .connected(let strong, let steps):
            isEdge = true
            #expect(strong.magnitude > 260 && plane[strong.x, strong.y] == 255)
            #expect(steps >= max(abs(strong.x - x), abs(strong.y - y)))
          }
          #expect((plane[x, y] == 255) == isEdge, "\(edge) \(x),\(y): \(canny.verdict)")
          verdicts.insert("\(canny.verdict)".prefix { $0 != "(" }.description)
        }
      }
    }
    #expect(verdicts == ["tooWeak", "suppressed", "alone", "strong", "connected"])
  }

  @Test("a threshold tells its level in sample units") func explainsThresholds() throws {
    let deep = Image(width: 2, height: 1, layout: .gray, samples: [UInt16(30_000), 40_000])
    let chain = try FilterChain([FilterStep(preset: "threshold", values: [127.5])])
    let trace = try chain.trace(deep, x: 1, y: 0)
    guard case .threshold(let level, let highest) = trace.channels[0].step else {
      Issue.record("no trace of a threshold")
      return
    }
    #expect(level == 32_767.5 && highest == 65_535 && trace.channels[0].result == 65_535)
  }
}
