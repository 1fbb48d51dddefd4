internal import VizCNN
internal import VizReference

extension Verification.Row {
  /// What the judge makes of the plane.
  var verdict: String {
    if comparison.differing == 0 { return "equal" }
    if !decides { return "not exact" }
    return comparison.violations == 0 ? "ok, rounding" : "VIOLATED"
  }

  /// Where the two differ most, and what the arithmetic may do there; nil where they are equal.
  var explanation: String? {
    guard comparison.differing > 0 else { return nil }
    guard let worst = comparison.greatest else { return "\(plane): another size than the judge's" }
    let engine = digits(worst.engine)
    guard let exact = worst.exact, let deviation = comparison.deviation else {
      return "\(plane) \(worst.x),\(worst.y): \(engine), the judge has \(digits(worst.judge))"
    }
    let place = "\(plane) \(worst.x),\(worst.y): \(engine) for \(digits(exact))"
    let needed = shortNumber(max(0, deviation.needed))
    let allowed = shortNumber(deviation.allowed)
    guard comparison.violations == 0 else {
      return "\(place); \(comparison.violations) samples are further off than arithmetic allows"
    }
    return isRounded
      ? "\(place); every exact value is within \(needed) of a rounding tie, \(allowed) is allowed"
      : "\(place); off by \(needed) at most, \(allowed) is allowed"
  }

  /// As many digits as tell two neighbours of a tie apart.
  private func digits(_ value: Double) -> String {
    abs(value) < 1e6 ? decimal((value * 1e9).rounded() / 1e9 + 0) : decimal(value)
  }
}

extension Verification {
  /// The table, what it does not say, and the sentence below it.
  func text(_ title: String) -> String {
    var table = [["judge", "plane", "pixels", "differing", "greatest", "at", "verdict"]]
    for row in rows {
      let comparison = row.comparison
      table.append([
        row.judge, row.plane, "\(comparison.pixels)", "\(comparison.differing)",
        shortNumber(comparison.largest), comparison.greatest.map { "\($0.x),\($0.y)" } ?? "-",
        row.verdict,
      ])
    }
    let widths = table[0].indices.map { c in table.map { $0[c].count }.max() ?? 0 }
    var lines = [title]
    for cells in table where !rows.isEmpty {
      var line = " "
      for (c, cell) in cells.enumerated() {
        line += " " + (2...4 ~= c ? leftPadded(cell, to: widths[c]) : padded(cell, to: widths[c]))
        line += " "
      }
      while line.hasSuffix(" ") { line.removeLast() }
      lines.append(line)
    }
    let explanations = rows.filter(\.decides).compactMap(\.explanation)
    lines += (explanations + remarks).map { "  \($0)" }
    return (lines + [sentence]).joined(separator: "\n") + "\n"
  }

  private var sentence: String {
    if !isProven { return "VIOLATED: the result is not what it must be" }
    guard isJudged else { return "not judged" }
    let isEqual = rows.allSatisfy { !$0.decides || $0.comparison.differing == 0 }
    return isEqual ? "proven" : "proven, up to rounding"
  }

  func json(input: String, chain: FilterChain) -> JSONValue {
    .object([
      ("input", .string(input)), ("filters", .array(chain.steps.map { .string($0.name) })),
      ("edge", .string(chain.options.edge.description)),
      ("comparisons", .array(rows.map(json(of:)))),
      ("remarks", .array(remarks.map { .string($0) })),
      ("status", .string(!isProven ? "violated" : isJudged ? "proven" : "unjudged")),
    ])
  }

  private func json(of row: Row) -> JSONValue {
    let comparison = row.comparison
    return .object([
      ("judge", .string(row.judge)), ("plane", .string(row.plane)),
      ("pixels", .int(comparison.pixels)), ("differing", .int(comparison.differing)),
      ("greatest", .number(comparison.largest)),
      (
        "at",
        comparison.greatest.map {
          .object([
            ("x", .int($0.x)), ("y", .int($0.y)), ("engine", .number($0.engine)),
            ("judge", .number($0.judge)), ("exact", $0.exact.map { .number($0) } ?? .null),
          ])
        } ?? .null
      ),
      (
        "deviation",
        comparison.deviation.map {
          .object([("needed", .number($0.needed)), ("allowed", .number($0.allowed))])
        } ?? .null
      ),
      ("decides", .bool(row.decides)), ("violations", .int(comparison.violations)),
      ("verdict", .string(row.verdict)),
    ])
  }
}
