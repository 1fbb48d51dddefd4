internal import VizKernels

/// A layer that is a function of two numbers, over tensors that repeat along dimensions they lack.
///
///     output[i, j, …] = f(a[i or 0, j or 0, …], b[i or 0, j or 0, …])
///
/// More than two inputs are taken one after the other.
///
/// - Shapes: lengths counted from the last dimension are equal, or one of them is 1
protocol PairLayer: Layer where Prepared == LayerParameters {
  var operation: PairOperation { get }
  static var onnxName: String { get }
}

extension PairLayer {
  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.count > 1 else { throw .inputCount(expected: "2 or more", found: inputs.count) }
    return [try inputs.broadcast()]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    [folded(inputs, context)]
  }

  /// All inputs, one after the other.
  func folded(_ inputs: [Tensor], _ context: ForwardContext) -> Tensor {
    inputs.dropFirst().reduce(inputs[0]) { combined($0, $1, context) }
  }

  private func combined(_ a: Tensor, _ b: Tensor, _ context: ForwardContext) -> Tensor {
    guard let shape = try? [a.shape, b.shape].broadcast() else {
      preconditionFailure("\(text) got \(a.shape) and \(b.shape)")
    }
    let output = context.tensor(shape)
    let broadcast = Broadcast(
      a: a.shape.padded(to: shape.rank), b: b.shape.padded(to: shape.rank), out: shape.dimensions)
    unsafe broadcast.apply(
      operation, a.start, b.start, into: output.mutableStart, execution: context.execution)
    return output
  }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    inputs.indices.dropFirst().map { i in
      ONNXNode(Self.onnxName, inputs: [i == 1 ? .input(0) : .result(i - 2), .input(i)])
    }
  }
}

extension [Shape] {
  /// The shape in which all find their place.
  func broadcast() throws(LayerError) -> Shape {
    let rank = map(\.rank).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in self {
      for (i, length) in shape.padded(to: rank).enumerated() where length != 1 {
        guard result[i] == 1 || result[i] == length else {
          throw .inputShapes(expected: "lengths that are equal or 1", found: self)
        }
        result[i] = length
      }
    }
    return Shape(result)
  }
}

extension Shape {
  /// With dimensions of length 1 in front.
  func padded(to rank: Int) -> [Int] {
    [Int](repeating: 1, count: Swift.max(rank - self.rank, 0)) + dimensions
  }
}

extension PairLayer {
  public var kept: KeptValues {
    switch operation {
    case .add, .subtract: []
    case .multiply, .divide, .power, .maximum, .minimum: .inputs
    }
  }

  /// Pair by pair from the last, each with what the pairs before it gave.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let last = step.inputShapes.count - 1
    var left = step.inputs.first.map { [$0] } ?? []
    for input in step.inputs.dropFirst().dropLast() {
      left.append(combined(left[left.count - 1], input, step.context))
    }
    var leftShapes = [step.inputShapes[0]]
    for i in 1...last {
      leftShapes.append((try? [leftShapes[i - 1], step.inputShapes[i]].broadcast()) ?? [])
    }
    var gradient = step.gradient
    var gradients = [Tensor?](repeating: nil, count: last + 1)
    for i in (1...last).reversed() {
      let pair = kept.isEmpty ? nil : (a: left[i - 1], b: step.inputs[i])
      let (a, b) = slopes(gradient, pair, step.context)
      if step.needsInputs[i] { gradients[i] = b.summed(to: step.inputShapes[i], step.context) }
      gradient = a.summed(to: leftShapes[i - 1], step.context)
    }
    gradients[0] = step.needsInputs[0] ? gradient : nil
    return LayerGradients(inputs: gradients)
  }

  /// The gradients by both numbers of every pair; `pair` is nil where they do not depend on them.
  private func slopes(
    _ gradient: Tensor, _ pair: (a: Tensor, b: Tensor)?, _ context: ForwardContext
  ) -> (a: Tensor, b: Tensor) {
    guard let pair else {
      return (gradient, operation == .add ? gradient : gradient.applying(.negate, context))
    }
    let (a, b) = (
      pair.a.expanded(to: gradient.shape, context), pair.b.expanded(to: gradient.shape, context)
    )
    let (outA, outB) = (context.tensor(gradient.shape), context.tensor(gradient.shape))
    unsafe operation.applyGradient(
      gradient.start, a.start, b.start, intoA: outA.mutableStart, intoB: outB.mutableStart,
      count: gradient.count, execution: context.execution)
    return (outA, outB)
  }
}
