/// How numbers get around: none is computed here.
extension ReferenceArray {
  /// Arrays one behind the other along a dimension.
  package static func concatenated(
    _ arrays: [ReferenceArray], along dimension: Int
  ) -> ReferenceArray {
    let axis = arrays[0].axis(dimension)
    let length = arrays.reduce(0) { $0 + $1.shape[axis] }
    return ReferenceArray(shape: arrays[0].shape.with(length, at: axis)) { index in
      var place = index[axis]
      for array in arrays {
        if place < array.shape[axis] { return array[index.with(place, at: axis)] }
        place -= array.shape[axis]
      }
      return .nan
    }
  }

  /// A part along a dimension, by Python's rules for `[start:end:step]`.
  package func part(
    along dimension: Int, from start: Int, to end: Int, by step: Int
  ) -> ReferenceArray {
    let axis = axis(dimension)
    let length = shape[axis]
    func place(_ i: Int) -> Int {
      let counted = i < 0 ? i + length : i
      return step > 0 ? min(max(counted, 0), length) : min(max(counted, -1), length - 1)
    }
    let taken = Array(stride(from: place(start), to: place(end), by: step))
    return ReferenceArray(shape: shape.with(taken.count, at: axis)) { index in
      self[index.with(taken[index[axis]], at: axis)]
    }
  }

  /// What stands outside of an array.
  package enum Border: Sendable {
    case constant(Double)
    /// `cb│abc│ba`
    case reflect
    /// `aa│abc│cc`
    case replicate
    /// `bc│abc│ab`
    case circular
  }

  /// So many before and after each of the last dimensions, the slowest first; negative ones cut off.
  package func padded(before: [Int], after: [Int], _ border: Border) -> ReferenceArray {
    let rest = [Int](repeating: 0, count: shape.count - before.count)
    let (before, after) = (rest + before, rest + after)
    let lengths = shape.indices.map { shape[$0] + before[$0] + after[$0] }
    return ReferenceArray(shape: lengths) { index in
      var source = shape.indices.map { index[$0] - before[$0] }
      for i in shape.indices where !(0..<shape[i] ~= source[i]) {
        switch border {
        case .constant(let value): return value
        case .replicate: source[i] = source[i] < 0 ? 0 : shape[i] - 1
        case .circular: source[i] = (source[i] + shape[i]) % shape[i]
        case .reflect:
          // Back and forth over the array, its ends once each.
          source[i] = source[i] < 0 ? -source[i] : 2 * (shape[i] - 1) - source[i]
        }
      }
      return self[source]
    }
  }

  package func reshaped(_ shape: [Int]) -> ReferenceArray {
    ReferenceArray(shape: shape, values: values)
  }

  /// Dimension i of the result is dimension `order[i]`.
  package func transposed(_ order: [Int]) -> ReferenceArray {
    let order = order.map(axis)
    return ReferenceArray(shape: order.map { shape[$0] }) { index in
      var source = index
      for (i, dimension) in order.enumerated() { source[dimension] = index[i] }
      return self[source]
    }
  }

  /// Channels spread over an image that grows by a factor: `[c, y·r + i, x·r + j]` is channel `(c·r + i)·r + j`, or
  /// `(i·r + j)·C + c` in ONNX's order `DCR`.
  package func pixelShuffled(_ r: Int, isDepthFirst: Bool = false) -> ReferenceArray {
    let channels = shape[1] / (r * r)
    return ReferenceArray(shape: [shape[0], channels, shape[2] * r, shape[3] * r]) { index in
      let (c, i, j) = (index[1], index[2] % r, index[3] % r)
      let channel = isDepthFirst ? (i * r + j) * channels + c : (c * r + i) * r + j
      return self[[index[0], channel, index[2] / r, index[3] / r]]
    }
  }

  /// The pixels of squares of an image as channels: what `pixelShuffled` undoes.
  package func pixelUnshuffled(_ r: Int, isDepthFirst: Bool = false) -> ReferenceArray {
    let channels = shape[1]
    return ReferenceArray(shape: [shape[0], channels * r * r, shape[2] / r, shape[3] / r]) {
      index in
      let (c, place) =
        isDepthFirst
        ? (index[1] % channels, index[1] / channels) : (index[1] / (r * r), index[1] % (r * r))
      return self[[index[0], c, index[2] * r + place / r, index[3] * r + place % r]]
    }
  }

  /// Indices of one dimension, in any order; below 0 from the end.
  package func taking(_ places: [Int], along dimension: Int) -> ReferenceArray {
    let axis = axis(dimension)
    return ReferenceArray(shape: shape.with(places.count, at: axis)) { index in
      let place = places[index[axis]]
      return self[index.with(place < 0 ? place + shape[axis] : place, at: axis)]
    }
  }
}
