import Testing
import VizMethods
import VizNN

@Suite("Prediction") struct PredictionTests {
  private func prediction(
    _ scores: [Float], _ layers: any Layer..., names: [String] = []
  ) throws -> Prediction {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, scores.count]),
      sequence: layers.enumerated().map { ("\($0)", $1) })
    let output = Tensor(shape: [1, scores.count], values: scores)
    return try #require(Prediction(output: output, of: architecture, classNames: names))
  }

  // torch 2.15.0: torch.softmax(torch.tensor([1., 2., 4.], dtype=torch.float64), 0)
  private let expected = [0.042010066134, 0.114195199385, 0.843794734481]

  @Test("scores go through softmax, the most probable first") func softmax() throws {
    let found = try prediction([1, 4, 2], Tanh(), names: ["a", "b"])
    #expect(found.classes.map(\.name) == ["b", "2", "a"])
    #expect(found.classes.map(\.index) == [1, 2, 0])
    for (entry, p) in zip(found.classes, expected.reversed()) {
      // Printed to twelve digits.
      #expect(abs(entry.probability - p) < 1e-11)
    }
    #expect(found.top(2).map(\.score) == [4, 2] && found.top(9).count == 3)
  }

  @Test("probabilities and their logarithms are taken as they are") func endings() throws {
    #expect(try prediction([0.25, 0.75], Softmax()).classes.map(\.probability) == [0.75, 0.25])
    #expect(
      try prediction([0.25, 0.75], Softmax(), Dropout(), Identity()).classes.map(\.probability)
        == [0.75, 0.25])
    #expect(try prediction([0.5, 1], Sigmoid()).classes.map(\.probability) == [1, 0.5])
    let logarithms = try prediction([-0.6931472, -1.3862944], LogSoftmax()).classes
    // Logarithms of ½ and ¼ in Float32.
    #expect(zip(logarithms, [0.5, 0.25]).allSatisfy { abs($0.probability - $1) < 1e-7 })
  }

  @Test("equal ones stand by index, NaN last, infinities share all") func strangeScores() throws {
    #expect(try prediction([2, 2, 2], Tanh()).classes.map(\.index) == [0, 1, 2])
    let undefined = try prediction([.nan, 1, .nan, 2], Tanh()).classes
    #expect(undefined.map(\.index) == [3, 1, 0, 2])
    #expect(abs(undefined[0].probability + undefined[1].probability - 1) < 1e-12)
    let infinite = try prediction([.infinity, 5, .infinity], Tanh()).classes
    #expect(infinite.map(\.probability) == [0.5, 0.5, 0])
    #expect(try prediction([.nan, .nan], Tanh()).classes.map(\.index) == [0, 1])
    #expect(try prediction([-.infinity, 0], Tanh()).classes.map(\.probability) == [1, 0])
    #expect(try prediction([3e38, -3e38], Tanh()).classes.map(\.probability) == [1, 0])
  }

  @Test("an output that is a picture is no prediction") func pictures() throws {
    let architecture = try Architecture(
      input: .init("x", shape: [nil, 1, nil, nil]), sequence: [("relu", ReLU())])
    func find(_ shape: Shape) -> Prediction? {
      Prediction(output: Tensor(repeating: 1, shape: shape), of: architecture)
    }
    let counts = [[1, 1, 2, 2], [1, 0], [1, 5, 1, 1], [1]].map { find(Shape($0))?.classes.count }
    #expect(counts == [nil, nil, 5, 1])
  }
}
