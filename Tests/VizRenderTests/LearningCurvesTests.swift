import Foundation
import Testing
import VizImage
import VizRender

@Suite("Learning curves")
struct LearningCurvesTests {
  private func curves(
    _ count: Int, best: Int? = 1, heldBack: Bool = true, title: String = "digits",
    loss: (Int) -> Double = { 1 / Double($0) }
  ) -> LearningCurves {
    LearningCurves(
      title: title,
      epochs: (1...count).map {
        LearningCurves.Epoch(
          number: $0, loss: loss($0), accuracy: 0.9 + 0.01 * Double(min($0, 9)),
          heldLoss: heldBack ? loss($0) * 1.1 : nil,
          heldAccuracy: heldBack ? 0.89 + 0.01 * Double(min($0, 9)) : nil)
      }, best: best)
  }

  private func words(_ svg: String) -> [String] {
    svg.split(separator: "\n").filter { $0.hasPrefix("<text") }.compactMap {
      $0.split(separator: ">").dropFirst().first?.split(separator: "<").first.map(String.init)
    }
  }

  @Test("lines have their names and last numbers, the chosen epoch its own")
  func names() {
    let words = words(curves(4, best: 4).svg())
    #expect(words.contains("training 0.25") && words.contains("held back 0.275"))
    #expect(words.contains("training 94.00") && words.contains("held back 93.00"))
    #expect(words.contains("best: epoch 4, 0.275") && words.contains("best: epoch 4, 93.00 %"))
    #expect(words.count { $0 == "epoch" } == 2)
    let alone = self.words(curves(4, heldBack: false).svg())
    #expect(!alone.contains { $0.hasPrefix("held back") })
    #expect(alone.contains("best: epoch 1, 1"))
  }

  @Test("of one epoch the names of lines and the best are apart")
  func oneEpoch() throws {
    let svg = curves(1, best: 1).svg()
    /// Where a text begins or ends, and its anchor.
    func place(_ words: String) throws -> (x: Double, y: Double, isBehind: Bool) {
      let line = try #require(svg.split(separator: "\n").first { $0.contains(">\(words)<") })
      func number(_ name: String) throws -> Double {
        let part = try #require(line.components(separatedBy: " \(name)=\"").dropFirst().first)
        return try #require(part.split(separator: "\"").first.flatMap { Double($0) })
      }
      return (try number("x"), try number("y"), line.contains("\"end\""))
    }
    for (best, names) in [
      ("best: epoch 1, 1.1", ["training 1", "held back 1.1"]),
      ("best: epoch 1, 90.00 %", ["training 91.00", "held back 90.00"]),
    ] {
      let best = try place(best)
      for name in names {
        let name = try place(name)
        #expect(best.isBehind && best.x < name.x || abs(best.y - name.y) >= 13, "\(name)")
      }
    }
  }

  @Test("every place is within the page, also for one epoch, and for losses of any size")
  func places() throws {
    for (count, scale) in [(1, 1.0), (2, 1e-9), (3, 1e9), (200, 1)] {
      let curves = curves(count) { scale / Double($0) }
      let picture = curves.image()
      for line in curves.svg().split(separator: "\n") where line.hasPrefix("<polyline") {
        let points = try #require(line.split(separator: "\"").dropFirst().first)
        for point in points.split(separator: " ") {
          let place = point.split(separator: ",").compactMap { Double($0) }
          #expect(place.count == 2, "\(line)")
          #expect(0...Double(picture.width) ~= place[0] && 0...Double(picture.height) ~= place[1])
        }
      }
    }
    // A loss that is no number has no place.
    #expect(!curves(3) { $0 == 2 ? .nan : 1 }.svg().contains("nan"))
  }

  @Test("names of files do not end the text of SVG")
  func escaping() {
    let svg = curves(2, title: "a<b>&\"c\"").svg()
    #expect(svg.contains("a&lt;b&gt;&amp;&quot;c&quot;") && !svg.contains("<b>"))
  }
}
