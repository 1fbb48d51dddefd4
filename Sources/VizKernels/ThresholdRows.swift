/// `out = sample > level ? highest : 0`, over bands of rows.
package struct ThresholdRows: Sendable {
  package let width: Int
  package let height: Int
  package let sampleCode: Int
  package let level: Double
  package let highest: Double

  package init(width: Int, height: Int, sampleCode: Int, level: Double, highest: Double) {
    self.width = width
    self.height = height
    self.sampleCode = sampleCode
    self.level = level
    self.highest = highest
  }

  package func run(_ source: SampleBuffer, execution: Execution) -> SampleBuffer {
    let rowBytes = width * [1, 2, 2, 4][sampleCode]
    let output = SampleBuffer(byteCount: height * rowBytes)
    let bands = execution.bands(rows: height, samplesPerRow: width)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      for y in bands[band] {
        execution.kernels.thresholdRow(
          sampleCode, source.bytes + y * rowBytes, level, highest, width,
          output.bytes + y * rowBytes)
      }
    }
    return output
  }
}
