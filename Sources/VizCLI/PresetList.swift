internal import VizCNN

/// All presets.
enum PresetList {
  /// What a preset takes, a line a parameter.
  static func parameters(of entry: FilterEntry) -> [String] {
    entry.parameters.map { parameter in
      "  \(parameter.name) \(decimal(parameter.defaultValue)): \(parameter.kind.rawValue) from "
        + "\(decimal(parameter.range.lowerBound)) to \(decimal(parameter.range.upperBound)), "
        + parameter.unit
    }
  }

  static var text: String {
    let width = FilterRegistry.all.map(\.name.count).max() ?? 0
    var lines: [String] = []
    for entry in FilterRegistry.all {
      lines.append("  \(padded(entry.name, to: width))  \(entry.summary)")
      lines += parameters(of: entry).map { "  \(padded("", to: width))  \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static var json: String {
    let entries = FilterRegistry.all.map { entry in
      JSONValue.object([
        ("name", .string(entry.name)), ("summary", .string(entry.summary)),
        ("gray", .bool(entry.runsOnGray)),
        (
          "parameters",
          .array(
            entry.parameters.map { parameter in
              .object([
                ("name", .string(parameter.name)), ("unit", .string(parameter.unit)),
                ("kind", .string(parameter.kind.rawValue)),
                ("minimum", .number(parameter.range.lowerBound)),
                ("maximum", .number(parameter.range.upperBound)),
                ("default", .number(parameter.defaultValue)),
              ])
            })
        ),
      ])
    }
    return JSONValue.array(entries).text + "\n"
  }
}
