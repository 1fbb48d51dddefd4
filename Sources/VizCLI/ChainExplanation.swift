internal import VizCNN

/// How each step of a chain is computed on a picture, and why.
struct ChainExplanation {
  let chain: FilterChain
  let picture: FilterReport.Source

  var text: String {
    var lines: [String] = []
    var form = Form(width: picture.width, height: picture.height, depth: picture.depth)
    if chain.startsGray && picture.hasColor { lines += grayBefore }
    let filters = chain.filters(depth: picture.depth)
    for (i, (step, filter)) in zip(chain.steps, filters).enumerated() {
      let isLast = i == filters.count - 1
      lines += describe(filter, "\(i + 1). \(step.name)", &form, isLast ? picture.depth : .float)
    }
    lines.append("operations: additions, multiplications, comparisons and choices")
    return lines.joined(separator: "\n") + "\n"
  }

  /// What a step is given.
  private struct Form {
    var width: Int
    var height: Int
    var depth: SampleType
  }

  /// The step that nobody wrote.
  private var grayBefore: [String] {
    let asking = chain.steps.filter(\.runsOnGray).map(\.name)
    let why =
      asking.isEmpty
      ? "asked for" : "because \(asking[0]) is about brightness (--per-channel keeps the colours)"
    let method = Gray.method(picture.depth)
    return ["0. gray, \(why): \(summary(method))", "     \(method.reason)"]
  }

  private func describe(
    _ filter: FilterKind, _ title: String, _ form: inout Form, _ output: SampleType
  ) -> [String] {
    let given = form.depth
    if chain.options.edge == .crop {
      let window = filter.window
      form.width = max(1, form.width - window.width + 1)
      form.height = max(1, form.height - window.height + 1)
    }
    switch filter {
    case .gray:
      let method = Gray.method(given)
      return ["\(title): colour to gray: \(summary(method))", "     \(method.reason)"]
    case .operation(let operation):
      let rounds = operation.needsRoundedSamples && given != picture.depth
      if operation.needsRoundedSamples { form.depth = picture.depth }
      let side = operation.windowSide
      let windows = side == 1 ? "" : "windows of \(side)×\(side), "
      return [
        "\(title): \(windows)\(form.depth) → \(form.depth): \(summary(operation.method))"
      ] + (rounds ? ["     rounded to \(form.depth) before: it is for whole numbers"] : []) + [
        "     \(operation.method.reason)"
      ]
    case .kernels(let bank):
      form.depth = output
      let plan = ConvolutionPlan(
        for: bank, source: given, output: output, size: (form.width, form.height))
      let count = bank.kernels.count
      let kernels = count == 1 ? "a kernel" : "\(count) kernels"
      return ["\(title): \(kernels) of \(bank.width)×\(bank.height), \(given) → \(output): \(plan)"]
        + plan.reasons.map { "     \($0)" }
    }
  }

  private func summary(_ method: OperationMethod) -> String {
    method.operations.map { "\(method.way), \($0) operations a sample" } ?? method.way
  }
}
