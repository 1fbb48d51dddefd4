internal import VizKernels

/// A tensor cut into parts along a dimension.
public struct Split: Layer {
  public enum Parts: Equatable, Sendable {
    case lengths([Int])
    /// So many parts of equal length, the last of which may be shorter.
    case count(Int)
  }

  public let parts: Parts
  public let dimension: Int

  public init(_ parts: Parts, dimension: Int = 0) {
    self.parts = parts
    self.dimension = dimension
  }

  public var outputCount: Int {
    switch parts {
    case .lengths(let lengths): lengths.count
    case .count(let count): count
    }
  }

  private func lengths(_ length: Int) -> [Int] {
    switch parts {
    case .lengths(let lengths): return lengths
    case .count(let count):
      let part = (length + count - 1) / count
      return (0..<count).map { max(0, min(part, length - $0 * part)) }
    }
  }

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.count == 1 else { throw .inputCount(expected: "1", found: inputs.count) }
    let i = try inputs[0].dimension(dimension)
    let lengths = lengths(inputs[0][i])
    guard lengths.reduce(0, +) == inputs[0][i] else {
      throw .inputShape(
        expected: "the length \(lengths.reduce(0, +)) in dimension \(i)", found: inputs[0])
    }
    return lengths.map { inputs[0].replacing(i, with: $0) }
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    let input = inputs[0]
    let i = input.shape.index(dimension)
    var first = 0
    return lengths(input.shape[i]).map { length in
      defer { first += length }
      return input.sliced([i: (start: first, step: 1, count: length)], context)
    }
  }

  public var arguments: LayerArguments {
    switch parts {
    case .lengths(let lengths): ["split": .ints(lengths), "dim": .int(dimension)]
    case .count(let count): ["split": .none, "dim": .int(dimension), "chunks": .int(count)]
    }
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let lengths = lengths(inputs[0][inputs[0].index(dimension)])
    return [
      ONNXNode(
        "Split", inputs: [.input(0), .ints(lengths)], attributes: ["axis": .int(dimension)])
    ]
  }

  public static let entry = LayerEntry(
    name: "Split", summary: "A tensor cut into parts",
    arguments: [.init("split", .some(.none)), .init("dim", 0), .init("chunks", .some(.none))],
    onnx: [
      ONNXForm("Split", inputs: [.value, .argument("split")]) { (call) throws(LayerError) in
        Split(
          call.attributes.has("split")
            ? .lengths(try lengths(call.attributes)) : .count(max(call.outputCount, 1)),
          dimension: try call.attributes.int("axis", default: 0, in: -8...7))
      }
    ]
  ) { (arguments) throws(LayerError) in
    let dimension = try arguments.int("dim", in: -8...7)
    guard arguments.has("chunks") else {
      return Split(.lengths(try lengths(arguments)), dimension: dimension)
    }
    return Split(.count(try arguments.int("chunks", in: 1...1024)), dimension: dimension)
  }

  private static func lengths(_ arguments: LayerArguments) throws(LayerError) -> [Int] {
    let lengths = try arguments.ints("split", in: 0...LayerArguments.largest)
    guard 1...1024 ~= lengths.count else { throw arguments.wrong("split", "1…1024 lengths") }
    return lengths
  }
}

extension Split {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let whole = Concat(dimension: dimension).forward(step.gradients, [:], step.context)
    return LayerGradients(whole[0])
  }
}
