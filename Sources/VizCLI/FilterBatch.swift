internal import ArgumentParser
internal import Synchronization
internal import VizCNN

/// Many pictures through one pipeline: one bad file is told, and the rest goes on.
struct FilterBatch: Sendable {
  let pipeline: FilterPipeline
  let inputs: [String]
  let plan: OutputPlan
  let jobs: Int
  let json: Bool
  let explains: Bool
  let messages: ConsoleOptions

  private typealias Outcome = Result<FilterReport, PipelineError>

  /// What was told so far.
  private struct Tally {
    var failures: [ExitStatus] = []
    var explained: Set<SampleType> = []
    var progress: ProgressLine
    /// Where standard output itself failed.
    var isCut = false
  }

  /// - Throws: `ExitCode`; everything has been told by then.
  func run() throws {
    let tally = Mutex(Tally(progress: ProgressLine(count: inputs.count, quiet: messages.quiet)))
    OrderedWork.run(count: inputs.count, jobs: jobs) { i in
      Outcome { () throws(PipelineError) in
        try pipeline.run(input: inputs[i], output: plan.destinations[i])
      }
    } report: { i, outcome in
      tally.withLock { tally in
        tally.progress.clear()
        report(outcome, input: inputs[i], &tally)
        if !tally.isCut { tally.progress.show(done: i + 1) }
        return !tally.isCut
      }
    }
    let failures = tally.withLock { tally in
      tally.progress.clear()
      return tally.failures
    }
    guard let first = failures.first else { return }
    let ends = inputs.count == 1 || first == .brokenPipe || tally.withLock { $0.isCut }
    throw ExitCode((ends ? failures[failures.count - 1] : .partial).rawValue)
  }

  private func report(_ outcome: Outcome, input: String, _ tally: inout Tally) {
    switch outcome {
    case .success(let report):
      if messages.verbose { messages.console.note(timings(report)) }
      if explains, tally.explained.insert(report.depth).inserted {
        messages.console.write(
          ChainExplanation(chain: pipeline.chain, depth: report.depth).text)
      }
      if !messages.quiet {
        warnOfClipping(report)
        if let responses = report.responses, report.infiniteCount > 0 {
          messages.console.warn(
            "\(name(report)): \(report.infiniteCount) responses are no finite numbers in "
              + "\(responses): float32 ends at 3.4e38; smaller taps or --scale keep them inside")
        }
        if report.losesProfile {
          messages.console.warn(
            "\(name(report)): the colour profile (ICC) is lost; .png and .jpg keep it")
        }
      }
    case .failure(let error):
      messages.console.report(error)
      tally.failures.append(error.status)
    }
    do throws(FileError) {
      try print(outcome, input: input)
    } catch {
      messages.console.report(.file(error))
      tally.failures.append(PipelineError.file(error).status)
      tally.isCut = true
    }
  }

  private func print(_ outcome: Outcome, input: String) throws(FileError) {
    if json {
      let object = FilterReportJSON(pipeline: pipeline, input: input, outcome: outcome)
      try StandardOutput.write(object.value.text + "\n")
    } else if !messages.quiet, case .success(let report) = outcome,
      case .file(let path) = report.output
    {
      try StandardOutput.write(path + "\n")
      if let responses = report.responses { try StandardOutput.write(responses + "\n") }
    }
  }

  private func warnOfClipping(_ report: FilterReport) {
    guard pipeline.display == .clip, report.clippedShare > 0.01 else { return }
    let percent = Int((report.clippedShare * 100).rounded())
    messages.console.warn(
      "\(name(report)): \(report.clippedCount) of \(report.responseCount) responses (\(percent) %) "
        + "were cut off; --display abs|offset|normalize|signed shows them")
  }

  private func name(_ report: FilterReport) -> String {
    report.input == "-" ? StandardInput.name : report.input
  }

  private func timings(_ report: FilterReport) -> String {
    func short(_ value: Double) -> String { decimal((value * 10).rounded() / 10) }
    let times = report.milliseconds
    return "\(name(report)): decode \(short(times.decode)) ms, filter \(short(times.filter)) ms, "
      + "encode \(short(times.encode)) ms"
  }
}

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
