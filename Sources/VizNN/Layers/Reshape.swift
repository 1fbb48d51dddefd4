/// The same numbers in another shape.
///
/// Of the lengths, 0 stands for the input's own at the same place and −1, once, for what is left.
public struct Reshape: UnaryLayer {
  public let lengths: [Int]
  /// Dimensions before this one are merged into the first of the lengths, those from it on into the last:
  /// ONNX's Flatten, which always gives two.
  let flattenAxis: Int?

  public init(_ lengths: [Int]) {
    self.init(lengths, flattenAxis: nil)
  }

  private init(_ lengths: [Int], flattenAxis: Int?) {
    self.lengths = lengths
    self.flattenAxis = flattenAxis
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    if let flattenAxis {
      let axis = flattenAxis == input.rank ? input.rank : try input.dimension(flattenAxis)
      return [input.count(of: 0..<axis), input.count(of: axis..<input.rank)]
    }
    var result: [Int] = []
    for (i, length) in lengths.enumerated() {
      guard length != 0 || i < input.rank else { throw mismatch(input) }
      result.append(length == 0 ? input[i] : length)
    }
    if let free = result.firstIndex(of: -1) {
      result[free] = 1
      let known = Shape(result).count
      guard known > 0, input.count % known == 0 else { throw mismatch(input) }
      result[free] = input.count / known
    }
    guard Shape(result).count == input.count else { throw mismatch(input) }
    return Shape(result)
  }

  private func mismatch(_ input: Shape) -> LayerError {
    .inputShape(
      expected: "as many numbers as in [\(lengths.map(String.init).joined(separator: ", "))]",
      found: input)
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input.reshaped(to: acceptedShape(input.shape))
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments {
    ["shape": .ints(lengths), "flatten_axis": flattenAxis.map(LayerValue.int) ?? .none]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    if let flattenAxis {
      return [ONNXNode("Flatten", attributes: ["axis": .int(flattenAxis)])]
    }
    return [ONNXNode("Reshape", inputs: [.input(0), .ints(lengths)])]
  }

  public static let entry = LayerEntry(
    name: "Reshape", summary: "The same numbers in another shape",
    arguments: [.init("shape"), .init("flatten_axis", .some(.none))],
    onnx: [
      ONNXForm("Reshape", inputs: [.value, .argument("shape")]) { (call) throws(LayerError) in
        // Readers of files hand it on where their shape has a 0; what they put in themselves is no length.
        guard try !call.attributes.bool("allowzero", default: false) else {
          throw .unsupported(
            found: "allowzero and a length of 0", expected: "0 for the input's own length")
        }
        return Reshape(try lengths(call.attributes))
      },
      ONNXForm("Flatten") { (call) throws(LayerError) in
        Reshape([], flattenAxis: try call.attributes.int("axis", default: 1, in: -8...8))
      },
    ]
  ) { (arguments) throws(LayerError) in
    guard arguments.has("flatten_axis") else { return Reshape(try lengths(arguments)) }
    return Reshape([], flattenAxis: try arguments.int("flatten_axis", in: -8...8))
  }

  private static func lengths(_ arguments: LayerArguments) throws(LayerError) -> [Int] {
    let lengths = try arguments.ints("shape", in: -1...LayerArguments.largest)
    guard lengths.filter({ $0 == -1 }).count <= 1 else {
      throw arguments.wrong("shape", "one -1 at most")
    }
    return lengths
  }
}

extension Reshape {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(step.gradient.reshaped(to: step.inputShape))
  }
}
