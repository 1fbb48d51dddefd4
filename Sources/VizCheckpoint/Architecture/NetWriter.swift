package import VizNN

/// Networks as `.net` text, which `NetText` reads again.
package enum NetWriter {
  /// A line for each node, with the names of what it reads unless that is the node before.
  package static func text(of architecture: Architecture) throws(CheckpointError) -> String {
    guard architecture.inputs.count == 1 else {
      throw .notRepresentable(
        format: ".net", detail: "\(architecture.inputs.count) inputs; the text has one")
    }
    var previous = architecture.inputs[0].name
    guard previous == NetText.inputName || architecture.nodes.isEmpty else {
      throw .notRepresentable(
        format: ".net",
        detail: "an input called '\(previous)'; the text calls it \(NetText.inputName)")
    }
    var lines: [String] = []
    for node in architecture.nodes {
      let inputs =
        node.inputs == [previous] ? "" : "(" + node.inputs.map(quoted).joined(separator: ", ") + ")"
      lines.append("\(quoted(node.name)): \(node.layer.text)\(inputs)")
      previous = node.name
    }
    let outputs = architecture.outputs
    if outputs.count != 1 || outputs[0].value != previous {
      var items: [String] = []
      for (i, output) in outputs.enumerated() {
        guard i == 0 || (quoted(output.name) == output.name && !output.name.contains(".")) else {
          throw .notRepresentable(
            format: ".net", detail: "an output called '\(output.name)', which is no word")
        }
        items.append((i == 0 ? "" : output.name + "=") + quoted(output.value))
      }
      lines.append("Output(" + items.joined(separator: ", ") + ")")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The skeleton for the weights in a file.
  package static func sketch(
    ofWeightsIn path: String, key: String?
  ) throws(CheckpointError) -> String {
    sketch(of: try WeightFile(ByteRegion(contentsOf: path), key: key).tensors)
  }

  /// A skeleton for weights without a network: the layers that their shapes tell, in their order.
  package static func sketch(of tensors: [StoredTensor]) -> String {
    var lines = [
      "# The layers with weights. The file does not say stride and padding, nor what lies between:",
      "# activations, pooling, Flatten() before the first Linear. Add them.",
    ]
    var modules: [String] = []
    var shapes: [String: [String: [Int]]] = [:]
    for tensor in tensors {
      let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
      let module = parts.dropLast().joined(separator: ".")
      if shapes[module] == nil { modules.append(module) }
      shapes[module, default: [:]][parts.last.map(String.init) ?? ""] = tensor.shape
    }
    var isBehindLinear = false
    var channels = 0
    for module in modules {
      let found = shapes[module] ?? [:]
      if let layer = layer(of: found, isBehindLinear: isBehindLinear, channels: channels) {
        if let weight = found["weight"], weight.count == 4 { channels = weight[0] }
        isBehindLinear = isBehindLinear && layer.hasPrefix("BatchNorm") || layer.hasPrefix("Linear")
        lines.append((module.isEmpty ? "" : "\(quoted(module)): ") + layer)
      } else {
        let list = found.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        lines.append("# \(module): " + list.joined(separator: ", "))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// What the shapes of a module's tensors tell.
  ///
  /// Behind a dense layer there are vectors to normalise; filters of one channel, as many as the
  /// convolution before has, go over its channels one by one.
  private static func layer(
    of shapes: [String: [Int]], isBehindLinear: Bool, channels: Int
  ) -> String? {
    guard let weight = shapes["weight"] else { return nil }
    let bias = shapes["bias"] == nil ? ", bias=False" : ""
    switch weight.count {
    case 4:
      let size = weight[2] == weight[3] ? "\(weight[2])" : "(\(weight[2]), \(weight[3]))"
      let isDepthwise = weight[1] == 1 && weight[0] == channels && channels > 1
      let groups = isDepthwise ? ", groups=\(channels)" : ""
      return "Conv2d(\(isDepthwise ? channels : weight[1]), \(weight[0]), \(size)\(groups)\(bias))"
    case 2: return "Linear(\(weight[1]), \(weight[0])\(bias))"
    case 1 where shapes["running_mean"] != nil:
      return "BatchNorm\(isBehindLinear ? 1 : 2)d(\(weight[0]))"
    default: return nil
    }
  }

  /// A name as the text can say it: in quotes where it is more than a word.
  private static func quoted(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
        || byte == UInt8(ascii: ".")
    }
    let isWord = name.first.map { $0.isLetter || $0 == "_" } ?? false
    if isPlain, isWord || Int(name).map({ String($0) == name }) ?? false, !name.hasSuffix("."),
      !name.contains("..")
    {
      return name
    }
    var text = "\""
    for character in name {
      switch character {
      case "\"", "\\": text += "\\\(character)"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      default: text.append(character)
      }
    }
    return text + "\""
  }
}
