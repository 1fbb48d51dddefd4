/// Between interleaved pixels and single channels, over bands of rows.
package struct PixelConversion: Sendable {
  package let width: Int
  package let height: Int
  package let sampleCode: Int
  package let execution: Execution

  package init(width: Int, height: Int, sampleCode: Int, execution: Execution) {
    self.width = width
    self.height = height
    self.sampleCode = sampleCode
    self.execution = execution
  }

  private var bytesPerSample: Int { [1, 2, 2, 4][sampleCode] }

  /// Gray of interleaved RGB or RGBA pixels.
  package func gray(of pixels: SampleBuffer, channels: Int) -> SampleBuffer {
    let output = SampleBuffer(byteCount: width * height * bytesPerSample)
    gray(of: pixels, channels: channels, into: output)
    return output
  }

  /// The same into memory that is already there.
  package func gray(of pixels: SampleBuffer, channels: Int, into output: SampleBuffer) {
    precondition(channels == 3 || channels == 4, "gray of \(channels) channels")
    rows(of: output) { y, table, target in
      let row = pixels.bytes + y * width * channels * bytesPerSample
      table.grayRow(
        sampleCode, row, row + bytesPerSample, row + 2 * bytesPerSample, channels, width, target)
    }
  }

  /// Gray of three planes.
  package func gray(red: SampleBuffer, green: SampleBuffer, blue: SampleBuffer) -> SampleBuffer {
    rows { y, table, target in
      let start = y * width * bytesPerSample
      table.grayRow(
        sampleCode, red.bytes + start, green.bytes + start, blue.bytes + start, 1, width, target)
    }
  }

  /// One channel of interleaved pixels.
  package func plane(_ channel: Int, of pixels: SampleBuffer, channels: Int) -> SampleBuffer {
    rows { y, table, target in
      table.deinterleaveRow(
        bytesPerSample, pixels.bytes + y * width * channels * bytesPerSample, channels, channel,
        width, target)
    }
  }

  /// Planes as interleaved pixels, in their order.
  package func pixels(of planes: [SampleBuffer]) -> SampleBuffer {
    let rowBytes = width * planes.count * bytesPerSample
    let output = SampleBuffer(byteCount: height * rowBytes)
    forBands(samplesPerRow: width * planes.count) { y, table in
      for (channel, plane) in planes.enumerated() {
        table.interleaveRow(
          bytesPerSample, plane.bytes + y * width * bytesPerSample, planes.count, channel, width,
          output.bytes + y * rowBytes)
      }
    }
    return output
  }

  private func rows(
    _ body: @Sendable (Int, KernelTable, UnsafeMutableRawPointer) -> Void
  ) -> SampleBuffer {
    let output = SampleBuffer(byteCount: width * height * bytesPerSample)
    rows(of: output, body)
    return output
  }

  private func rows(
    of output: SampleBuffer, _ body: @Sendable (Int, KernelTable, UnsafeMutableRawPointer) -> Void
  ) {
    forBands(samplesPerRow: width) { y, table in
      body(y, table, output.bytes + y * width * bytesPerSample)
    }
  }

  private func forBands(samplesPerRow: Int, _ body: @Sendable (Int, KernelTable) -> Void) {
    let bands = execution.bands(rows: height, samplesPerRow: samplesPerRow)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      for y in bands[band] { body(y, execution.kernels) }
    }
  }
}
