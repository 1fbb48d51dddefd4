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
  let tellsTimes: Bool
  let messages: ConsoleOptions

  private typealias Outcome = Result<FilterReport, PipelineError>

  /// What was told so far.
  private struct Tally {
    var failures: [ExitStatus] = []
    var explained: Set<String> = []
    var progress: ProgressLine
    /// Where standard output itself failed.
    var isCut = false
  }

  /// - Throws: `ExitCode`; everything has been told by then.
  func run() throws {
    let tally = Mutex(Tally(progress: ProgressLine(count: inputs.count, quiet: messages.quiet)))
    OrderedWork.run(count: inputs.count, jobs: jobs) { i in
      Result { () throws(PipelineError) in
        try pipeline.filter(input: inputs[i], output: plan.destinations[i])
      }
    } finish: { _, filtered in
      filtered.flatMap { filtered in
        Outcome { () throws(PipelineError) in try pipeline.write(filtered) }
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
      if tellsTimes { messages.console.note(timings(report)) }
      if explains, let picture = report.source {
        let text = ChainExplanation(chain: pipeline.chain, picture: picture).text
        if tally.explained.insert(text).inserted { messages.console.write(text) }
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
            "\(name(report)): the colour profile (ICC) is lost; .png, .jpg, .webp and .tif keep it")
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
    } else if case .success(let report) = outcome, case .file(let path) = report.output {
      try StandardOutput.write(path + "\n")
      if let responses = report.responses { try StandardOutput.write(responses + "\n") }
    }
  }

  private func warnOfClipping(_ report: FilterReport) {
    guard report.isMuchClipped else { return }
    let (range, below) = (report.depth.range, report.belowCount)
    let ways =
      switch pipeline.display {
      case .clip where below > 0: "--display abs|offset|normalize|signed or --offset N"
      case .clip: "--display normalize or --scale below 1"
      case .abs, .offset, .normalize, .signed: "--display normalize|signed"
      }
    messages.console.warn(
      "\(name(report)): \(Int((report.clippedShare * 100).rounded())) % of \(report.responseCount) "
        + "responses were cut off, \(below) below \(decimal(range.lowerBound)) and "
        + "\(report.clippedCount - below) above \(decimal(range.upperBound)); \(ways) shows them")
  }

  private func name(_ report: FilterReport) -> String {
    spoken(report.input)
  }

  private func timings(_ report: FilterReport) -> String {
    func short(_ value: Double) -> String { decimal((value * 10).rounded() / 10) }
    let times = report.milliseconds
    return "\(name(report)): decode \(short(times.decode)) ms, filter \(short(times.filter)) ms, "
      + "encode \(short(times.encode)) ms; \(short(times.total)) ms in all"
  }
}
