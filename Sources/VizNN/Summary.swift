/// A network as a table: what every layer makes and costs.
public struct Summary: Sendable {
  public struct Row: Sendable {
    public let name: String
    /// PyTorch's class.
    public let type: String
    /// As its constructor is called.
    public let layer: String
    public let inputs: [String]
    public let outputShapes: [Shape]
    /// Numbers that training changes, and those that it only keeps.
    public let learnedCount: Int
    public let keptCount: Int
    /// Products that are added up; biases do not count.
    public let multiplyAdds: Int
    /// nil where a number depends on all of the input, or on nothing.
    public let receptiveField: ReceptiveField?
  }

  public let rows: [Row]

  public var learnedCount: Int { rows.reduce(0) { $0 + $1.learnedCount } }
  public var keptCount: Int { rows.reduce(0) { $0 + $1.keptCount } }
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }
  /// The number of layers that have weights.
  public var depth: Int { rows.count { $0.learnedCount > 0 } }
}

extension Architecture {
  /// The table for inputs of the given shapes.
  public func summary(for inputs: [String: Shape]) throws(NetworkError) -> Summary {
    let shapes = try shapes(for: inputs)
    let fields = try receptiveFields(for: inputs)
    return Summary(
      rows: nodes.map { node in
        let outputs = node.values.compactMap { shapes[$0] }
        let parameters = node.layer.parameterShapes
        return Summary.Row(
          name: node.name, type: node.layer.typeName, layer: node.layer.text,
          inputs: node.inputs, outputShapes: outputs,
          learnedCount: parameters.reduce(0) { $0 + ($1.isLearned ? $1.shape.count : 0) },
          keptCount: parameters.reduce(0) { $0 + ($1.isLearned ? 0 : $1.shape.count) },
          multiplyAdds: node.layer.multiplyAdds(
            inputs: node.inputs.compactMap { shapes[$0] }, outputs: outputs),
          receptiveField: fields[node.name] ?? nil)
      })
  }
}
