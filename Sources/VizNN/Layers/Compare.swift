internal import VizKernels

/// Two tensors compared number by number, 1 for yes and 0 for no.
///
///     output = f(a, b)
///
/// And, Or and Xor take every number but 0 for a yes. Mod is the remainder of a division of whole numbers,
/// with the divisor's sign.
///
/// - Shapes: lengths counted from the last dimension are equal, or one of them is 1
public struct Compare: Layer {
  /// The comparisons, as ONNX calls them.
  public enum Operation: String, Sendable, CaseIterable {
    case equal = "Equal"
    case greater = "Greater"
    case less = "Less"
    case greaterOrEqual = "GreaterOrEqual"
    case lessOrEqual = "LessOrEqual"
    case and = "And"
    case or = "Or"
    case exclusiveOr = "Xor"
    case remainder = "Mod"
  }

  public let operation: Operation

  public init(_ operation: Operation) {
    self.operation = operation
  }

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.count == 2 else { throw .inputCount(expected: "2", found: inputs.count) }
    return [try inputs.broadcast()]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    let operands = inputs.expanded(context)
    let (a, b) = (operands[0], operands[1])
    let output = context.tensor(a.shape)
    unsafe kernel.apply(
      a.start, b.start, into: output.mutableStart, count: a.count, execution: context.execution)
    return [output]
  }

  private var kernel: Comparison {
    switch operation {
    case .equal: .equal
    case .greater: .greater
    case .less: .less
    case .greaterOrEqual: .greaterOrEqual
    case .lessOrEqual: .lessOrEqual
    case .and: .and
    case .or: .or
    case .exclusiveOr: .exclusiveOr
    case .remainder: .remainder
    }
  }

  public var arguments: LayerArguments { ["operation": .string(operation.rawValue)] }

  /// ONNX has types for truths and for whole numbers, which values here become on the way.
  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let type: ONNXElement? =
      switch operation {
      case .and, .or, .exclusiveOr: .truth
      case .remainder: .whole
      default: nil
      }
    let casts = type.map { type in (0..<2).map { ONNXNode.cast(.input($0), to: type) } } ?? []
    let operands: [ONNXNode.Operand] =
      casts.isEmpty ? [.input(0), .input(1)] : [.result(0), .result(1)]
    return casts + [
      ONNXNode(operation.rawValue, inputs: operands), .cast(.result(casts.count), to: .float),
    ]
  }

  public static let entry = LayerEntry(
    name: "Compare", summary: "Two tensors compared number by number",
    arguments: [.init("operation")],
    onnx: Operation.allCases.map { operation in
      ONNXForm(operation.rawValue, inputs: [.value, .value]) { (call) throws(LayerError) in
        guard try !call.attributes.bool("fmod", default: false) else {
          throw .unsupported(found: "fmod", expected: "the remainder of whole numbers")
        }
        return Compare(operation)
      }
    }
  ) { (arguments) throws(LayerError) in
    Compare(try arguments.choice("operation", Operation.self))
  }
}

extension [Tensor] {
  /// All in the shape in which they find their place.
  func expanded(_ context: ForwardContext) -> [Tensor] {
    guard let shape = try? map(\.shape).broadcast() else {
      preconditionFailure("tensors of \(map(\.shape)) side by side")
    }
    return map { $0.shape == shape ? $0 : Expand(shape).forward($0, [:], context) }
  }
}

/// What elements are in ONNX.
enum ONNXElement: Int {
  case float = 1
  case whole = 7
  case truth = 9
}

extension ONNXNode {
  static func cast(
    _ operand: Operand, to type: ONNXElement, makes: [Int?]? = nil
  ) -> ONNXNode {
    ONNXNode("Cast", inputs: [operand], attributes: ["to": .int(type.rawValue)], makes: makes)
  }
}

extension Compare {
  public var kept: KeptValues { operation == .remainder ? .inputs : [] }

  /// Steps, zero everywhere between them; but a − b · ⌊a / b⌋ grows with a, and falls with b by the quotient.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    guard operation == .remainder else { return LayerGradients(inputs: [nil, nil]) }
    let context = step.context
    let quotient = step.inputs[0].combined(.divide, step.inputs[1], context)
      .applying(.floor, context)
    let byDivisor = step.gradient.combined(.multiply, quotient, context)
      .applying(.negate, context)
    return LayerGradients(inputs: [
      step.needsInputs[0] ? step.gradient.summed(to: step.inputShapes[0], context) : nil,
      step.needsInputs[1] ? byDivisor.summed(to: step.inputShapes[1], context) : nil,
    ])
  }
}
