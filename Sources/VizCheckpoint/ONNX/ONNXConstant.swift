internal import VizNN

/// A tensor that is known when a model is loaded: a weight, or what became of arithmetic on shapes.
struct ONNXConstant: Equatable {
  enum Elements: Equatable {
    /// Whole numbers exactly, truth values as 0 and 1.
    case ints([Int])
    case floats([Float])
  }

  let shape: [Int]
  let elements: Elements

  var count: Int { shape.reduce(1, *) }

  init(shape: [Int], _ elements: Elements) {
    self.shape = shape
    self.elements = elements
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
    }
  }

  var tensor: Tensor { Tensor(shape: Shape(shape), values: floats) }

  /// As an argument of a layer: a number, or a list of numbers where there is a dimension.
  var layerValue: LayerValue {
    switch elements {
    case .ints(let values):
      shape.isEmpty && values.count == 1 ? .int(values[0]) : .ints(values)
    case .floats(let values):
      shape.isEmpty && values.count == 1
        ? .float(exactly(values[0])) : .floats(values.map(exactly))
    }
  }

  /// The elements at the given places, in a new shape.
  func picking(_ places: [Int], shape: [Int]) -> ONNXConstant {
    switch elements {
    case .ints(let values): ONNXConstant(shape: shape, .ints(places.map { values[$0] }))
    case .floats(let values): ONNXConstant(shape: shape, .floats(places.map { values[$0] }))
    }
  }

  /// The elements at `start + Σ index · step`, for each index of a shape in row-major order.
  func walking(shape: [Int], steps: [Int], start: Int = 0) -> ONNXConstant {
    switch elements {
    case .ints(let values):
      ONNXConstant(shape: shape, .ints(Self.walk(values, shape, steps, start)))
    case .floats(let values):
      ONNXConstant(shape: shape, .floats(Self.walk(values, shape, steps, start)))
    }
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
