extension ReferencePlane {
  /// The response to a kernel: the sum that every linear filter is, exactly rounded nowhere.
  ///
  ///     out(y, x) = Σ_{i, j} k(i, j) · src(y + i − anchorY, x + j − anchorX)
  ///
  /// Products are added in Float64 in row-major order of the taps. Zero taps are skipped, also over
  /// NaN and infinities. `renormalize` is
  ///
  ///     out = Σ_used k · src · Σ_all k / Σ_used k,      used: the taps that lie inside,
  ///
  /// evaluated as `sum * total / used`, and the plain sum where no tap but zeros is cut off.
  ///
  /// - Shapes: `W × H`; with `crop` `(W − kw + 1) × (H − kh + 1)`.
  /// - Throws: `smallerThanKernel` with `crop`; `negativeTap` and `nothingLeft` with `renormalize`.
  package func correlated(
    with kernel: ReferenceKernel, edge: ReferenceEdge
  ) throws(ReferenceError) -> ReferencePlane {
    if edge == .renormalize { return try renormalized(with: kernel) }
    let size = try outputSize(windowWidth: kernel.width, windowHeight: kernel.height, edge: edge)
    let columns = edge.table(count: width, reach: kernel.width, anchor: kernel.anchorX)
    let rows = edge.table(count: height, reach: kernel.height, anchor: kernel.anchorY)
    var responses: [Double] = []
    responses.reserveCapacity(size.width * size.height)
    var line = [Double](repeating: 0, count: columns.count)
    for y in 0..<size.height {
      var sums = [Double](repeating: 0, count: size.width)
      for i in 0..<kernel.height {
        let taps = kernel.taps[(i * kernel.width)..<((i + 1) * kernel.width)]
        if taps.allSatisfy({ $0 == 0 }) { continue }
        fill(&line, row: rows[y + i], columns: columns, outside: edge.outside)
        for (j, tap) in taps.enumerated() where tap != 0 {
          add(tap, times: line.span.extracting(j..<(j + size.width)), to: &sums)
        }
      }
      responses += sums
    }
    return ReferencePlane(width: size.width, height: size.height, values: responses)
  }

  /// The size of what a window leaves of this plane.
  func outputSize(
    windowWidth: Int, windowHeight: Int, edge: ReferenceEdge
  ) throws(ReferenceError) -> (width: Int, height: Int) {
    if edge != .crop { return (width, height) }
    guard windowWidth <= width, windowHeight <= height else {
      throw .smallerThanKernel(
        width: width, height: height, kernelWidth: windowWidth, kernelHeight: windowHeight)
    }
    return (width - windowWidth + 1, height - windowHeight + 1)
  }

  /// One source row as a kernel sees it, from its first column on the left to its last on the right.
  private func fill(_ line: inout [Double], row: Int, columns: [Int], outside: Double) {
    for x in columns.indices {
      let column = columns[x]
      line[x] = row < 0 || column < 0 ? outside : values[row * width + column]
    }
  }

  private func renormalized(
    with kernel: ReferenceKernel
  ) throws(ReferenceError) -> ReferencePlane {
    if let negative = kernel.taps.firstIndex(where: { $0 < 0 }) {
      throw .negativeTap(x: negative % kernel.width, y: negative / kernel.width)
    }
    let total = kernel.sum
    var sums = [Double](repeating: 0, count: width * height)
    for y in 0..<height {
      var used = [Double](repeating: 0, count: width)
      for i in 0..<kernel.height {
        let row = y + i - kernel.anchorY
        guard 0..<height ~= row else { continue }
        for j in 0..<kernel.width where kernel[j, i] != 0 {
          let (tap, shift) = (kernel[j, i], j - kernel.anchorX)
          for x in max(0, -shift)..<max(0, -shift, min(width, width - shift)) {
            sums[y * width + x] += tap * values[row * width + x + shift]
            used[x] += tap
          }
        }
      }
      for x in 0..<width where used[x] != total {
        guard used[x] > 0 else { throw .nothingLeft(x: x, y: y) }
        sums[y * width + x] = sums[y * width + x] * total / used[x]
      }
    }
    if total == 0 { throw .nothingLeft(x: 0, y: 0) }
    return ReferencePlane(width: width, height: height, values: sums)
  }
}

/// sums[x] += tap · line[x], for every x.
private func add(_ tap: Double, times line: Span<Double>, to sums: inout [Double]) {
  var sums = sums.mutableSpan
  for x in sums.indices { sums[x] += tap * line[x] }
}
