internal import VizKernels

/// Two-dimensional convolution, as deep-learning frameworks define it (cross-correlation).
///
///     output[n, o, y, x] = bias[o] + Σ weight[o, i, ky, kx] · input[n, i, y·s + ky·d − p, x·s + kx·d − p]
///
/// Samples outside the input count as zero.
///
/// - Shapes:
///   - `input`: `[N, C, H, W]`; `weight`: `[O, C / groups, KH, KW]`; `bias`: `[O]`
///   - output: `[N, O, H′, W′]`, `H′ = (H + 2·padding − dilation·(KH − 1) − 1) / stride + 1`
/// - Checkpoint keys: `weight`, `bias` (PyTorch's layout, no transposition).
/// - Source: Dumoulin & Visin 2016, relationship 15, arXiv:1603.07285.
public struct Conv2d: UnaryLayer, LimitedLayer {
  public let inputChannels: Int
  public let outputChannels: Int
  public let window: SlidingWindow
  public let groups: Int
  public internal(set) var hasBias: Bool
  /// What is done to every number before it is stored; fusing sets it.
  var limits = Limits.none

  public init(
    inputChannels: Int, outputChannels: Int, kernelSize: Pair, stride: Pair = 1,
    padding: Padding = .none, dilation: Pair = 1, groups: Int = 1, bias: Bool = true
  ) {
    precondition(inputChannels > 0 && outputChannels > 0 && groups > 0, "an empty convolution")
    precondition(
      inputChannels % groups == 0 && outputChannels % groups == 0,
      "\(inputChannels) and \(outputChannels) channels in \(groups) groups")
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    hasBias = bias
    window = SlidingWindow(
      kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation)
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try checkImages(input, channels: inputChannels)
    let grid = try window.grid(for: input)
    return [input[0], outputChannels, grid.outputHeight, grid.outputWidth]
  }

  /// A parameter that fusing brings: a number for each output channel, times its weights.
  static let scale = "scale"

  /// The weights, packed for the way that the shape of the first image calls for.
  public struct Prepared: Sendable {
    fileprivate let weights: ConvolutionWeights
  }

  public func prepared(_ parameters: LayerParameters) -> Prepared {
    guard let weight = parameters["weight"] else { preconditionFailure("no weight") }
    return Prepared(
      weights: ConvolutionWeights(
        weight.numbers, scale: parameters[Self.scale]?.values,
        bias: parameters["bias"]?.numbers, groups: groups, outputs: outputChannels / groups,
        channels: inputChannels / groups,
        kernelHeight: window.kernelSize.vertical, kernelWidth: window.kernelSize.horizontal))
  }

  public func forward(
    _ input: Tensor, _ parameters: Prepared, _ context: ForwardContext
  ) -> Tensor {
    forward(input, adding: nil, parameters, context)
  }

  /// A second input, which fusing brings, is added to the sums.
  public func forward(
    _ inputs: [Tensor], _ parameters: Prepared, _ context: ForwardContext
  ) -> [Tensor] {
    [forward(inputs[0], adding: inputs.count > 1 ? inputs[1] : nil, parameters, context)]
  }

  private func forward(
    _ input: Tensor, adding addend: Tensor?, _ parameters: Prepared, _ context: ForwardContext
  ) -> Tensor {
    guard let grid = try? window.grid(for: input.shape) else {
      preconditionFailure("\(text) got \(input.shape)")
    }
    let output = context.tensor([
      input.shape[0], outputChannels, grid.outputHeight, grid.outputWidth,
    ])
    if let addend, addend.shape != output.shape {
      // A sum over repeated dimensions; limits are for what comes out of it.
      var plain = self
      plain.limits = .none
      let sums = plain.forward(input, parameters, context)
      return Hardtanh(lower: limits.lower, upper: limits.upper).forward(
        Add().forward([sums, addend], [:], context)[0], [:], context)
    }
    var convolution = ChannelConvolution(
      batch: input.shape[0], grid: grid, weights: parameters.weights)
    unsafe convolution.ending = StoreEnding(
      lower: limits.lower, upper: limits.upper, addend: addend?.start)
    unsafe convolution.run(
      input: input.start, output: output.mutableStart, execution: context.execution)
    return output
  }

  public var parameterShapes: [ParameterShape] {
    let weight: Shape = [
      outputChannels, inputChannels / groups, window.kernelSize.vertical,
      window.kernelSize.horizontal,
    ]
    return [ParameterShape("weight", weight)]
      + (hasBias ? [ParameterShape("bias", [outputChannels])] : [])
  }

  public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
    outputs[0].count * (inputChannels / groups) * window.kernelSize.vertical
      * window.kernelSize.horizontal
  }

  public func reach(inputs: [Shape]) -> Reach { window.reach(for: inputs[0]) }
}

extension Conv2d {
  public var arguments: LayerArguments {
    [
      "in_channels": .int(inputChannels), "out_channels": .int(outputChannels),
      "kernel_size": window.kernelSize.value, "stride": window.stride.value,
      "padding": window.padding.value, "dilation": window.dilation.value,
      "groups": .int(groups), "bias": .bool(hasBias), "padding_mode": "zeros",
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    var attributes = window.onnxAttributes(for: inputs[0])
    attributes["group"] = .int(groups)
    return [
      ONNXNode(
        "Conv",
        inputs: [.input(0), .parameter("weight")] + (hasBias ? [.parameter("bias")] : []),
        attributes: attributes)
    ]
  }

  public static let entry = LayerEntry(
    name: "Conv2d", summary: "Convolution over images of many channels",
    arguments: [
      .init("in_channels"), .init("out_channels"), .init("kernel_size"), .init("stride", [1, 1]),
      .init("padding", [0, 0]), .init("dilation", [1, 1]), .init("groups", 1),
      .init("bias", true), .init("padding_mode", "zeros"),
    ],
    onnx: [
      ONNXForm("Conv", inputs: [.value, .parameter("weight"), .parameter("bias")]) {
        (call) throws(LayerError) in
        let weight = try call.weightShape(rank: 4)
        let groups = try call.attributes.int("group", default: 1, in: 1...LayerArguments.largest)
        let window = try SlidingWindow(onnx: call, kernel: Pair(weight[2], weight[3]))
        guard weight[1] > 0, weight[0] > 0, weight[0] % groups == 0 else {
          throw .argument(
            name: "group", expected: "a divisor of \(weight[0])", found: String(groups))
        }
        return Conv2d(
          inputChannels: weight[1] * groups, outputChannels: weight[0],
          kernelSize: window.kernelSize, stride: window.stride, padding: window.padding,
          dilation: window.dilation, groups: groups, bias: call.parameters["bias"] != nil)
      }
    ]
  ) { (arguments) throws(LayerError) in
    let window = try SlidingWindow(arguments)
    let channels = try ConvolutionChannels(arguments)
    _ = try arguments.string("padding_mode", among: ["zeros"])
    if window.padding == .same, window.stride != 1 {
      throw .argument(
        name: "padding", expected: "numbers where the stride is not 1", found: "'same'")
    }
    return Conv2d(
      inputChannels: channels.inputs, outputChannels: channels.outputs,
      kernelSize: window.kernelSize, stride: window.stride, padding: window.padding,
      dilation: window.dilation, groups: channels.groups, bias: try arguments.bool("bias"))
  }
}

/// Channels that divide into groups.
struct ConvolutionChannels {
  let inputs: Int
  let outputs: Int
  let groups: Int

  init(_ arguments: LayerArguments) throws(LayerError) {
    let range = 1...LayerArguments.largest
    inputs = try arguments.int("in_channels", in: range)
    outputs = try arguments.int("out_channels", in: range)
    groups = try arguments.int("groups", in: range)
    guard inputs % groups == 0, outputs % groups == 0 else {
      throw .argument(
        name: "groups", expected: "a divisor of \(inputs) and \(outputs) channels",
        found: String(groups))
    }
  }
}

extension ONNXCall {
  /// The shape of the parameter `weight`.
  func weightShape(rank: Int) throws(LayerError) -> Shape {
    guard let shape = parameters["weight"]?.shape, shape.rank == rank else {
      throw .unsupported(
        found: parameters["weight"].map { "weights of \($0.shape)" } ?? "no constant weights",
        expected: "weights with \(rank) dimensions")
    }
    return shape
  }
}
