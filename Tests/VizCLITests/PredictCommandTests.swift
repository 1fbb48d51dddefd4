import Foundation
import Testing
import VizCNN
import VizTestSupport

/// `vizcnn predict`: classes and their probabilities.
@Suite("predict")
struct PredictCommandTests {
  let place: Workplace

  init() throws {
    place = try Workplace.withNetwork()
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(["predict", "model.ckpt"] + words, in: place.path)
  }

  @Test("takes the digit for a five") func readsTheDigit() throws {
    let outcome = try run("digit.png")
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.lines.prefix(2) == ["digit.png", "  5  100.00 %"])
    #expect(outcome.lines.count == 6)
  }

  @Test("--top names as many classes as there are, at most") func namesClasses() throws {
    for (top, lines) in [(1, 1), (3, 3), (10, 10), (1000, 10)] {
      #expect(try run("digit.png", "--top", "\(top)").lines.count == 1 + lines)
    }
  }

  @Test("--json has probabilities that add up to one, the greatest first") func printsJSON() throws
  {
    let outcome = try run("digit.png", "dark.png", "--json", "--top", "10")
    let reports = try outcome.json()
    #expect(reports.map { $0["picture"]?.string } == ["digit.png", "dark.png"])
    #expect(reports.map { $0["notes"]?.elements?.count } == [0, 1])
    for report in reports {
      let top = try #require(report["top"]?.elements)
      let shares = top.compactMap { $0["probability"]?.number }
      #expect(top.first?["name"]?.string == "5" && shares == shares.sorted(by: >))
      // Ten numbers of Float64.
      #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test("a dark digit on light is inverted and said to be; --invert decides") func inverts() throws
  {
    let automatic = try run("dark.png", "--top", "1")
    #expect(automatic.errors == "dark.png: inverted: dark on light\n")
    #expect(automatic.lines == ["dark.png", "  5  100.00 %"])
    #expect(try run("dark.png", "-q").errors == "")
    #expect(try run("dark.png", "--invert", "yes", "--top", "1").lines == automatic.lines)
    let kept = try run("dark.png", "--invert", "no", "--json").json()
    let inverted = try run("digit.png", "--invert", "yes", "--json").json()
    #expect(kept.first?["notes"]?.elements?.count == 0)
    let scores = [kept, inverted].map { $0.first?["top"]?.elements?.map { $0["score"]?.number } }
    #expect(scores[0] == scores[1])
  }

  @Test("an --input-shape that the model contradicts is refused") func refusesOtherShapes() throws {
    for shape in ["1x30x30", "3x28x28", "1x2", "7"] {
      let outcome = try run("digit.png", "--input-shape", shape)
      #expect(outcome.status == 2 && outcome.text == "", "\(shape)")
      #expect(outcome.errors.hasPrefix("error: model.ckpt: input 'input' has shape ["), "\(shape)")
    }
    #expect(try run("digit.png", "--input-shape", "1x28x28").status == 0)
  }

  @Test("numbers that are NaN are warned of") func warnsOfNaN() throws {
    // Edges below zero have no root.
    try place.make(
      "roots.net",
      """
      edges: Conv2d(1, 2, 3, kernels=[sobel-x, identity])
      roots: Function(Sqrt)
      pool: AdaptiveAvgPool2d(1)
      flatten: Flatten()
      """)
    let outcome = try Command.run(["predict", "roots.net", "digit.png"], in: place.path)
    #expect(outcome.status == 0 && outcome.lines.count == 3)
    #expect(outcome.errors.hasPrefix("warning: digit.png: the network's output is NaN for 1 of 2"))
    let quiet = try Command.run(["predict", "roots.net", "digit.png", "-q"], in: place.path)
    #expect(quiet.errors == "")
  }

  @Test("one bad picture is told, and the rest goes on") func goesOn() throws {
    try place.make("bad.png", "no picture")
    let outcome = try run("bad.png", "digit.png", "missing.png", "--top", "1")
    #expect(outcome.status == 1 && outcome.lines == ["digit.png", "  5  100.00 %"])
    #expect(outcome.errors.contains("error: bad.png: not a picture"))
    #expect(outcome.errors.contains("error: missing.png: no such file"))
    #expect(try run("bad.png").status == 4)
    #expect(try run("missing.png").status == 3)
  }

  @Test("two hundred pictures, in their order") func takesMany() throws {
    try place.makeFolder("many")
    for i in 100..<300 { try place.copy("digit.png", to: "many/\(i).png") }
    let outcome = try run("many", "--top", "1", "--json")
    #expect(outcome.status == 0)
    #expect(
      try outcome.json().map { $0["picture"]?.string } == (100..<300).map { "many/\($0).png" })
  }

  @Test("what is no list of classes is told") func needsClasses() throws {
    try place.make("edges.net", "Conv2d(1, 1, 3, kernels=[sobel-x])\n")
    let outcome = try Command.run(
      ["predict", "edges.net", "digit.png", "--size", "28"], in: place.path)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("is no list of classes"), "\(outcome.errors)")
  }

  @Test("weights alone take their layers from --net", .needsData) func readsPyTorch() throws {
    try place.make(
      "fashion.net",
      """
      conv1: Conv2d(1, 10, 3)
      ReLU()
      MaxPool2d(2)
      conv2: Conv2d(10, 20, 3)
      ReLU()
      MaxPool2d(2)
      Flatten()
      fc1: Linear(500, 50)
      ReLU()
      fc2: Linear(50, 10)
      """)
    let weights = DataFolder.path("models/udacity/fashion_net_ex.pt")
    let bare = try Command.run(
      ["predict", weights, "digit.png", "--size", "28"], in: place.path)
    #expect(bare.status == 4 && bare.errors.contains("hint: give the architecture with --net"))
    let outcome = try Command.run(
      ["predict", weights, "digit.png", "--net", "fashion.net", "--size", "28", "--json"],
      in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json().first?["top"]?.elements?.count == 5)
  }
}
