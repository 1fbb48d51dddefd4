/// Called with the rows that are done, and how many there are.
package typealias ReferenceProgress = (_ done: Int, _ total: Int) -> Void

extension ReferencePlane {
  /// The response to a kernel: the sum that every linear filter is, exactly rounded nowhere.
  ///
  ///     out(y, x) = Σ_{i, j} k(i, j) · src(y + i − anchorY, x + j − anchorX)
  ///
  /// Products are added in Float64 in row-major order of the taps; a large kernel that is a few
  /// columns times rows goes along the rows first, then down the columns. Zero taps are skipped, also
  /// over NaN and infinities. `renormalize` is
  ///
  ///     out = Σ_used k · src · Σ_all k / Σ_used k,      used: the taps that lie inside,
  ///
  /// evaluated as `sum * total / used`, and the plain sum where no tap but zeros is cut off.
  ///
  /// - Shapes: `W × H`; with `crop` `(W − kw + 1) × (H − kh + 1)`.
  /// - Throws: `smallerThanKernel` with `crop`; `negativeTap` and `nothingLeft` with `renormalize`.
  package func correlated(
    with kernel: ReferenceKernel, edge: ReferenceEdge, progress: ReferenceProgress = { _, _ in }
  ) throws(ReferenceError) -> ReferencePlane {
    if edge == .renormalize { return try renormalized(with: kernel, progress) }
    let windows = try ReferenceWindows(self, kernel, edge)
    // NaN and infinity under a zero tap would spread through a product.
    if let products = kernel.products(), values.allSatisfy(\.isFinite) {
      return windows.sums(of: products, progress)
    }
    return windows.sums(of: kernel, progress)
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

  /// The taps inside are summed as if zeros lay outside; over a plane of ones, that is their own sum.
  private func renormalized(
    with kernel: ReferenceKernel, _ progress: ReferenceProgress
  ) throws(ReferenceError) -> ReferencePlane {
    if let negative = kernel.taps.firstIndex(where: { $0 < 0 }) {
      throw .negativeTap(x: negative % kernel.width, y: negative / kernel.width)
    }
    let ones = ReferencePlane(
      width: width, height: height, values: [Double](repeating: 1, count: values.count))
    let used = try ones.correlated(with: kernel, edge: .pad(0)) { progress($0, 2 * $1) }
    if let place = used.values.firstIndex(where: { $0 <= 0 }) {
      throw .nothingLeft(x: place % width, y: place / width)
    }
    let sums = try correlated(with: kernel, edge: .pad(0)) { progress($1 + $0, 2 * $1) }
    // Where nothing is cut off: the same sum in the same order.
    let total = used.values.max() ?? 0
    let isCutOffEverywhere = width < kernel.width || height < kernel.height
    let all = isCutOffEverywhere ? kernel.sum : total
    return ReferencePlane(
      width: width, height: height,
      values: values.indices.map { i in
        used.values[i] == all ? sums.values[i] : sums.values[i] * all / used.values[i]
      })
  }
}

/// Where the windows of a kernel lie on a plane.
private struct ReferenceWindows {
  let plane: ReferencePlane
  let width: Int
  let height: Int
  private let columns: [Int]
  private let rows: [Int]
  private let outside: Double

  init(
    _ plane: ReferencePlane, _ kernel: ReferenceKernel, _ edge: ReferenceEdge
  ) throws(ReferenceError) {
    self.plane = plane
    (width, height) = try plane.outputSize(
      windowWidth: kernel.width, windowHeight: kernel.height, edge: edge)
    columns = edge.table(count: plane.width, reach: kernel.width, anchor: kernel.anchorX)
    rows = edge.table(count: plane.height, reach: kernel.height, anchor: kernel.anchorY)
    outside = edge.outside
  }

  func sums(of kernel: ReferenceKernel, _ progress: ReferenceProgress) -> ReferencePlane {
    var responses: [Double] = []
    responses.reserveCapacity(width * height)
    for y in 0..<height {
      var sums = [Double](repeating: 0, count: width)
      for i in 0..<kernel.height {
        let taps = kernel.taps[(i * kernel.width)..<((i + 1) * kernel.width)]
        if taps.allSatisfy({ $0 == 0 }) { continue }
        add(taps, along: line(rows[y + i]), to: &sums)
      }
      responses += sums
      progress(y + 1, height)
    }
    return ReferencePlane(width: width, height: height, values: responses)
  }

  func sums(
    of products: [ReferenceKernel.Product], _ progress: ReferenceProgress
  ) -> ReferencePlane {
    var responses = [Double](repeating: 0, count: width * height)
    let total = products.count * (plane.height + height)
    var done = 0
    func step() {
      done += 1
      progress(done, total)
    }
    for product in products {
      // Along every row of the plane, and along one that lies outside.
      let rowSums = (-1..<plane.height).map { row in
        var sums = [Double](repeating: 0, count: width)
        add(product.row[...], along: line(row), to: &sums)
        if row >= 0 { step() }
        return sums
      }
      for y in 0..<height {
        var sums = Array(responses[(y * width)..<((y + 1) * width)])
        for (i, weight) in product.column.enumerated() where weight != 0 {
          let row = rowSums[rows[y + i] + 1]
          add(weight, times: row.span, to: &sums)
        }
        responses.replaceSubrange((y * width)..<((y + 1) * width), with: sums)
        step()
      }
    }
    return ReferencePlane(width: width, height: height, values: responses)
  }

  /// One row as a kernel sees it, from its first column on the left to its last on the right.
  private func line(_ row: Int) -> [Double] {
    columns.map { row < 0 || $0 < 0 ? outside : plane.values[row * plane.width + $0] }
  }
}

/// sums[x] += Σⱼ taps[j] · line[x + j], for every x.
private func add(_ taps: ArraySlice<Double>, along line: [Double], to sums: inout [Double]) {
  let count = sums.count
  for (j, tap) in taps.enumerated() where tap != 0 {
    add(tap, times: line.span.extracting(j..<(j + count)), to: &sums)
  }
}

/// sums[x] += tap · line[x], for every x.
private func add(_ tap: Double, times line: Span<Double>, to sums: inout [Double]) {
  var sums = sums.mutableSpan
  for x in sums.indices { sums[x] += tap * line[x] }
}
