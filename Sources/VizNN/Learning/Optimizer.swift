internal import VizKernels

/// What moves parameters against their gradients, and what it remembers of earlier steps.
///
/// The update rules are PyTorch's.
public struct Optimizer: Sendable {
  public enum Method: Equatable, Sendable {
    /// Steepest descent with momentum (Polyak 1964, Nesterov 1983).
    case sgd(momentum: Double = 0, isNesterov: Bool = false)
    /// Kingma & Ba 2014, arXiv:1412.6980.
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// Adam whose decay does not go through its averages: Loshchilov & Hutter 2017, arXiv:1711.05101.
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// Hinton 2012, lecture 6e of "Neural networks for machine learning".
    case rmsprop(alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0)
  }

  public let method: Method
  /// How much of a parameter is added to its gradient; for AdamW, taken from the parameter itself.
  public let weightDecay: Double
  /// How many steps were made.
  public private(set) var steps: Int
  /// What is remembered, by the parameter's name: averages of gradients and of their squares.
  public private(set) var memories: [String: [Tensor]]

  /// `steps` are those that were made before, and `memories` what they left.
  public init(
    _ method: Method, weightDecay: Double = 0, steps: Int = 0, memories: [String: [Tensor]] = [:]
  ) {
    precondition(weightDecay >= 0 && steps >= 0, "a decay of \(weightDecay), \(steps) steps")
    self.method = method
    self.weightDecay = weightDecay
    self.steps = steps
    self.memories = memories
  }

  /// Tensors that are remembered for every parameter.
  public var memoryCount: Int { rule(step: 1).memories }

  private func rule(step: Int) -> OptimizerRule {
    switch method {
    case .sgd(let momentum, let isNesterov):
      .sgd(momentum: Float(momentum), isNesterov: isNesterov)
    case .adam(let beta1, let beta2, let epsilon):
      .adam(
        beta1: beta1, beta2: beta2, epsilon: Float(epsilon), step: step, isDecoupled: false)
    case .adamW(let beta1, let beta2, let epsilon):
      .adam(beta1: beta1, beta2: beta2, epsilon: Float(epsilon), step: step, isDecoupled: true)
    case .rmsprop(let alpha, let epsilon, let momentum):
      .rmsprop(alpha: alpha, epsilon: Float(epsilon), momentum: Float(momentum))
    }
  }

  /// Makes one step: moves the parameters that there are gradients of.
  ///
  /// What nobody else holds is written where it is; tensors that are held elsewhere stay as they are.
  public mutating func update(
    _ parameters: inout [String: Tensor], gradients: [String: Tensor], rate: Double,
    clipping: GradientClipping? = nil, context: ForwardContext
  ) {
    steps += 1
    let rule = rule(step: steps)
    let gradients = clipping?.limited(gradients, context) ?? gradients
    let factor = clipping?.factor(gradients, context) ?? 1
    for name in gradients.keys.sorted() {
      guard let gradient = gradients[name], var old = parameters.removeValue(forKey: name) else {
        continue
      }
      precondition(
        old.shape == gradient.shape, "a gradient of \(gradient.shape) for \(name) \(old.shape)")
      var before =
        memories.removeValue(forKey: name)
        ?? (0..<rule.memories).map { _ in context.zeros(old.shape) }
      let new = rule.next(&old, context)
      let after = before.indices.map { rule.next(&before[$0], context) }
      withExtendedLifetime((old, before)) {
        unsafe rule.apply(
          old.start, gradient: gradient.start, memories: before.map(\.start), rate: rate,
          factor: factor, decay: Float(weightDecay), into: new.mutableStart,
          newMemories: after.map(\.mutableStart), count: old.count, execution: context.execution)
      }
      parameters[name] = new
      if !after.isEmpty { memories[name] = after }
    }
  }
}

extension OptimizerRule {
  /// Where the next numbers go: over the last ones, where the rule can do so and nobody else reads them.
  fileprivate func next(_ last: inout Tensor, _ context: ForwardContext) -> Tensor {
    canOverwrite && last.isUnshared() ? last : context.tensor(last.shape)
  }
}

/// How gradients are kept from being too large.
public enum GradientClipping: Equatable, Sendable {
  /// All together are made smaller where the root of the sum of all squares is larger.
  case norm(Double)
  /// Every number by itself is brought between −value and value.
  case value(Double)

  /// What all gradients are multiplied with; PyTorch's `clip_grad_norm_`.
  func factor(_ gradients: [String: Tensor], _ context: ForwardContext) -> Float {
    guard case .norm(let largest) = self else { return 1 }
    var squares = 0.0
    for name in gradients.keys.sorted() {
      guard let gradient = gradients[name] else { continue }
      squares += unsafe sumOfSquares(
        gradient.start, count: gradient.count, execution: context.execution)
    }
    return Float(min(1, largest / (squares.squareRoot() + 1e-6)))
  }

  func limited(_ gradients: [String: Tensor], _ context: ForwardContext) -> [String: Tensor] {
    guard case .value(let largest) = self else { return gradients }
    let limit = Float(largest)
    return gradients.mapValues { $0.applying(.clamp(lower: -limit, upper: limit), context) }
  }
}
