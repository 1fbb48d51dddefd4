/// What a sum is held in; the raw value is the code that the row kernels take.
package enum AccumulatorType: Int, Sendable, CaseIterable {
  case int16, int32, int64, float, double

  /// The sample code for rows that hold accumulators themselves.
  static let ownSampleCode = 4

  package var byteCount: Int {
    switch self {
    case .int16: 2
    case .int32, .float: 4
    case .int64, .double: 8
    }
  }
}

/// How the responses of several kernels become one.
package enum ResponseCombination: Sendable, Equatable {
  /// One kernel, its response as it is.
  case single
  /// √(a² + b²) of two kernels; in Float32 where that is proven exact, else in Float64.
  case magnitude(wide: Bool)
  /// The largest response.
  case maximum
}

/// Non-zero taps in row-major order, and where in the window each of them reads.
package struct TapList: Sendable {
  /// Tap values, of the accumulator's type.
  package let taps: SampleBuffer
  package let rows: [Int]
  package let columns: [Int]

  package init(taps: SampleBuffer, rows: [Int], columns: [Int]) {
    precondition(rows.count == columns.count, "\(rows.count) rows, \(columns.count) columns")
    self.taps = taps
    self.rows = rows
    self.columns = columns
  }

  var count: Int { rows.count }
}

/// One kernel, as it is to be summed.
package enum KernelSum: Sendable {
  /// Σ over all taps.
  case direct(TapList)
  /// Σ down a column of taps, then along a row of taps over those sums.
  case separable(column: TapList, row: TapList)
}

/// A convolution with everything decided: types, taps, windows and how sums become samples.
package struct Convolution: Sendable {
  /// Codes of the stored samples: 0 UInt8, 1 UInt16, 2 Int16, 3 Float.
  package let sourceCode: Int
  package let outputCode: Int
  package let accumulator: AccumulatorType
  package let kernels: [KernelSum]
  package let combination: ResponseCombination
  package let geometry: WindowGeometry
  /// The windows of the column sums that separable kernels start with.
  let columnGeometry: WindowGeometry
  package let border: UInt32
  package let scale: Double
  package let offset: Double
  /// The sum of all taps, for kernels that are cut off at the border.
  package let total: Double
  /// Rows of the sums of the taps that are left, one a column; empty where nothing is cut off.
  package let rest: [[Double]]
  /// Which of `rest` each output row takes.
  package let restOfRow: [Int]
  /// The kernels as spectra, where the way goes through frequencies; `kernels` are direct then.
  package let fourier: FourierKernels?

  package init(
    sourceCode: Int, outputCode: Int, accumulator: AccumulatorType, kernels: [KernelSum],
    combination: ResponseCombination, geometry: WindowGeometry, border: UInt32, scale: Double,
    offset: Double, total: Double = 1, rest: [[Double]] = [], restOfRow: [Int] = [],
    fourier: FourierKernels? = nil
  ) {
    self.sourceCode = sourceCode
    self.outputCode = outputCode
    self.accumulator = accumulator
    self.kernels = kernels
    self.combination = combination
    self.geometry = geometry
    columnGeometry = geometry.columnsInPlace()
    self.border = border
    self.scale = scale
    self.offset = offset
    self.total = total
    self.rest = rest
    self.restOfRow = restOfRow
    self.fourier = fourier
  }

  /// Runs over the source and fills `output` with `geometry`'s output samples.
  ///
  /// - Returns: how many responses an integer sample could not hold.
  package func run(
    _ source: SampleBuffer, into output: SampleBuffer, execution: Execution
  ) -> Int {
    if let fourier { return runTiles(fourier, source, output, execution) }
    let bands = execution.bands(rows: geometry.outputHeight, samplesPerRow: geometry.outputWidth)
    let counts = SampleBuffer(byteCount: bands.count * MemoryLayout<Int>.stride)
    let clipped = counts.bytes.bindMemory(to: Int.self, capacity: bands.count)
    nonisolated(unsafe) let target = clipped
    ThreadPool.run(count: bands.count, jobs: execution.jobs) { band in
      target[band] = run(bands[band], source, output, execution.kernels)
    }
    return (0..<bands.count).reduce(0) { $0 + clipped[$1] }
  }

  private func run(
    _ rows: Range<Int>, _ source: SampleBuffer, _ output: SampleBuffer, _ table: KernelTable
  ) -> Int {
    let width = geometry.outputWidth
    var windows = RowSums(self, source, firstRow: rows.lowerBound, table)
    let sumBytes = width * accumulator.byteCount
    let sums = SampleBuffer(byteCount: kernels.count * sumBytes)
    let lengths = SampleBuffer(byteCount: width * 8)
    var clipped = 0
    for y in rows {
      windows.move(to: y)
      for (k, kernel) in kernels.enumerated() {
        windows.sum(kernel, into: sums.bytes + k * sumBytes)
      }
      clipped += finish(sums.bytes, sumBytes, lengths.bytes, y, 0..<width, into: output, table)
    }
    return clipped
  }

  /// Makes output samples of the sums of some columns in one row.
  func finish(
    _ sums: UnsafeMutableRawPointer, _ sumBytes: Int, _ lengths: UnsafeMutableRawPointer,
    _ y: Int, _ columns: Range<Int>, into output: SampleBuffer, _ table: KernelTable
  ) -> Int {
    let (row, code) = combine(sums, sumBytes, lengths, columns.count, table)
    return finish(row, code, y, columns, into: place(y, columns, in: output), table)
  }

  /// Where the output samples of some columns in one row are.
  func place(
    _ y: Int, _ columns: Range<Int>, in output: SampleBuffer
  ) -> UnsafeMutableRawPointer {
    output.bytes + (y * geometry.outputWidth + columns.lowerBound) * Self.byteCount(outputCode)
  }

  /// The row of joined responses and the accumulator code it is in.
  private func combine(
    _ sums: UnsafeMutableRawPointer, _ sumBytes: Int, _ lengths: UnsafeMutableRawPointer,
    _ count: Int, _ table: KernelTable
  ) -> (UnsafeRawPointer, Int) {
    switch combination {
    case .single:
      return (UnsafeRawPointer(sums), accumulator.rawValue)
    case .magnitude(let wide):
      table.magnitudeRow(
        accumulator.rawValue, wide, sums, sums + sumBytes, count, lengths)
      let code = wide ? AccumulatorType.double : .float
      return (UnsafeRawPointer(lengths), code.rawValue)
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
  ) -> Int {
    guard !rest.isEmpty else {
      return table.finishRow(code, outputCode, sums, scale, offset, nil, 1, columns.count, row)
    }
    return rest[restOfRow[y]][columns].withUnsafeBufferPointer {
      table.finishRow(
        code, outputCode, sums, scale, offset, $0.baseAddress, total, columns.count, row)
    }
  }

  static func byteCount(_ code: Int) -> Int { [1, 2, 2, 4][code] }
}
