internal import VizCNN

/// A trace as text and as JSON.
struct TraceReport {
  let trace: PixelTrace
  let name: String
  /// Columns that lines keep to; JSON has every number.
  static let width = 100
  /// Windows with longer sides are summed up.
  static let largestTable = 15

  var text: String {
    var lines = [
      "\(trace.stepName) at \(trace.x),\(trace.y) of \(name): \(trace.source) → \(trace.output), "
        + "edge \(trace.edge)"
    ]
    if !trace.formerSteps.isEmpty {
      lines.append("the samples are what \(trace.formerSteps.joined(separator: ", ")) gave")
    }
    for channel in trace.channels {
      lines += ["", channel.name]
      lines += body(channel).map { "  \($0)" }
    }
    if trace.channels.contains(where: { $0.window.isOutside.contains(true) }) {
      let supply = trace.edge == .renormalize ? "leaves these taps out" : "supplied the sample"
      lines += ["", "* outside of the picture: edge \(trace.edge) \(supply)"]
    }
    return lines.map(Self.trimmed).joined(separator: "\n") + "\n"
  }

  /// Without the blanks at the end.
  static func trimmed(_ line: String) -> String {
    var line = line
    while line.hasSuffix(" ") { line.removeLast() }
    return line
  }

  private func body(_ channel: PixelTrace.Channel) -> [String] {
    switch channel.step {
    case .gray(let red, let green, let blue): gray(red, green, blue, channel)
    case .none: ["already gray", "result \(shortNumber(channel.result))"]
    case .median: median(channel)
    case .threshold(let level, let highest): threshold(level, highest, channel)
    case .canny(let canny): self.canny(canny, channel)
    case .kernels(let responses, let combination, let scale, let offset, let exact):
      sums(responses, combination, channel.window)
        + finish(responses, combination, scale, offset, exact) + ending(exact, channel)
    }
  }

  /// What scale and offset make of the joined sums.
  private func finish(
    _ responses: [PixelTrace.Response], _ combination: KernelBank.Combination, _ scale: Double,
    _ offset: Double, _ exact: Double
  ) -> [String] {
    guard scale != 1 || offset != 0 else { return [] }
    let sum = combination == .single ? "Σ" : "that"
    let product: String =
      switch scale {
      case 1: sum
      case -1: "-\(sum)"
      default: "\(shortNumber(scale)) · \(sum)"
      }
    guard offset != 0 else { return ["\(product) = \(shortNumber(exact))"] }
    let (sign, size) = product.hasPrefix("-") ? ("-", product.dropFirst()) : ("+", product[...])
    return ["\(shortNumber(offset)) \(sign) \(size) = \(shortNumber(exact))"]
  }

  /// Rounding and saturation.
  func ending(_ exact: Double, _ channel: PixelTrace.Channel) -> [String] {
    guard trace.output.isInteger else { return ["result \(shortNumber(channel.result))"] }
    let rounded = exact.rounded(.toNearestOrEven)
    let range = trace.output.range
    var lines: [String] = []
    if rounded != exact { lines.append("rounded half to even: \(decimal(rounded + 0))") }
    if !range.contains(rounded) {
      lines.append(
        "saturated to \(decimal(range.lowerBound)) … \(decimal(range.upperBound)): "
          + decimal(channel.result))
    }
    return lines + ["result \(decimal(channel.result))"]
  }

  /// The window's samples, those from outside marked.
  func samples(of window: PixelTrace.Window) -> NumberTable {
    NumberTable(
      width: window.width, values: window.samples,
      isMarked: window.isOutside.contains(true) ? window.isOutside : [],
      hidesMarked: trace.edge == .renormalize)
  }
}
