/// How Canny's method came to its verdict on one sample.
///
/// Thresholds are in sample units, rounded down, the lower one first.
public struct CannyTrace: Sendable {
  /// Sobel's gradient at one place.
  public struct Gradient: Sendable {
    public let x: Int
    public let y: Int
    public let dx: Int
    public let dy: Int
    // |dx| + |dy|
    public var magnitude: Int { abs(dx) + abs(dy) }
  }

  /// The line across the edge, along which magnitudes are compared.
  public enum Direction: String, Sendable {
    case horizontal, vertical
    case falling = "diagonal, to the lower right"
    case rising = "diagonal, to the upper right"
  }

  public enum Verdict: Sendable {
    /// Not above the lower threshold.
    case tooWeak
    /// Not the strongest across the edge.
    case suppressed
    /// Above the higher threshold.
    case strong
    /// Between the thresholds, but joined to a strong one through so many edge samples.
    case connected(to: Gradient, steps: Int)
    /// Between the thresholds, and joined to none.
    case alone
  }

  public let low: Int
  public let high: Int
  public let gradient: Gradient
  public let direction: Direction
  /// The two next to it across the edge; outside of the picture magnitudes are 0.
  public let before: Gradient
  public let after: Gradient
  /// Whether `after` may be as strong, so that one of two equals is kept.
  public let allowsEqualAfter: Bool
  public private(set) var verdict: Verdict

  /// Whether the magnitude is the largest across the edge.
  public var isRidge: Bool {
    gradient.magnitude > before.magnitude
      && (gradient.magnitude > after.magnitude
        || (allowsEqualAfter && gradient.magnitude == after.magnitude))
  }

  /// `plane` is what Canny took, `result` what it gave.
  init(
    of plane: Plane, edge: EdgeMode, low: Double, high: Double, result: Plane, x: Int, y: Int
  ) {
    let field = GradientField(
      plane: plane, edge: edge, width: result.width, height: result.height)
    func whole(_ level: Double) -> Int { Int(max(-1, min(level, 0x1p30)).rounded(.down)) }
    (self.low, self.high) = (whole(min(low, high)), whole(max(low, high)))
    gradient = field[x, y]
    let (steepX, steepY) = (abs(gradient.dx), abs(gradient.dy) << 15)
    let tangent = 13_573 * steepX  // tan 22.5° · 2¹⁵
    if steepY < tangent {
      direction = .horizontal
    } else if steepY > tangent + steepX << 16 {
      direction = .vertical
    } else {
      direction = (gradient.dx ^ gradient.dy) < 0 ? .rising : .falling
    }
    let (stepX, stepY) = direction.step
    before = field[x - stepX, y - stepY]
    after = field[x + stepX, y + stepY]
    allowsEqualAfter = direction == .horizontal || direction == .vertical
    verdict = .alone
    verdict = judged(field, result)
  }

  private func judged(_ field: GradientField, _ result: Plane) -> Verdict {
    if gradient.magnitude <= low { return .tooWeak }
    if !isRidge { return .suppressed }
    if gradient.magnitude > high { return .strong }
    guard result[gradient.x, gradient.y] > 0 else { return .alone }
    // The nearest strong one, step by step over the edge's samples.
    var reached: Set = [gradient.y * result.width + gradient.x]
    var front = [gradient]
    var steps = 0
    while !front.isEmpty {
      steps += 1
      var next: [Gradient] = []
      for place in front {
        for v in max(0, place.y - 1)...min(result.height - 1, place.y + 1) {
          for u in max(0, place.x - 1)...min(result.width - 1, place.x + 1)
          where result[u, v] > 0 && reached.insert(v * result.width + u).inserted {
            next.append(field[u, v])
          }
        }
      }
      if let strong = next.first(where: { $0.magnitude > high }) {
        return .connected(to: strong, steps: steps)
      }
      front = next
    }
    return .alone
  }
}

extension CannyTrace.Direction {
  /// From one sample to the next.
  fileprivate var step: (x: Int, y: Int) {
    switch self {
    case .horizontal: (1, 0)
    case .vertical: (0, 1)
    case .falling: (1, 1)
    case .rising: (-1, 1)
    }
  }
}

/// Sobel's gradient of a plane, place by place.
private struct GradientField {
  let plane: Plane
  let edge: EdgeMode
  /// Of the gradient picture.
  let width: Int
  let height: Int

  subscript(x: Int, y: Int) -> CannyTrace.Gradient {
    guard 0..<width ~= x, 0..<height ~= y else {
      return CannyTrace.Gradient(x: x, y: y, dx: 0, dy: 0)
    }
    let first = edge == .crop ? 0 : -1
    func at(_ j: Int, _ i: Int) -> Int {
      let column = edge.sourceIndex(x + first + j, count: plane.width)
      let row = edge.sourceIndex(y + first + i, count: plane.height)
      if row < 0 || column < 0 { return Int(border) }
      return Int(plane[column, row])
    }
    return CannyTrace.Gradient(
      x: x, y: y,
      dx: (at(2, 0) + 2 * at(2, 1) + at(2, 2)) - (at(0, 0) + 2 * at(0, 1) + at(0, 2)),
      dy: (at(0, 2) + 2 * at(1, 2) + at(2, 2)) - (at(0, 0) + 2 * at(1, 0) + at(2, 0)))
  }

  private var border: Double {
    if case .pad(let value) = edge { value } else { 0 }
  }
}
