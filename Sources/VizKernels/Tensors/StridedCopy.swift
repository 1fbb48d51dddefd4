/// Numbers that move from one order in memory to another: slices, transpositions, parts put together.
///
///     target[Σ iᵈ · targetStrideᵈ] = source[Σ iᵈ · sourceStrideᵈ],   0 ≤ iᵈ < lengthᵈ
package struct StridedCopy: Sendable {
  private var lengths: [Int] = []
  private var sourceStrides: [Int] = []
  private var targetStrides: [Int] = []

  /// Dimensions are given from the slowest to the fastest of the target.
  package init(lengths: [Int], sourceStrides: [Int], targetStrides: [Int]) {
    for i in lengths.indices.reversed() where lengths[i] != 1 {
      // Neighbours that go on in step are one dimension.
      if let length = self.lengths.first, sourceStrides[i] == length * self.sourceStrides[0],
        targetStrides[i] == length * self.targetStrides[0]
      {
        self.lengths[0] *= lengths[i]
      } else {
        self.lengths.insert(lengths[i], at: 0)
        self.sourceStrides.insert(sourceStrides[i], at: 0)
        self.targetStrides.insert(targetStrides[i], at: 0)
      }
    }
  }

  package func run(
    source: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>, execution: Execution
  ) {
    nonisolated(unsafe) let (source, target) = (source, target)
    if lengths.contains(0) { return }
    let count = lengths.last ?? 1
    let rows = lengths.dropLast().reduce(1, *)
    let rowsPerTask = max(1, (1 << 15) / count)
    let (from, to) = (sourceStrides.last ?? 1, targetStrides.last ?? 1)
    // Rows that are as far apart as their neighbours.
    let run = lengths.dropLast().last ?? 1
    let fromNext = sourceStrides.dropLast().last ?? 0
    let toNext = targetStrides.dropLast().last ?? 0
    ThreadPool.run(count: (rows + rowsPerTask - 1) / rowsPerTask, jobs: execution.jobs) { task in
      var row = task * rowsPerTask
      let end = min(row + rowsPerTask, rows)
      while row < end {
        let next = min((row / run + 1) * run, end)
        let (sourceStart, targetStart) = starts(row)
        var (source, target) = (source + sourceStart, target + targetStart)
        for _ in row..<next {
          if from == 1, to == 1 {
            target.update(from: source, count: count)
          } else {
            for i in 0..<count { target[i * to] = source[i * from] }
          }
          source += fromNext
          target += toNext
        }
        row = next
      }
    }
  }

  private func starts(_ row: Int) -> (source: Int, target: Int) {
    var (row, source, target) = (row, 0, 0)
    for i in lengths.indices.dropLast().reversed() {
      let (rest, index) = row.quotientAndRemainder(dividingBy: lengths[i])
      source += index * sourceStrides[i]
      target += index * targetStrides[i]
      row = rest
    }
    return (source, target)
  }
}
