internal import VizFiles
internal import VizInput
internal import VizNN

/// The description that makes a safetensors file a checkpoint: JSON under the metadata's key `vizcnn`.
///
///     {"version": 1,
///      "network": {"inputs": [{"name": "input", "shape": [null, 1, 28, 28]}],
///                  "nodes": [{"name": "conv1", "layer": "Conv2d(1, 16, 3)", "inputs": ["input"]}, …],
///                  "outputs": [{"name": "output", "value": "fc2"}]},
///      "input": {"channels": 1, "height": 28, "width": 28, "range": [0, 1],
///                "mean": [0.1307], "std": [0.3081], "light_on_dark": true},
///      "classes": ["0", "1", …],
///      "history": [{"epoch": 1, "loss": 0.21}, …],
///      "training": {"command": "vizcnn train …", …}}
///
/// Tensors that are no parameters are called `training/…`. All but version and network may be missing. Documentation/Formats.md is the specification.
enum OwnFormat {
  static let key = "vizcnn"
  /// What the names of tensors begin with that are no parameters.
  static let trainingPrefix = "training/"
  static let version = 1
  private static let part = "description of the network"

  static func json(of checkpoint: Checkpoint) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("version", .int(version)), ("network", json(of: checkpoint.network.architecture)),
    ]
    members += facts(of: checkpoint)
    if !checkpoint.history.isEmpty {
      let epochs = checkpoint.history.map { epoch in
        JSONValue.object(epoch.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
      }
      members.append(("history", .array(epochs)))
    }
    if let training = checkpoint.training { members.append(("training", training.facts)) }
    return .object(members)
  }

  /// The same for a file that has layers of its own, such as an ONNX model; nil where there is nothing to
  /// say.
  static func factsJSON(of checkpoint: Checkpoint) -> JSONValue? {
    let members = facts(of: checkpoint)
    return members.isEmpty ? nil : .object([("version", .int(version))] + members)
  }

  /// What is known beside the layers.
  private static func facts(of checkpoint: Checkpoint) -> [(String, JSONValue)] {
    var members: [(String, JSONValue)] = []
    if let input = checkpoint.input { members.append(("input", json(of: input))) }
    if !checkpoint.classNames.isEmpty {
      members.append(("classes", .array(checkpoint.classNames.map(JSONValue.string))))
    }
    return members
  }

  private static func json(of architecture: Architecture) -> JSONValue {
    let inputs = architecture.inputs.map { input in
      JSONValue.object([
        ("name", .string(input.name)),
        ("shape", .array(input.shape.map { $0.map(JSONValue.int) ?? .null })),
      ])
    }
    let nodes = architecture.nodes.map { node in
      JSONValue.object([
        ("name", .string(node.name)), ("layer", .string(node.layer.text)),
        ("inputs", .array(node.inputs.map(JSONValue.string))),
      ])
    }
    let outputs = architecture.outputs.map { output in
      JSONValue.object([("name", .string(output.name)), ("value", .string(output.value))])
    }
    return .object([
      ("inputs", .array(inputs)), ("nodes", .array(nodes)), ("outputs", .array(outputs)),
    ])
  }

  private static func json(of input: InputDescription) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("channels", .int(input.channels)), ("height", .int(input.height)),
      ("width", .int(input.width)),
      ("range", .numbers([input.range.lowerBound, input.range.upperBound])),
      ("mean", .numbers(input.mean)), ("std", .numbers(input.standardDeviation)),
    ]
    if let size = input.resizeSize {
      members.append(("resize", .array([.int(size.height), .int(size.width)])))
    } else if let side = input.resizeSide {
      members.append(("resize", .int(side)))
    }
    if input.isLightOnDark { members.append(("light_on_dark", .bool(true))) }
    return .object(members)
  }
}

// MARK: - Reading

extension OwnFormat {
  /// What a description says beside the weights.
  struct Description {
    let architecture: Architecture
    let input: InputDescription?
    let classNames: [String]
    let history: [[String: Double]]
    /// The facts of a run of training.
    let training: JSONValue?
  }

  static func description(_ text: String) throws(CheckpointError) -> Description {
    let json = try parsed(text)
    return Description(
      architecture: try architecture(json["network"]), input: try input(json["input"]),
      classNames: try classNames(json["classes"]), history: try history(json["history"]),
      training: json["training"])
  }

  /// What `factsJSON` wrote.
  static func facts(
    _ text: String
  ) throws(CheckpointError) -> (input: InputDescription?, classNames: [String]) {
    let json = try parsed(text)
    return (try input(json["input"]), try classNames(json["classes"]))
  }

  private static func parsed(_ text: String) throws(CheckpointError) -> JSONValue {
    let json: JSONValue
    do {
      json = try JSONValue(json: Array(text.utf8))
    } catch {
      throw .corrupt(
        part: part, offset: error.offset, expected: error.expected, found: error.found)
    }
    guard let version = json["version"]?.int else { throw wrong("a version", json["version"]) }
    guard version == Self.version else {
      throw .unsupported(
        part: part, found: "version \(version)",
        expected: "version \(Self.version); a newer vizcnn may read it")
    }
    return json
  }

  private static func architecture(_ json: JSONValue?) throws(CheckpointError) -> Architecture {
    guard let inputs = json?["inputs"]?.elements, let nodes = json?["nodes"]?.elements,
      let outputs = json?["outputs"]?.elements
    else { throw wrong("a network of inputs, nodes and outputs", json) }
    var given: [Architecture.Input] = []
    for input in inputs { given.append(try self.input(of: input)) }
    var layers: [Architecture.Node] = []
    for node in nodes {
      guard let name = node["name"]?.string, let text = node["layer"]?.string,
        let names = strings(node["inputs"])
      else { throw wrong("a node's name, layer and inputs", node) }
      layers.append(Architecture.Node(name, try NetText.layer(text), inputs: names))
    }
    var results: [Architecture.Output] = []
    for output in outputs {
      guard let name = output["name"]?.string, let value = output["value"]?.string else {
        throw wrong("an output's name and value", output)
      }
      results.append(Architecture.Output(name, value: value))
    }
    do {
      return try Architecture(inputs: given, nodes: layers, outputs: results)
    } catch {
      throw .network(error)
    }
  }

  private static func input(of json: JSONValue) throws(CheckpointError) -> Architecture.Input {
    guard let name = json["name"]?.string, let lengths = json["shape"]?.elements,
      lengths.count <= ShapeArithmetic.maximumRank
    else { throw wrong("an input's name and shape", json) }
    var shape: [Int?] = []
    for length in lengths {
      if case .null = length {
        shape.append(nil)
      } else if let length = length.int, 0...1 << 32 ~= length {
        shape.append(length)
      } else {
        throw wrong("lengths of an input", length)
      }
    }
    return Architecture.Input(name, shape: shape)
  }

  private static func input(_ json: JSONValue?) throws(CheckpointError) -> InputDescription? {
    guard let json else { return nil }
    let sides = 1...1 << 20
    guard let channels = json["channels"]?.int, 1...4096 ~= channels,
      let height = json["height"]?.int, sides ~= height,
      let width = json["width"]?.int, sides ~= width,
      let range = numbers(json["range"]), range.count == 2, range[0] < range[1],
      let mean = numbers(json["mean"]), mean.count == channels,
      let deviation = numbers(json["std"]), deviation.count == channels,
      deviation.allSatisfy({ $0 > 0 })
    else {
      throw wrong("an input of channels, height, width, range, mean and std", json)
    }
    let resize = json["resize"]
    let lengths = (resize?.elements ?? resize.map { [$0] } ?? []).compactMap(\.int)
    guard resize == nil || lengths.count == (resize?.elements == nil ? 1 : 2),
      resize?.elements?.count ?? 2 == 2,
      lengths.allSatisfy(sides.contains)
    else { throw wrong("a side, or height and width, to resize to", resize) }
    let isLightOnDark = json["light_on_dark"]
    guard isLightOnDark == nil || isLightOnDark?.bool != nil else {
      throw wrong("true or false for light_on_dark", isLightOnDark)
    }
    return InputDescription(
      channels: channels, height: height, width: width,
      resizeSide: lengths.count == 1 ? lengths[0] : nil,
      resizeSize: lengths.count == 2 ? InputSize(width: lengths[1], height: lengths[0]) : nil,
      range: range[0]...range[1], mean: mean, standardDeviation: deviation,
      isLightOnDark: isLightOnDark?.bool ?? false)
  }

  private static func classNames(_ json: JSONValue?) throws(CheckpointError) -> [String] {
    guard let json else { return [] }
    guard let names = strings(json) else { throw wrong("names of classes", json) }
    return names
  }

  private static func history(_ json: JSONValue?) throws(CheckpointError) -> [[String: Double]] {
    guard let json else { return [] }
    guard let epochs = json.elements else { throw wrong("a list of epochs", json) }
    var history: [[String: Double]] = []
    for epoch in epochs {
      guard let members = epoch.members else { throw wrong("an epoch's numbers", epoch) }
      var values: [String: Double] = [:]
      for (name, value) in members {
        if case .null = value { continue }  // JSON has no NaN: a loss that was none
        guard let number = value.number else { throw wrong("a number", value) }
        values[name] = number
      }
      history.append(values)
    }
    return history
  }

  private static func strings(_ json: JSONValue?) -> [String]? {
    guard let elements = json?.elements else { return nil }
    let found = elements.compactMap(\.string)
    return found.count == elements.count ? found : nil
  }

  private static func numbers(_ json: JSONValue?) -> [Double]? {
    guard let elements = json?.elements else { return nil }
    let found = elements.compactMap(\.number)
    return found.count == elements.count ? found : nil
  }

  private static func wrong(_ expected: String, _ found: JSONValue?) -> CheckpointError {
    .corrupt(
      part: part, offset: nil, expected: expected,
      found: found.map { String($0.text.prefix(80)) } ?? "nothing")
  }
}
