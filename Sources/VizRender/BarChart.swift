public import VizImage

/// One bar: a name and a share of the whole.
public struct Bar: Sendable, Equatable {
  public var name: String
  /// 0 to 1; what is outside is drawn as the nearest of these.
  public var share: Double
  /// Of the class; stands for letters of the name that the font lacks.
  public var number: Int?

  public init(_ name: String, share: Double, number: Int? = nil) {
    self.name = name
    self.share = share
    self.number = number
  }

  /// The name in pictures.
  var label: String { number.map { ClassLabels.text(name, number: $0) } ?? name }
}

/// Probabilities as bars with their names, the largest marked.
public struct BarChart: Sendable {
  public var title: String?
  /// A line below the title.
  public var subtitle: String?
  public var bars: [Bar]
  public var theme: Theme

  public init(
    title: String? = nil, subtitle: String? = nil, bars: [Bar], theme: Theme = .light
  ) {
    self.title = title
    self.subtitle = subtitle
    self.bars = bars
    self.theme = theme
  }

  /// The bar that is marked: the longest, of equal ones the first.
  public var winner: Int? {
    bars.indices.filter { !bars[$0].share.isNaN }.max {
      bars[$0].share < bars[$1].share || (bars[$0].share == bars[$1].share && $0 > $1)
    }
  }

  public func image() -> Image {
    let style = TextStyle(size: 13)
    let bold = TextStyle(size: 13, weight: .bold)
    let titleStyle = TextStyle(size: 14, weight: .bold)
    let (margin, gap, barWidth) = (SheetLayout.margin, 10, 280)
    let names = min(max(bars.map { bold.width(of: $0.label) }.max() ?? 0, 24), 240)
    let rowHeight = style.lineHeight + 4
    let heading = [(title, titleStyle), (subtitle, style)].compactMap { text, style in
      text.map { (text: $0, style: style) }
    }
    let top =
      margin + heading.reduce(0) { $0 + $1.style.lineHeight } + (heading.isEmpty ? 0 : gap / 2)
    let numberWidth = bold.width(of: "100.00 %")
    let width = 2 * margin + names + gap + barWidth + gap + numberWidth
    var canvas = Canvas(
      width: width, height: top + max(bars.count, 1) * rowHeight + margin,
      background: theme.background)
    var y = margin
    for (i, line) in heading.enumerated() {
      canvas.draw(
        line.style.ellipsized(line.text, toWidth: width - 2 * margin), x: margin,
        baseline: y + line.style.baseline, style: line.style,
        color: i == 0 ? theme.text : theme.mutedText)
      y += line.style.lineHeight
    }
    let winner = winner
    for (i, bar) in bars.enumerated() {
      let y = top + i * rowHeight
      let textStyle = i == winner ? bold : style
      let baseline = y + (rowHeight + style.capHeight) / 2
      canvas.draw(
        textStyle.ellipsized(bar.label, toWidth: names), x: margin + names, baseline: baseline,
        style: textStyle, color: theme.text, alignment: .right)
      let x = margin + names + gap
      canvas.fill(x: x, y: y + 4, width: barWidth, height: rowHeight - 8, color: theme.panel)
      canvas.fill(
        x: x, y: y + 4, width: length(of: bar, in: barWidth), height: rowHeight - 8,
        color: i == winner ? theme.accent : theme.line)
      canvas.draw(
        Self.percent(bar.share), x: width - margin, baseline: baseline, style: style,
        color: theme.text, alignment: .right)
    }
    return canvas.image
  }

  /// What is not nothing gets a pixel.
  private func length(of bar: Bar, in width: Int) -> Int {
    guard bar.share > 0 else { return 0 }
    return max(1, Int((min(bar.share, 1) * Double(width)).rounded()))
  }

  /// To hundredths of a percent, as captions and pages show it.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite, abs(share) < 1e6 else { return ShortNumber.text(share) }
    if share > 0, share < 0.000_05 { return "<0.01 %" }
    return ShortNumber.hundredths(100 * share) + " %"
  }
}
