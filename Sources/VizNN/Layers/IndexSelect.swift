internal import VizKernels

/// Places along one dimension, in any order and as often as wanted.
///
///     output[…, i, …] = input[…, index[i], …]
///
/// Places below 0 count from the end. A single place that is no list takes the dimension away.
public struct IndexSelect: UnaryLayer {
  public let dimension: Int
  public let index: [Int]
  /// Whether the dimension stays; it always does where there is a list.
  public let keepsDimension: Bool

  public init(dimension: Int, index: [Int]) {
    self.init(dimension, index, keepsDimension: true)
  }

  private init(_ dimension: Int, _ index: [Int], keepsDimension: Bool) {
    self.dimension = dimension
    self.index = index
    self.keepsDimension = keepsDimension
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    let d = try input.dimension(dimension)
    guard index.allSatisfy({ -input[d]..<input[d] ~= $0 }) else {
      throw .inputShape(expected: "places of \(index) in dimension \(d)", found: input)
    }
    let lengths = input.dimensions
    return Shape(lengths[..<d] + (keepsDimension ? [index.count] : []) + lengths[(d + 1)...])
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    let d = input.shape.index(dimension)
    let length = input.shape[d]
    let taken = AxisResampling(length: length, taking: index.map { $0 < 0 ? $0 + length : $0 })
    return input.resampled(taken, dimension: d, context).reshaped(to: acceptedShape(input.shape))
  }

  public func reach(inputs: [Shape]) -> Reach {
    inputs[0].index(dimension) < 2 ? .point : .everything
  }

  public var arguments: LayerArguments {
    ["dim": .int(dimension), "index": keepsDimension ? .ints(index) : .int(index[0])]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "Gather", inputs: [.input(0), keepsDimension ? .ints(index) : .int(index[0])],
        attributes: ["axis": .int(dimension)])
    ]
  }

  public static let entry = LayerEntry(
    name: "IndexSelect", summary: "Places along one dimension, in any order",
    arguments: [.init("dim"), .init("index")],
    onnx: [
      ONNXForm("Gather", inputs: [.value, .argument("index")]) { (call) throws(LayerError) in
        try select(call.attributes, try call.attributes.int("axis", default: 0, in: -8...7))
      }
    ]
  ) { (arguments) throws(LayerError) in
    try select(arguments, try arguments.int("dim", in: -8...7))
  }

  private static func select(
    _ arguments: LayerArguments, _ dimension: Int
  ) throws(LayerError) -> IndexSelect {
    let index = try arguments.ints("index")
    var isList = false
    if case .list? = arguments["index"] { isList = true }
    return IndexSelect(dimension, index, keepsDimension: isList)
  }
}

extension IndexSelect {
  public var kept: KeptValues { [] }

  /// A place that was taken several times adds up what each brings.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let d = step.inputShape.index(dimension)
    let length = step.inputShape[d]
    let taken = AxisResampling(length: length, taking: index.map { $0 < 0 ? $0 + length : $0 })
    return LayerGradients(
      step.gradient.reshaped(to: step.inputShape.replacing(d, with: index.count))
        .resampledGradient(taken, dimension: d, step.context))
  }
}
