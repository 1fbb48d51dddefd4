/// Neighbouring dimensions as one.
///
/// - Shapes: `input`: `[N, C, H, W]`; output: `[N, C·H·W]` with the dimensions 1 to −1
public struct Flatten: UnaryLayer {
  public let first: Int
  public let last: Int

  public init(first: Int = 1, last: Int = -1) {
    self.first = first
    self.last = last
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    let (i, end) = (try input.dimension(first), try input.dimension(last))
    guard i <= end else {
      throw .inputShape(expected: "a shape where \(first) is before \(last)", found: input)
    }
    return Shape(
      Array(input.dimensions[..<i]) + [input.count(of: i..<end + 1)]
        + Array(input.dimensions[(end + 1)...]))
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input.reshaped(to: acceptedShape(input.shape))
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { ["start_dim": .int(first), "end_dim": .int(last)] }

  public func onnxNodes(_ inputs: [Shape]) throws(LayerError) -> [ONNXNode] {
    let input = inputs[0]
    if first == 1, input.index(last) == input.rank - 1 {
      return [ONNXNode("Flatten", attributes: ["axis": 1])]
    }
    return [ONNXNode("Reshape", inputs: [.input(0), .ints(try outputShape(input).dimensions)])]
  }

  public static let entry = LayerEntry(
    name: "Flatten", summary: "Neighbouring dimensions as one",
    arguments: [.init("start_dim", 1), .init("end_dim", -1)]
  ) { (arguments) throws(LayerError) in
    Flatten(
      first: try arguments.int("start_dim", in: -8...7),
      last: try arguments.int("end_dim", in: -8...7))
  }
}

extension Flatten {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(step.gradient.reshaped(to: step.inputShape))
  }
}
