extension Network {
  /// The nodes with their parameters, where neighbours that can run as one are one.
  func fused(keeping wanted: Set<String>) -> [BoundNode] {
    architecture.nodes.map {
      BoundNode(
        name: $0.name, layer: $0.layer, inputs: $0.inputs, parameters: parameters(of: $0),
        values: $0.values)
    }
  }
}
