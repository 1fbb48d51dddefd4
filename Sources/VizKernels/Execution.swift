/// With what a piece of work runs; results never depend on it.
package struct Execution: Sendable {
  package var kernels: KernelTable
  package var jobs: Int
  /// Rows of one band; nil lets the size of the picture decide.
  package var bandHeight: Int?
  /// The way to compute convolutions wherever it is possible; nil lets their shape decide.
  package var convolution: ConvolutionAlgorithm?

  package init(
    kernels: KernelTable = .best, jobs: Int = ThreadPool.processorCount, bandHeight: Int? = nil
  ) {
    precondition(jobs > 0, "\(jobs) jobs")
    self.kernels = kernels
    self.jobs = jobs
    self.bandHeight = bandHeight
  }

  /// Cuts rows into bands: four a thread, so that a slow thread does not keep the others waiting,
  /// and none below 32 Ki samples, where starting threads costs more than it gains.
  package func bands(rows: Int, samplesPerRow: Int) -> [Range<Int>] {
    let worthwhile = max(1, (32 << 10) / max(samplesPerRow, 1))
    let shared = jobs == 1 ? rows : (rows + 4 * jobs - 1) / (4 * jobs)
    let height = max(1, bandHeight ?? max(worthwhile, shared))
    return stride(from: 0, to: rows, by: height).map { $0..<min($0 + height, rows) }
  }
}
