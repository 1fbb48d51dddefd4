internal import VizNN

/// Operators that move elements of constants and compute none.
enum ONNXRearrangement {
  static func fold(
    _ node: ONNXOperation, _ inputs: [ONNXConstant?], limit: Int
  ) throws(CheckpointError) -> ONNXConstant? {
    guard let first = inputs.first, let data = first else { return nil }
    let axes = argument("axes", 1, node, inputs)
    switch node.operation {
    case "Concat": return try concatenated(inputs, axis: int("axis", node) ?? 1, limit: limit)
    case "Gather":
      guard inputs.count == 2, let indices = inputs[1] else { return nil }
      return gathered(data, indices, axis: int("axis", node) ?? 0)
    case "Unsqueeze": return axes.flatMap { unsqueezed(data, $0) }
    case "Squeeze": return squeezed(data, axes)
    case "Reshape": return argument("shape", 1, node, inputs).flatMap { reshaped(data, $0, node) }
    case "Transpose": return transposed(data, ints("perm", node))
    case "Expand":
      guard let target = argument("shape", 1, node, inputs),
        let shape = ONNXArithmetic.broadcast([data.shape, target.map { max($0, 1) }])
      else { return nil }
      return data.picking(ONNXArithmetic.places(data.shape, in: shape), shape: shape)
    default: return sliced(data, node, inputs)
    }
  }

  private static func int(_ name: String, _ node: ONNXOperation) -> Int? {
    if case .int(let value)? = node.attributes[name] { value } else { nil }
  }

  private static func ints(_ name: String, _ node: ONNXOperation) -> [Int]? {
    guard case .list(let values)? = node.attributes[name] else { return nil }
    let found = values.compactMap { value in if case .int(let value) = value { value } else { nil }
    }
    return found.count == values.count ? found : nil
  }

  /// An input, which older operator sets have as an attribute.
  private static func argument(
    _ name: String, _ i: Int, _ node: ONNXOperation, _ inputs: [ONNXConstant?]
  ) -> [Int]? {
    (i < inputs.count ? inputs[i]?.ints : nil) ?? ints(name, node)
  }

  /// An axis counted from the front; nil outside of `0..<rank`.
  private static func axis(_ axis: Int, _ rank: Int) -> Int? {
    let positive = axis < 0 ? axis + rank : axis
    return 0..<rank ~= positive ? positive : nil
  }

  private static func concatenated(
    _ inputs: [ONNXConstant?], axis: Int, limit: Int
  ) throws(CheckpointError) -> ONNXConstant? {
    let parts = inputs.compactMap(\.self)
    guard parts.count == inputs.count, let first = parts.first,
      let axis = self.axis(axis, first.shape.count)
    else { return nil }
    var shape = first.shape
    shape[axis] = 0
    for part in parts {
      var other = part.shape
      guard other.count == shape.count else { return nil }
      shape[axis] += other[axis]
      other[axis] = shape[axis]
      guard other == shape else { return nil }
    }
    // The one operator whose results grow by their own, with each that reads another twice.
    let count = ShapeArithmetic.elementCount(shape) ?? .max
    guard count <= limit else { throw ONNXFolding.tooLarge(count, limit: limit) }
    // Row by row of the dimensions before the axis.
    let rows = shape[..<axis].reduce(1, *)
    let lengths = parts.map { rows == 0 ? 0 : $0.count / rows }
    if parts.allSatisfy({ $0.ints != nil }) {
      let values = (0..<rows).flatMap { row in
        zip(parts, lengths).flatMap { ($0.ints ?? [])[row * $1..<(row + 1) * $1] }
      }
      return ONNXConstant(shape: shape, .ints(values))
    }
    let floats = parts.map(\.floats)
    let values = (0..<rows).flatMap { row in
      zip(floats, lengths).flatMap { $0[row * $1..<(row + 1) * $1] }
    }
    return ONNXConstant(shape: shape, .floats(values))
  }

  private static func gathered(
    _ data: ONNXConstant, _ indices: ONNXConstant, axis: Int
  ) -> ONNXConstant? {
    guard let axis = self.axis(axis, data.shape.count), let found = indices.ints else { return nil }
    let length = data.shape[axis]
    let chosen = found.map { $0 < 0 ? $0 + length : $0 }
    guard chosen.allSatisfy({ 0..<length ~= $0 }) else { return nil }
    let inner = data.shape[(axis + 1)...].reduce(1, *)
    let outer = data.shape[..<axis].reduce(1, *)
    let (count, overflows) = (outer * inner).multipliedReportingOverflow(by: chosen.count)
    guard !overflows, count <= ONNXFolding.mostElements else { return nil }
    let places = (0..<outer).flatMap { o in
      chosen.flatMap { i in (0..<inner).map { (o * length + i) * inner + $0 } }
    }
    let shape = data.shape[..<axis] + indices.shape + data.shape[(axis + 1)...]
    return data.picking(places, shape: Array(shape))
  }

  private static func unsqueezed(_ data: ONNXConstant, _ axes: [Int]) -> ONNXConstant? {
    let rank = data.shape.count + axes.count
    let places = axes.compactMap { axis($0, rank) }
    guard Set(places).count == axes.count, rank <= ShapeArithmetic.maximumRank else { return nil }
    var rest = data.shape[...]
    return data.reshaped((0..<rank).map { places.contains($0) ? 1 : rest.removeFirst() })
  }

  private static func squeezed(_ data: ONNXConstant, _ axes: [Int]?) -> ONNXConstant? {
    let rank = data.shape.count
    let places =
      axes?.compactMap { axis($0, rank) } ?? data.shape.indices.filter { data.shape[$0] == 1 }
    guard places.allSatisfy({ data.shape[$0] == 1 }), places.count == axes?.count ?? places.count
    else { return nil }
    return data.reshaped(data.shape.indices.filter { !places.contains($0) }.map { data.shape[$0] })
  }

  private static func reshaped(
    _ data: ONNXConstant, _ target: [Int], _ node: ONNXOperation
  ) -> ONNXConstant? {
    let keepsZero = node.attributes["allowzero"] == .int(1)
    var shape = target
    for i in shape.indices where shape[i] == 0 && !keepsZero {
      guard i < data.shape.count else { return nil }
      shape[i] = data.shape[i]
    }
    if let free = shape.firstIndex(of: -1) {
      shape[free] = 1
      guard let known = ShapeArithmetic.elementCount(shape), known > 0,
        data.count.isMultiple(of: known)
      else { return nil }
      shape[free] = data.count / known
    }
    return ShapeArithmetic.elementCount(shape) == data.count ? data.reshaped(shape) : nil
  }

  private static func transposed(_ data: ONNXConstant, _ order: [Int]?) -> ONNXConstant? {
    let order = order ?? Array(data.shape.indices.reversed())
    guard order.sorted() == Array(data.shape.indices) else { return nil }
    let strides = ShapeArithmetic.rowMajorStrides(data.shape)
    let shape = order.map { data.shape[$0] }
    return data.walking(shape: shape, steps: order.map { strides[$0] })
  }

  private static func sliced(
    _ data: ONNXConstant, _ node: ONNXOperation, _ inputs: [ONNXConstant?]
  ) -> ONNXConstant? {
    guard let starts = argument("starts", 1, node, inputs),
      let ends = argument("ends", 2, node, inputs), starts.count == ends.count
    else { return nil }
    let axes = argument("axes", 3, node, inputs) ?? Array(starts.indices)
    let steps = argument("steps", 4, node, inputs) ?? starts.map { _ in 1 }
    guard axes.count == starts.count, steps.count == starts.count else { return nil }
    let strides = ShapeArithmetic.rowMajorStrides(data.shape)
    var (shape, moves, origin) = (data.shape, strides, 0)
    for (i, given) in axes.enumerated() {
      guard let axis = axis(given, data.shape.count),
        let part = SliceRange(
          start: starts[i], end: ends[i], step: steps[i], length: data.shape[axis])
      else { return nil }
      shape[axis] = part.count
      moves[axis] = strides[axis] * part.step
      origin += strides[axis] * part.start
    }
    return data.walking(shape: shape, steps: moves, start: origin)
  }

  /// Start, end and step of one axis as Python's slices take them.
  private struct SliceRange {
    let start: Int
    let step: Int
    let count: Int

    init?(start: Int, end: Int, step: Int, length: Int) {
      guard step != 0, step.magnitude <= 1 << 40 else { return nil }
      func clamped(_ place: Int, _ range: ClosedRange<Int>) -> Int {
        let place = place < 0 ? place &+ length : place
        return min(max(place, range.lowerBound), range.upperBound)
      }
      let limits = step > 0 ? 0...length : -1...length - 1
      self.start = clamped(start, limits)
      let end = clamped(end, limits)
      self.step = step
      let distance = step > 0 ? end - self.start : self.start - end
      count = distance <= 0 ? 0 : (distance + abs(step) - 1) / abs(step)
    }
  }
}
