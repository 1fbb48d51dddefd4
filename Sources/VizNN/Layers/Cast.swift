internal import VizKernels

/// Numbers as another type would hold them: whole, or 1 for all but 0.
///
///     whole  ⌊input⌋ where input > 0, ⌈input⌉ elsewhere
///     bool   input ≠ 0
///     not    input = 0
public struct Cast: UnaryLayer {
  public enum Kind: String, Sendable, CaseIterable {
    case whole, bool, not
  }

  public let kind: Kind

  public init(_ kind: Kind) {
    self.kind = kind
  }

  public func outputShape(_ input: Shape) -> Shape { input }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(input.shape)
    switch kind {
    case .whole:
      unsafe truncate(
        input.start, into: output.mutableStart, count: input.count, execution: context.execution)
    case .bool:
      unsafe Comparison.or.apply(
        input.start, input.start, into: output.mutableStart, count: input.count,
        execution: context.execution)
    case .not:
      let zero = Expand(input.shape).forward(.number(0), [:], context)
      unsafe Comparison.equal.apply(
        input.start, zero.start, into: output.mutableStart, count: input.count,
        execution: context.execution)
    }
    return output
  }

  public var arguments: LayerArguments { ["kind": .string(kind.rawValue)] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    switch kind {
    case .whole: [.cast(.input(0), to: .whole), .cast(.result(0), to: .float)]
    case .bool: [.cast(.input(0), to: .truth), .cast(.result(0), to: .float)]
    case .not:
      [
        .cast(.input(0), to: .truth), ONNXNode("Not", inputs: [.result(0)]),
        .cast(.result(1), to: .float),
      ]
    }
  }

  public static let entry = LayerEntry(
    name: "Cast", summary: "Numbers made whole, or truths", arguments: [.init("kind")],
    onnx: [
      ONNXForm("Not") { _ in Cast(.not) },
      ONNXForm("Cast") { (call) throws(LayerError) in
        switch try call.attributes.int("to") {
        case 6, 7: return Cast(.whole)
        case 9: return Cast(.bool)
        default:
          throw .unsupported(
            found: "a cast to type \(try call.attributes.int("to"))",
            expected: "floats, int32, int64 or bool")
        }
      },
    ]
  ) { (arguments) throws(LayerError) in
    Cast(try arguments.choice("kind", Kind.self))
  }
}

extension Cast {
  public var kept: KeptValues { [] }

  /// Steps: zero everywhere between them.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(inputs: step.inputShapes.map { _ in nil })
  }
}
