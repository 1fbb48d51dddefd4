extension ReferencePlane {
  /// The middle of the `size`² values around each pixel, in order of size.
  ///
  ///     out(y, x) = median { src(y + i, x + j) : −size/2 ≤ i, j ≤ size/2 }
  ///
  /// `size` is odd. Values are replaced by their ranks, and the ranks inside the window are counted; a
  /// step to the right takes one column out of the count and another in.
  ///
  /// - Shapes: `W × H`; with `crop` `(W − size + 1) × (H − size + 1)`.
  /// - Throws: `edgeNotAvailable` for `renormalize`, `smallerThanKernel` with `crop`, `notANumber`.
  /// - Source: Huang, Yang & Tang 1979, doi:10.1109/TASSP.1979.1163188.
  package func median(
    size: Int, edge: ReferenceEdge, progress: ReferenceProgress = { _, _ in }
  ) throws(ReferenceError) -> ReferencePlane {
    precondition(size > 0 && size % 2 == 1, "a median of \(size)×\(size)")
    if edge == .renormalize { throw .edgeNotAvailable(operation: "median", edge: edge) }
    if let place = values.firstIndex(where: \.isNaN) {
      throw .notANumber(x: place % width, y: place / width)
    }
    let output = try outputSize(windowWidth: size, windowHeight: size, edge: edge)
    let columns = edge.table(count: width, reach: size, anchor: size / 2)
    let rows = edge.table(count: height, reach: size, anchor: size / 2)
    let ordered = Set(values + [edge.outside]).sorted()
    let rankOf = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
    let ranks = values.map { rankOf[$0] ?? 0 }
    let outside = rankOf[edge.outside] ?? 0
    var medians = [Double]()
    medians.reserveCapacity(output.width * output.height)
    func rank(_ row: Int, _ column: Int) -> Int {
      row < 0 || column < 0 ? outside : ranks[row * width + column]
    }
    for y in 0..<output.height {
      var window = RankCounts(count: ordered.count)
      let windowRows = rows[y..<(y + size)]
      for row in windowRows {
        for column in columns[..<size] { window.insert(rank(row, column)) }
      }
      for x in 0..<output.width {
        if x > 0 {
          for row in windowRows {
            window.remove(rank(row, columns[x - 1]))
            window.insert(rank(row, columns[x + size - 1]))
          }
        }
        medians.append(ordered[window.rank(at: size * size / 2)])
      }
      progress(y + 1, output.height)
    }
    return ReferencePlane(width: output.width, height: output.height, values: medians)
  }
}

/// How often each rank lies in a window.
private struct RankCounts {
  private var counts: [Int]
  /// The rank that was asked for last, and how many in the window are below it.
  private var rank = 0
  private var below = 0

  init(count: Int) { counts = [Int](repeating: 0, count: count) }

  mutating func insert(_ rank: Int) {
    counts[rank] += 1
    if rank < self.rank { below += 1 }
  }

  mutating func remove(_ rank: Int) {
    counts[rank] -= 1
    if rank < self.rank { below -= 1 }
  }

  /// The rank of the value at a place in order of size; not far from where the last one was.
  mutating func rank(at place: Int) -> Int {
    while below > place {
      rank -= 1
      below -= counts[rank]
    }
    while below + counts[rank] <= place {
      below += counts[rank]
      rank += 1
    }
    return rank
  }
}
