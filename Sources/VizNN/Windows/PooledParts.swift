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

  /// As global pooling, as windows where all parts are alike, or else as windows over rows and columns that
  /// are laid side by side, each as often as parts read it.
  ///
  /// Parts differ in length. The shorter ones of a maximum read a sample twice, those of a mean a zero,
  /// and their sum is divided by what they are short of.
  func onnxNodes(_ input: Shape, isMaximum: Bool) -> [ONNXNode] {
    let (rows, columns) = (height ?? input[2], width ?? input[3])
    let pool = isMaximum ? "MaxPool" : "AveragePool"
    if rows == 1, columns == 1 { return [ONNXNode("Global" + pool)] }
    if input[2] % rows == 0, input[3] % columns == 0 {
      let size = LayerValue.ints([input[2] / rows, input[3] / columns])
      return [ONNXNode(pool, attributes: ["kernel_shape": size, "strides": size])]
    }
    let axes = [
      PartsOfAxis(count: rows, length: input[2]), PartsOfAxis(count: columns, length: input[3]),
    ]
    let size = LayerValue.ints(axes.map(\.longest))
    var nodes =
      isMaximum
      ? []
      : [
        ONNXNode(
          "Pad", inputs: [.input(0), .ints([0, 0, 0, 0, 0, 0, 1, 1]), .floats(.number(0))])
      ]
    for (i, axis) in axes.enumerated() {
      let source: ONNXNode.Operand = nodes.isEmpty ? .input(0) : .result(nodes.count - 1)
      let places = axis.places(filler: isMaximum ? nil : axis.length)
      nodes.append(
        ONNXNode("Gather", inputs: [source, .ints(places)], attributes: ["axis": .int(i + 2)]))
    }
    nodes.append(
      ONNXNode(
        pool, inputs: [.result(nodes.count - 1)],
        attributes: ["kernel_shape": size, "strides": size]))
    if isMaximum { return nodes }
    let factors = axes[0].factors.flatMap { y in axes[1].factors.map { y * $0 } }
    nodes.append(
      ONNXNode(
        "Mul",
        inputs: [
          .result(nodes.count - 1), .floats(Tensor(shape: [rows, columns], values: factors)),
        ]))
    return nodes
  }
}

/// The parts of one axis, as far as each reads.
private struct PartsOfAxis {
  let length: Int
  let parts: [Range<Int>]
  let longest: Int

  init(count: Int, length: Int) {
    self.length = length
    parts = (0..<count).map { $0 * length / count..<(($0 + 1) * length + count - 1) / count }
    longest = parts.map(\.count).max() ?? 1
  }

  /// The places that parts read, as many for each: short ones read the filler too, or their last again.
  func places(filler: Int?) -> [Int] {
    parts.flatMap { part in
      Array(part)
        + [Int](repeating: filler ?? part.upperBound - 1, count: longest - part.count)
    }
  }

  /// What a mean over the longest part is multiplied by to be that of each.
  var factors: [Float] { parts.map { Float(longest) / Float($0.count) } }
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
