internal import VizKernels

/// Dimensions reduced to one number each: means, sums, extremes, norms.
///
/// Without dimensions all are reduced. Sums are held in Float64.
public struct Reduce: UnaryLayer {
  /// The operations, under the names that ONNX has behind `Reduce`.
  public enum Operation: String, Sendable, CaseIterable {
    case mean = "Mean"
    case sum = "Sum"
    case maximum = "Max"
    case minimum = "Min"
    case product = "Prod"
    case norm1 = "L1"
    case norm2 = "L2"
    case squares = "SumSquare"
    case logSum = "LogSum"
    case logSumExp = "LogSumExp"
  }

  public let operation: Operation
  public let dimensions: [Int]
  /// Whether reduced dimensions stay, with the length 1.
  public let keepsDimensions: Bool

  public init(_ operation: Operation, dimensions: [Int] = [], keepsDimensions: Bool = false) {
    self.operation = operation
    self.dimensions = dimensions
    self.keepsDimensions = keepsDimensions
  }

  private func reduced(_ input: Shape) -> Set<Int> {
    dimensions.isEmpty ? Set(0..<input.rank) : Set(dimensions.map { input.index($0) })
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    for dimension in dimensions { _ = try input.dimension(dimension) }
    let reduced = reduced(input)
    return Shape(
      input.dimensions.enumerated().compactMap { i, length in
        reduced.contains(i) ? (keepsDimensions ? 1 : nil) : length
      })
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let reduced = reduced(input.shape)
    let kept = (0..<input.shape.rank).filter { !reduced.contains($0) }
    let order = kept + reduced.sorted()
    let rows = order == Array(0..<input.shape.rank) ? input : input.permuted(order, context)
    let output = context.tensor(acceptedShape(input.shape))
    unsafe kernel.run(
      rows: output.count, count: Shape(reduced.sorted().map { input.shape[$0] }).count,
      input: rows.start, output: output.mutableStart, execution: context.execution)
    return output
  }

  private var kernel: Reduction {
    switch operation {
    case .mean: .mean
    case .sum: .sum
    case .maximum: .maximum
    case .minimum: .minimum
    case .product: .product
    case .norm1: .norm1
    case .norm2: .norm2
    case .squares: .squares
    case .logSum: .logSum
    case .logSumExp: .logSumExp
    }
  }

  public func reach(inputs: [Shape]) -> Reach {
    !dimensions.isEmpty && dimensions.allSatisfy { inputs[0].index($0) < 2 }
      ? .point : .everything
  }

  public var arguments: LayerArguments {
    [
      "operation": .string(operation.rawValue), "dim": .ints(dimensions),
      "keepdim": .bool(keepsDimensions),
    ]
  }

  /// Most have their axes as an attribute, and the sum as an input, in the oldest set that ours reads alike.
  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "Reduce" + operation.rawValue,
        inputs: [.input(0)] + (dimensions.isEmpty ? [] : [.ints(dimensions)]),
        attributes: ["keepdims": .int(keepsDimensions ? 1 : 0)])
    ]
  }

  public static let entry = LayerEntry(
    name: "Reduce", summary: "Means, sums, extremes and norms along dimensions",
    arguments: [.init("operation"), .init("dim", []), .init("keepdim", false)],
    onnx: Operation.allCases.map { operation in
      ONNXForm("Reduce" + operation.rawValue, inputs: [.value, .argument("axes")]) {
        (call) throws(LayerError) in
        let attributes = call.attributes
        let doesNothing = try attributes.bool("noop_with_empty_axes", default: false)
        guard attributes.has("axes") || !doesNothing else {
          throw .unsupported(
            found: "noop_with_empty_axes and no axes", expected: "all axes where none is given")
        }
        return Reduce(
          operation,
          dimensions: attributes.has("axes") ? try attributes.ints("axes", in: -8...7) : [],
          keepsDimensions: try attributes.bool("keepdims", default: true))
      }
    }
  ) { (arguments) throws(LayerError) in
    Reduce(
      try arguments.choice("operation", Operation.self),
      dimensions: try arguments.ints("dim", in: -8...7),
      keepsDimensions: try arguments.bool("keepdim"))
  }
}

extension Reduce {
  public var kept: KeptValues { [.inputs, .outputs] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let shape = step.inputShape
    let reduced = reduced(shape)
    let order = (0..<shape.rank).filter { !reduced.contains($0) } + reduced.sorted()
    let isOrdered = order == Array(0..<shape.rank)
    let rows = isOrdered ? step.input : step.input.permuted(order, step.context)
    let gradient = step.context.tensor(rows.shape)
    unsafe kernel.runGradient(
      rows: step.output.count, count: Shape(reduced.sorted().map { shape[$0] }).count,
      input: rows.start, result: step.output.start, gradient: step.gradient.start,
      output: gradient.mutableStart, execution: step.execution)
    let back = order.indices.sorted { order[$0] < order[$1] }
    return LayerGradients(isOrdered ? gradient : gradient.permuted(back, step.context))
  }
}
