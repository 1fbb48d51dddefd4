/// How a parameter moves against its gradient; PyTorch's rules, number by number.
package enum OptimizerRule: Sendable {
  case sgd(momentum: Float, isNesterov: Bool)
  /// `step` counts from 1; with `isDecoupled` decay does not go through the averages (AdamW).
  case adam(beta1: Double, beta2: Double, epsilon: Float, step: Int, isDecoupled: Bool)
  case rmsprop(alpha: Double, epsilon: Float, momentum: Float)

  /// Numbers that a rule remembers for every parameter, in tensors of its shape.
  package var memories: Int {
    switch self {
    case .sgd(let momentum, _): momentum != 0 ? 1 : 0
    case .adam: 2
    case .rmsprop(_, _, let momentum): momentum != 0 ? 2 : 1
    }
  }

  /// Whether the new numbers may be written over the old ones; loops that the compiler turns into vectors itself would go
  /// number by number then.
  package var canOverwrite: Bool {
    if case .adam = self { true } else { false }
  }

  /// Writes the new values and the new memories of `count` numbers, which may be the old ones' places if `canOverwrite`.
  ///
  /// Gradients are multiplied with `factor` first, when they are clipped; then `decay` times the value is
  /// added.
  package func apply(
    _ values: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
    memories: [UnsafePointer<Float>], rate: Double, factor: Float, decay: Float,
    into out: UnsafeMutablePointer<Float>, newMemories: [UnsafeMutablePointer<Float>], count: Int,
    execution: Execution
  ) {
    nonisolated(unsafe) let (values, gradient, out) = (values, gradient, out)
    nonisolated(unsafe) let (memories, newMemories) = (memories, newMemories)
    ThreadPool.runPieces(of: count, size: 1 << 14, jobs: execution.jobs) { piece in
      let start = piece.lowerBound
      let part = Part(
        values: values + start, gradient: gradient + start, out: out + start,
        count: piece.count, rate: rate, factor: factor, decay: decay)
      let old = memories.map { $0 + start }
      let new = newMemories.map { $0 + start }
      switch self {
      case .sgd(0, _): part.descend()
      case .sgd(let momentum, let isNesterov):
        part.descend(momentum, isNesterov, old[0], new[0])
      case .adam(let beta1, let beta2, let epsilon, let step, let isDecoupled):
        part.adam(
          beta1, beta2, epsilon, step, isDecoupled, old, new, execution.kernels.tensors.adamRow)
      case .rmsprop(let alpha, let epsilon, 0): part.rmsprop(alpha, epsilon, old[0], new[0])
      case .rmsprop(let alpha, let epsilon, let momentum):
        part.rmsprop(alpha, epsilon, momentum, old, new)
      }
    }
  }
}

/// A run of parameters.
private struct Part {
  let values: UnsafePointer<Float>
  let gradient: UnsafePointer<Float>
  let out: UnsafeMutablePointer<Float>
  let count: Int
  let rate: Double
  let factor: Float
  let decay: Float

  @inline(__always) func slope(_ i: Int) -> Float { gradient[i] * factor + decay * values[i] }

  func descend() {
    let rate = Float(rate)
    for i in 0..<count { out[i] = values[i] - rate * slope(i) }
  }

  /// With a buffer of momentum · buffer + gradient.
  func descend(
    _ momentum: Float, _ isNesterov: Bool, _ old: UnsafePointer<Float>,
    _ new: UnsafeMutablePointer<Float>
  ) {
    let rate = Float(rate)
    for i in 0..<count {
      let slope = slope(i)
      let buffer = momentum * old[i] + slope
      new[i] = buffer
      out[i] = values[i] - rate * (isNesterov ? slope + momentum * buffer : buffer)
    }
  }

  /// Kingma & Ba 2014, algorithm 1, arXiv:1412.6980; decoupled decay: Loshchilov & Hutter 2017,
  /// arXiv:1711.05101.
  func adam(
    _ beta1: Double, _ beta2: Double, _ epsilon: Float, _ step: Int, _ isDecoupled: Bool,
    _ old: [UnsafePointer<Float>], _ new: [UnsafeMutablePointer<Float>],
    _ row: TensorKernels.AdamRow
  ) {
    let constants = [
      factor, isDecoupled ? 0 : decay, Float(1 - beta1), Float(beta2), Float(1 - beta2),
      isDecoupled ? Float(1 - rate * Double(decay)) : 1, Float(rate / (1 - power(beta1, step))),
      Float((1 - power(beta2, step)).squareRoot()), epsilon,
    ]
    row(values, gradient, old[0], old[1], constants, count, out, new[0], new[1])
  }

  func rmsprop(
    _ alpha: Double, _ epsilon: Float, _ old: UnsafePointer<Float>,
    _ new: UnsafeMutablePointer<Float>
  ) {
    let (rate, keep, share) = (Float(rate), Float(alpha), Float(1 - alpha))
    for i in 0..<count {
      let slope = slope(i)
      let square = keep * old[i] + share * slope * slope
      new[i] = square
      out[i] = values[i] - rate * slope / (square.squareRoot() + epsilon)
    }
  }

  func rmsprop(
    _ alpha: Double, _ epsilon: Float, _ momentum: Float, _ old: [UnsafePointer<Float>],
    _ new: [UnsafeMutablePointer<Float>]
  ) {
    let (rate, keep, share) = (Float(rate), Float(alpha), Float(1 - alpha))
    let (oldSquare, oldBuffer, newSquare, newBuffer) = (old[0], old[1], new[0], new[1])
    for i in 0..<count {
      let slope = slope(i)
      let square = keep * oldSquare[i] + share * slope * slope
      let buffer = momentum * oldBuffer[i] + slope / (square.squareRoot() + epsilon)
      newSquare[i] = square
      newBuffer[i] = buffer
      out[i] = values[i] - rate * buffer
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}

/// Σ x², in runs of a fixed length whose sums are added in their order.
package func sumOfSquares(
  _ numbers: UnsafePointer<Float>, count: Int, execution: Execution
) -> Double {
  nonisolated(unsafe) let numbers = numbers
  let size = 1 << 15
  let runs = (count + size - 1) / size
  let sums = SampleBuffer(byteCount: max(runs, 1) * 8)
  nonisolated(unsafe) let parts = sums.bytes.assumingMemoryBound(to: Double.self)
  ThreadPool.run(count: runs, jobs: execution.jobs) { run in
    parts[run] = total(numbers + run * size, count: min(size, count - run * size)) {
      Double($0) * Double($0)
    }
  }
  return (0..<runs).reduce(0) { $0 + parts[$1] }
}
