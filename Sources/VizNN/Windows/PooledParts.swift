internal import VizKernels

/// The parts that adaptive pooling cuts an image into.
struct PooledParts: Equatable, Sendable {
  let height: Int?
  let width: Int?

  init(height: Int?, width: Int?) {
    precondition(height ?? 1 > 0 && width ?? 1 > 0, "an image without parts")
    self.height = height
    self.width = width
  }

  /// A number, or a pair in which None leaves the length as it is.
  init(_ arguments: LayerArguments) throws(LayerError) {
    let range = 1...LayerArguments.largest
    func length(_ value: LayerValue) throws(LayerError) -> Int? {
      if value == .none { return nil }
      guard let length = value.wholeNumber, range.contains(length) else {
        throw arguments.wrong("output_size", "positive whole numbers or None")
      }
      return length
    }
    switch arguments["output_size"] {
    case .list(let sizes)? where sizes.count == 2:
      self.init(height: try length(sizes[0]), width: try length(sizes[1]))
    case let size?:
      let size = try length(size)
      self.init(height: size, width: size)
    case nil:
      throw arguments.wrong("output_size", "a number or a pair")
    }
  }

  var value: LayerValue {
    .list([height.map(LayerValue.int) ?? .none, width.map(LayerValue.int) ?? .none])
  }

  func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try checkImages(input)
    guard input[2] > 0, input[3] > 0 else {
      throw .inputShape(expected: "an image with samples", found: input)
    }
    return [input[0], input[1], height ?? input[2], width ?? input[3]]
  }

  func forward(_ input: Tensor, isMaximum: Bool, _ context: ForwardContext) -> Tensor {
    let shape = input.shape
    let (rows, columns) = (height ?? shape[2], width ?? shape[3])
    let output = context.tensor([shape[0], shape[1], rows, columns])
    let pooling = AdaptivePooling(
      height: shape[2], width: shape[3], outputHeight: rows, outputWidth: columns,
      isMaximum: isMaximum)
    unsafe pooling.run(
      planes: shape[0] * shape[1], input: input.start, output: output.mutableStart,
      execution: context.execution)
    return output
  }

  /// As global pooling, as windows where all parts are alike, or else as parts put together.
  func onnxNodes(
    _ input: Shape, whole: String, windows: String, reduction: String
  ) throws(LayerError) -> [ONNXNode] {
    let (rows, columns) = (height ?? input[2], width ?? input[3])
    if rows == 1, columns == 1 { return [ONNXNode(whole)] }
    guard input[2] % rows == 0, input[3] % columns == 0 else {
      guard rows + columns <= Self.mostParts else {
        throw .unsupported(
          found: "\(rows)×\(columns) parts of \(input[2])×\(input[3])",
          expected: "parts of equal size, or at most \(Self.mostParts) rows and columns for export")
      }
      var nodes: [ONNXNode] = []
      for (axis, count) in [(2, rows), (3, columns)] {
        Self.append(&nodes, reduction, axis: axis, count: count, length: input[axis])
      }
      return nodes
    }
    let size = LayerValue.ints([input[2] / rows, input[3] / columns])
    return [ONNXNode(windows, attributes: ["kernel_shape": size, "strides": size])]
  }

  private static let mostParts = 256

  /// A slice for each part, reduced to one row or column, and all of them side by side.
  private static func append(
    _ nodes: inout [ONNXNode], _ reduction: String, axis: Int, count: Int, length: Int
  ) {
    let source: ONNXNode.Operand = nodes.isEmpty ? .input(0) : .result(nodes.count - 1)
    var parts: [ONNXNode.Operand] = []
    for i in 0..<count {
      let (start, end) = (i * length / count, ((i + 1) * length + count - 1) / count)
      nodes.append(
        ONNXNode("Slice", inputs: [source, .ints([start]), .ints([end]), .ints([axis])]))
      nodes.append(
        ONNXNode(reduction, inputs: [.result(nodes.count - 1), .ints([axis])]))
      parts.append(.result(nodes.count - 1))
    }
    nodes.append(ONNXNode("Concat", inputs: parts, attributes: ["axis": .int(axis)]))
  }
}

extension PooledParts {
  func backward(_ step: BackwardStep, isMaximum: Bool) -> LayerGradients {
    let shape = step.inputShape
    let gradient = step.context.tensor(shape)
    let pooling = AdaptivePooling(
      height: shape[2], width: shape[3], outputHeight: height ?? shape[2],
      outputWidth: width ?? shape[3], isMaximum: isMaximum)
    // A mean does not ask what it was taken of.
    let input = isMaximum ? step.input : step.gradient
    unsafe pooling.runGradient(
      planes: shape[0] * shape[1], input: input.start, gradient: step.gradient.start,
      output: gradient.mutableStart, execution: step.execution)
    return LayerGradients(gradient)
  }
}
