internal import VizKernels

// What gradients of small layers are written in; results take their memory from the context.

extension Tensor {
  /// A function of two numbers, over tensors that repeat along dimensions they lack.
  func combined(_ operation: PairOperation, _ other: Tensor, _ context: ForwardContext) -> Tensor {
    guard let shape = try? [self.shape, other.shape].broadcast() else {
      preconditionFailure("\(self.shape) and \(other.shape) do not fit")
    }
    let output = context.tensor(shape)
    let broadcast = Broadcast(
      a: self.shape.padded(to: shape.rank), b: other.shape.padded(to: shape.rank),
      out: shape.dimensions)
    unsafe broadcast.apply(
      operation, start, other.start, into: output.mutableStart, execution: context.execution)
    return output
  }

  /// A function of every number.
  func applying(_ function: Pointwise, _ context: ForwardContext) -> Tensor {
    let output = context.tensor(shape)
    unsafe function.apply(
      start, into: output.mutableStart, count: count, execution: context.execution)
    return output
  }

  func scaled(by factor: Float, _ context: ForwardContext) -> Tensor {
    combined(.multiply, .number(factor), context)
  }

  /// Summed up along the dimensions that a smaller tensor repeats in this one.
  func summed(to smaller: Shape, _ context: ForwardContext) -> Tensor {
    if smaller == shape { return self }
    let padded = smaller.padded(to: shape.rank)
    let dropped = padded.indices.filter { padded[$0] == 1 && shape[$0] != 1 }
    if dropped.isEmpty { return reshaped(to: smaller) }
    return Reduce(.sum, dimensions: dropped).forward(self, [:], context).reshaped(to: smaller)
  }

  /// Repeated along dimensions of length 1.
  func expanded(to shape: Shape, _ context: ForwardContext) -> Tensor {
    shape == self.shape ? self : Expand(shape).forward(self, [:], context)
  }
}

extension ForwardContext {
  /// A tensor of zeros.
  func zeros(_ shape: Shape) -> Tensor {
    let output = tensor(shape)
    unsafe output.mutableStart.update(repeating: 0, count: shape.count)
    return output
  }
}
