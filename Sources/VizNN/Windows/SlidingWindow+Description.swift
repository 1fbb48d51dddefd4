extension SlidingWindow {
  /// From PyTorch's arguments, as far as the layer has them.
  init(_ arguments: LayerArguments) throws(LayerError) {
    let size = try arguments.pair("kernel_size")
    self.init(
      kernelSize: size, stride: arguments.has("stride") ? try arguments.pair("stride") : 1,
      padding: arguments.has("padding") ? try arguments.padding("padding") : .none,
      dilation: arguments.has("dilation") ? try arguments.pair("dilation") : 1,
      ceilMode: try arguments.bool("ceil_mode", default: false))
  }

  /// From an ONNX node; `kernel` is for nodes that leave the size to the weights.
  init(onnx call: ONNXCall, kernel: Pair? = nil) throws(LayerError) {
    let attributes = call.attributes
    let sizes = try attributes.spatial("kernel_shape") ?? kernel
    guard let sizes else {
      throw .argument(name: "kernel_shape", expected: "two numbers", found: "nothing")
    }
    self.init(
      kernelSize: sizes, stride: try attributes.spatial("strides") ?? 1,
      padding: try attributes.onnxPadding(),
      dilation: try attributes.spatial("dilations") ?? 1,
      ceilMode: try attributes.bool("ceil_mode", default: false))
  }

  /// As attributes of ONNX, for an input of a shape.
  ///
  /// Padding is written out: onnxruntime refuses `auto_pad` together with dilation. What `same` comes to
  /// depends on the input's size where windows move by more than 1.
  func onnxAttributes(for input: Shape) -> LayerArguments {
    let (before, after) = paddings(for: input)
    return [
      "kernel_shape": kernelSize.value, "strides": stride.value, "dilations": dilation.value,
      "pads": .ints([before.vertical, before.horizontal, after.vertical, after.horizontal]),
    ]
  }
}

extension LayerArguments {
  /// A list with a number for each direction of an image; nil where there is none.
  func spatial(_ name: String) throws(LayerError) -> Pair? {
    guard has(name) else { return nil }
    let found = try ints(name, in: 1...Self.largest)
    guard found.count == 2 else {
      throw .unsupported(
        found: "\(name) with \(found.count) numbers", expected: "two, as images have")
    }
    return Pair(found[0], found[1])
  }

  func onnxPadding() throws(LayerError) -> Padding {
    switch try string(
      "auto_pad", default: "NOTSET", among: ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
    {
    case "SAME_UPPER": return .same
    case "SAME_LOWER": return .sameLower
    case "VALID": return .none
    default: break
    }
    guard has("pads") else { return .none }
    let pads = try ints("pads", in: 0...Self.largest)
    guard pads.count == 4 else { throw wrong("pads", "four numbers") }
    return .sides(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
  }
}

/// Checks that an input is a batch of images, with a number of channels.
func checkImages(_ input: Shape, channels: Int? = nil) throws(LayerError) {
  let found = input.rank == 4 ? input[1] : nil
  guard let found, channels == nil || found == channels else {
    throw .inputShape(
      expected: "[N, \(channels.map(String.init) ?? "C"), H, W]", found: input)
  }
}
