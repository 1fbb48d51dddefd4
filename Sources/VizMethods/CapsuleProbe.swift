public import VizNN

/// What a network's capsules say about a picture, and what its decoder draws of them.
///
/// Works on every network where a decoder hangs on a `CapsuleMask`: it is what depends on the mask alone, up to the
/// output that it makes.
public struct CapsuleProbe: Sendable {
  /// Numbers of a class's capsule.
  public let length: Int
  /// Capsules, one for each class.
  public let count: Int
  private let network: PreparedNetwork
  private let decoder: PreparedNetwork
  private let inputName: String
  /// The value that holds the capsules.
  private let capsules: String
  /// The decoder's input and output.
  private let mask: String
  private let drawing: String

  /// - Throws: where the network has no capsules, or nothing that draws them.
  public init(_ network: Network, input: Shape) throws(MethodError) {
    let architecture = network.architecture
    guard architecture.inputs.count == 1 else {
      throw .inputCount(names: architecture.inputs.map(\.name))
    }
    guard let mask = architecture.nodes.first(where: { $0.layer is CapsuleMask }) else {
      throw .noCapsules(missing: "a CapsuleMask layer, which capsules are drawn from")
    }
    let nodes = Self.nodes(behind: mask.name, in: architecture)
    guard let drawing = architecture.outputs.first(where: { $0.value == nodes.last?.name }) else {
      throw .noCapsules(missing: "an output that is drawn from '\(mask.name)' alone")
    }
    let inputName = architecture.inputs[0].name
    let shapes = try MethodError.naming { () throws(NetworkError) in
      try architecture.shapes(for: [inputName: input])
    }
    guard let shape = shapes[mask.inputs[0]], shapes[drawing.value]?.count == input.count else {
      throw .noCapsules(missing: "a decoder that draws the input of \(input)")
    }
    (count, length) = (shape[1], shape[2])
    (self.inputName, self.mask, self.drawing) = (inputName, mask.name, drawing.name)
    capsules = mask.inputs[0]
    let (capsules, width) = (capsules, count * length)
    (self.network, decoder) = try MethodError.naming { () throws(NetworkError) in
      let part = try Architecture(
        inputs: [Architecture.Input(mask.name, shape: [nil, width])], nodes: nodes,
        outputs: [drawing])
      let names = Set(part.parameterShapes.map(\.name))
      return (
        try PreparedNetwork(network, capturing: [capsules]),
        try PreparedNetwork(
          Network(part, parameters: network.parameters.filter { names.contains($0.key) }))
      )
    }
  }

  /// The nodes that depend on one value and on nothing beside it.
  private static func nodes(
    behind value: String, in architecture: Architecture
  ) -> [Architecture.Node] {
    var known: Set<String> = [value]
    return architecture.nodes.filter { node in
      guard !node.inputs.isEmpty, node.inputs.allSatisfy(known.contains) else { return false }
      known.formUnion(node.values)
      return true
    }
  }

  /// What the capsules say about one picture.
  public struct Reading: Sendable {
    /// The longest capsule: the class that it stands for.
    public let winner: Int
    /// How long each capsule is, 0…1.
    public let lengths: [Double]
    /// The numbers of the longest one.
    public let pose: [Float]
  }

  /// Runs the network on one picture.
  public func reading(
    of input: Tensor, context: ForwardContext = ForwardContext()
  ) throws(MethodError) -> Reading {
    let trace = try MethodError.naming { () throws(NetworkError) in
      try network.forward([inputName: input], context: context)
    }
    guard let capsules = trace.captured[capsules] else {
      preconditionFailure("no value \(self.capsules)")
    }
    let values = capsules.values
    let lengths = (0..<count).map { j in
      values[j * length..<(j + 1) * length].reduce(0.0) { $0 + Double($1) * Double($1) }
        .squareRoot()
    }
    let winner = max(lengths.largest, 0)
    return Reading(
      winner: winner, lengths: lengths,
      pose: Array(values[winner * length..<(winner + 1) * length]))
  }

  /// What the decoder draws of poses of one class's capsule, one behind the other: the numbers of inputs.
  public func drawings(
    of poses: [[Float]], class winner: Int, context: ForwardContext = ForwardContext()
  ) throws(MethodError) -> [[Float]] {
    precondition(
      0..<count ~= winner && poses.allSatisfy { $0.count == length },
      "poses for capsule \(winner) of \(count) with \(length) numbers")
    var rows = [Float](repeating: 0, count: poses.count * count * length)
    for (n, pose) in poses.enumerated() {
      let first = (n * count + winner) * length
      rows.replaceSubrange(first..<first + length, with: pose)
    }
    let input = Tensor(shape: [poses.count, count * length], values: rows)
    let outputs = try MethodError.naming { () throws(NetworkError) in
      try decoder.forward([mask: input], context: context).outputs
    }
    guard let drawn = outputs[drawing]?.values else {
      preconditionFailure("no output \(drawing)")
    }
    let size = drawn.count / max(poses.count, 1)
    return poses.indices.map { Array(drawn[$0 * size..<($0 + 1) * size]) }
  }
}

extension CapsuleProbe.Reading {
  /// The pose with one of its numbers moved.
  public func moved(_ dimension: Int, by step: Float) -> [Float] {
    var pose = pose
    pose[dimension] += step
    return pose
  }
}
