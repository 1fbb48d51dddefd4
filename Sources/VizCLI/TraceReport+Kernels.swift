internal import VizCNN

// Sums of products.
extension TraceReport {
  /// The sums of all kernels and how they become one; of a compass, the arithmetic of the strongest.
  func sums(
    _ responses: [PixelTrace.Response], _ combination: KernelBank.Combination,
    _ window: PixelTrace.Window
  ) -> [String] {
    let texts = responses.map { shortNumber($0.sum) }
    func part(_ i: Int) -> [String] {
      ["kernel \(i + 1) of \(responses.count)"] + arithmetic(responses[i], window, sum: "Σ\(i + 1)")
    }
    switch combination {
    case .single:
      return arithmetic(responses[0], window, sum: "Σ")
    case .magnitude:
      let squares = texts.map { $0.hasPrefix("-") ? "(\($0))²" : "\($0)²" }
      let length = responses.reduce(0) { $0 + $1.sum * $1.sum }.squareRoot()
      return responses.indices.flatMap(part)
        + ["√(\(squares.joined(separator: " + "))) = \(shortNumber(length))"]
    case .maximum:
      let best = responses.indices.max { responses[$0].sum < responses[$1].sum } ?? 0
      let first = responses.firstIndex { $0.sum == responses[best].sum } ?? best
      let title = "Σ1 … Σ\(responses.count) ="
      return part(first) + Self.wrapped(title, [texts.joined(separator: ", ")])
        + ["the largest: Σ\(first + 1) = \(texts[first])"]
    }
  }

  private func arithmetic(
    _ response: PixelTrace.Response, _ window: PixelTrace.Window, sum name: String
  ) -> [String] {
    let kernel = response.kernel
    let lines =
      max(kernel.width, kernel.height) > Self.largestTable
      ? largestProducts(response, window) : tables(response, window)
    guard let (total, inside) = response.renormalization else {
      return lines + ["\(name) = \(shortNumber(response.sum))"]
    }
    let plain = response.products.reduce(0, +)
    return lines + [
      "taps inside: \(shortNumber(inside)) of \(shortNumber(total)), which the sum makes up for",
      "\(name) = \(shortNumber(plain)) · \(shortNumber(total)) / \(shortNumber(inside)) = "
        + shortNumber(response.sum),
    ]
  }

  /// Samples × taps = products, side by side where lines are long enough for that, else one below the
  /// other.
  private func tables(
    _ response: PixelTrace.Response, _ window: PixelTrace.Window
  ) -> [String] {
    let limit = Self.width - 4
    let width = response.kernel.width
    let titles = ["samples", "taps", "products"]
    for digits in [Int?.none, 3] {
      let tables = [
        samples(of: window), NumberTable(width: width, values: response.kernel.taps),
        NumberTable(width: width, values: response.products),
      ].map { table in
        var table = table
        table.significantDigits = digits
        return table
      }
      let columns = zip(titles, tables).map { [$0] + $1.lines }
      let lines = Self.sideBySide(columns, marks: ["", "×", "="])
      if lines.allSatisfy({ $0.count <= limit }) { return lines }
      if digits != nil {
        return zip(zip(["", "× ", "= "], titles), tables).flatMap { title, table in
          [title.0 + title.1] + table.lines(within: limit - 2).map { "  \($0)" }
        }
      }
    }
    return []
  }

  /// The products that matter most, for kernels too large for a table.
  private func largestProducts(
    _ response: PixelTrace.Response, _ window: PixelTrace.Window
  ) -> [String] {
    let kernel = response.kernel
    let order = response.products.indices.filter { kernel.taps[$0] != 0 }.sorted {
      abs(response.products[$0]) > abs(response.products[$1])
    }
    let rows = order.prefix(10).map { i in
      "row \(i / kernel.width), column \(i % kernel.width): "
        + "\(shortNumber(window.samples[i]))\(window.isOutside[i] ? "*" : "") × "
        + "\(shortNumber(kernel.taps[i])) = \(shortNumber(response.products[i]))"
    }
    let rest = order.dropFirst(10)
    let others =
      rest.isEmpty
      ? []
      : [
        "… and \(rest.count) more, which add up to "
          + shortNumber(rest.reduce(0) { $0 + response.products[$1] })
      ]
    return ["\(kernel.width)×\(kernel.height) taps, \(order.count) not 0; the largest products:"]
      + (rows + others).map { "  \($0)" }
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
