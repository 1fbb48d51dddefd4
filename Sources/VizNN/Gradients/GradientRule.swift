internal import VizKernels

/// What stands in for a layer's own way back: guided backpropagation and the like are the same walk with
/// other rules.
public struct GradientRule: Sendable {
  /// Nil for the layer's own.
  private let replacement: (@Sendable (any Layer, BackwardStep) -> LayerGradients)?

  /// - Parameter backward: gets the layer, whose own `backward` it may call.
  public init(_ backward: @escaping @Sendable (any Layer, BackwardStep) -> LayerGradients) {
    replacement = backward
  }

  private init() {
    replacement = nil
  }

  /// The layer's own.
  public static let own = GradientRule()

  /// Whether nothing stands in for the layer's own way, so that layers may do each other's work.
  var isOwn: Bool { replacement == nil }

  func backward(_ layer: any Layer, _ step: BackwardStep) -> LayerGradients {
    replacement?(layer, step) ?? layer.backward(step)
  }

  /// Lets gradients through where they are positive and the layer's own way does.
  ///
  /// - Source: Springenberg et al. 2014, guided backpropagation, arXiv:1412.6806.
  public static let guided = GradientRule { layer, step in
    var gradients = layer.backward(step)
    gradients.inputs = gradients.inputs.map { $0?.rectified(step.context) }
    return gradients
  }

  /// Lets gradients through where they are positive, whatever came forward.
  ///
  /// - Source: Zeiler & Fergus 2013, arXiv:1311.2901.
  public static let deconvolution = GradientRule { _, step in
    LayerGradients(inputs: [step.gradient.rectified(step.context)])
  }
}

extension Tensor {
  fileprivate func rectified(_ context: ForwardContext) -> Tensor {
    applying(.clamp(lower: 0, upper: .infinity), context)
  }
}
