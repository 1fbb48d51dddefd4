internal import VizNN

/// A tensor that is known when a model is loaded: a weight, or what became of arithmetic on shapes.
struct ONNXConstant: Equatable {
  enum Elements {
    /// Whole numbers exactly, truth values as 0 and 1.
    case ints([Int])
    case floats([Float])
    /// Numbers that stay in the file until they are asked for.
    case stored(StoredTensor)
  }

  let shape: [Int]
  private let elements: Elements

  var count: Int { shape.reduce(1, *) }

  init(shape: [Int], _ elements: Elements) {
    self.shape = shape
    self.elements = elements
  }

  /// Numbers of a file.
  init(_ stored: StoredTensor) {
    self.init(shape: stored.shape, .stored(stored))
  }

  /// Whole numbers in one dimension.
  init(ints: [Int]) {
    self.init(shape: [ints.count], .ints(ints))
  }

  var ints: [Int]? {
    if case .ints(let values) = elements { values } else { nil }
  }

  /// The numbers as Float, rounded where they are whole and large.
  var floats: [Float] {
    switch elements {
    case .ints(let values): values.map(Float.init)
    case .floats(let values): values
    case .stored(let tensor): tensor.floats
    }
  }

  /// The numbers for the engine, in the file's memory where that can be.
  var tensor: Tensor {
    if case .stored(let stored) = elements { return stored.tensor.reshaped(to: Shape(shape)) }
    return Tensor(shape: Shape(shape), values: floats)
  }

  static func == (a: ONNXConstant, b: ONNXConstant) -> Bool {
    guard a.shape == b.shape, (a.ints == nil) == (b.ints == nil) else { return false }
    return if let ints = a.ints { ints == b.ints } else { a.floats == b.floats }
  }

  /// As an argument of a layer: a number, or a list of numbers where there is a dimension.
  var layerValue: LayerValue {
    if let ints {
      return shape.isEmpty && ints.count == 1 ? .int(ints[0]) : .ints(ints)
    }
    let floats = floats
    return shape.isEmpty && floats.count == 1
      ? .float(exactly(floats[0])) : .floats(floats.map(exactly))
  }

  /// The elements at the given places, in a new shape.
  func picking(_ places: [Int], shape: [Int]) -> ONNXConstant {
    if let ints { return ONNXConstant(shape: shape, .ints(places.map { ints[$0] })) }
    let floats = floats
    return ONNXConstant(shape: shape, .floats(places.map { floats[$0] }))
  }

  /// The elements at `start + Σ index · step`, for each index of a shape in row-major order.
  func walking(shape: [Int], steps: [Int], start: Int = 0) -> ONNXConstant {
    if let ints { return ONNXConstant(shape: shape, .ints(Self.walk(ints, shape, steps, start))) }
    return ONNXConstant(shape: shape, .floats(Self.walk(floats, shape, steps, start)))
  }

  private static func walk<Element>(
    _ values: [Element], _ shape: [Int], _ steps: [Int], _ start: Int
  ) -> [Element] {
    let count = shape.reduce(1, *)
    guard count > 0 else { return [] }  // other lengths may be any, and are not walked through
    let (length, step) = (shape.last ?? 1, steps.last ?? 0)
    var result: [Element] = []
    result.reserveCapacity(count)
    for row in RunStarts(shape: shape.dropLast(), strides: steps.dropLast()) {
      for i in 0..<length { result.append(values[start + row + i * step]) }
    }
    return result
  }

  /// The same elements in another shape of as many.
  func reshaped(_ shape: [Int]) -> ONNXConstant { ONNXConstant(shape: shape, elements) }
}

/// The Double that is written as the Float is: 0.1, not 0.10000000149.
func exactly(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
