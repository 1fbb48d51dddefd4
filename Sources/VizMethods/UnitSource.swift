internal import VizNN

/// What a number of a layer is made of, layer by layer.
struct UnitSource {
  var operation: UnitTrace.Operation
  var terms: [UnitTrace.Term] = []
  var outsideCount = 0
  var bias: Double?
  var result: Double

  /// nil where the layer reads something else than images or vectors.
  init?(_ unit: UnitAddress, _ layer: SelectedLayer, _ pass: UnitPass) {
    let parameters = pass.network.parameters(of: layer.node)
    let input = pass.input
    switch layer.node.layer {
    case let layer as Conv2d:
      guard let place = unit.place, let weight = parameters["weight"] else { return nil }
      self.init(layer, weight, parameters["bias"], unit.channel, place, input)
    case let layer as Linear:
      guard input.shape.rank == 2, let weight = parameters["weight"]?.element(unit.channel).values
      else { return nil }
      self.init(operation: .weightedSum, result: 0)
      terms = zip(input.values, weight).enumerated().map { i, pair in
        UnitTrace.Term(channel: i, place: nil, input: pair.0, weight: Double(pair.1))
      }
      add(bias: parameters["bias"].map { Double($0[unit.channel]) }, hasBias: layer.hasBias)
    case let layer as MaxPool2d:
      guard let place = unit.place else { return nil }
      let window = Window(layer.window, layer.reach(inputs: [input.shape]), place, input.shape)
      self.init(largestOf: window, unit.channel, input)
    case let layer as AvgPool2d:
      guard let place = unit.place else { return nil }
      let window = Window(layer.window, layer.reach(inputs: [input.shape]), place, input.shape)
      self.init(
        meanOf: window, unit.channel, input, divisor: window.divisor(of: layer, over: input.shape))
    case let layer where layer is AdaptiveMaxPool2d || layer is AdaptiveAvgPool2d:
      guard let place = unit.place else { return nil }
      let window = Window(part: place, of: pass.output.shape, over: input.shape)
      if layer is AdaptiveMaxPool2d {
        self.init(largestOf: window, unit.channel, input)
      } else {
        self.init(
          meanOf: window, unit.channel, input, divisor: window.rows.count * window.columns.count)
      }
    case is Add:
      self.init(operation: .sum, result: 0)
      for (name, addend) in zip(layer.node.inputs, pass.inputs) {
        guard let own = unit.met(in: addend.shape, of: pass.output.shape),
          let number = addend.number(at: own)
        else { return nil }
        terms.append(
          UnitTrace.Term(
            channel: own.channel, place: own.place, input: number, weight: nil, source: name))
      }
      result = terms.reduce(0) { $0 + $1.product }
    case let layer where layer is BatchNorm2d || layer is BatchNorm1d:
      guard let number = input.number(at: unit) else { return nil }
      self.init(normalizing: number, unit, layer, parameters)
    case let layer:
      guard let number = input.number(at: unit) else { return nil }
      self.init(operation: .function, result: 0)
      terms = [
        UnitTrace.Term(channel: unit.channel, place: unit.place, input: number, weight: nil)
      ]
      result = Double(layer.value(of: unit, input, parameters))
    }
  }

  private init(operation: UnitTrace.Operation, result: Double) {
    self.operation = operation
    self.result = result
  }

  private init(largestOf window: Window, _ channel: Int, _ input: Tensor) {
    self.init(operation: .maximum, result: -.infinity)
    take(window, channels: [channel], from: input) { _, _ in nil }
    // As the layers have it: NaN is larger than every number.
    result = terms.reduce(-.infinity) { $0.isNaN || $1.input <= Float($0) ? $0 : $1.product }
  }

  private init(meanOf window: Window, _ channel: Int, _ input: Tensor, divisor: Int) {
    self.init(operation: .mean, result: 0)
    take(window, channels: [channel], from: input) { _, _ in 1 / Double(divisor) }
    result = terms.reduce(0) { $0 + $1.product }
  }

  private init(
    _ layer: Conv2d, _ weight: Tensor, _ bias: Tensor?, _ channel: Int,
    _ place: UnitAddress.Place, _ input: Tensor
  ) {
    let window = Window(layer.window, layer.reach(inputs: [input.shape]), place, input.shape)
    let count = layer.inputChannels / layer.groups
    let first = channel / (layer.outputChannels / layer.groups) * count
    let kernel = weight.element(channel).values
    let taps = window.rows.count * window.columns.count
    self.init(operation: .weightedSum, result: 0)
    take(window, channels: first..<(first + count), from: input) { c, tap in
      Double(kernel[(c - first) * taps + tap])
    }
    add(bias: bias.map { Double($0[channel]) }, hasBias: layer.hasBias)
  }

  /// (x − mean) / √(variance + ε) · weight + bias, as a factor and a summand.
  private init(
    normalizing number: Float, _ unit: UnitAddress, _ layer: any Layer,
    _ parameters: LayerParameters
  ) {
    func parameter(_ name: String, _ otherwise: Double) -> Double {
      parameters[name].map { Double($0[unit.channel]) } ?? otherwise
    }
    let epsilon = (try? layer.arguments.float("eps")).map(Double.init) ?? 0
    let factor =
      parameter("weight", 1) / (parameter("running_var", 1) + epsilon).squareRoot()
    self.init(operation: .weightedSum, result: 0)
    terms = [
      UnitTrace.Term(channel: unit.channel, place: unit.place, input: number, weight: factor)
    ]
    add(bias: parameter("bias", 0) - parameter("running_mean", 0) * factor, hasBias: true)
  }

  private mutating func add(bias: Double?, hasBias: Bool) {
    self.bias = hasBias ? bias : nil
    result = terms.reduce(0) { $0 + $1.product } + (self.bias ?? 0)
  }

  /// The taps of a window that lie in the image, for some channels.
  private mutating func take(
    _ window: Window, channels: some Sequence<Int>, from input: Tensor,
    weight: (_ channel: Int, _ tap: Int) -> Double?
  ) {
    for c in channels {
      for (i, y) in window.rows.enumerated() {
        for (j, x) in window.columns.enumerated() {
          guard 0..<input.shape[2] ~= y, 0..<input.shape[3] ~= x else {
            outsideCount += 1
            continue
          }
          terms.append(
            UnitTrace.Term(
              channel: c, place: .init(y: y, x: x), input: input[0, c, y, x],
              weight: weight(c, i * window.columns.count + j)))
        }
      }
    }
  }
}

/// The rows and columns that a window touches, also where they lie outside of the image.
private struct Window {
  let rows: [Int]
  let columns: [Int]

  init(_ window: SlidingWindow, _ reach: Reach, _ place: UnitAddress.Place, _ input: Shape) {
    guard case .window(let vertical, let horizontal) = reach else {
      preconditionFailure("a window without a reach")
    }
    func taps(_ axis: Reach.Window, _ i: Int, _ count: Int, _ dilation: Int) -> [Int] {
      (0..<count).map { i * Int(axis.stride) - Int(axis.padding) + $0 * dilation }
    }
    rows = taps(vertical, place.y, window.kernelSize.vertical, window.dilation.vertical)
    columns = taps(horizontal, place.x, window.kernelSize.horizontal, window.dilation.horizontal)
  }

  /// A part of an image, as adaptive pooling cuts it.
  init(part place: UnitAddress.Place, of output: Shape, over input: Shape) {
    func taps(_ i: Int, _ dimension: Int) -> [Int] {
      let (count, length) = (output[dimension], input[dimension])
      return Array(i * length / count..<((i + 1) * length + count - 1) / count)
    }
    (rows, columns) = (taps(place.y, 2), taps(place.x, 3))
  }

  /// By how many a mean is divided, as `AvgPool2d` says.
  func divisor(of layer: AvgPool2d, over input: Shape) -> Int {
    if let divisor = layer.divisor { return divisor }
    var (bottom, right) = (Int.max / 2, Int.max / 2)
    var (top, left) = (bottom, right)
    if !layer.countIncludesPadding {
      (top, left, bottom, right) = (0, 0, 0, 0)
    } else if layer.window.dilation == 1,
      case .sides(let a, let b, let c, let d) = layer.window.padding
    {
      (top, left, bottom, right) = (a, b, c, d)
    }
    let counted = (
      rows.count { -top..<(input[2] + bottom) ~= $0 },
      columns.count { -left..<(input[3] + right) ~= $0 }
    )
    return counted.0 * counted.1
  }
}

extension UnitAddress {
  /// The place that an output's number is read from in an input of as many dimensions, whose lengths of 1 are
  /// repeated; nil for inputs of fewer.
  fileprivate func met(in input: Shape, of output: Shape) -> UnitAddress? {
    guard input.rank == output.rank, input.rank > 1 else { return nil }
    func own(_ i: Int, _ dimension: Int) -> Int { input[dimension] == 1 ? 0 : i }
    return UnitAddress(
      layer: layer, channel: own(channel, 1),
      place: place.map { Place(y: own($0.y, 2), x: own($0.x, 3)) })
  }
}

extension Layer {
  /// What the layer makes of one number; the other channels of its place come along, as some layers
  /// have a parameter for each.
  fileprivate func value(
    of unit: UnitAddress, _ input: Tensor, _ parameters: LayerParameters
  ) -> Float {
    let channels = input.shape[1]
    let column = (0..<channels).map { c in
      unit.place.map { input[0, c, $0.y, $0.x] } ?? input[0, c]
    }
    let shape: Shape = unit.place == nil ? [1, channels] : [1, channels, 1, 1]
    let output = forward(
      [Tensor(shape: shape, values: column)], prepared(parameters), ForwardContext(jobs: 1))
    return output[0].values[unit.channel]
  }
}
