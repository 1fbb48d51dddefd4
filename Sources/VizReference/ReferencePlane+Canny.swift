/// How Canny's detector measures a gradient.
package enum ReferenceNorm: Sendable, CaseIterable {
  /// |dx| + |dy|
  case l1
  /// √(dx² + dy²), compared by squares.
  case l2
}

extension ReferencePlane {
  /// Canny's edges: ridges of the gradient that are high somewhere and nowhere low.
  ///
  /// 1. Samples are rounded half to even; dx and dy are the 3×3 Sobel sums of the rounded picture.
  /// 2. m = |dx| + |dy|, or dx² + dy² against squared thresholds; thresholds are rounded down.
  ///    Outside the gradient picture m = 0.
  /// 3. With x = |dx|, y = |dy| · 2¹⁵ and t = 13573 · x (13573 / 2¹⁵ = tan 22.5°) a pixel is on a
  ///    ridge where
  ///
  ///         y < t              m > left, m ≥ right
  ///         y > t + x · 2¹⁶    m > above, m ≥ below       (tan 67.5° = tan 22.5° + 2)
  ///         else               m > above[−s], m > below[+s],   s = −1 if dx and dy differ in sign, else 1
  ///
  /// 4. Ridges with m > high are edges, and so are ridges with m > low that touch an edge, by a
  ///    side or a corner. Edges are `highest`, all else 0.
  ///
  /// The thresholds are exchanged where `low` is the higher one. `edge` is how the Sobel sums see the
  /// outside; OpenCV's detector extends.
  ///
  /// - Shapes: `W × H`; with `crop` `(W − 2) × (H − 2)`.
  /// - Throws: `smallerThanKernel` with `crop`, `edgeNotAvailable` for `renormalize`.
  /// - Source: Canny 1986, doi:10.1109/TPAMI.1986.4767851; the integer form is OpenCV's.
  package func canny(
    low: Double, high: Double, norm: ReferenceNorm = .l1, edge: ReferenceEdge = .extend,
    highest: Double = 255
  ) throws(ReferenceError) -> ReferencePlane {
    if edge == .renormalize { throw .edgeNotAvailable(operation: "canny", edge: edge) }
    let gradient = try GradientField(of: self, norm: norm, edge: edge)
    let lower = norm.threshold(min(low, high))
    let upper = norm.threshold(max(low, high))
    var isEdge = [Bool](repeating: false, count: gradient.width * gradient.height)
    var isRidge = isEdge
    var reached: [(x: Int, y: Int)] = []
    for y in 0..<gradient.height {
      for x in 0..<gradient.width where gradient[x, y] > lower && gradient.isRidge(x, y) {
        isRidge[y * gradient.width + x] = true
        if gradient[x, y] > upper {
          isEdge[y * gradient.width + x] = true
          reached.append((x, y))
        }
      }
    }
    while let (x, y) = reached.popLast() {
      for v in max(y - 1, 0)...min(y + 1, gradient.height - 1) {
        for u in max(x - 1, 0)...min(x + 1, gradient.width - 1) {
          let i = v * gradient.width + u
          if isRidge[i] && !isEdge[i] {
            isEdge[i] = true
            reached.append((u, v))
          }
        }
      }
    }
    return ReferencePlane(
      width: gradient.width, height: gradient.height, values: isEdge.map { $0 ? highest : 0 })
  }
}

extension ReferenceNorm {
  /// A threshold in the unit of the magnitudes.
  fileprivate func threshold(_ value: Double) -> Int {
    let scaled = self == .l2 && value > 0 ? value * value : value
    return Int(exactly: max(-0x1p62, min(0x1p62, scaled)).rounded(.down)) ?? 0
  }
}

/// The Sobel gradient of a picture in whole numbers.
private struct GradientField {
  let width: Int
  let height: Int
  private var dx: [Int]
  private var dy: [Int]
  private var magnitudes: [Int]

  /// Samples beyond ±2²⁷ count as ±2²⁷, so that their gradients' squares fit 64 bits.
  init(of plane: ReferencePlane, norm: ReferenceNorm, edge: ReferenceEdge) throws(ReferenceError) {
    let output = try plane.outputSize(windowWidth: 3, windowHeight: 3, edge: edge)
    (width, height) = output
    let samples = plane.values.map(wholeSample)
    let outside = wholeSample(edge.outside)
    let columns = edge.table(count: plane.width, reach: 3, anchor: 1)
    let rows = edge.table(count: plane.height, reach: 3, anchor: 1)
    dx = []
    dy = []
    magnitudes = []
    for y in 0..<height {
      for x in 0..<width {
        func at(_ j: Int, _ i: Int) -> Int {
          let (row, column) = (rows[y + i], columns[x + j])
          return row < 0 || column < 0 ? outside : samples[row * plane.width + column]
        }
        let (nw, n, ne) = (at(0, 0), at(1, 0), at(2, 0))
        let (w, e) = (at(0, 1), at(2, 1))
        let (sw, s, se) = (at(0, 2), at(1, 2), at(2, 2))
        let horizontal = (ne + 2 * e + se) - (nw + 2 * w + sw)
        let vertical = (sw + 2 * s + se) - (nw + 2 * n + ne)
        dx.append(horizontal)
        dy.append(vertical)
        magnitudes.append(
          norm == .l1
            ? abs(horizontal) + abs(vertical) : horizontal * horizontal + vertical * vertical)
      }
    }
  }

  /// The magnitude at a pixel; 0 outside.
  subscript(x: Int, y: Int) -> Int {
    0 <= x && x < width && 0 <= y && y < height ? magnitudes[y * width + x] : 0
  }

  /// Whether a pixel's magnitude is the largest across its edge.
  func isRidge(_ x: Int, _ y: Int) -> Bool {
    let i = y * width + x
    let m = magnitudes[i]
    let (steepX, steepY) = (abs(dx[i]), abs(dy[i]) << 15)
    let tangent = 13_573 * steepX
    if steepY < tangent { return m > self[x - 1, y] && m >= self[x + 1, y] }
    if steepY > tangent + steepX << 16 { return m > self[x, y - 1] && m >= self[x, y + 1] }
    let s = dx[i] ^ dy[i] < 0 ? -1 : 1
    return m > self[x - s, y - 1] && m > self[x + s, y + 1]
  }
}

/// A sample rounded half to even; NaN is 0.
private func wholeSample(_ value: Double) -> Int {
  if value.isNaN { return 0 }
  return Int(max(-0x1p27, min(0x1p27, value)).rounded(.toNearestOrEven))
}
