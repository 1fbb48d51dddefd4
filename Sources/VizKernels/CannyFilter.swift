/// Canny's edges of whole-number samples.
///
///     edge(y, x) = a ridge of the gradient's strength above `high`, or one above `low` that hangs
///                  together with such a ridge through others
///
/// Gradient and ridges are made row by row with three rows of strengths at hand; what is kept of the
/// whole picture is two bits a sample. Bands grow their edges side by side, then across their borders.
package struct CannyFilter: Sendable {
  /// 0 UInt8, 1 UInt16, 2 Int16.
  private let sampleCode: Int
  /// 3×3 windows.
  private let geometry: WindowGeometry
  private let border: UInt32
  private let low: Int
  private let high: Int
  /// What an edge is in the output; all else is 0.
  private let highest: Int

  package var outputWidth: Int { geometry.outputWidth }
  package var outputHeight: Int { geometry.outputHeight }

  package init(
    sampleCode: Int, geometry: WindowGeometry, border: UInt32, low: Int, high: Int, highest: Int
  ) {
    precondition(
      geometry.windowWidth == 3 && geometry.windowHeight == 3,
      "Canny's gradient in windows of \(geometry.windowWidth)×\(geometry.windowHeight)")
    self.sampleCode = sampleCode
    self.geometry = geometry.gatheringEveryRow()
    self.border = border
    // No strength is below 0 or above 2 · 4 · 65535, or 2 · 4 · 255 of UInt8: the rest is alike.
    let limits = -1...(sampleCode == 0 ? 2040 : 524_280)
    self.low = min(max(low, limits.lowerBound), limits.upperBound)
    self.high = min(max(high, limits.lowerBound), limits.upperBound)
    self.highest = highest
  }

  package func run(_ source: SampleBuffer, into output: SampleBuffer, execution: Execution) {
    let (width, height) = (geometry.outputWidth, geometry.outputHeight)
    let bits = EdgeBits(width: width, height: height)
    let bands = execution.bands(rows: height, samplesPerRow: width)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      findRidges(of: source, rows: bands[band], in: bits, execution.kernels)
      bits.grow(in: bands[band])
    }
    bits.join(bands)
    let rowBytes = width * (sampleCode == 0 ? 1 : 2)
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let marks = SampleBuffer(byteCount: 64 * bits.wordCount)
      for y in bands[band] {
        execution.kernels.bitsRow(
          sampleCode, bits.edgeRow(y), highest, width, marks.bytes, output.bytes + y * rowBytes)
      }
    }
  }

  private func findRidges(
    of source: SampleBuffer, rows: Range<Int>, in bits: EdgeBits, _ table: KernelTable
  ) {
    let (width, height) = (geometry.outputWidth, geometry.outputHeight)
    let first = max(rows.lowerBound - 1, 0)
    var reader = WindowReader(
      geometry,
      source: PlaneRows(source, rowBytes: geometry.sourceWidth * (sampleCode == 0 ? 1 : 2)),
      bytesPerSample: sampleCode == 0 ? 1 : 2, border: border,
      firstRow: first)
    let field = GradientRows(width: width, height: height, isWide: sampleCode != 0)
    let marks = SampleBuffer(byteCount: 64 * bits.wordCount)
    var next = first
    for y in rows {
      while next < min(y + 2, height) {
        reader.move(to: next)
        let window = reader.segments[0].rows
        table.gradientRow(
          sampleCode, window[0], window[1], window[2], width, field.dx(next), field.dy(next),
          field.strength(next))
        next += 1
      }
      table.ridgeRow(
        sampleCode != 0, field.strength(y - 1), field.strength(y), field.strength(y + 1),
        field.dx(y), field.dy(y), low, high, width, marks.bytes, bits.ridgeRow(y), bits.edgeRow(y))
    }
  }
}

/// The gradients of three neighbouring rows; strengths have a zero on either side of the row, and
/// are zero above and below the picture.
private struct GradientRows {
  private let height: Int
  private let step: Int
  private let rowBytes: Int
  private let buffer: SampleBuffer

  init(width: Int, height: Int, isWide: Bool) {
    self.height = height
    step = isWide ? 4 : 2
    rowBytes = (width + 2) * step
    buffer = SampleBuffer(byteCount: 10 * rowBytes)
    buffer.bytes.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.byteCount)
  }

  func dx(_ y: Int) -> UnsafeMutableRawPointer { buffer.bytes + y % 3 * rowBytes }
  func dy(_ y: Int) -> UnsafeMutableRawPointer { buffer.bytes + (3 + y % 3) * rowBytes }

  func strength(_ y: Int) -> UnsafeMutableRawPointer {
    let row = 0..<height ~= y ? 6 + y % 3 : 9
    return buffer.bytes + row * rowBytes + step
  }
}
