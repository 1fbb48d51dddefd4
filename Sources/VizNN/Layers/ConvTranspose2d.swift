internal import Synchronization
internal import VizKernels

/// Transposed convolution: every input sample adds the kernel, times its value, to the output.
///
///     output[n, o, y·s + ky·d − p, x·s + kx·d − p] += weight[i, o, ky, kx] · input[n, i, y, x]
///
/// It is computed as it stands where images are small (`TransposedConvolution`), and else the other way round, as a
/// plain convolution for each of the s × s places that an output pixel can have between input samples; each takes
/// the taps that meet a sample there.
///
/// - Shapes:
///   - `input`: `[N, C, H, W]`; `weight`: `[C, O / groups, KH, KW]`; `bias`: `[O]`
///   - output: `[N, O, H′, W′]`, `H′ = (H − 1)·stride − 2·padding + dilation·(KH − 1) + output_padding + 1`
/// - Checkpoint keys: `weight`, `bias`.
/// - Source: Dumoulin & Visin 2016, section 4, arXiv:1603.07285.
public struct ConvTranspose2d: UnaryLayer {
  public let inputChannels: Int
  public let outputChannels: Int
  /// The convolution that this one is the transpose of.
  public let window: SlidingWindow
  public let outputPadding: Pair
  public let groups: Int
  public let hasBias: Bool

  public init(
    inputChannels: Int, outputChannels: Int, window: SlidingWindow, outputPadding: Pair = 0,
    groups: Int = 1, bias: Bool = true
  ) {
    precondition(
      inputChannels > 0 && outputChannels > 0 && groups > 0 && inputChannels % groups == 0
        && outputChannels % groups == 0,
      "\(inputChannels) and \(outputChannels) channels in \(groups) groups")
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.window = window
    self.outputPadding = outputPadding
    self.groups = groups
    hasBias = bias
  }

  var axes: [TransposedAxis] {
    var sides = (top: 0, left: 0, bottom: 0, right: 0)
    var isSame = false
    switch window.padding {
    case .sides(let top, let left, let bottom, let right): sides = (top, left, bottom, right)
    case .same, .sameLower: isSame = true
    }
    let isLower = window.padding == .sameLower
    return [
      TransposedAxis(
        kernel: window.kernelSize.vertical, stride: window.stride.vertical,
        dilation: window.dilation.vertical, before: sides.top, after: sides.bottom,
        extra: outputPadding.vertical, isSame: isSame, isLower: isLower),
      TransposedAxis(
        kernel: window.kernelSize.horizontal, stride: window.stride.horizontal,
        dilation: window.dilation.horizontal, before: sides.left, after: sides.right,
        extra: outputPadding.horizontal, isSame: isSame, isLower: isLower),
    ]
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    try checkImages(input, channels: inputChannels)
    let lengths = zip(axes, input.dimensions[2...]).map { $0.outputs($1) }
    guard input[2] > 0, input[3] > 0, lengths.allSatisfy({ $0 > 0 }) else {
      throw .inputShape(expected: "an image that the padding leaves samples of", found: input)
    }
    return [input[0], outputChannels, lengths[0], lengths[1]]
  }

  /// The parameters, and their packings for the ways to compute it: each when it is asked for the first time.
  public final class Prepared: Sendable {
    fileprivate struct Phase {
      let weights: ConvolutionWeights
      let vertical: TransposedAxis.Phase
      let horizontal: TransposedAxis.Phase
    }

    private struct Packed {
      var phases: [Phase]?
      var transposed: SampleBuffer?
    }

    fileprivate let weight: Tensor
    fileprivate let bias: Tensor?
    private let packed = Mutex(Packed())

    fileprivate init(weight: Tensor, bias: Tensor?) {
      (self.weight, self.bias) = (weight, bias)
    }

    /// The convolutions, and which output pixels each makes.
    fileprivate func phases(of layer: ConvTranspose2d) -> [Phase] {
      packed.withLock { packed in
        let phases = packed.phases ?? layer.phases(weight.values, bias)
        packed.phases = phases
        return phases
      }
    }

    fileprivate func transposed(
      _ convolution: TransposedConvolution, _ execution: Execution
    ) -> SampleBuffer {
      packed.withLock { packed in
        let weights =
          unsafe packed.transposed ?? convolution.packed(weight.start, execution: execution)
        packed.transposed = weights
        return weights
      }
    }
  }

  public func prepared(_ parameters: LayerParameters) -> Prepared {
    guard let weight = parameters["weight"] else { preconditionFailure("no weight") }
    return Prepared(weight: weight, bias: parameters["bias"])
  }

  private func phases(_ weight: [Float], _ bias: Tensor?) -> [Prepared.Phase] {
    var phases: [Prepared.Phase] = []
    for vertical in axes[0].phases {
      for horizontal in axes[1].phases {
        let weights = ConvolutionWeights(
          ConvolutionWeights.Numbers(part(of: weight, vertical.taps, horizontal.taps)),
          bias: bias?.numbers, groups: groups, outputs: outputChannels / groups,
          channels: inputChannels / groups, kernelHeight: vertical.taps.count,
          kernelWidth: horizontal.taps.count)
        phases.append(
          Prepared.Phase(weights: weights, vertical: vertical, horizontal: horizontal))
      }
    }
    return phases
  }

  /// Some taps as the weights of a plain convolution, `[O, C / groups, taps]`.
  private func part(of weight: [Float], _ rows: [Int], _ columns: [Int]) -> [Float] {
    let (inputs, outputs) = (inputChannels / groups, outputChannels / groups)
    let (height, width) = (window.kernelSize.vertical, window.kernelSize.horizontal)
    var part: [Float] = []
    part.reserveCapacity(outputChannels * inputs * rows.count * columns.count)
    for o in 0..<outputChannels {
      for i in 0..<inputs {
        let first = ((o / outputs * inputs + i) * outputs + o % outputs) * height * width
        for ky in rows {
          for kx in columns { part.append(weight[first + ky * width + kx]) }
        }
      }
    }
    return part
  }

  public func forward(
    _ input: Tensor, _ parameters: Prepared, _ context: ForwardContext
  ) -> Tensor {
    unsafe forward(input, parameters, context, ending: StoreEnding())
  }

  /// The same with what is done to the sums before anybody reads them.
  func forward(
    _ input: Tensor, _ parameters: Prepared, _ context: ForwardContext, ending: StoreEnding
  ) -> Tensor {
    let output = context.tensor(acceptedShape(input.shape))
    let transposed = TransposedConvolution(
      batch: input.shape[0], groups: groups, inputs: inputChannels / groups,
      outputs: outputChannels / groups, grid: grid(input: input.shape, output: output.shape))
    if transposed.isCheapest, context.execution.convolution == nil {
      let weights = parameters.transposed(transposed, context.execution)
      unsafe transposed.run(
        input: input.start, weights: weights, bias: parameters.bias?.start,
        output: output.mutableStart, execution: context.execution)
      unsafe ending.apply(
        to: output.mutableStart, count: output.count, execution: context.execution)
    } else {
      runPhases(input, parameters, context, ending, into: output)
    }
    return output
  }

  /// The windows of the convolution that this one is the transpose of: over the output, one for each input pixel.
  func grid(input: Shape, output: Shape) -> WindowGrid {
    var grid = WindowGrid(
      height: output[2], width: output[3], kernelHeight: window.kernelSize.vertical,
      kernelWidth: window.kernelSize.horizontal, outputHeight: input[2], outputWidth: input[3])
    (grid.strideY, grid.strideX) = (window.stride.vertical, window.stride.horizontal)
    (grid.dilationY, grid.dilationX) = (window.dilation.vertical, window.dilation.horizontal)
    (grid.top, grid.left) = (axes[0].before, axes[1].before)
    return grid
  }

  private func runPhases(
    _ input: Tensor, _ parameters: Prepared, _ context: ForwardContext,
    _ ending: StoreEnding, into output: Tensor
  ) {
    let axes = axes
    // Pixels that no tap reaches have nothing but the bias.
    if !axes.allSatisfy(\.isCovered) {
      fill(output, parameters.bias?.values ?? [Float](repeating: 0, count: outputChannels))
    }
    var isEnded = false
    for phase in parameters.phases(of: self) {
      let rows = phase.vertical.part(axes[0], length: input.shape[2], outputs: output.shape[2])
      let columns = phase.horizontal.part(
        axes[1], length: input.shape[3], outputs: output.shape[3])
      guard rows.count > 0, columns.count > 0 else { continue }
      var grid = WindowGrid(
        height: input.shape[2], width: input.shape[3], kernelHeight: phase.vertical.taps.count,
        kernelWidth: phase.horizontal.taps.count, outputHeight: rows.count,
        outputWidth: columns.count)
      (grid.dilationY, grid.dilationX) = (phase.vertical.dilation, phase.horizontal.dilation)
      (grid.top, grid.left) = (rows.padding, columns.padding)
      // All outputs are of one phase where the stride is 1, or no other phase has any.
      let shape: Shape = [input.shape[0], outputChannels, rows.count, columns.count]
      if shape == output.shape { isEnded = true }
      let part = isEnded ? output : context.tensor(shape)
      var convolution = ChannelConvolution(
        batch: input.shape[0], grid: grid, weights: phase.weights)
      if isEnded { convolution.ending = ending }
      unsafe convolution.run(
        input: input.start, output: part.mutableStart, execution: context.execution)
      if !isEnded { place(part, into: output, rows.first, columns.first, context) }
    }
    guard !isEnded else { return }
    unsafe ending.apply(
      to: output.mutableStart, count: output.count, execution: context.execution)
  }

  /// Puts the pixels of a phase between those of the others.
  private func place(
    _ part: Tensor, into output: Tensor, _ y: Int, _ x: Int, _ context: ForwardContext
  ) {
    let (height, width) = (output.shape[2], output.shape[3])
    let copy = StridedCopy(
      lengths: [part.shape[0] * outputChannels, part.shape[2], part.shape[3]],
      sourceStrides: [part.shape[2] * part.shape[3], part.shape[3], 1],
      targetStrides: [
        height * width, window.stride.vertical * width, window.stride.horizontal,
      ])
    unsafe copy.run(
      source: part.start, target: output.mutableStart + y * width + x,
      execution: context.execution)
  }

  private func fill(_ output: Tensor, _ bias: [Float]) {
    let plane = output.shape[2] * output.shape[3]
    for i in 0..<output.shape[0] * outputChannels {
      unsafe (output.mutableStart + i * plane).update(
        repeating: bias[i % outputChannels], count: plane)
    }
  }

  public var parameterShapes: [ParameterShape] {
    let weight: Shape = [
      inputChannels, outputChannels / groups, window.kernelSize.vertical,
      window.kernelSize.horizontal,
    ]
    return [ParameterShape("weight", weight)]
      + (hasBias ? [ParameterShape("bias", [outputChannels])] : [])
  }

  public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
    inputs[0].count * (outputChannels / groups) * window.kernelSize.vertical
      * window.kernelSize.horizontal
  }

  public func reach(inputs: [Shape]) -> Reach {
    let windows = zip(axes, inputs[0].dimensions[2...]).map { $0.reach(length: $1) }
    return .window(vertical: windows[0], horizontal: windows[1])
  }
}

extension ConvTranspose2d {
  public var arguments: LayerArguments {
    [
      "in_channels": .int(inputChannels), "out_channels": .int(outputChannels),
      "kernel_size": window.kernelSize.value, "stride": window.stride.value,
      "padding": window.padding.value, "output_padding": outputPadding.value,
      "groups": .int(groups), "bias": .bool(hasBias), "dilation": window.dilation.value,
      "padding_mode": "zeros",
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    var attributes = window.onnxAttributes(for: inputs[0])
    attributes["pads"] = .ints(axes.map(\.before) + axes.map(\.after))
    attributes["group"] = .int(groups)
    guard axes.contains(where: { $0.extra >= $0.stride }) else {
      attributes["output_padding"] = outputPadding.value
      return [convolution(attributes, hasBias: hasBias)]
    }
    // PyTorch allows it below the dilation, onnxruntime below the stride alone. It is so much less padding, and
    // where there is none, rows and columns that no input reaches and that have nothing but the bias.
    attributes["pads"] = .ints(axes.map(\.before) + axes.map { $0.after - min($0.after, $0.extra) })
    return [
      convolution(attributes, hasBias: false),
      ONNXNode(
        "Pad",
        inputs: [
          .result(0), .ints([0, 0, 0, 0, 0, 0] + axes.map { $0.extra - min($0.after, $0.extra) }),
          .floats(.number(0)),
        ]),
    ]
      + (hasBias
        ? [
          ONNXNode("Reshape", inputs: [.parameter("bias"), .ints([outputChannels, 1, 1])]),
          ONNXNode("Add", inputs: [.result(1), .result(2)]),
        ] : [])
  }

  private func convolution(_ attributes: LayerArguments, hasBias: Bool) -> ONNXNode {
    ONNXNode(
      "ConvTranspose",
      inputs: [.input(0), .parameter("weight")] + (hasBias ? [.parameter("bias")] : []),
      attributes: attributes)
  }

  public static let entry = LayerEntry(
    name: "ConvTranspose2d", summary: "Transposed convolution, which enlarges images",
    arguments: [
      .init("in_channels"), .init("out_channels"), .init("kernel_size"), .init("stride", [1, 1]),
      .init("padding", [0, 0]), .init("output_padding", [0, 0]), .init("groups", 1),
      .init("bias", true), .init("dilation", [1, 1]), .init("padding_mode", "zeros"),
    ],
    onnx: [
      ONNXForm("ConvTranspose", inputs: [.value, .parameter("weight"), .parameter("bias")]) {
        (call) throws(LayerError) in
        let weight = try call.weightShape(rank: 4)
        let groups = try call.attributes.int("group", default: 1, in: 1...LayerArguments.largest)
        guard weight.count > 0, weight[0] % groups == 0 else {
          throw .argument(
            name: "group", expected: "a divisor of \(weight[0])", found: String(groups))
        }
        var window = try SlidingWindow(onnx: call, kernel: Pair(weight[2], weight[3]))
        let extra = try outputPadding(call.attributes)
        if call.attributes.has("output_shape") {
          window.padding = try padding(call, window, extra)
        }
        return ConvTranspose2d(
          inputChannels: weight[0], outputChannels: weight[1] * groups, window: window,
          outputPadding: extra, groups: groups, bias: call.parameters["bias"] != nil)
      }
    ]
  ) { (arguments) throws(LayerError) in
    let channels = try ConvolutionChannels(arguments)
    _ = try arguments.string("padding_mode", among: ["zeros"])
    return ConvTranspose2d(
      inputChannels: channels.inputs, outputChannels: channels.outputs,
      window: try SlidingWindow(arguments), outputPadding: try outputPadding(arguments),
      groups: channels.groups, bias: try arguments.bool("bias"))
  }

  /// The padding that leaves an output of a given size, half of it on either side; of an odd one more at the
  /// beginning, or with SAME_UPPER at the end.
  private static func padding(
    _ call: ONNXCall, _ window: SlidingWindow, _ extra: Pair
  ) throws(LayerError) -> Padding {
    let lengths = try call.attributes.ints("output_shape", in: 1...LayerArguments.largest).suffix(2)
    guard let input = call.shapes.first.flatMap({ $0 }), input.rank == 4, !call.haveOpenLengths,
      let height = lengths.first, let width = lengths.last, lengths.count == 2
    else {
      throw .unsupported(
        found: "output_shape for images of any size", expected: "images of one size")
    }
    func total(_ input: Int, _ output: Int, _ direction: KeyPath<Pair, Int>) -> Int {
      (input - 1) * window.stride[keyPath: direction] + extra[keyPath: direction]
        + window.dilation[keyPath: direction] * (window.kernelSize[keyPath: direction] - 1) + 1
        - output
    }
    let (vertical, horizontal) = (
      total(input[2], height, \.vertical), total(input[3], width, \.horizontal)
    )
    guard vertical >= 0, horizontal >= 0 else {
      throw .unsupported(
        found: "an output_shape of \(height)×\(width)",
        expected: "no more than the kernels reach")
    }
    let isUpper =
      try call.attributes.string(
        "auto_pad", default: "NOTSET", among: ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
      == "SAME_UPPER"
    let (top, left) =
      isUpper
      ? (vertical / 2, horizontal / 2) : (vertical - vertical / 2, horizontal - horizontal / 2)
    return .sides(top: top, left: left, bottom: vertical - top, right: horizontal - left)
  }

  private static func outputPadding(_ arguments: LayerArguments) throws(LayerError) -> Pair {
    guard arguments.has("output_padding") else { return 0 }
    return try arguments.pair("output_padding", in: 0...LayerArguments.largest)
  }
}
