internal import VizCNN
internal import VizReference

/// A chain's result on one picture, held against the Float64 reference and, where it has the case,
/// against OpenCV.
struct Verification {
  let comparisons: [Comparison]
  /// Judges that have no verdict, and why.
  let remarks: [String]

  /// Whether nothing contradicts the result.
  var isProven: Bool { comparisons.allSatisfy(\.isProven) }
  /// Whether a judge has seen more than the way to gray.
  var isJudged: Bool { comparisons.contains { $0.plane != Self.grayName } }

  private static let grayName = "to gray"

  init(_ image: Image, steps: [ParsedStep], chain: FilterChain, jobs: Int) throws {
    let result = try chain.apply(to: image, jobs: jobs)
    let names = result.planes.count == 3 ? ["red", "green", "blue"] : ["gray"]
    let engine = result.planes.map(ReferencePlane.init)
    var comparisons: [Comparison] = []
    var remarks: [String] = []
    if chain.startsGray, image.layout.hasColor {
      (comparisons, remarks) = Self.grayComparison(image)
    }
    do {
      var reference = try ReferenceChain(image, chain: chain)
      let verdicts = try reference.run(steps, chain: chain, depth: image.sampleType)
      let allowance = Self.allowance(bound: reference.bound, depth: image.sampleType)
      for (i, verdict) in verdicts.enumerated() {
        comparisons.append(
          Comparison(
            judge: "Float64 reference", plane: names[i], engine: engine[i],
            expected: verdict.exact, allowance: allowance
          ) { k in
            let value = engine[i].values[k]
            return verdict.lower.values[k] <= value && value <= verdict.upper.values[k]
          })
      }
    } catch let error as ReferenceChain.NoJudge {
      remarks.append("Float64 reference: \(error.reason)")
    } catch let error as ReferenceError {
      remarks.append("Float64 reference: \(error)")
    }
    let oracle = OracleComparison(image: image, steps: steps, chain: chain)
    do {
      comparisons += try oracle.comparisons(engine: engine, names: names)
    } catch let error as OracleError {
      let text = error.description
      remarks.append(text.hasPrefix("OpenCV") ? text : "OpenCV: \(text)")
    }
    self.comparisons = comparisons
    self.remarks = remarks
  }

  /// What the bound means for the samples.
  static func allowance(bound: Double, depth: SampleType) -> String {
    if bound == 0 { return "no difference" }
    let short = shortNumber(bound)
    if depth == .float { return "\(short)" }
    return bound < 0.5 ? "±1 within \(short) of a tie" : "±\(decimal(bound.rounded(.up)))"
  }

  private static func grayComparison(_ image: Image) -> ([Comparison], [String]) {
    func compare<S: Sample & ReferenceSample>(_ type: S.Type) throws -> Comparison {
      let picture = OraclePicture(
        width: image.width, height: image.height, channels: image.layout.channels,
        samples: image.samples(as: type))
      let expected = try OpenCVOracle.gray(picture).plane()
      let gray = ReferencePlane(image.grayscale)
      return Comparison(
        judge: "OpenCV \(OpenCVOracle.version) cvtColor", plane: grayName, engine: gray,
        expected: expected, allowance: "no difference"
      ) { gray.values[$0] == expected.values[$0] }
    }
    do {
      switch image.sampleType {
      case .uint8: return ([try compare(UInt8.self)], [])
      case .uint16: return ([try compare(UInt16.self)], [])
      case .float:
        return ([], ["OpenCV: its weights of float colours are 0.299, 0.587, 0.114, not n / 2¹⁵"])
      case .int16: return ([], ["OpenCV: no gray of int16"])
      }
    } catch {
      return ([], ["\(error)"])
    }
  }
}

extension Verification {
  /// The table, and the sentence below it.
  func text(_ title: String) -> String {
    var rows = [
      [
        "compared with", "plane", "pixels", "differing", "largest", "first differing", "allowed",
        "",
      ]
    ]
    for comparison in comparisons {
      let first = comparison.first.map {
        "\($0.x),\($0.y): \(shortNumber($0.engine)) for \(shortNumber($0.judge))"
      }
      rows.append([
        comparison.judge, comparison.plane, "\(comparison.pixels)", "\(comparison.differing)",
        comparison.differing == 0 ? "0" : shortNumber(comparison.largest), first ?? "none",
        comparison.allowance, comparison.isProven ? "ok" : "VIOLATED",
      ])
    }
    let widths = rows[0].indices.map { c in rows.map { $0[c].count }.max() ?? 0 }
    var lines = [title]
    for row in rows where comparisons.count > 0 {
      let cells = row.indices.map { c in
        (2...4).contains(c) ? leftPadded(row[c], to: widths[c]) : padded(row[c], to: widths[c])
      }
      var line = "  " + cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      lines.append(line)
    }
    lines += remarks.map { "  no verdict: \($0)" }
    lines.append(sentence)
    return lines.joined(separator: "\n") + "\n"
  }

  private var sentence: String {
    if !isProven { return "VIOLATED: the result is not what it must be" }
    return isJudged ? "proven" : "not judged"
  }

  func json(input: String, chain: FilterChain) -> JSONValue {
    .object([
      ("input", .string(input)), ("filters", .array(chain.steps.map { .string($0.name) })),
      ("edge", .string(chain.options.edge.description)),
      (
        "comparisons",
        .array(
          comparisons.map { comparison in
            .object([
              ("judge", .string(comparison.judge)), ("plane", .string(comparison.plane)),
              ("pixels", .int(comparison.pixels)), ("differing", .int(comparison.differing)),
              ("largest", .number(comparison.largest)),
              (
                "first",
                comparison.first.map {
                  .object([
                    ("x", .int($0.x)), ("y", .int($0.y)), ("engine", .number($0.engine)),
                    ("judge", .number($0.judge)),
                  ])
                } ?? .null
              ),
              ("allowed", .string(comparison.allowance)),
              ("violations", .int(comparison.violations)),
            ])
          })
      ),
      ("unjudged", .array(remarks.map { .string($0) })),
      ("status", .string(!isProven ? "violated" : isJudged ? "proven" : "unjudged")),
    ])
  }
}
