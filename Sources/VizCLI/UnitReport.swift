internal import VizCNN

/// Where a number of a network comes from, as text and as JSON.
struct UnitReport {
  let trace: UnitTrace
  let picture: String
  let model: String
  /// The picture as the network reads it.
  let seen: Image
  let notes: [String]

  /// Channels whose numbers are written out; the others are summed up.
  private static let mostTables = 4
  private static let mostTerms = 20

  var text: String {
    var lines = ["\(trace.unit): \(trace.layer), layer \(trace.position) of \(model)"]
    lines.append(sees)
    lines += [""]
    let isVector = trace.unit.place == nil || trace.terms.first?.place == nil
    lines += trace.operation == .sum ? addends : isVector ? list : tables
    if trace.outsideCount > 0 {
      lines.append("\(trace.outsideCount) taps lie outside of the layer's input and add nothing")
    }
    lines += ["", arithmetic, check]
    if let next = trace.following {
      lines.append("\(next.layer) (\(next.type)) makes \(Self.number(Double(next.value))) of it")
    }
    return lines.map { TraceReport.trimmed($0) + "\n" }.joined()
  }

  private var sees: String {
    let size = "\(seen.height)×\(seen.width)"
    guard let rectangle = trace.rectangle else {
      return "it sees all of \(picture) (\(size) as the network reads it)"
    }
    func span(_ range: Range<Int>) -> String { "\(range.lowerBound)…\(range.upperBound - 1)" }
    return "it sees rows \(span(rectangle.rows)), columns \(span(rectangle.columns)) of \(picture) "
      + "(\(size) as the network reads it)"
  }

  private var arithmetic: String {
    let result = Self.number(trace.result)
    switch trace.operation {
    case .weightedSum:
      guard let bias = trace.bias else { return "Σ = \(result)" }
      return "Σ \(Self.number(trace.sum)) + bias \(Self.number(bias)) = \(result)"
    case .mean: return "mean = \(result)"
    case .sum:
      let numbers = trace.terms.map { Self.number($0.product) }
      return numbers.joined(separator: " + ") + " = \(result)"
    case .maximum: return "largest = \(result)"
    case .function: return "the layer makes \(result) of it"
    }
  }

  private var check: String {
    "the network's own number is \(Self.number(Double(trace.stored))), "
      + (trace.difference == 0
        ? "the same" : "\(shortNumber(abs(trace.difference))) away (it adds in Float32)")
  }

  /// What is added, by the layers that made it.
  private var addends: [String] {
    var table = TextTable([("from", .left), ("number", .right)])
    for term in trace.terms {
      let place = term.place.map { ",\($0.y),\($0.x)" } ?? ""
      table.add([
        "\(term.source ?? "")/\(term.channel)\(place)", Self.number(Double(term.input)),
      ])
    }
    return table.lines
  }

  /// Terms of a vector, the largest first.
  private var list: [String] {
    let order = trace.terms.sorted { abs($0.product) > abs($1.product) }
    var table = TextTable([
      ("from", .right), ("input", .right), ("weight", .right), ("product", .right),
    ])
    for term in order.prefix(Self.mostTerms) {
      table.add([
        "\(term.channel)", Self.number(Double(term.input)), term.weight.map(Self.number) ?? "",
        Self.number(term.product),
      ])
    }
    let rest = order.dropFirst(Self.mostTerms)
    guard !rest.isEmpty else { return table.lines }
    let sum = rest.reduce(0) { $0 + $1.product }
    return table.lines + ["and \(rest.count) smaller products, together \(Self.number(sum))"]
  }

  /// Input, weights and products of the channels that matter most, one below the other.
  private var tables: [String] {
    let channels = Dictionary(grouping: trace.terms, by: \.channel)
    let sums = channels.mapValues { $0.reduce(0) { $0 + $1.product } }
    let order = channels.keys.sorted {
      let (a, b) = (abs(sums[$0] ?? 0), abs(sums[$1] ?? 0))
      return a == b ? $0 < $1 : a > b
    }
    var lines: [String] = []
    for channel in order.prefix(Self.mostTables) {
      lines += table(channels[channel] ?? [], channel: channel, sum: sums[channel] ?? 0)
    }
    let rest = order.dropFirst(Self.mostTables)
    guard !rest.isEmpty else { return lines }
    let sum = rest.reduce(0) { $0 + (sums[$1] ?? 0) }
    return lines + ["and \(rest.count) channels that add less, together \(Self.number(sum))"]
  }

  private func table(_ terms: [UnitTrace.Term], channel: Int, sum: Double) -> [String] {
    let columns = Set(terms.compactMap { $0.place?.x }).sorted()
    let rows = Set(terms.compactMap { $0.place?.y }).sorted()
    let isWeighted = terms.contains { $0.weight != nil }
    let title =
      "channel \(channel), \(Self.span("row", rows)), \(Self.span("column", columns))"
      + (isWeighted ? ": \(Self.number(sum))" : "")
    func lines(_ value: (UnitTrace.Term) -> Double) -> [String] {
      NumberTable(width: max(1, columns.count), values: terms.map(value), significantDigits: 3)
        .lines(within: TraceReport.width)
    }
    let input = lines { Double($0.input) }
    guard isWeighted else { return [title] + input.map { "  " + $0 } }
    let parts = [
      ("input", input), ("weights", lines { $0.weight ?? 1 }), ("products", lines(\.product)),
    ]
    let isNarrow = parts.reduce(0) { $0 + ($1.1.first?.count ?? 0) + 4 } <= TraceReport.width
    guard isNarrow else {
      return [title] + parts.flatMap { [" \($0.0)"] + $0.1.map { "  " + $0 } }
    }
    let widths = parts.map { max($0.0.count, $0.1.first?.count ?? 0) }
    func row(_ texts: [String]) -> String {
      "  " + zip(texts, widths).map { padded($0, to: $1) }.joined(separator: "   ")
    }
    return [title, row(parts.map(\.0))] + input.indices.map { i in row(parts.map { $0.1[i] }) }
  }

  private static func span(_ name: String, _ places: [Int]) -> String {
    guard let first = places.first, let last = places.last else { return "no \(name)s" }
    return first == last ? "\(name) \(first)" : "\(name)s \(first)…\(last)"
  }

  private static func number(_ value: Double) -> String { shortNumber(value) }

  var json: JSONValue {
    .object([
      ("unit", .string("\(trace.unit)")), ("layer", .string(trace.layer)),
      ("picture", .string(picture)), ("notes", .array(notes.map { .string($0) })),
      ("operation", .string(trace.operation.rawValue)),
      (
        "receptiveField",
        trace.rectangle.map {
          .object([
            ("rows", .array([.int($0.rows.lowerBound), .int($0.rows.upperBound - 1)])),
            ("columns", .array([.int($0.columns.lowerBound), .int($0.columns.upperBound - 1)])),
          ])
        } ?? .null
      ),
      (
        "terms",
        .array(
          trace.terms.map { term in
            .object([
              ("channel", .int(term.channel)), ("y", term.place.map { .int($0.y) } ?? .null),
              ("x", term.place.map { .int($0.x) } ?? .null), ("input", .number(Double(term.input))),
              ("weight", term.weight.map { .number($0) } ?? .null),
              ("product", .number(term.product)),
              ("from", term.source.map { .string($0) } ?? .null),
            ])
          })
      ),
      ("outside", .int(trace.outsideCount)), ("bias", trace.bias.map { .number($0) } ?? .null),
      ("result", .number(trace.result)), ("stored", .number(Double(trace.stored))),
      ("difference", .number(trace.difference)),
      (
        "activation",
        trace.following.map {
          .object([("layer", .string($0.layer)), ("value", .number(Double($0.value)))])
        } ?? .null
      ),
    ])
  }
}
