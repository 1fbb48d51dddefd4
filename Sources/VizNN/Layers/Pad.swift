internal import VizKernels

/// A border around a tensor, or with negative lengths a part of it.
///
/// `constant` puts a number there, `reflect` the samples behind the outermost (`cb│abc│ba`), `replicate` the
/// outermost itself (`aa│abc│cc`), `circular` those of the other end (`bc│abc│ab`).
public struct Pad: UnaryLayer {
  public enum Mode: String, Sendable, CaseIterable {
    case constant, reflect, replicate, circular
  }

  /// So many before and after, for the last dimensions, the slowest first.
  public let before: [Int]
  public let after: [Int]
  public let mode: Mode
  /// What `constant` puts there.
  public let value: Float

  public init(before: [Int], after: [Int], mode: Mode = .constant, value: Float = 0) {
    precondition(before.count == after.count, "padding of \(before) and \(after)")
    self.before = before
    self.after = after
    self.mode = mode
    self.value = value
  }

  public func outputShape(_ input: Shape) throws(LayerError) -> Shape {
    guard before.count <= input.rank else {
      throw .inputShape(expected: "\(before.count) dimensions or more", found: input)
    }
    var lengths = input.dimensions
    for (j, i) in (input.rank - before.count..<input.rank).enumerated() {
      let reach =
        switch mode {
        case .reflect: input[i] - 1
        case .circular: input[i]
        case .constant, .replicate: input[i] > 0 ? Int.max : 0
        }
      lengths[i] += before[j] + after[j]
      let isWithinReach = mode == .constant || max(before[j], after[j]) <= max(reach, 0)
      guard isWithinReach, lengths[i] >= 0 else {
        throw .inputShape(
          expected: "a length in dimension \(i) that allows \(mode) padding by "
            + "\(before[j]) and \(after[j])", found: input)
      }
    }
    return Shape(lengths)
  }

  public func forward(
    _ input: Tensor, _ parameters: LayerParameters, _ context: ForwardContext
  ) -> Tensor {
    var result = input
    for (j, i) in (input.shape.rank - before.count..<input.shape.rank).enumerated()
    where before[j] != 0 || after[j] != 0 {
      let length = result.shape[i]
      let indices = (-before[j]..<length + after[j]).map { index($0, length) }
      result = result.resampled(
        AxisResampling(length: length, taking: indices, outside: value), dimension: i, context)
    }
    return result
  }

  private func index(_ i: Int, _ length: Int) -> Int {
    if 0..<length ~= i { return i }
    return switch mode {
    case .constant: -1
    case .replicate: i < 0 ? 0 : length - 1
    case .reflect: i < 0 ? -i : 2 * (length - 1) - i
    case .circular: i < 0 ? i + length : i - length
    }
  }

  public func reach(inputs: [Shape]) -> Reach {
    let count = before.count
    let isOfBatch = count == 4 && (before[0] != 0 || after[0] != 0)
    guard inputs[0].rank == 4, !isOfBatch else { return .everything }
    func window(_ j: Int) -> Reach.Window {
      Reach.Window(size: 1, stride: 1, padding: Double(j < 0 ? 0 : before[j]))
    }
    return .window(vertical: window(count - 2), horizontal: window(count - 1))
  }

  public var arguments: LayerArguments {
    // PyTorch's order: the last dimension first, before and after side by side.
    let pads = zip(before, after).reversed().flatMap { [$0, $1] }
    return ["pad": .ints(pads), "mode": .string(mode.rawValue), "value": .float(value)]
  }

  public func onnxNodes(_ inputs: [Shape]) -> [ONNXNode] {
    let rest = [Int](repeating: 0, count: max(inputs[0].rank - before.count, 0))
    return [
      ONNXNode(
        "Pad",
        inputs: [.input(0), .ints(rest + before + rest + after), .floats(.number(value))],
        attributes: ["mode": .string(Self.namesOfONNX[mode] ?? mode.rawValue)])
    ]
  }
}

extension Pad {
  private static let namesOfONNX: [Mode: String] = [.replicate: "edge", .circular: "wrap"]

  public static let entry = LayerEntry(
    name: "Pad", summary: "A border around a tensor",
    arguments: [.init("pad"), .init("mode", "constant"), .init("value", 0.0)],
    onnx: [
      ONNXForm(
        "Pad", inputs: [.value, .argument("pads"), .argument("constant_value"), .argument("axes")]
      ) { (call) throws(LayerError) in
        try onnx(call)
      }
    ]
  ) { (arguments) throws(LayerError) in
    let name = try arguments.string("mode", among: Mode.allCases.map(\.rawValue))
    return try pad(
      arguments, "pad", Mode(rawValue: name) ?? .constant,
      arguments.has("value") ? try arguments.float("value") : 0)
  }

  /// PyTorch's modules for images: one number for all sides, or left, right, top, bottom.
  static let entryZero = module("ZeroPad2d", .constant)
  static let entryReflection = module("ReflectionPad2d", .reflect)
  static let entryReplication = module("ReplicationPad2d", .replicate)
  static let entryCircular = module("CircularPad2d", .circular)
  static let entryConstant = LayerEntry(
    name: "ConstantPad2d", summary: "A border of one number around an image",
    arguments: [.init("padding"), .init("value")]
  ) { (arguments) throws(LayerError) in
    try pad(arguments, "padding", .constant, try arguments.float("value"))
  }

  private static func module(_ name: String, _ mode: Mode) -> LayerEntry {
    LayerEntry(
      name: name, summary: "A border around an image, \(mode.rawValue)",
      arguments: [.init("padding")]
    ) { (arguments) throws(LayerError) in
      try pad(arguments, "padding", mode, 0)
    }
  }

  private static func pad(
    _ arguments: LayerArguments, _ name: String, _ mode: Mode, _ value: Float
  ) throws(LayerError) -> Pad {
    var pads = try arguments.ints(name)
    if pads.count == 1 { pads = [Int](repeating: pads[0], count: 4) }
    guard pads.count % 2 == 0, pads.count <= 16 else {
      throw arguments.wrong(name, "two numbers for each dimension")
    }
    let pairs = stride(from: 0, to: pads.count, by: 2).reversed()
    return Pad(
      before: pairs.map { pads[$0] }, after: pairs.map { pads[$0 + 1] }, mode: mode, value: value)
  }

  private static func onnx(_ call: ONNXCall) throws(LayerError) -> Pad {
    let attributes = call.attributes
    let name = try attributes.string(
      "mode", default: "constant", among: ["constant", "reflect", "edge", "wrap"])
    let mode = Mode.allCases.first { (namesOfONNX[$0] ?? $0.rawValue) == name } ?? .constant
    let value = try attributes.float(
      "constant_value", default: try attributes.float("value", default: 0))
    // The oldest operator set has another name.
    let pads = try attributes.ints(attributes.has("pads") ? "pads" : "paddings")
    let (before, after) = (Array(pads.prefix(pads.count / 2)), Array(pads.suffix(pads.count / 2)))
    guard pads.count % 2 == 0, pads.count <= 16 else {
      throw attributes.wrong("pads", "two numbers for each dimension")
    }
    guard attributes.has("axes") else {
      return Pad(before: before, after: after, mode: mode, value: value)
    }
    guard let rank = call.shapes.first.flatMap({ $0 })?.rank else {
      throw .unsupported(found: "axes for an input of unknown rank", expected: "a known rank")
    }
    var all = (
      before: [Int](repeating: 0, count: rank), after: [Int](repeating: 0, count: rank)
    )
    for (j, axis) in try attributes.ints("axes", in: -rank...max(rank - 1, 0)).enumerated() {
      guard j < before.count, rank > 0 else {
        throw attributes.wrong("axes", "\(before.count) axes")
      }
      all.before[axis < 0 ? axis + rank : axis] = before[j]
      all.after[axis < 0 ? axis + rank : axis] = after[j]
    }
    return Pad(before: all.before, after: all.after, mode: mode, value: value)
  }
}

extension Tensor {
  /// One dimension resampled.
  func resampled(
    _ resampling: AxisResampling, dimension i: Int, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(shape.replacing(i, with: resampling.first.count))
    unsafe resampling.run(
      outer: shape.count(of: 0..<i), inner: shape.count(of: i + 1..<shape.rank), input: start,
      output: output.mutableStart, execution: context.execution)
    return output
  }
}

extension Pad {
  public var kept: KeptValues { [] }

  /// What a border was made of gets its gradient too.
  public func backward(_ step: BackwardStep) -> LayerGradients {
    let rank = step.inputShape.rank
    var gradient = step.gradient
    for (j, i) in (rank - before.count..<rank).enumerated().reversed()
    where before[j] != 0 || after[j] != 0 {
      let length = step.inputShape[i]
      let indices = (-before[j]..<length + after[j]).map { index($0, length) }
      gradient = gradient.resampledGradient(
        AxisResampling(length: length, taking: indices), dimension: i, step.context)
    }
    return LayerGradients(gradient)
  }
}

extension Tensor {
  /// The gradient of what was resampled along a dimension.
  func resampledGradient(
    _ resampling: AxisResampling, dimension i: Int, _ context: ForwardContext
  ) -> Tensor {
    let output = context.tensor(shape.replacing(i, with: resampling.length))
    unsafe resampling.runGradient(
      outer: shape.count(of: 0..<i), inner: shape.count(of: i + 1..<shape.rank), gradient: start,
      output: output.mutableStart, execution: context.execution)
    return output
  }
}
