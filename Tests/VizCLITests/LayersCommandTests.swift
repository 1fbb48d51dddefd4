import Foundation
import Testing
import VizCNN

/// `vizcnn layers`: shapes and counts.
@Suite("layers")
struct LayersCommandTests {
  /// The lesson's quiz: depth, side and counts after two convolutions and two poolings.
  private static let quiz = """
    Conv2d(3, 10, 3, padding=1)
    ReLU()
    MaxPool2d(4, 4)
    Conv2d(10, 20, 5, padding=2)
    ReLU()
    MaxPool2d(2, 2)
    Flatten()
    """

  let place: Workplace

  init() throws {
    place = try Workplace.withNetwork()
    try place.make("quiz.net", Self.quiz)
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(["layers"] + words, in: place.path)
  }

  @Test("answers the lesson's quiz") func answersTheQuiz() throws {
    let outcome = try run("quiz.net", "--input-shape", "3x130x130", "--json")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    let network = try #require(outcome.json().first)
    let shapes = try #require(network["layers"]?.elements).map {
      $0["outputShapes"]?.elements?.first?.ints
    }
    #expect(
      shapes == [
        [1, 10, 130, 130], [1, 10, 130, 130], [1, 10, 32, 32], [1, 20, 32, 32], [1, 20, 32, 32],
        [1, 20, 16, 16], [1, 5120],
      ])
    #expect(network["learnable"]?.int == 5300)
    // 130²·10·27 + 32²·20·250
    #expect(network["multiplyAdds"]?.int == 9_683_000)
    let text = try run("quiz.net", "--input-shape", "3x130x130")
    #expect(
      text.lines.last
        == "7 layers, 5,300 learnable parameters, 9,683,000 multiply-adds, 5,120 values out")
  }

  @Test("sizes follow floor((W + 2P − D·(F−1) − 1) / S) + 1") func followsTheFormula() throws {
    for (width, kernel, stride, padding, dilation) in [
      (7, 3, 1, 0, 1), (7, 3, 2, 0, 1), (5, 3, 2, 1, 1), (227, 11, 4, 0, 1), (130, 4, 4, 0, 1),
      (28, 5, 3, 2, 2), (31, 2, 2, 0, 3),
    ] {
      try place.make(
        "one.net",
        "Conv2d(1, 1, \(kernel), stride=\(stride), padding=\(padding), dilation=\(dilation))\n")
      let outcome = try run("one.net", "--input-shape", "1x\(width)x\(width)", "--json")
      let layer = try #require(outcome.json().first?["layers"]?.elements?.first)
      let side = (width + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
      #expect(
        layer["outputShapes"]?.elements?.first?.ints == [1, 1, side, side],
        "\(width), \(kernel), \(stride), \(padding), \(dilation)")
    }
  }

  @Test("the longest name makes no wide table, and constants have no batch") func showsOddLayers()
    throws
  {
    try place.make(
      "odd.net",
      "Input(8, 4, 4)\n\(String(repeating: "n", count: 3000)): ReLU()\nb: Constant([8, 1, 1])()\n"
        + "c: ReLU()(\(String(repeating: "n", count: 3000)))\nadd(c, b)\n")
    let outcome = try run("odd.net")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.allSatisfy { $0.count < 200 })
    #expect(outcome.lines.contains { $0.contains("nnn…nnn") })
    #expect(outcome.lines.contains { $0.contains("Constant") && $0.contains("8×1×1") })
  }

  @Test("a checkpoint's table counts what the file holds") func countsCheckpoints() throws {
    let outcome = try run("model.ckpt", "--quiet")
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(
      outcome.lines.last
        == "10 layers, 8,778 learnable parameters, 232,416 multiply-adds, 10 values out")
    let parameters = try Checkpoint.read(place["model.ckpt"]).network.parameters
    #expect(parameters.values.reduce(0) { $0 + $1.shape.count } == 8778)
  }

  @Test("without a size there are counts, and a line says how to get more") func leavesSizesOpen()
    throws
  {
    let outcome = try run("quiz.net")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("--input-shape 3x224x224"))
    #expect(outcome.lines.last == "7 layers, 5,300 learnable parameters")
  }

  @Test(
    "known networks need no file",
    arguments: [
      ("alexnet", 61_100_840), ("vgg16", 138_357_544), ("resnet18", 11_689_512),
      ("resnet50", 25_557_032),
    ])
  func knowsNetworks(_ name: String, _ parameters: Int) throws {
    let outcome = try run("--net", name, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Torchvision's published counts.
    #expect(try outcome.json().first?["learnable"]?.int == parameters)
  }

  @Test(
    "texts that are no network are told with their line or layer",
    arguments: [
      ("Conv2d(1, 2", "line 2: expected a value"), ("", "expected a layer"),
      ("Conv2d(3, 16, 3)\nConv2d(17, 3, 3)", "node '1' (Conv2d) got"),
      ("a: ReLU()\na: ReLU()", "two values of the network are called 'a'"),
      ("ReLU()\nadd(foo, bar)", "reads 'foo'"),
      ("Conv2d(1, 4, 3, kernels=[sobl-x, box, box, box])", "did you mean 'sobel-x'?"),
    ])
  func refusesTexts(_ text: String, _ message: String) throws {
    try place.make("bad.net", text + "\n")
    let outcome = try run("bad.net", "--input-shape", "3x28x28")
    #expect(outcome.status == 4 && outcome.text == "")
    #expect(
      outcome.errors.contains("bad.net") && outcome.errors.contains(message), "\(outcome.errors)")
  }
}
