internal import VizKernels

/// A part of a tensor, with a step along each dimension; Python's and ONNX's rules.
///
/// Places below 0 count from the end, and what lies outside is cut off. Negative steps go backwards.
public struct Slice: UnaryLayer {
  public let starts: [Int]
  public let ends: [Int]
  public let dimensions: [Int]
  public let steps: [Int]

  public init(starts: [Int], ends: [Int], dimensions: [Int], steps: [Int]) {
    precondition(
      [ends.count, dimensions.count, steps.count].allSatisfy { $0 == starts.count },
      "a slice of \(starts), \(ends), \(dimensions), \(steps)")
    precondition(!steps.contains(0), "a step of 0")
    self.starts = starts
    self.ends = ends
    self.dimensions = dimensions
    self.steps = steps
  }

  private func ranges(_ input: Shape) -> [Int: (start: Int, step: Int, count: Int)] {
    var ranges: [Int: (start: Int, step: Int, count: Int)] = [:]
    for (i, dimension) in dimensions.enumerated() {
      let d = input.index(dimension)
      let (length, step) = (input[d], steps[i])
      let bounds = step > 0 ? (0, length) : (-1, length - 1)
      func place(_ x: Int) -> Int {
        min(max(x < 0 ? x + length : x, bounds.0), bounds.1)
      }
      let (start, end) = (place(starts[i]), place(ends[i]))
      let distance = step > 0 ? end - start : start - end
      ranges[d] = (start, step, max(0, (distance + abs(step) - 1) / abs(step)))
    }
    return ranges
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    for dimension in dimensions { _ = try input.dimension(dimension) }
    let ranges = ranges(input)
    return Shape(input.dimensions.enumerated().map { ranges[$0]?.count ?? $1 })
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    input.sliced(ranges(input.shape), context)
  }

  public func reach(inputs: [Shape]) -> Reach {
    let isOfChannels = dimensions.allSatisfy { inputs[0].index($0) < 2 }
    return isOfChannels ? .point : .everything
  }

  public var arguments: LayerArguments {
    [
      "starts": .ints(starts), "ends": .ints(ends), "dims": .ints(dimensions),
      "steps": .ints(steps),
    ]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    [
      ONNXNode(
        "Slice",
        inputs: [.input(0), .ints(starts), .ints(ends), .ints(dimensions), .ints(steps)])
    ]
  }

  public static let entry = LayerEntry(
    name: "Slice", summary: "A part of a tensor",
    arguments: [
      .init("starts"), .init("ends"), .init("dims", .some(.none)), .init("steps", .some(.none)),
    ],
    onnx: [
      ONNXForm(
        "Slice",
        inputs: [
          .value, .argument("starts"), .argument("ends"), .argument("axes"), .argument("steps"),
        ]
      ) { (call) throws(LayerError) in
        try slice(call.attributes, dimensions: "axes")
      }
    ]
  ) { (arguments) throws(LayerError) in
    try slice(arguments, dimensions: "dims")
  }

  private static func slice(
    _ arguments: LayerArguments, dimensions name: String
  ) throws(LayerError) -> Slice {
    // Files write the largest numbers there are for "to the end".
    let starts = try arguments.clampedInts("starts")
    let ends = try arguments.clampedInts("ends")
    let dimensions =
      arguments.has(name) ? try arguments.ints(name, in: -8...7) : Array(starts.indices)
    let steps =
      arguments.has("steps")
      ? try arguments.ints("steps") : [Int](repeating: 1, count: starts.count)
    guard [ends.count, dimensions.count, steps.count].allSatisfy({ $0 == starts.count }) else {
      throw arguments.wrong("starts", "as many numbers as ends, dimensions and steps")
    }
    guard !steps.contains(0) else { throw arguments.wrong("steps", "steps that are not 0") }
    return Slice(starts: starts, ends: ends, dimensions: dimensions, steps: steps)
  }
}

extension LayerArguments {
  /// Whole numbers of any size, those beyond the largest length taken for it.
  func clampedInts(_ name: String) throws(LayerError) -> [Int] {
    let limit = 1 << 40
    return try ints(name, in: .min ... .max).map { Swift.min(Swift.max($0, -limit), limit) }
  }
}

extension Tensor {
  /// A part: for some dimensions where it begins, its step and how many there are.
  func sliced(
    _ ranges: [Int: (start: Int, step: Int, count: Int)], _ context: ForwardContext
  ) -> Tensor {
    var (strides, offset) = (shape.strides, 0)
    var lengths = shape.dimensions
    for (i, range) in ranges {
      offset += range.count > 0 ? range.start * strides[i] : 0
      strides[i] *= range.step
      lengths[i] = range.count
    }
    let output = context.tensor(Shape(lengths))
    let copy = StridedCopy(
      lengths: lengths, sourceStrides: strides, targetStrides: output.shape.strides)
    unsafe copy.run(
      source: start + offset, target: output.mutableStart, execution: context.execution)
    return output
  }
}

extension Slice {
  public var kept: KeptValues { [] }

  /// Zeros, but where the part was taken from.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let gradient = step.context.zeros(step.inputShape)
    var (strides, offset) = (step.inputShape.strides, 0)
    for (i, range) in ranges(step.inputShape) {
      offset += range.count > 0 ? range.start * strides[i] : 0
      strides[i] *= range.step
    }
    let part = step.gradient
    let copy = StridedCopy(
      lengths: part.shape.dimensions, sourceStrides: part.shape.strides, targetStrides: strides)
    unsafe copy.run(
      source: part.start, target: gradient.mutableStart + offset, execution: step.execution)
    return LayerGradients(gradient)
  }
}
