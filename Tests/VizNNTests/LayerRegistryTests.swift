import Testing
import VizNN

@Suite("Layer registry")
struct LayerRegistryTests {
  @Test("names are unique, and every layer names its entry")
  func namesAreUnique() {
    let names = LayerRegistry.all.map(\.name)
    #expect(Set(names).count == names.count)
    for entry in LayerRegistry.all { #expect(!entry.summary.isEmpty, "\(entry.name)") }
  }

  @Test("positional and named arguments make the same layer")
  func constructors() throws {
    let entry = try LayerRegistry.entry(named: "Conv2d")
    let layer = try entry.layer([1, 16, 2], ["stride": 2])
    #expect(
      layer.text == "Conv2d(in_channels=1, out_channels=16, kernel_size=(2, 2), stride=(2, 2))")
    #expect(
      try entry.layer(
        [], ["kernel_size": [2, 2], "out_channels": 16, "in_channels": 1, "stride": [2, 2]]
      )
      .arguments == layer.arguments)
    let pool = try LayerRegistry.entry(named: "MaxPool2d").layer([2])
    #expect(pool.arguments["stride"] == [2, 2])
  }

  @Test("wrong arguments are told by name, with what was found")
  func wrongArguments() throws {
    func message(_ name: String, _ positional: [LayerValue], _ named: LayerArguments = [:])
      -> String
    {
      do throws(LayerError) {
        _ = try LayerRegistry.entry(named: name).layer(positional, named)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(message("Conv3d", []) == "layer 'Conv3d' is unknown")
    #expect(message("Conv2d", [1, 2]) == "argument 'kernel_size' is nothing; expected a value")
    #expect(message("ReLU", [1, 2]) == "has 2 arguments; expected at most 1")
    #expect(
      message("Conv2d", [1, 2, 3], ["strides": 2])
        == "argument 'strides' is unknown; Conv2d has in_channels, out_channels, kernel_size, "
        + "stride, padding, dilation, groups, bias, padding_mode")
    #expect(
      message("Conv2d", [1, 2, 3], ["in_channels": 2])
        == "argument 'in_channels' is a second one, 2; expected one value")
    #expect(
      message("Conv2d", [4, 6, 3], ["groups": 4])
        == "argument 'groups' is 4; expected a divisor of 4 and 6 channels")
    #expect(
      message("Conv2d", [0, 6, 3])
        == "argument 'in_channels' is 0; expected a positive whole number")
    #expect(
      message("Conv2d", [1, 6, 3], ["padding_mode": "circular"])
        == "argument 'padding_mode' is 'circular'; expected 'zeros'")
    for norm in ["BatchNorm1d", "BatchNorm2d"] {
      #expect(
        message(norm, [3], ["momentum": 1.5])
          == "argument 'momentum' is 1.5; expected a number, 0.0 to 1.0")
      #expect(
        message(norm, [3], ["momentum": .float(.nan)])
          == "argument 'momentum' is nan; expected a number, 0.0 to 1.0")
      #expect(
        message(norm, [3], ["eps": -1])
          == "argument 'eps' is -1; expected a finite number, 0.0 or more")
      #expect(
        message(norm, [3], ["eps": .float(.infinity)])
          == "argument 'eps' is inf; expected a finite number, 0.0 or more")
      #expect(message(norm, [3], ["momentum": nil]).isEmpty)
    }
  }

  /// Files can hold any number anywhere.
  @Test("hostile arguments are errors, not traps")
  func hostileArguments() {
    let values: [LayerValue] = [
      nil, true, 0, -1, 1, 7, .int(.max), .int(.min), .int(1 << 24), .float(.nan),
      .float(.infinity), 0.5,
      "same", "x", [], [1], [2, 0], [1, 2, 3], [.int(.max), .int(.max)], [nil, 1], [["a"]],
    ]
    for entry in LayerRegistry.all {
      for i in entry.arguments.indices {
        for value in values {
          for filler in [LayerValue.int(2), .list([1, 2]), .int(1 << 24)] {
            var named = LayerArguments()
            for (j, argument) in entry.arguments.enumerated() {
              if j == i {
                named[argument.name] = value
              } else if argument.defaultValue == nil {
                named[argument.name] = filler
              }
            }
            guard let layer = try? entry.layer([], named) else { continue }
            _ = layer.parameterShapes
            _ = layer.text
            for shape: Shape in [
              [], [0], [3], [2, 2], [1, 2, 3], [1, 2, 4, 4], [1, 0, 0, 0], [1, 16_777_216, 1, 1],
            ] {
              let count = layer.outputCount
              _ = try? layer.outputShapes([Shape](repeating: shape, count: 1))
              _ = try? layer.outputShapes([Shape](repeating: shape, count: 2))
              #expect(count >= 1, "\(layer.text)")
            }
          }
        }
      }
    }
  }

  @Test("ONNX nodes that layers write are read as layers with the same arguments")
  func onnxRoundTrip() throws {
    var count = 0
    for example in try PyTorchCase.all() {
      let layer = try LayerRegistry.entry(named: example.type).layer([], example.arguments)
      guard let nodes = try? layer.onnxNodes(example.inputs.map(\.shape)), nodes.count == 1,
        let again = try OneNode(nodes[0], example, layer).layer(), again.typeName == layer.typeName
      else { continue }
      let shapes = try again.outputShapes(example.inputs.map(\.shape))
      #expect(shapes == example.outputs.map(\.shape), "\(example.testDescription)")
      let outputs = again.run(example.inputs, example.parameters(of: layer))
      for (output, expected) in zip(outputs, example.outputs) {
        let difference = firstDifference(output, expected, share: PyTorchCase.onnxShare(layer))
        #expect(difference == nil, "\(example.testDescription), read from ONNX")
      }
      count += 1
    }
    #expect(count > 250)
  }
}

/// A node of ONNX with the inputs that a layer gave it, as a reader of files hands it on.
private struct OneNode {
  let node: ONNXNode
  let example: PyTorchCase
  let parameters: [String: Tensor]

  init(_ node: ONNXNode, _ example: PyTorchCase, _ layer: any Layer) {
    self.node = node
    self.example = example
    parameters = example.parameters(of: layer)
  }

  func layer() throws -> (any Layer)? {
    for form in LayerRegistry.forms(of: node.operation) {
      let isConstant = zip(node.inputs, form.inputs).allSatisfy { operand, role in
        if case .input = operand, case .parameter = role { false } else { true }
      }
      guard isConstant else { continue }
      var attributes = node.attributes
      var own: [String: Tensor] = [:]
      for (operand, role) in zip(node.inputs, form.inputs) {
        switch (operand, role) {
        case (.ints(let values), .argument(let name)): attributes[name] = .ints(values)
        case (.int(let value), .argument(let name)): attributes[name] = .int(value)
        case (.floats(let tensor), .argument(let name)):
          // As the reader of files does: 0.7 and not 0.699999988.
          let values = tensor.values.map { LayerValue.float(Double("\($0)") ?? Double($0)) }
          attributes[name] = tensor.shape.rank == 0 ? values[0] : .list(values)
        case (.floats(let tensor), .parameter(let name)): own[name] = tensor
        case (.parameter(let name), .parameter(let role)): own[role] = parameters[name]
        default: continue
        }
      }
      let call = ONNXCall(
        operation: node.operation, opset: ONNXVersion.opset, attributes: attributes,
        parameters: own, valueCount: example.inputs.count, outputCount: example.outputs.count,
        shapes: example.inputs.map(\.shape))
      // As the reader of files does: the first form that takes it.
      if let layer = try? form.read(call).layer { return layer }
    }
    return nil
  }
}
