package import VizKernels

/// Values of a forward pass that a layer's `backward` reads.
public struct KeptValues: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  public static let inputs = KeptValues(rawValue: 1)
  public static let outputs = KeptValues(rawValue: 2)
}

/// With what a layer runs while a network learns.
public struct TrainingContext: Sendable {
  public let context: ForwardContext
  /// The source of all that is random in this layer and this step.
  public let seed: UInt64
  /// Steps that were made before this one.
  public let step: Int
  /// The class of every sample, for layers that are told while they learn; empty where nobody knows.
  public let labels: [Int]

  package init(context: ForwardContext, seed: UInt64, step: Int = 0, labels: [Int] = []) {
    self.context = context
    self.seed = seed
    self.step = step
    self.labels = labels
  }
}

/// What a layer makes while a network learns.
public struct TrainingResult: Sendable {
  public let outputs: [Tensor]
  /// What `backward` needs beside inputs and outputs.
  public var extras: [Tensor] = []
  /// New values of parameters that are not learned, running means say.
  public var updates: LayerParameters = [:]

  public init(outputs: [Tensor]) {
    self.outputs = outputs
  }
}

/// One layer on the way back.
public struct BackwardStep: Sendable {
  /// The gradients of the loss by the outputs, in their order.
  public let gradients: [Tensor]
  /// What `kept` asked for; empty where it did not.
  public let inputs: [Tensor]
  public let outputs: [Tensor]
  public let inputShapes: [Shape]
  public let outputShapes: [Shape]
  public let parameters: LayerParameters
  /// What `forwardInTraining` left; empty after a pass of evaluation.
  public let extras: [Tensor]
  /// Which inputs somebody wants the gradient of.
  public let needsInputs: [Bool]
  /// Whether somebody wants the gradients of the parameters.
  public let needsParameters: Bool
  public let context: ForwardContext
  /// What is left to do to the gradient of the input; nothing but for a `GradientEndingLayer`.
  let ending: GradientEnding
}

/// What is done to the gradient of a value before the layer that made it reads it.
///
///     out = result ≤ lower or result ≥ upper ? 0 : gradient + addend
struct GradientEnding {
  /// What the other layers that read the value gave.
  var addend: Tensor?
  /// The limits that made the value.
  var limits = Limits.none
}

/// A layer of one input that ends its gradient as it stores it, so that nobody reads and writes it once more.
///
/// Such a layer keeps its input, which is what came out of the limits.
protocol GradientEndingLayer: UnaryLayer {}

extension BackwardStep {
  /// The gradient by the only output.
  public var gradient: Tensor { gradients[0] }
  public var input: Tensor { inputs[0] }
  public var output: Tensor { outputs[0] }
  public var inputShape: Shape { inputShapes[0] }

  package var execution: Execution { context.execution }

  /// A parameter that the layer has.
  func parameter(_ name: String) -> Tensor {
    guard let tensor = parameters[name] else { preconditionFailure("no \(name)") }
    return tensor
  }
}

/// The gradients of a loss by what a layer works with.
public struct LayerGradients: Sendable {
  /// One for each input; nil where nobody asked for it, or where it is zero everywhere.
  public var inputs: [Tensor?]
  /// By the layer's own names.
  public var parameters: LayerParameters = [:]

  public init(inputs: [Tensor?], parameters: LayerParameters = [:]) {
    self.inputs = inputs
    self.parameters = parameters
  }

  /// Of a layer with one input and nothing to learn.
  public init(_ input: Tensor?) {
    self.init(inputs: [input])
  }
}

extension Layer {
  /// The same as in evaluation.
  public func forwardInTraining(
    _ inputs: [Tensor], _ parameters: LayerParameters, _ training: TrainingContext
  ) -> TrainingResult {
    TrainingResult(outputs: forward(inputs, prepared(parameters), training.context))
  }
}
