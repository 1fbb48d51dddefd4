/// Dimensions of length 1 left out.
public struct Squeeze: UnaryLayer {
  /// nil for all that have the length 1.
  public let dimensions: [Int]?

  public init(_ dimensions: [Int]? = nil) {
    self.dimensions = dimensions
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    var dropped: Set<Int> = []
    for i in dimensions ?? [] {
      let i = try input.dimension(i)
      guard input[i] == 1 else {
        throw .inputShape(expected: "the length 1 in dimension \(i)", found: input)
      }
      dropped.insert(i)
    }
    return Shape(
      input.dimensions.enumerated().filter { i, length in
        dimensions == nil ? length != 1 : !dropped.contains(i)
      }.map(\.element))
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input.reshaped(to: acceptedShape(input.shape))
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { ["dim": dimensions.map(LayerValue.ints) ?? .none] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Squeeze", inputs: [.input(0)] + (dimensions.map { [.ints($0)] } ?? []))]
  }

  public static let entry = LayerEntry(
    name: "Squeeze", summary: "Dimensions of length 1 left out",
    arguments: [.init("dim", .some(.none))],
    onnx: [
      ONNXForm("Squeeze", inputs: [.value, .argument("axes")]) { (call) throws(LayerError) in
        Squeeze(call.attributes.has("axes") ? try call.attributes.ints("axes", in: -8...7) : nil)
      }
    ]
  ) { (arguments) throws(LayerError) in
    Squeeze(arguments.has("dim") ? try arguments.ints("dim", in: -8...7) : nil)
  }
}

/// Dimensions of length 1 put in; the places are those in the result.
public struct Unsqueeze: UnaryLayer {
  public let dimensions: [Int]

  public init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    let rank = input.rank + dimensions.count
    let places = Set(dimensions.map { $0 < 0 ? $0 + rank : $0 })
    guard places.count == dimensions.count, places.allSatisfy({ 0..<rank ~= $0 }) else {
      throw .inputShape(
        expected: "a shape that dimensions \(dimensions) can be put into", found: input)
    }
    var rest = input.dimensions.makeIterator()
    return Shape((0..<rank).map { places.contains($0) ? 1 : rest.next() ?? 1 })
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input.reshaped(to: acceptedShape(input.shape))
  }

  public func reach(inputs: [Shape]) -> Reach { .everything }

  public var arguments: LayerArguments { ["dim": .ints(dimensions)] }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [ONNXNode("Unsqueeze", inputs: [.input(0), .ints(dimensions)])]
  }

  public static let entry = LayerEntry(
    name: "Unsqueeze", summary: "Dimensions of length 1 put in", arguments: [.init("dim")],
    onnx: [
      ONNXForm("Unsqueeze", inputs: [.value, .argument("axes")]) { (call) throws(LayerError) in
        Unsqueeze(try call.attributes.ints("axes", in: -8...7))
      }
    ]
  ) { (arguments) throws(LayerError) in
    Unsqueeze(try arguments.ints("dim", in: -8...7))
  }
}

extension Squeeze {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(step.gradient.reshaped(to: step.inputShape))
  }
}

extension Unsqueeze {
  public var kept: KeptValues { [] }

  public func backward(_ step: BackwardStep) -> LayerGradients {
    LayerGradients(step.gradient.reshaped(to: step.inputShape))
  }
}
