public import VizImage
public import VizNN

/// The kernels that a convolution layer has learned, filter by filter.
///
/// A filter is what makes one output channel: a kernel for each input channel that it reads, which are
/// those of its group. Kernels are shown as they are stored; a transposed convolution stamps them into
/// its output.
public struct LayerKernels: Sendable {
  /// The place of the layer in the network, counted from 1.
  public let position: Int
  public let name: String
  /// PyTorch's class.
  public let type: String
  /// `[O, C / groups, KH, KW]`, whatever the layer stores; kernels of one dimension are a row.
  public let weight: Tensor
  public let groups: Int
  public let filters: [LearnedFilter]

  /// The convolution layers of a network among those that are selected.
  ///
  /// - Throws: `MethodError.noLayer` where the selection means nothing.
  public static func all(
    of network: Network, selection: LayerSelection = .standard
  ) throws(MethodError) -> [LayerKernels] {
    try selection.layers(of: network.architecture).compactMap { LayerKernels($0, of: network) }
  }

  /// The first convolution layer of a network; nil where there is none.
  public static func first(of network: Network) -> LayerKernels? {
    for (place, node) in network.architecture.nodes.enumerated() {
      let layer = SelectedLayer(position: place + 1, node: node)
      if let kernels = LayerKernels(layer, of: network) { return kernels }
    }
    return nil
  }

  /// nil where the layer is no convolution.
  init?(_ layer: SelectedLayer, of network: Network) {
    guard let stored = network.parameters[layer.node.parameterName("weight")] else { return nil }
    position = layer.position
    name = layer.name
    type = layer.type
    switch layer.node.layer {
    case let convolution as Conv2d:
      (groups, weight) = (convolution.groups, stored)
    case let convolution as Conv1d:
      let lengths = stored.shape
      (groups, weight) = (
        convolution.groups, stored.reshaped(to: [lengths[0], lengths[1], 1, lengths[2]])
      )
    case let convolution as ConvTranspose2d:
      (groups, weight) = (
        convolution.groups, Self.byOutput(stored, groups: convolution.groups)
      )
    default:
      return nil
    }
    filters = LearnedFilter.all(of: weight, groups: groups)
  }

  /// A transposed convolution's `[C, O / groups, KH, KW]` with the outputs first.
  private static func byOutput(_ stored: Tensor, groups: Int) -> Tensor {
    let (outputs, inputs) = (stored.shape[1], stored.shape[0] / groups)
    let taps = stored.shape[2] * stored.shape[3]
    let numbers = stored.values
    var values: [Float] = []
    values.reserveCapacity(numbers.count)
    for o in 0..<(outputs * groups) {
      for i in 0..<inputs {
        let first = ((o / outputs * inputs + i) * outputs + o % outputs) * taps
        values += numbers[first..<(first + taps)]
      }
    }
    return Tensor(
      shape: [outputs * groups, inputs, stored.shape[2], stored.shape[3]], values: values)
  }

  public var filterCount: Int { weight.shape[0] }
  /// Kernels of a filter: the input channels that it reads.
  public var inputCount: Int { weight.shape[1] }

  /// One kernel.
  public func plane(filter: Int, input: Int) -> Plane {
    precondition(
      0..<filterCount ~= filter && 0..<inputCount ~= input,
      "kernel \(filter), \(input) of \(weight.shape)")
    return Plane(
      width: weight.shape[3], height: weight.shape[2],
      samples: weight.element(filter).element(input).values)
  }

  /// From the least to the greatest finite weight; nil where there is none.
  public var range: ClosedRange<Float>? { ChannelFacts(weight.values[...]).range }
}

/// What one filter is like.
public struct LearnedFilter: Sendable {
  /// The square root of the sum of its squared weights.
  public let norm: Double
  /// The first filter before it that is nearly the same.
  public let duplicate: Duplicate?
  /// The preset that the filter is nearest to, if it is near to one.
  public let likeness: PresetLikeness?

  /// A filter of the same layer with the same direction, or the opposite one.
  ///
  /// Two filters of a group are near duplicates if the cosine of the angle between all of their weights
  /// is 0.98 or more, or −0.98 or less. Filters of fewer than four weights, where that happens by
  /// chance, and those of zeros have none.
  public struct Duplicate: Equatable, Sendable {
    public let filter: Int
    public let cosine: Double
  }

  /// From this cosine on, filters are near duplicates.
  public static let duplicateCosine = 0.98
  static let leastWeights = 4

  static func all(of weight: Tensor, groups: Int) -> [LearnedFilter] {
    let numbers = weight.values
    let count = weight.shape[0]
    let size = numbers.count / count
    let rows = (0..<count).map { Array(numbers[($0 * size)..<(($0 + 1) * size)]) }
    let norms = rows.map { row in
      row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let units = zip(rows, norms).map { row, norm in
      norm > 0 && norm.isFinite ? row.map { Float(Double($0) / norm) } : nil
    }
    let presets = LinearPreset.all(width: weight.shape[3], height: weight.shape[2])
    return (0..<count).map { f in
      let first = f / (count / groups) * (count / groups)
      return LearnedFilter(
        norm: norms[f], duplicate: duplicate(of: f, in: units, from: first),
        likeness: PresetLikeness(of: rows[f], inputs: weight.shape[1], among: presets))
    }
  }

  private static func duplicate(of f: Int, in units: [[Float]?], from first: Int) -> Duplicate? {
    guard let unit = units[f], unit.count >= leastWeights else { return nil }
    for other in first..<f {
      guard let earlier = units[other], let cosine = nearCosine(unit, earlier) else { continue }
      return Duplicate(filter: other, cosine: cosine)
    }
    return nil
  }

  /// The cosine between two vectors of length 1, where they are near duplicates.
  ///
  ///     |u − v|² = 2 − 2·cos,  |u + v|² = 2 + 2·cos
  ///
  /// As one of the sums must stay small, a part of most pairs is enough to tell that neither does.
  private static func nearCosine(_ u: [Float], _ v: [Float]) -> Double? {
    let bound = Float(2 * (1 - duplicateCosine)) * 1.01
    var (minus, plus): (Float, Float) = (0, 0)
    for start in stride(from: 0, to: u.count, by: 16) {
      for i in start..<Swift.min(start + 16, u.count) {
        let (difference, sum) = (u[i] - v[i], u[i] + v[i])
        minus += difference * difference
        plus += sum * sum
      }
      if minus > bound, plus > bound { return nil }
    }
    let cosine = zip(u, v).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    return abs(cosine) >= duplicateCosine ? cosine : nil
  }
}
