internal import VizKernels

/// Products of matrices, one for each index of the dimensions in front.
///
///     output[…, i, j] = Σₖ a[…, i, k] · b[…, k, j]
///
/// A vector counts as a row on the left and as a column on the right.
///
/// - Shapes: `a`: `[…, I, K]`; `b`: `[…, K, J]`; output: `[…, I, J]`
public struct MatMul: Layer {
  public init() {}

  /// Both shapes with at least two dimensions.
  private func matrices(_ inputs: [Shape]) -> (a: Shape, b: Shape) {
    let (a, b) = (inputs[0], inputs[1])
    return (
      a.rank == 1 ? [1, a[0]] : a, b.rank == 1 ? [b[0], 1] : b
    )
  }

  public func outputShapes(_ inputs: [Shape]) throws(LayerError) -> [Shape] {
    guard inputs.count == 2 else { throw .inputCount(expected: "2", found: inputs.count) }
    guard inputs.allSatisfy({ $0.rank > 0 }) else {
      throw .inputShapes(expected: "matrices", found: inputs)
    }
    let (a, b) = matrices(inputs)
    guard a[a.rank - 1] == b[b.rank - 2] else {
      throw .inputShapes(
        expected: "as many columns on the left as rows on the right", found: inputs)
    }
    let batch = try [Shape(a.dimensions.dropLast(2)), Shape(b.dimensions.dropLast(2))].broadcast()
    var result = batch.dimensions
    if inputs[0].rank > 1 { result.append(a[a.rank - 2]) }
    if inputs[1].rank > 1 { result.append(b[b.rank - 1]) }
    return [Shape(result)]
  }

  public func forward(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ context: ForwardContext
  ) -> [Tensor] {
    let (a, b) = matrices(inputs.map(\.shape))
    guard let shape = try? outputShapes(inputs.map(\.shape))[0] else {
      preconditionFailure("MatMul got \(a) and \(b)")
    }
    let output = context.tensor(shape)
    let product = DenseProduct(
      samples: a[a.rank - 2], outputs: b[b.rank - 1], depth: a[a.rank - 1])
    // The kernel multiplies rows with rows.
    let swapped = Array(0..<b.rank - 2) + [b.rank - 1, b.rank - 2]
    let right = inputs[1].reshaped(to: b).permuted(swapped, context)
    let (aBatch, bBatch) = (Shape(a.dimensions.dropLast(2)), Shape(b.dimensions.dropLast(2)))
    let batch = (try? [aBatch, bBatch].broadcast()) ?? []
    for n in 0..<batch.count {
      unsafe product.run(
        input: inputs[0].start + aBatch.place(of: n, in: batch) * product.samples * product.depth,
        weight: right.start + bBatch.place(of: n, in: batch) * product.outputs * product.depth,
        bias: nil, output: output.mutableStart + n * product.samples * product.outputs,
        execution: context.execution)
    }
    return [output]
  }

  public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
    let (a, b) = matrices(inputs)
    let batch =
      (try? [Shape(a.dimensions.dropLast(2)), Shape(b.dimensions.dropLast(2))].broadcast())
    return (batch ?? []).count * a[a.rank - 2] * b[b.rank - 1] * a[a.rank - 1]
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { [:] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("MatMul", inputs: [.input(0), .input(1)])]
  }

  public static let entry = LayerEntry(
    name: "MatMul", summary: "Products of matrices",
    onnx: [ONNXForm("MatMul", inputs: [.value, .value]) { _ in MatMul() }]
  ) { _ in
    MatMul()
  }
}

extension Shape {
  /// Where the element that meets number `n` of a larger shape is, where lengths of 1 are repeated.
  fileprivate func place(of n: Int, in larger: Shape) -> Int {
    let own = padded(to: larger.rank)
    var (n, place, step) = (n, 0, 1)
    for i in own.indices.reversed() {
      if own[i] != 1 { place += n % larger[i] * step }
      n /= larger[i]
      step *= own[i]
    }
    return place
  }
}

extension MatMul {
  /// gradient · bᵀ and aᵀ · gradient, summed up where a matrix was used more than once.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let (a, b) = matrices(step.inputShapes)
    let (aBatch, bBatch) = (Shape(a.dimensions.dropLast(2)), Shape(b.dimensions.dropLast(2)))
    let batch = (try? [aBatch, bBatch].broadcast()) ?? []
    let (rows, columns, depth) = (a[a.rank - 2], b[b.rank - 1], a[a.rank - 1])
    let aGradient = step.context.tensor(Shape(batch.dimensions + [rows, depth]))
    let bGradient = step.context.tensor(Shape(batch.dimensions + [depth, columns]))
    let left = DenseProduct(samples: rows, outputs: depth, depth: columns)
    let right = MatrixProduct(
      rows: depth, columns: columns, depth: rows, a: .byColumn, b: .byRow)
    for n in 0..<batch.count {
      let gradient = unsafe step.gradient.start + n * rows * columns
      let (i, j) = (aBatch.place(of: n, in: batch), bBatch.place(of: n, in: batch))
      if step.needsInputs[0] {
        unsafe left.run(
          input: gradient, weight: step.inputs[1].start + j * depth * columns, bias: nil,
          output: aGradient.mutableStart + n * rows * depth, execution: step.execution)
      }
      if step.needsInputs[1] {
        unsafe right.run(
          a: step.inputs[0].start + i * rows * depth, b: gradient,
          output: bGradient.mutableStart + n * depth * columns, execution: step.execution)
      }
    }
    return LayerGradients(inputs: [
      step.needsInputs[0]
        ? aGradient.summed(to: a, step.context).reshaped(to: step.inputShapes[0]) : nil,
      step.needsInputs[1]
        ? bGradient.summed(to: b, step.context).reshaped(to: step.inputShapes[1]) : nil,
    ])
  }
}
