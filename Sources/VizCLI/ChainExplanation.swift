internal import VizCNN

/// How each step of a chain is computed, and why.
struct ChainExplanation {
  let chain: FilterChain
  let depth: SampleType

  var text: String {
    var lines: [String] = []
    let filters = chain.filters(depth: depth)
    var source = depth
    for (i, (step, filter)) in zip(chain.steps, filters).enumerated() {
      let isLast = i == filters.count - 1
      let output = isLast ? depth : .float
      switch filter {
      case .gray:
        lines.append("\(i + 1). \(step.name): colour to gray by whole numbers, rounded once")
      case .operation(let operation):
        let samples = operation.needsRoundedSamples ? "rounded \(depth)" : "\(source)"
        lines.append(
          "\(i + 1). \(step.name): on \(samples) samples, a window of "
            + "\(operation.windowSide)×\(operation.windowSide)")
        source = operation.needsRoundedSamples ? depth : source
        continue
      case .kernels(let bank):
        let plan = ConvolutionPlan(for: bank, source: source, output: output)
        let count = bank.kernels.count
        let kernels = count == 1 ? "a kernel" : "\(count) kernels"
        lines.append(
          "\(i + 1). \(step.name): \(kernels) of \(bank.width)×\(bank.height), "
            + "\(source) → \(output): \(plan)")
        lines += plan.reasons.map { "     \($0)" }
        source = output
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
