internal import VizCNN

/// One line of JSON about one input.
struct FilterReportJSON {
  let pipeline: FilterPipeline
  let input: String
  let outcome: Result<FilterReport, PipelineError>

  var value: JSONValue {
    var members: [(String, JSONValue)] = [("input", .string(input))]
    switch outcome {
    case .success(let report):
      if case .file(let path) = report.output { members.append(("output", .string(path))) }
      if let responses = report.responses { members.append(("responses", .string(responses))) }
      members += [
        ("width", .int(report.width)), ("height", .int(report.height)),
        ("channels", .int(report.channels)), ("depth", .string(report.depth.rawValue)),
        ("filters", .array(pipeline.chain.steps.map { .string($0.name) })),
        (
          "edge",
          .string(pipeline.comparesEdges ? "all" : pipeline.chain.options.edge.description)
        ),
        ("display", .string(pipeline.display.rawValue)), ("gray", .bool(report.isGray)),
        ("clipped", .number(report.clippedShare)),
        (
          "ms",
          .object([
            ("decode", .number(report.milliseconds.decode)),
            ("filter", .number(report.milliseconds.filter)),
            ("encode", .number(report.milliseconds.encode)),
            ("total", .number(report.milliseconds.total)),
          ])
        ),
        ("status", .string("ok")),
      ]
    case .failure(let error):
      members += [
        ("status", .string("error")),
        (
          "error",
          .object([
            ("code", .int(Int(error.status.rawValue))), ("message", .string(error.message)),
            ("hint", .optional(error.hint)),
          ])
        ),
      ]
    }
    return .object(members)
  }
}
