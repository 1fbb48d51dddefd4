internal import Synchronization

/// A convolution with everything decided: types, taps, windows and how sums become samples.
package struct Convolution: Sendable {
  /// Codes of the stored samples: 0 UInt8, 1 UInt16, 2 Int16, 3 Float.
  package let sourceCode: Int
  package let outputCode: Int
  package let accumulator: AccumulatorType
  package let kernels: [KernelSum]
  package let combination: ResponseCombination
  package let geometry: WindowGeometry
  package let border: UInt32
  package let finishing: Finishing
  /// The kernels as spectra, where the way goes through frequencies; `kernels` are direct then.
  package let fourier: FourierKernels?

  package init(
    sourceCode: Int, outputCode: Int, accumulator: AccumulatorType, kernels: [KernelSum],
    combination: ResponseCombination, geometry: WindowGeometry, border: UInt32,
    finishing: Finishing = Finishing(), fourier: FourierKernels? = nil
  ) {
    self.sourceCode = sourceCode
    self.outputCode = outputCode
    self.accumulator = accumulator
    self.kernels = kernels
    self.combination = combination
    self.geometry = geometry
    self.border = border
    self.finishing = finishing
    self.fourier = fourier
  }

  /// Runs over the source and fills `output` with `geometry`'s output samples.
  ///
  /// - Returns: the responses that an integer sample could not hold.
  @discardableResult
  package func run(
    _ source: SampleBuffer, into output: SampleBuffer, execution: Execution
  ) -> Clipping {
    if let fourier { return runTiles(fourier, source, output, execution) }
    let rows = PlaneRows(source, rowBytes: geometry.sourceWidth * Self.byteCount(sourceCode))
    let target = PlaneRows(output, rowBytes: geometry.outputWidth * Self.byteCount(outputCode))
    let bands = execution.bands(rows: geometry.outputHeight, samplesPerRow: geometry.outputWidth)
    let clipping = Mutex(Clipping())
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      let found = run(bands[band], from: rows, into: target, execution.kernels)
      clipping.withLock { $0 += found }
    }
    return clipping.withLock { $0 }
  }

  /// Fills some output rows from the source rows that they look at.
  package func run(
    _ rows: Range<Int>, from source: PlaneRows, into output: PlaneRows, _ table: KernelTable
  ) -> Clipping {
    columnChunks.reduce(into: Clipping()) { $0 += run(rows, $1, source, output, table) }
  }

  /// Whether interior samples are read where they are.
  ///
  /// Windows that are wide are gathered even where they need no widening: their borders are many.
  var readsInPlace: Bool {
    sourceCode == 3 && accumulator == .float && geometry.windowWidth <= 7
  }

  /// Whether all column sums are made from bytes as they are.
  var startsFromBytes: Bool {
    sourceCode == 0 && accumulator == .int16
      && kernels.allSatisfy { if case .separable(.dense, _) = $0 { true } else { false } }
  }

  /// Output columns in pieces whose gathered rows stay in a core's second-level cache.
  private var columnChunks: [Range<Int>] {
    let rows = geometry.windowHeight + RowSums.rowsAtOnce
    let columns = Self.cachedBytes / (rows * accumulator.byteCount) - geometry.windowWidth
    let chunk = max(256, columns & ~63)
    return stride(from: 0, to: geometry.outputWidth, by: chunk).map {
      $0..<min($0 + chunk, geometry.outputWidth)
    }
  }

  private static let cachedBytes = 256 << 10

  private func run(
    _ rows: Range<Int>, _ columns: Range<Int>, _ source: PlaneRows, _ output: PlaneRows,
    _ table: KernelTable
  ) -> Clipping {
    var rowSums = RowSums(self, source, firstRow: rows.lowerBound, columns: columns, table)
    let stride = rowSums.stride
    let kernelBytes = RowSums.rowsAtOnce * stride
    let kernelCount = kernels.count
    let storesSums = storesSums
    let sums = SampleBuffer(byteCount: storesSums ? 0 : kernelCount * kernelBytes)
    let lengths = SampleBuffer(byteCount: storesSums ? 0 : columns.count * 8)
    var clipped = Clipping()
    var y = rows.lowerBound
    while y < rows.upperBound {
      let count = min(RowSums.rowsAtOnce, rows.upperBound - y)
      rowSums.move(to: y, rowsAtOnce: count)
      if storesSums {
        // Other columns lie between these rows.
        rowSums.sum(
          0, into: place(y, columns, in: output), stride: output.rowBytes,
          fillsGaps: false)
      } else {
        for k in 0..<kernelCount {
          rowSums.sum(
            k, into: sums.bytes + k * kernelBytes, stride: stride, fillsGaps: true)
        }
        for r in 0..<count {
          clipped += finish(
            sums.bytes + r * stride, kernelBytes, lengths.bytes, y + r, columns, into: output, table
          )
        }
      }
      y += count
    }
    return clipped
  }

  /// Whether the sums are the output samples themselves.
  private var storesSums: Bool {
    let isSameType =
      accumulator == .int16 && outputCode == 2 || accumulator == .float && outputCode == 3
    return isSameType && combination == .single && finishing.isIdentity
  }

  /// Makes output samples of the sums of some columns in one row; those of the next kernel are
  /// `sumBytes` further on.
  func finish(
    _ sums: UnsafeMutableRawPointer, _ sumBytes: Int, _ lengths: UnsafeMutableRawPointer,
    _ y: Int, _ columns: Range<Int>, into output: PlaneRows, _ table: KernelTable
  ) -> Clipping {
    let (row, code) = combine(sums, sumBytes, lengths, columns.count, table)
    return finish(row, code, y, columns, into: place(y, columns, in: output), table)
  }

  /// Where the output samples of some columns in one row are.
  func place(
    _ y: Int, _ columns: Range<Int>, in output: PlaneRows
  ) -> UnsafeMutableRawPointer {
    output.row(y) + columns.lowerBound * Self.byteCount(outputCode)
  }

  /// The row of joined responses and the accumulator code it is in.
  private func combine(
    _ sums: UnsafeMutableRawPointer, _ sumBytes: Int, _ lengths: UnsafeMutableRawPointer,
    _ count: Int, _ table: KernelTable
  ) -> (UnsafeRawPointer, Int) {
    switch combination {
    case .single:
      return (UnsafeRawPointer(sums), accumulator.rawValue)
    case .magnitude(let type):
      table.magnitudeRow(
        accumulator.rawValue, type.rawValue, sums, sums + sumBytes, count, lengths)
      return (UnsafeRawPointer(lengths), type.rawValue)
    case .maximum:
      for k in 1..<kernels.count {
        table.maximumRow(accumulator.rawValue, sums + k * sumBytes, count, sums)
      }
      return (UnsafeRawPointer(sums), accumulator.rawValue)
    }
  }

  private func finish(
    _ sums: UnsafeRawPointer, _ code: Int, _ y: Int, _ columns: Range<Int>,
    into row: UnsafeMutableRawPointer, _ table: KernelTable
  ) -> Clipping {
    guard !finishing.rest.isEmpty else {
      return Clipping(
        table.finishRow(
          code, outputCode, sums, finishing.scale, finishing.offset, finishing.isNarrow,
          finishing.alwaysFits, nil, 1, columns.count, row))
    }
    return finishing.rest[finishing.restOfRow[y]].withUnsafeBufferPointer { rest in
      Clipping(
        table.finishRow(
          code, outputCode, sums, finishing.scale, finishing.offset, false, false,
          rest.baseAddress.map { $0 + columns.lowerBound }, finishing.total, columns.count, row))
    }
  }

  static func byteCount(_ code: Int) -> Int { [1, 2, 2, 4][code] }
}
