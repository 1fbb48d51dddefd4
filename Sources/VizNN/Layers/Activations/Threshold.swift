internal import VizKernels

/// Numbers above a threshold, and another for all that are not.
///
///     output = input   where input > threshold
///              value   elsewhere
public struct Threshold: UnaryLayer {
  public let threshold: Float
  public let value: Float

  public init(_ threshold: Float, value: Float) {
    self.threshold = threshold
    self.value = value
  }

  public func outputShape(_ input: Shape) -> Shape { input }

  /// NaN is not below the threshold and stays.
  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let isBelow = Compare(.lessOrEqual).forward([input, .number(threshold)], [:], context)[0]
    return Where().forward([isBelow, .number(value), input], [:], context)[0]
  }

  public var arguments: LayerArguments {
    ["threshold": .float(threshold), "value": .float(value), "inplace": false]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    if value == 0, threshold >= 0 {
      return [ONNXNode("ThresholdedRelu", attributes: ["alpha": .float(threshold)])]
    }
    return [
      ONNXNode("LessOrEqual", inputs: [.input(0), .floats(.number(threshold))]),
      ONNXNode("Where", inputs: [.result(0), .floats(.number(value)), .input(0)]),
    ]
  }

  public static let entry = LayerEntry(
    name: "Threshold", summary: "Numbers above a threshold, and another for the rest",
    arguments: [.init("threshold"), .init("value"), .init("inplace", false)],
    onnx: [
      ONNXForm("ThresholdedRelu") { (call) throws(LayerError) in
        Threshold(try call.attributes.float("alpha", default: 1), value: 0)
      }
    ]
  ) { (arguments) throws(LayerError) in
    Threshold(try arguments.float("threshold"), value: try arguments.float("value"))
  }
}

extension Threshold {
  public var kept: KeptValues { .inputs }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    let isBelow = Compare(.lessOrEqual).forward(
      [step.input, .number(threshold)], [:], step.context)[0]
    return LayerGradients(
      Where().forward([isBelow, .number(0), step.gradient], [:], step.context)[0])
  }
}
