import Foundation
import Testing
import VizImage
import VizRender

@Suite("Learning curves")
struct LearningCurvesTests {
  private func curves(
    _ count: Int, best: Int? = 1, heldBack: Bool = true, title: String = "digits",
    loss: (Int) -> Double = { 1 / Double($0) },
    accuracy: (Int) -> Double = { 0.9 + 0.01 * Double(min($0, 9)) }
  ) -> LearningCurves {
    LearningCurves(
      title: title,
      epochs: (1...count).map {
        LearningCurves.Epoch(
          number: $0, loss: loss($0), accuracy: accuracy($0),
          heldLoss: heldBack ? loss($0) * 1.1 : nil,
          heldAccuracy: heldBack ? accuracy($0) - 0.01 : nil)
      }, best: best)
  }

  /// The points of every curve, and of every arrow, in their order.
  private func lines(_ svg: String) throws -> [[Place]] {
    try svg.split(separator: "\n")
      .filter { $0.hasPrefix("<polyline") && !$0.contains("dasharray") }
      .map {
        try #require($0.split(separator: "\"").dropFirst().first).split(separator: " ").map {
          let numbers = $0.split(separator: ",").compactMap { Double($0) }
          return (x: numbers[0], y: numbers[1])
        }
      }
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

  @Test("one bad epoch does not flatten the others, ends at the edge with an arrow, and is told")
  func badEpoch() throws {
    let usual = { (n: Int) in 0.3 + 0.3 / Double(n) }
    for bad in [1, 7, 12] {
      let svg = curves(12, best: 3) {
        $0 == bad ? 50 : usual($0)
      } accuracy: {
        $0 == bad ? 0.1 : 0.9 + 0.005 * Double($0)
      }.svg()
      let words = words(svg)
      #expect(words.contains("mean over pictures; above the axis: epoch \(bad), 55"), "\(words)")
      #expect(words.contains("% of pictures; below the axis: epoch \(bad), 9.00"), "\(words)")
      let all = try lines(svg)
      let (curves, arrows) = (all.filter { $0.count == 12 }, all.filter { $0.count == 3 })
      #expect(curves.count == 4 && arrows.count == 4)
      for (curve, arrow) in zip(curves, arrows) {
        #expect(curve[bad - 1] == arrow[1])
        let others = curve.indices.filter { $0 != bad - 1 }.map { curve[$0].y }
        let extent = try #require(others.max()) - (try #require(others.min()))
        #expect(extent > 30, "epoch \(bad): \(curve)")
      }
    }
    // Two of twelve in a wide range too, and never more than a fifth.
    let two = curves(12) { $0 == 4 ? 50 : $0 == 9 ? 3000 : usual($0) }.svg()
    #expect(words(two).contains("mean over pictures; above the axis: 2 epochs, up to 3300"))
    // A single one among epochs without a mistake.
    let perfect = curves(12, heldBack: false) { _ in
      1
    } accuracy: {
      $0 == 5 ? 0.4 : 1
    }.svg()
    #expect(words(perfect).contains("% of pictures; below the axis: epoch 5, 40.00"))
    let half = words(curves(12) { $0 < 7 ? 50 : usual($0) }.svg())
    #expect(half.contains("mean over pictures, logarithmic"), "\(half)")
  }

  @Test("losses of many sizes have a logarithmic axis, where a step is a factor")
  func logarithmic() throws {
    let svg = curves(5) { pow(10, Double(-$0)) }.svg()
    let words = words(svg)
    #expect(words.contains("mean over pictures, logarithmic") && words.contains("% of pictures"))
    for tick in ["0.1", "0.01", "0.001", "1e−4"] { #expect(words.contains(tick), "\(words)") }
    let curve = try #require(try lines(svg).first)
    let steps = zip(curve, curve.dropFirst()).map { $1.y - $0.y }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 0.2 && $0 > 50 }, "\(steps)")
    // Ticks are neither many nor none, over two powers of ten and over three hundred.
    for exponent in [2.0, 20, 300] {
      let svg = curves(7) { pow(10, -exponent * Double($0 - 1) / 6) }.svg()
      #expect(self.words(svg).contains("mean over pictures, logarithmic"))
      let ticks = svg.split(separator: "\n").count { $0.contains("text-anchor=\"end\"") }
      // Those of accuracies are among them.
      #expect(7...16 ~= ticks, "\(exponent): \(ticks)")
    }
    // A loss of 0, or of less, has no logarithm, and nothing is many times as large.
    for least in [0.0, -3] {
      let words = self.words(curves(5) { $0 == 3 ? least : $0 == 4 ? 100 : 1 / Double($0) }.svg())
      #expect(words.contains("mean over pictures"), "\(words)")
    }
  }

  @Test("a single epoch has points that can be seen")
  func points() throws {
    func radii(_ count: Int) -> [Double] {
      curves(count, best: nil).svg().components(separatedBy: " r=\"").dropFirst().compactMap {
        $0.split(separator: "\"").first.flatMap { Double($0) }
      }
    }
    #expect(radii(1).count == 4 && radii(1).allSatisfy { $0 >= 4 })
    #expect(radii(2).count == 8 && radii(31).isEmpty)
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

  @Test("the words of the best epoch stand where no curve is, whichever it is")
  func bestWords() throws {
    let shapes: [(name: String, loss: (Int, Int) -> Double)] = [
      ("falling", { n, _ in 1 / Double(n) }), ("rising", { n, _ in 0.2 + Double(n) / 10 }),
      ("straight", { n, count in 2 - 1.9 * Double(n) / Double(count) }),
      ("flat", { _, _ in 0.5 }), ("zigzag", { n, _ in n % 2 == 0 ? 0.2 : 1.4 }),
    ]
    for (name, loss) in shapes {
      for count in [2, 3, 5, 12, 40] {
        for best in Set([1, (count + 1) / 2, count]) {
          let curves = curves(count, best: best) { loss($0, count) }
          for words in try bestTexts(curves.svg()) {
            let hit = words.curves.contains { curve in
              zip(curve, curve.dropFirst()).contains { a, b in
                // Points of the straight line between two, closer together than letters are wide.
                (0...400).contains { i in
                  let t = Double(i) / 400
                  let (x, y) = (a.x + t * (b.x - a.x), a.y + t * (b.y - a.y))
                  return words.x.contains(x) && words.y.contains(y)
                }
              }
            }
            #expect(!hit, "\(name), \(count) epochs, best \(best): \(words.text)")
            #expect(0...Double(curves.image().width) ~= words.x.upperBound)
          }
        }
      }
    }
  }

  private typealias Place = (x: Double, y: Double)

  /// The words of the best epoch, the room that they take, and the curves of their panel.
  private func bestTexts(
    _ svg: String
  ) throws -> [(text: String, x: ClosedRange<Double>, y: ClosedRange<Double>, curves: [[Place]])] {
    let lines = svg.split(separator: "\n").map(String.init)
    let curves = try self.lines(svg)
    return try lines.filter { $0.contains(">best: ") }.map { line in
      func number(_ name: String) throws -> Double {
        let part = try #require(line.components(separatedBy: " \(name)=\"").dropFirst().first)
        return try #require(part.split(separator: "\"").first.flatMap { Double($0) })
      }
      let text = String(
        try #require(line.split(separator: ">").dropFirst().first?.split(separator: "<").first))
      let (x, y, style) = (try number("x"), try number("y"), TextStyle(size: 13))
      let width = Double(style.width(of: text))
      let start = line.contains("\"end\"") ? x - width : x
      return (text, start...start + width, y - 9...y, curves)
    }
  }

  @Test("names of files do not end the text of SVG")
  func escaping() {
    let svg = curves(2, title: "a<b>&\"c\"").svg()
    #expect(svg.contains("a&lt;b&gt;&amp;&quot;c&quot;") && !svg.contains("<b>"))
  }
}
