internal import VizCNN

/// A trace as text and as JSON.
struct TraceReport {
  let trace: PixelTrace
  let name: String
  /// Kernels with more taps a side are summed up.
  private let largestTable = 15

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
      lines += ["", "* outside of the picture: edge \(trace.edge) \(supply)"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var supply: String {
    trace.edge == .renormalize ? "leaves these taps out" : "supplied the sample"
  }

  private func body(_ channel: PixelTrace.Channel) -> [String] {
    switch channel.step {
    case .gray(let red, let green, let blue):
      return [
        "(9798 · \(shortNumber(red)) + 19235 · \(shortNumber(green)) + 3735 · \(shortNumber(blue))"
          + " + 16384) >> 15 = \(shortNumber(channel.result))"
      ]
    case .operation:
      return window(channel) + operation(channel)
    case .kernels(let responses, let combination, let scale, let offset, let exact):
      var lines: [String] = []
      for (i, response) in responses.enumerated() {
        if responses.count > 1 { lines.append("kernel \(i + 1) of \(responses.count)") }
        lines += arithmetic(response, channel.window, index: responses.count > 1 ? i + 1 : nil)
      }
      let sums = responses.map { shortNumber($0.sum) }
      switch combination {
      case .single: break
      case .magnitude:
        let squares = sums.map { $0.hasPrefix("-") ? "(\($0))²" : "\($0)²" }
        lines.append(
          "√(\(squares.joined(separator: " + "))) = \(shortNumber((exact - offset) / scale))")
      case .maximum:
        lines.append("largest of \(sums.joined(separator: ", "))")
      }
      if scale != 1 || offset != 0 {
        lines.append(
          "\(shortNumber(offset)) + \(shortNumber(scale)) · "
            + "\(combination == .single ? "Σ" : "that") = \(shortNumber(exact))")
      }
      return lines + ending(exact, channel)
    }
  }

  /// Rounding and saturation.
  private func ending(_ exact: Double, _ channel: PixelTrace.Channel) -> [String] {
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

  private func operation(_ channel: PixelTrace.Channel) -> [String] {
    guard trace.stepName == "median" else { return ["result \(shortNumber(channel.result))"] }
    let sorted = channel.window.samples.sorted()
    let middle = sorted.count / 2
    guard sorted.count <= 49 else { return ["the middle one: \(shortNumber(channel.result))"] }
    let words = sorted.enumerated().map { i, value in
      i == middle ? "[\(shortNumber(value))]" : shortNumber(value)
    }
    return ["sorted: " + words.joined(separator: " "), "result \(shortNumber(channel.result))"]
  }

  private func window(_ channel: PixelTrace.Channel) -> [String] {
    let window = channel.window
    let table = NumberTable(
      width: window.width, values: window.samples,
      isMarked: window.isOutside.contains(true) ? window.isOutside : [], limit: largestTable)
    return ["samples"] + table.lines.map { "  \($0)" }
  }

  private func arithmetic(
    _ response: PixelTrace.Response, _ window: PixelTrace.Window, index: Int?
  ) -> [String] {
    let kernel = response.kernel
    let name = index.map { "Σ\($0)" } ?? "Σ"
    var lines: [String]
    if max(kernel.width, kernel.height) > largestTable {
      lines = largestProducts(response, window)
    } else {
      func table(_ values: [Double], _ marks: [Bool] = []) -> [String] {
        NumberTable(
          width: kernel.width, values: values, isMarked: marks,
          hidesMarked: trace.edge == .renormalize
        ).lines
      }
      let marks = window.isOutside.contains(true) ? window.isOutside : []
      let columns = [
        ["samples"] + table(window.samples, marks), ["taps"] + table(kernel.taps),
        ["products"] + table(response.products),
      ]
      lines = Self.sideBySide(columns, marks: ["", "×", "="])
    }
    if let (total, inside) = response.renormalization {
      lines.append(
        "taps inside \(shortNumber(inside)) of \(shortNumber(total)): the sum is rescaled")
    }
    return lines + ["\(name) = \(shortNumber(response.sum))"]
  }

  /// The products that matter most, for kernels too large for a table.
  private func largestProducts(
    _ response: PixelTrace.Response, _ window: PixelTrace.Window
  ) -> [String] {
    let kernel = response.kernel
    let order = response.products.indices.sorted {
      abs(response.products[$0]) > abs(response.products[$1])
    }
    let rows = order.prefix(10).map { i in
      "row \(i / kernel.width), column \(i % kernel.width): "
        + "\(shortNumber(window.samples[i]))\(window.isOutside[i] ? "*" : "") × "
        + "\(shortNumber(kernel.taps[i])) = \(shortNumber(response.products[i]))"
    }
    let count = kernel.taps.filter { $0 != 0 }.count
    return ["\(kernel.width)×\(kernel.height) taps, \(count) not 0; the largest products:"]
      + rows.map { "  \($0)" }
  }

  private static func sideBySide(_ columns: [[String]], marks: [String]) -> [String] {
    let widths = columns.map { $0.map(\.count).max() ?? 0 }
    let height = columns.map(\.count).max() ?? 0
    return (0..<height).map { y in
      var line = ""
      for (i, column) in columns.enumerated() {
        let mark = y == 1 + (height - 1) / 2 ? marks[i] : ""
        if i > 0 { line += "  \(padded(mark, to: 1))  " }
        line += padded(y < column.count ? column[y] : "", to: widths[i])
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
