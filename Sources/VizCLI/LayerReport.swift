internal import VizCNN

/// A network's layers as text and as JSON.
struct LayerReport {
  let name: String
  let architecture: Architecture
  /// nil where the input's size is not known.
  let summary: Summary?
  private let inputShapes: [String: Shape]
  /// By the first layer of each step; empty where nobody asked.
  private var times: [String: StepTime] = [:]

  init(_ layers: NetworkLayers, name: String, inputShape: [Int]?) throws(PipelineError) {
    self.name = name
    architecture = layers.architecture
    guard let shapes = try layers.inputShapes(given: inputShape) else {
      inputShapes = [:]
      summary = nil
      return
    }
    inputShapes = shapes
    do throws(NetworkError) {
      summary = try architecture.summary(for: shapes)
    } catch {
      throw .network(file: name, error)
    }
  }

  /// How often a network is run for its times.
  private static let runs = 9

  /// Runs the network with weights of noise.
  mutating func measure(jobs: Int) throws {
    guard summary != nil else {
      throw PipelineError.request(
        "--time needs the input's size", hint: "--input-shape 3x224x224 gives it")
    }
    do throws(NetworkError) {
      var generator = SeededGenerator(seed: 2)
      let steps = try PreparedNetwork(Network(drawing: architecture)).times(
        of: inputShapes.mapValues { generator.tensor($0) }, runs: Self.runs,
        context: ForwardContext(jobs: jobs))
      times = Dictionary(steps.map { ($0.nodes[0], $0) }) { first, _ in first }
    } catch {
      throw PipelineError.network(file: name, error)
    }
  }

  private var milliseconds: Double { times.values.reduce(0) { $0 + $1.milliseconds } }

  var text: String {
    var table = TextTable(
      [
        ("#", .right), ("layer", .left), ("type", .left), ("output", .left),
        ("parameters", .right), ("multiply-adds", .right), ("sees", .left),
      ] + (times.isEmpty ? [] : [("ms", .right), ("GFLOP/s", .right)]))
    for input in architecture.inputs {
      let shape = Self.text(inputShapes[input.name]?.dimensions ?? input.shape)
      table.add(["", Self.shortened(input.name), "input", shape])
    }
    for (i, row) in rows.enumerated() {
      table.add(
        [
          "\(i + 1)", Self.shortened(row.name), row.type,
          row.shape.map { Self.text($0.dimensions, isBatched: !(row.layer is Constant)) } ?? "?",
          row.parameterCount == 0 ? "" : grouped(row.parameterCount),
          row.multiplyAdds.map { $0 == 0 ? "" : grouped($0) } ?? "?", row.field,
        ] + (times.isEmpty ? [] : timeCells(of: row)))
    }
    return (table.lines + ["", totals]).map { $0 + "\n" }.joined()
  }

  private func timeCells(of row: Row) -> [String] {
    guard let step = times[row.name] else { return ["", ""] }
    return [
      fixed(step.milliseconds, digits: 3),
      speed(of: step).map { fixed($0, digits: 1) } ?? "",
    ]
  }

  /// 10⁹ multiplications and additions in a second; nil for a step without any.
  private func speed(of step: StepTime) -> Double? {
    let sums = summary?.rows.reduce(0) { step.nodes.contains($1.name) ? $0 + $1.multiplyAdds : $0 }
    guard let sums, sums > 0, step.milliseconds > 0 else { return nil }
    return 2 * Double(sums) / step.milliseconds / 1e6
  }

  /// What of a layer stands in its row, known or not.
  private struct Row {
    let name: String
    let layer: any Layer
    let shape: Shape?
    let parameterCount: Int
    let multiplyAdds: Int?
    let field: String

    var type: String { layer.typeName }
  }

  private var rows: [Row] {
    guard let summary else {
      return architecture.nodes.map { node in
        Row(
          name: node.name, layer: node.layer, shape: nil,
          parameterCount: node.layer.parameterShapes.reduce(0) { $0 + $1.shape.count },
          multiplyAdds: nil, field: "?")
      }
    }
    return zip(architecture.nodes, summary.rows).map { node, row in
      Row(
        name: row.name, layer: node.layer, shape: row.outputShapes.first,
        parameterCount: row.learnedCount + row.keptCount, multiplyAdds: row.multiplyAdds,
        field: row.receptiveField?.text(stride: "every") ?? "all")
    }
  }

  private var totals: String {
    let shapes = architecture.parameterShapes
    let learned = shapes.reduce(0) { $0 + ($1.isLearned ? $1.shape.count : 0) }
    let kept = shapes.reduce(0) { $0 + ($1.isLearned ? 0 : $1.shape.count) }
    var parts = [
      "\(architecture.nodes.count) layer\(architecture.nodes.count == 1 ? "" : "s")",
      "\(grouped(learned)) learnable parameters",
    ]
    if kept > 0 { parts.append("\(grouped(kept)) kept numbers (running means and the like)") }
    guard let summary else { return parts.joined(separator: ", ") }
    parts.append("\(grouped(summary.multiplyAdds)) multiply-adds")
    let outputs = architecture.outputs.compactMap { output in
      summary.rows.first { $0.name == output.value }?.outputShapes.first
    }
    if !times.isEmpty {
      parts.append(
        "\(fixed(milliseconds, digits: 2)) ms, "
          + "\(fixed(2 * Double(summary.multiplyAdds) / milliseconds / 1e6, digits: 1)) GFLOP/s")
    }
    parts += outputs.map { "\(grouped($0.count)) value\($0.count == 1 ? "" : "s") out" }
    return parts.joined(separator: ", ")
  }

  /// Longer names are cut in the middle: a file may hold any.
  private static let longestName = 64

  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > longestName, name.count > longestName else { return name }
    return name.prefix(longestName / 2) + "…" + name.suffix(longestName / 2 - 1)
  }

  /// `20×16×16`, without the batch; an open length is a question mark.
  private static func text(_ lengths: [Int?], isBatched: Bool = true) -> String {
    let inner = isBatched && lengths.count > 1 ? Array(lengths.dropFirst()) : lengths
    return inner.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
  }
}

extension LayerReport {
  var json: JSONValue {
    .object([
      ("model", .string(name)),
      (
        "inputs",
        .array(
          architecture.inputs.map { input in
            .object([
              ("name", .string(input.name)),
              ("shape", Self.json(inputShapes[input.name]?.dimensions ?? input.shape)),
            ])
          })
      ),
      ("layers", .array(architecture.nodes.indices.map(layer))),
      (
        "outputs",
        .array(
          architecture.outputs.map { output in
            .object([("name", .string(output.name)), ("value", .string(output.value))])
          })
      ),
      ("parameters", .int(count { _ in true })), ("learnable", .int(count { $0.isLearned })),
      ("multiplyAdds", summary.map { .int($0.multiplyAdds) } ?? .null),
      ("milliseconds", times.isEmpty ? .null : .number(milliseconds)),
    ])
  }

  private func count(_ isCounted: (ParameterShape) -> Bool) -> Int {
    architecture.parameterShapes.reduce(0) { $0 + (isCounted($1) ? $1.shape.count : 0) }
  }

  private func layer(_ i: Int) -> JSONValue {
    let node = architecture.nodes[i]
    let row = summary?.rows[i]
    let shapes = node.layer.parameterShapes
    return .object([
      ("index", .int(i + 1)), ("name", .string(node.name)), ("type", .string(node.layer.typeName)),
      ("layer", .string(node.layer.text)),
      ("inputs", .array(node.inputs.map { .string($0) })),
      (
        "outputShapes",
        row.map { .array($0.outputShapes.map { Self.json($0.dimensions) }) } ?? .null
      ),
      ("parameters", .int(shapes.reduce(0) { $0 + $1.shape.count })),
      ("learnable", .int(shapes.reduce(0) { $0 + ($1.isLearned ? $1.shape.count : 0) })),
      ("multiplyAdds", row.map { .int($0.multiplyAdds) } ?? .null),
      ("receptiveField", row?.receptiveField.map(\.json) ?? .null),
      ("milliseconds", times[node.name].map { .number($0.milliseconds) } ?? .null),
      (
        "timedWith",
        times[node.name].map { .array($0.nodes.dropFirst().map { .string($0) }) } ?? .null
      ),
    ])
  }

  private static func json(_ lengths: [Int?]) -> JSONValue {
    .array(lengths.map { $0.map { .int($0) } ?? .null })
  }
}
