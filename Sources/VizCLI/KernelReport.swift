internal import VizCNN

/// What a step's kernels are and do: taps, sum, separable?, range, plan, frequency response.
struct KernelReport {
  let step: FilterStep
  private let filter: FilterKind
  /// Where the frequency response was drawn.
  var picture: String?

  init(_ step: FilterStep) {
    self.step = step
    filter = step.kind(depth: .uint8)
  }

  var bank: KernelBank? {
    if case .kernels(let bank) = filter { bank } else { nil }
  }

  /// Magnitudes over frequencies; of several kernels, joined as their responses are.
  var frequencyResponse: Image? {
    guard let bank else { return nil }
    let size = 257
    let all = bank.kernels.map { $0.frequencyResponse(size: size) }
    let magnitudes = all[0].indices.map { i in
      let values = all.map { $0[i] }
      return switch bank.combination {
      case .single: values[0]
      case .magnitude: values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .maximum: values.reduce(0, max)
      }
    }
    return FrequencyResponse(
      width: size, height: size, magnitudes: magnitudes,
      title: "\(step.title): frequency response"
    ).image()
  }

  var text: String {
    let entry = FilterRegistry.all.first { $0.name == step.name && !step.isOwnKernel }
    var lines = [step.title + (entry.map { ": \($0.summary)" } ?? "")]
    switch filter {
    case .gray: lines.append("gray = (9798·red + 19235·green + 3735·blue + 16384) >> 15")
    case .operation(let operation):
      let side = operation.windowSide
      lines.append("no kernel: an operation that looks at \(side)×\(side) samples")
      lines += entry.map(PresetList.parameters(of:)) ?? []
    case .kernels(let bank):
      for (i, kernel) in bank.kernels.enumerated() {
        lines.append("")
        if bank.kernels.count > 1 { lines.append("kernel \(i + 1) of \(bank.kernels.count)") }
        lines += NumberTable(width: kernel.width, values: kernel.taps).lines.map { "  \($0)" }
        lines.append("")
        lines += facts(kernel).map { "  \(padded($0.0 + ":", to: 16)) \($0.1)" }
      }
      lines.append("")
      lines += joined(bank).map { "\(padded($0.0 + ":", to: 18)) \($0.1)" }
      let plan = ConvolutionPlan(for: bank, source: .uint8, output: .uint8)
      lines += plan.reasons.map { padded("", to: 19) + $0 }
    }
    if let picture { lines.append("\(padded("picture:", to: 18)) \(picture)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func facts(_ kernel: Kernel) -> [(String, String)] {
    let sum = kernel.taps.reduce(0, +)
    var facts = [
      ("size", "\(kernel.width)×\(kernel.height), anchor \(kernel.anchorX),\(kernel.anchorY)"),
      ("sum", shortNumber(sum) + (kernel.isZeroSum ? ": a derivative, flat areas become 0" : "")),
    ]
    if let (column, row) = kernel.separated {
      if kernel.width > 1, kernel.height > 1 {
        facts.append(("separable", "yes"))
        if max(column.count, row.count) <= 15 {
          facts.append(("  column", column.map(shortNumber).joined(separator: " ")))
          facts.append(("  row", row.map(shortNumber).joined(separator: " ")))
        }
      } else {
        facts.append(("separable", "it is one line"))
      }
    } else {
      facts.append(("separable", "no"))
    }
    return facts
  }

  private func joined(_ bank: KernelBank) -> [(String, String)] {
    let ranges = bank.kernels.map { $0.responseRange(for: 0...255) }
    var low = ranges.map(\.lowerBound).min() ?? 0
    let high = ranges.map(\.upperBound).max() ?? 0
    var facts: [(String, String)] = []
    switch bank.combination {
    case .single: facts.append(("response", "offset + scale · Σ taps · samples"))
    case .magnitude:
      facts.append(("response", "√(Σ₁² + Σ₂²)"))
      low = 0
    case .maximum: facts.append(("response", "the largest of the \(bank.kernels.count) sums"))
    }
    facts.append(("scale, offset", "\(shortNumber(bank.scale)), \(shortNumber(bank.offset))"))
    facts.append(("gain", shortNumber(bank.kernels[0].gain)))
    let bound = bank.combination == .magnitude ? "at most \(shortNumber(high)) a kernel" : nil
    facts.append(
      ("range from 8 bit", bound ?? "\(shortNumber(low)) … \(shortNumber(high))"))
    let plan = ConvolutionPlan(for: bank, source: .uint8, output: .uint8)
    facts.append(("computed", "\(plan)"))
    return facts
  }
}
