import Foundation
import Testing
import VizCNN

/// `vizcnn trace` of a network's unit.
@Suite("trace of a unit")
struct UnitTraceCommandTests {
  let place: Workplace

  init() throws {
    place = try Workplace.withNetwork()
  }

  private func run(_ words: String...) throws -> Command.Outcome {
    try Command.run(["trace", "model.ckpt", "digit.png"] + words, in: place.path)
  }

  @Test("products, bias and activation add up to the network's own number")
  func addsUp() throws {
    let activations = try Command.run(
      ["activations", "model.ckpt", "digit.png", "--layers", "conv*", "--npy"], in: place.path)
    #expect(activations.status == 0)
    let maps = try place.floats("digit.activations/04-conv2.npy")
    for (channel, y, x) in [(7, 4, 5), (0, 0, 0), (15, 10, 10)] {
      let outcome = try run("conv2/\(channel),\(y),\(x)", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let trace = try #require(outcome.json().first)
      let terms = try #require(trace["terms"]?.elements)
      #expect(terms.count == 8 * 9)
      let sum = terms.reduce(0.0) { total, term in
        total + (term["input"]?.number ?? .nan) * (term["weight"]?.number ?? .nan)
      }
      let bias = try #require(trace["bias"]?.number)
      // 73 roundings of Float32 on sums of at most 20.
      #expect(abs(sum + bias - Double(maps[(channel * 11 + y) * 11 + x])) < 1e-4)
    }
  }

  @Test("a sum shows both addends and where they come from") func residualSum() throws {
    try place.make(
      "skip.net",
      """
      Input(1, 28, 28)
      a: Conv2d(1, 1, 3, padding=1, kernels=[sobel-x])
      block: add(input, a)
      relu: ReLU()
      """)
    let outcome = try Command.run(
      ["trace", "skip.net", "digit.png", "block/0,9,12"], in: place.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for start in ["input/0,9,12 ", "a/0,9,12 ", "relu (ReLU) makes "] {
      #expect(outcome.lines.contains { $0.hasPrefix(start) }, "\(start) in \(outcome.text)")
    }
    #expect(outcome.lines.contains { $0.contains(" + ") && $0.contains(" = ") })
    #expect(outcome.lines.contains { $0.hasPrefix("the network's own number is ") })
  }

  @Test("the text names the rectangle, the largest channels and what follows")
  func readsWell() throws {
    let outcome = try run("conv2/7,4,5")
    #expect(outcome.status == 0 && outcome.errors == "")
    let lines = outcome.lines
    #expect(
      lines.first
        == "conv2/7,4,5: Conv2d(in_channels=8, out_channels=16, kernel_size=(3, 3)), layer 4 of model.ckpt"
    )
    #expect(lines[1].hasPrefix("it sees rows 8…15, columns 10…17 of digit.png"))
    #expect(lines.contains { $0.hasPrefix("channel 3, rows 4…6, columns 5…7") })
    #expect(lines.contains { $0.hasPrefix("the network's own number is ") })
    #expect(lines.last == "relu2 (ReLU) makes 0 of it")
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  @Test("the network's picture is inverted as asked, though --invert is a filter too")
  func inverts() throws {
    let (plain, same) = (try run("fc/5"), try run("fc/5", "--invert", "no"))
    let inverted = try run("fc/5", "--invert=yes")
    #expect(plain.status == 0 && same.text == plain.text)
    #expect(inverted.status == 0 && inverted.text != plain.text, "\(inverted.errors)")
    #expect(try run("fc/5", "--invert", "maybe").status == 2)
  }

  @Test("dense and pooling layers are traced too") func tracesOtherLayers() throws {
    let dense = try run("fc/5")
    #expect(dense.status == 0 && dense.text.contains("it sees all of digit.png"))
    let pooled = try run("pool1/1,3,3")
    #expect(pooled.status == 0 && pooled.text.contains("largest = "), "\(pooled.text)")
  }

  @Test(
    "what is no unit is told",
    arguments: [
      ("conv2", "'conv2' is no unit; expected layer/channel,y,x"),
      ("conv2/1,2", "is no unit"), ("conv2/-1,0,0", "is no unit"),
      ("conv2/16,0,0", "the layer's output has shape"), ("conv2/0,0,11", "counted from 0"),
      ("cnv2/0,0,0", "did you mean 'conv2'?"), ("flatten/3", "cannot be traced"),
    ])
  func refusesOtherWords(_ unit: String, _ message: String) throws {
    let outcome = try run(unit)
    #expect(outcome.status == 2 && outcome.text == "")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
