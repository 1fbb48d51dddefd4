extension Network {
  /// The nodes with their parameters, where neighbours that can run as one are one.
  ///
  /// Batch normalisation becomes part of the weights of the convolution before it, and sums with
  /// what a skip brings and bounds such as ReLU's are made as numbers are stored. A value that is `wanted`, or read by more than one node,
  /// stays as it is, and so does the layer that makes it.
  func fused(keeping wanted: Set<String>) -> [BoundNode] {
    var uses: [String: Int] = [:]
    for name in architecture.nodes.flatMap(\.inputs) + wanted { uses[name, default: 0] += 1 }
    var nodes: [BoundNode] = []
    var makers: [String: Int] = [:]
    for node in architecture.nodes {
      let node = BoundNode(
        name: node.name, layer: node.layer, inputs: node.inputs,
        parameters: parameters(of: node), values: node.values, nodes: [node.name])
      // A sum is the last thing that happens to the one of its inputs that is made last.
      let last = node.inputs.max { (makers[$0] ?? -1) < (makers[$1] ?? -1) }
      if let last, uses[last] == 1, let i = makers[last],
        let fused = node.inputs.count == 1
          ? nodes[i].taking(over: node) : nodes[i].adding(in: node, except: last)
      {
        nodes[i] = fused
        for value in node.values { makers[value] = i }
      } else {
        for value in node.values { makers[value] = nodes.count }
        nodes.append(node)
      }
    }
    return nodes
  }
}

extension BoundNode {
  /// This node with the next one in it, where that is possible.
  fileprivate func taking(over next: BoundNode) -> BoundNode? {
    guard let limited = layer as? any LimitedLayer, limited.limits == .none else { return nil }
    var fused = self
    fused.values = next.values
    fused.nodes += next.nodes
    if let limiting = next.layer as? any LimitingLayer {
      fused.layer = limited.limited(to: limiting.limits)
    } else if var layer = limited as? Conv2d, inputs.count == 1,
      let normalizing = next.layer as? any BatchNormalizing
    {
      layer.hasBias = true
      let (scale, shift) = normalizing.normalization.factors(next.parameters)
      fused.scale(by: scale, shift)
      fused.layer = layer
    } else {
      return nil
    }
    return fused
  }

  /// This convolution with the sum of its output and another value in it.
  fileprivate func adding(in sum: BoundNode, except own: String) -> BoundNode? {
    guard sum.layer is Add, sum.inputs.count == 2,
      let addend = sum.inputs.first(where: { $0 != own }),
      let convolution = layer as? Conv2d, convolution.limits == .none, inputs.count == 1
    else { return nil }
    var fused = self
    fused.values = sum.values
    fused.nodes += sum.nodes
    fused.inputs.append(addend)
    return fused
  }

  /// Scales and shifts every output channel: its weights and its bias.
  private mutating func scale(by scale: [Float], _ shift: [Float]) {
    var bias = parameters["bias"]?.values ?? [Float](repeating: 0, count: scale.count)
    for o in bias.indices { bias[o] = bias[o] * scale[o] + shift[o] }
    parameters["bias"] = Tensor(shape: [bias.count], values: bias)
    // The weights are packed anyway, and multiplied on the way: no copy of their own.
    let before = parameters[Conv2d.scale]?.values
    let all = scale.indices.map { scale[$0] * (before?[$0] ?? 1) }
    parameters[Conv2d.scale] = Tensor(shape: [all.count], values: all)
  }
}
