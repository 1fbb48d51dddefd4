internal import VizCNN

// Steps that are no sums of products.
extension TraceReport {
  func gray(
    _ red: Double, _ green: Double, _ blue: Double, _ channel: PixelTrace.Channel
  ) -> [String] {
    let sum =
      "9798 · \(shortNumber(red)) + 19235 · \(shortNumber(green)) + 3735 · \(shortNumber(blue))"
    if trace.source.isInteger {
      let result = shortNumber(channel.result)
      return ["(\(sum) + 16384) >> 15 = \(result)", "result \(result)"]
    }
    let exact = (9798 * red + 19_235 * green + 3735 * blue) / 32_768
    return ["(\(sum)) / 32768 = \(shortNumber(exact))"] + ending(exact, channel)
  }

  func median(_ channel: PixelTrace.Channel) -> [String] {
    let sorted = channel.window.samples.sorted()
    let middle = sorted.count / 2
    // The middle one, with as many on both sides as a line or two hold.
    let reach = min(middle, 24)
    var words = (middle - reach...middle + reach).map { i in
      i == middle ? "[\(shortNumber(sorted[i]))]" : shortNumber(sorted[i])
    }
    if reach < middle { words = ["…"] + words + ["…"] }
    let place = "the middle one of \(sorted.count), number \(middle + 1)"
    return table(of: channel.window) + Self.wrapped("sorted:", words)
      + [sorted.count > 1 ? "\(place): \(shortNumber(sorted[middle]))" : "the only one"]
      + ["result \(shortNumber(channel.result))"]
  }

  func threshold(_ level: Double, _ highest: Double, _ channel: PixelTrace.Channel) -> [String] {
    let sample = channel.window.samples[0]
    let isAbove = sample > level
    let scaled =
      highest == 255
      ? []
      : [
        "level \(shortNumber(level / highest * 255)) / 255 · \(decimal(highest)) = \(shortNumber(level))"
      ]
    return scaled + [
      "\(shortNumber(sample)) \(isAbove ? ">" : "≤") \(shortNumber(level)): "
        + (isAbove ? "above the level, white" : "not above the level, black"),
      "result \(shortNumber(channel.result))",
    ]
  }

  func canny(_ canny: CannyTrace, _ channel: PixelTrace.Channel) -> [String] {
    let (g, s) = (canny.gradient, channel.window.samples.map(shortNumber))
    func weighted(_ a: Int, _ b: Int, _ c: Int) -> String { "(\(s[a]) + 2·\(s[b]) + \(s[c]))" }
    let (before, after) = (canny.before, canny.after)
    let slope = "|gy| / |gx| = \(shortNumber(Double(abs(g.dy)) / Double(max(1, abs(g.dx)))))"
    let sector =
      switch canny.direction {
      case .horizontal: "\(slope) < 0.41421 = tan 22.5°"
      case .vertical: g.dx == 0 ? "gx = 0" : "\(slope) > 2.41421 = tan 67.5°"
      case .falling, .rising:
        g.dx == 0 ? "gx = gy = 0" : "\(slope), between tan 22.5° and tan 67.5°"
      }
    let isAfter =
      canny.allowsEqualAfter ? g.magnitude >= after.magnitude : g.magnitude > after.magnitude
    return table(of: channel.window) + [
      "gx = \(weighted(2, 5, 8)) - \(weighted(0, 3, 6)) = \(g.dx)",
      "gy = \(weighted(6, 7, 8)) - \(weighted(0, 1, 2)) = \(g.dy)",
      "magnitude |gx| + |gy| = \(g.magnitude)",
      "direction \(canny.direction.rawValue): \(sector)",
      "\(g.magnitude) > \(before.magnitude) at \(before.x),\(before.y): "
        + (g.magnitude > before.magnitude ? "yes" : "no"),
      "\(g.magnitude) \(canny.allowsEqualAfter ? "≥" : ">") \(after.magnitude) at "
        + "\(after.x),\(after.y): \(isAfter ? "yes" : "no")",
      "thresholds low \(canny.low), high \(canny.high): \(verdict(canny))",
      "result \(shortNumber(channel.result))",
    ]
  }

  private func verdict(_ canny: CannyTrace) -> String {
    let m = canny.gradient.magnitude
    return switch canny.verdict {
    case .tooWeak: "\(m) ≤ \(canny.low), too weak: no edge"
    case .suppressed: "\(m) is not the largest across the edge, suppressed: no edge"
    case .strong: "a ridge, and \(m) > \(canny.high), strong: an edge"
    case .connected(let strong, let steps):
      "a ridge between them, connected to \(strong.magnitude) > \(canny.high) at "
        + "\(strong.x),\(strong.y), \(steps) \(steps == 1 ? "step" : "steps") away: an edge"
    case .alone: "a ridge between them, connected to none above \(canny.high): no edge"
    }
  }

  private func table(of window: PixelTrace.Window) -> [String] {
    ["samples"] + samples(of: window).lines(within: Self.width - 6).map { "  \($0)" }
  }

  /// Words behind a title, in lines that are indented below it.
  static func wrapped(_ title: String, _ words: [String]) -> [String] {
    var lines = [title]
    for word in words {
      if lines[lines.count - 1].count + 1 + word.count > width - 4 {
        lines.append(String(repeating: " ", count: title.count))
      }
      lines[lines.count - 1] += " " + word
    }
    return lines
  }
}
