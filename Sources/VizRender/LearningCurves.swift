public import VizImage

/// How loss and accuracy went from epoch to epoch, on what was learned from and on what was held back.
///
/// Each line has its name at its end; the epoch that was chosen is marked.
public struct LearningCurves: Sendable {
  public struct Epoch: Sendable {
    public let number: Int
    public let loss: Double
    public let accuracy: Double
    /// Of the pictures that were held back; nil where none were.
    public let heldLoss: Double?
    public let heldAccuracy: Double?

    public init(
      number: Int, loss: Double, accuracy: Double, heldLoss: Double? = nil,
      heldAccuracy: Double? = nil
    ) {
      (self.number, self.loss, self.accuracy) = (number, loss, accuracy)
      (self.heldLoss, self.heldAccuracy) = (heldLoss, heldAccuracy)
    }
  }

  public var title: String
  public var epochs: [Epoch]
  /// The number of the epoch that was chosen.
  public var best: Int?
  public var theme: Theme

  public init(title: String, epochs: [Epoch], best: Int?, theme: Theme = .light) {
    precondition(!epochs.isEmpty, "curves of no epoch")
    (self.title, self.epochs, self.best, self.theme) = (title, epochs, best, theme)
  }

  public func image() -> Image { drawing.image }

  /// The same as text of SVG.
  public func svg() -> String { drawing.svg }

  private static let margin = 28.0
  private static let panel = (width: 430.0, height: 260.0)
  private let titleStyle = TextStyle(size: 18, weight: .bold)

  private var drawing: Drawing {
    let (margin, panel) = (Self.margin, Self.panel)
    let top = margin + Double(titleStyle.lineHeight) + 30
    let width = 2 * (Panel.left + panel.width + Panel.right) + 2 * margin
    var drawing = Drawing(
      width: Int(width), height: Int(top + panel.height + Panel.bottom + margin),
      background: theme.background)
    drawing.marks.append(
      .text(
        titleStyle.ellipsized(title, toWidth: Int(width - 2 * margin)),
        .init(margin, margin + Double(titleStyle.baseline)), titleStyle, theme.text))
    let numbers = epochs.map(\.number)
    func line(_ name: String, _ color: Color, _ values: [Double?]) -> Panel.Line {
      Panel.Line(
        name: name, color: color,
        points: zip(numbers, values).compactMap { number, value in
          value.flatMap { $0.isFinite ? (number, $0) : nil }
        })
    }
    for (i, (name, unit, lines)) in [
      (
        "Loss", "mean over pictures",
        [
          line("training", theme.mutedText, epochs.map(\.loss)),
          line("held back", theme.accent, epochs.map(\.heldLoss)),
        ]
      ),
      (
        "Accuracy", "% of pictures",
        [
          line("training", theme.mutedText, epochs.map { 100 * $0.accuracy }),
          line("held back", theme.accent, epochs.map { $0.heldAccuracy.map { 100 * $0 } }),
        ]
      ),
    ].enumerated() {
      Panel(
        title: name, unit: unit, lines: lines.filter { !$0.points.isEmpty },
        epochs: (numbers.min() ?? 1)...(numbers.max() ?? 1), best: best,
        axis: ValueAxis(lines.flatMap(\.points), isShare: i == 1),
        x: margin + Panel.left + Double(i) * (Panel.left + panel.width + Panel.right), y: top,
        width: panel.width, height: panel.height, theme: theme
      ).draw(on: &drawing)
    }
    return drawing
  }
}

/// One pair of axes with its lines.
private struct Panel {
  struct Line {
    let name: String
    let color: Color
    let points: [ValueAxis.Value]
  }

  let title: String
  let unit: String
  let lines: [Line]
  let epochs: ClosedRange<Int>
  let best: Int?
  let axis: ValueAxis
  let x: Double
  let y: Double
  let width: Double
  let height: Double
  let theme: Theme

  /// Room for ticks, for names of lines, and for the axis below.
  static let left = 52.0
  static let right = 112.0
  static let bottom = 44.0

  private let style = TextStyle(size: 13)
  private let boldStyle = TextStyle(size: 14, weight: .bold)

  private func place(_ epoch: Int, _ value: Double) -> Drawing.Point {
    let span = Double(epochs.upperBound - epochs.lowerBound)
    // A single epoch is at the end, where the names of lines are.
    let share = span == 0 ? 1 : Double(epoch - epochs.lowerBound) / span
    return .init(x + share * width, y + (1 - axis.level(of: value)) * height)
  }

  func draw(on drawing: inout Drawing) {
    drawing.marks.append(.text(title, .init(x, y - 14), boldStyle, theme.text))
    drawing.marks.append(
      .text(
        unit + axis.note, .init(x + Double(boldStyle.width(of: title)) + 8, y - 14), style,
        theme.mutedText))
    drawAxes(on: &drawing)
    drawBest(on: &drawing)
    for line in lines {
      let points = line.points.map { (place: place($0.epoch, $0.value), value: $0.value) }
      drawing.marks.append(.line(points.map(\.place), width: 2.2, line.color))
      // A point alone is all that there is to see.
      let radius = points.count == 1 ? 4 : 2.6
      for point in points {
        if !axis.range.contains(point.value) {
          let isUp = point.value > axis.range.upperBound
          drawArrow(at: point.place, isUp: isUp, line.color, on: &drawing)
        } else if points.count <= 30 {
          drawing.marks.append(.dot(point.place, radius: radius, line.color))
        }
      }
    }
    drawNames(on: &drawing)
  }

  /// At a point that lies beyond the axis.
  private func drawArrow(
    at tip: Drawing.Point, isUp: Bool, _ color: Color, on drawing: inout Drawing
  ) {
    let foot = tip.y + (isUp ? 7 : -7)
    drawing.marks.append(
      .line([.init(tip.x - 5, foot), tip, .init(tip.x + 5, foot)], width: 2.2, color))
  }

  private func drawAxes(on drawing: inout Drawing) {
    for tick in axis.ticks {
      let point = place(epochs.lowerBound, tick)
      drawing.marks.append(.fill(x: x, y: point.y, width: width, height: 1, theme.panel))
      drawing.marks.append(
        .text(
          ShortNumber.text(tick), .init(x - 8, point.y + Double(style.capHeight) / 2), style,
          theme.mutedText, .right))
    }
    drawing.marks.append(.fill(x: x, y: y + height, width: width, height: 1, theme.line))
    let ends = Double(epochs.lowerBound)...Double(max(epochs.upperBound, epochs.lowerBound + 1))
    for tick in Ticks(ends, most: 10).values where tick == tick.rounded() {
      guard epochs.contains(Int(tick)) else { continue }
      let point = place(Int(tick), axis.range.lowerBound)
      drawing.marks.append(.fill(x: point.x, y: y + height, width: 1, height: 5, theme.line))
      drawing.marks.append(
        .text(
          "\(Int(tick))", .init(point.x, y + height + 20), style, theme.mutedText, .center))
    }
    drawing.marks.append(
      .text(
        "epoch", .init(x + width / 2, y + height + 40), style, theme.mutedText, .center))
  }

  private func drawBest(on drawing: inout Drawing) {
    guard let best, epochs.contains(best), let line = lines.last,
      let value = line.points.first(where: { $0.epoch == best })?.value
    else { return }
    let point = place(best, value)
    drawing.marks.append(
      .line(
        [.init(point.x, y), .init(point.x, y + height)], width: 1.2, dash: 4, theme.warning))
    drawing.marks.append(.dot(point, radius: 5.5, theme.warning))
    let text = "best: epoch \(best), \(axis.number(value))\(axis.isShare ? " %" : "")"
    let place = bestPlace(point, width: Double(style.width(of: text)))
    drawing.marks.append(.text(text, place, style, theme.warning))
  }

  /// Where the words of the best epoch begin: beside its line, where no curve is, as far from the point as that can
  /// be; above the axes where there is no such place.
  private func bestPlace(_ point: Drawing.Point, width textWidth: Double) -> Drawing.Point {
    let capHeight = Double(style.capHeight)
    let curves = lines.map { line in line.points.map { place($0.epoch, $0.value) } }
    func isFree(_ start: Drawing.Point, room: Double) -> Bool {
      let box = Box(
        x: start.x - room...start.x + textWidth + room,
        y: start.y - capHeight - room...start.y + room)
      return !curves.contains { curve in
        curve.contains(where: box.holds)
          || zip(curve, curve.dropFirst()).contains { box.isCrossed(from: $0, to: $1) }
      }
    }
    let starts = [point.x + 8, point.x - 8 - textWidth].filter {
      $0 >= x + 4 && $0 + textWidth <= x + width
    }
    let baselines = stride(from: y + capHeight + 4, through: y + height - 10, by: 2)
      .sorted { abs($0 - point.y) > abs($1 - point.y) }
    for room in [14.0, 5] {
      for baseline in baselines {
        for start in starts where isFree(.init(start, baseline), room: room) {
          return .init(start, baseline)
        }
      }
    }
    return .init(min(point.x, x + width - textWidth), y - 2)
  }

  /// At the ends of the lines, a line of text apart.
  private func drawNames(on drawing: inout Drawing) {
    var ends = lines.compactMap { line in
      line.points.last.map { (line: line, value: $0.value, y: place($0.epoch, $0.value).y) }
    }.sorted { $0.y < $1.y }
    let apart = Double(style.lineHeight)
    for i in ends.indices.dropFirst() where ends[i].y - ends[i - 1].y < apart {
      let middle = (ends[i].y + ends[i - 1].y) / 2
      (ends[i - 1].y, ends[i].y) = (middle - apart / 2, middle + apart / 2)
    }
    for end in ends {
      let last = place(epochs.upperBound, end.value).x
      drawing.marks.append(
        .text(
          "\(end.line.name) \(axis.number(end.value))",
          .init(last + 10, end.y + Double(style.capHeight) / 2), style, end.line.color))
    }
  }
}

/// A rectangle.
private struct Box {
  let x: ClosedRange<Double>
  let y: ClosedRange<Double>

  func holds(_ point: Drawing.Point) -> Bool { x.contains(point.x) && y.contains(point.y) }

  /// Whether a straight line goes through it.
  func isCrossed(from a: Drawing.Point, to b: Drawing.Point) -> Bool {
    // What of the line, as shares of it, is within both pairs of sides.
    func shares(_ a: Double, _ b: Double, _ side: ClosedRange<Double>) -> ClosedRange<Double>? {
      if a == b { return side.contains(a) ? 0...1 : nil }
      let ends = [(side.lowerBound - a) / (b - a), (side.upperBound - a) / (b - a)].sorted()
      let (first, last) = (max(ends[0], 0), min(ends[1], 1))
      return first <= last ? first...last : nil
    }
    guard let across = shares(a.x, b.x, x), let down = shares(a.y, b.y, y) else { return false }
    return across.overlaps(down)
  }
}
