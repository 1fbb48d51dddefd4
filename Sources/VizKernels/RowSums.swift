/// The sums of one output row after the other, by whichever way each kernel takes.
struct RowSums: ~Copyable {
  private let convolution: Convolution
  private let table: KernelTable
  private var windows: WindowReader
  /// For separable kernels: all source columns in place, under windows one column wide.
  private var columns: WindowReader
  /// Sums down the source columns, and the same with the border's columns beside them.
  private let columnSums: SampleBuffer
  private let paddedSums: SampleBuffer

  init(
    _ convolution: Convolution, _ source: SampleBuffer, firstRow: Int, _ table: KernelTable
  ) {
    self.convolution = convolution
    self.table = table
    let step = Convolution.byteCount(convolution.sourceCode)
    let geometry = convolution.geometry
    windows = WindowReader(
      geometry, source: source.bytes, bytesPerSample: step, border: convolution.border,
      firstRow: firstRow)
    columns = WindowReader(
      convolution.columnGeometry, source: source.bytes, bytesPerSample: step,
      border: convolution.border, firstRow: firstRow)
    let isSeparable = convolution.kernels.contains {
      if case .separable = $0 { true } else { false }
    }
    let sumBytes = isSeparable ? convolution.accumulator.byteCount : 0
    columnSums = SampleBuffer(byteCount: geometry.sourceWidth * sumBytes)
    paddedSums = SampleBuffer(byteCount: geometry.columnMap.count * sumBytes)
  }

  /// Makes output row `y` the one that `sum` works on; rows come in ascending order.
  mutating func move(to y: Int) {
    windows.move(to: y)
    columns.move(to: y)
  }

  /// Fills `out` with the row's sums of one kernel, in the accumulator's type.
  func sum(_ kernel: KernelSum, into out: UnsafeMutableRawPointer) {
    switch kernel {
    case .direct(let taps):
      accumulate(taps, windows, into: out)
    case .separable(let column, let row):
      accumulate(column, columns, into: columnSums.bytes)
      pad(borderSum(column))
      accumulatePadded(row, into: out)
    }
  }

  private func accumulate(
    _ list: TapList, _ reader: borrowing WindowReader, into sums: UnsafeMutableRawPointer
  ) {
    let step = Convolution.byteCount(convolution.sourceCode)
    let accumulator = convolution.accumulator
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: max(list.count, 1)) {
      guard let sources = $0.baseAddress else { return }
      for segment in reader.segments {
        for t in 0..<list.count {
          sources[t] = segment.rows[list.rows[t]] + list.columns[t] * step
        }
        table.accumulateRow(
          convolution.sourceCode, accumulator.rawValue, sources, list.taps.bytes, list.count,
          segment.columns.count, sums + segment.columns.lowerBound * accumulator.byteCount)
      }
    }
  }

  /// Along the rows: `out[x] = Σₜ taps[t] · paddedSums[x + columns[t]]`.
  private func accumulatePadded(_ list: TapList, into sums: UnsafeMutableRawPointer) {
    let accumulator = convolution.accumulator
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: max(list.count, 1)) {
      guard let sources = $0.baseAddress else { return }
      for t in 0..<list.count {
        sources[t] = UnsafeRawPointer(paddedSums.bytes + list.columns[t] * accumulator.byteCount)
      }
      table.accumulateRow(
        AccumulatorType.ownSampleCode, accumulator.rawValue, sources, list.taps.bytes, list.count,
        convolution.geometry.outputWidth, sums)
    }
  }

  /// What a column of border values sums to, as the bits of one accumulator.
  private func borderSum(_ column: TapList) -> UInt64 {
    var (sum, border) = (UInt64(0), convolution.border)
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: max(column.count, 1)) {
      guard let sources = $0.baseAddress else { return }
      withUnsafeBytes(of: &border) { sample in
        guard let sample = sample.baseAddress else { return }
        for t in 0..<column.count { sources[t] = sample }
        withUnsafeMutableBytes(of: &sum) {
          guard let sum = $0.baseAddress else { return }
          table.accumulateRow(
            convolution.sourceCode, convolution.accumulator.rawValue, sources, column.taps.bytes,
            column.count, 1, sum)
        }
      }
    }
    return sum
  }

  private func pad(_ border: UInt64) {
    switch convolution.accumulator.byteCount {
    case 2: padColumns(with: UInt16(truncatingIfNeeded: border))
    case 4: padColumns(with: UInt32(truncatingIfNeeded: border))
    default: padColumns(with: border)
    }
  }

  /// Puts the border's columns beside the sums: `paddedSums[i] = columnSums[columnMap[i]]`.
  @inline(__always)
  private func padColumns<Bits: FixedWidthInteger>(with border: Bits) {
    let geometry = convolution.geometry
    let source = columnSums.bytes.assumingMemoryBound(to: Bits.self)
    let target = paddedSums.bytes.assumingMemoryBound(to: Bits.self)
    let run = geometry.consecutiveColumns
    func gather(_ range: Range<Int>) {
      for i in range {
        let column = geometry.columnMap[i]
        target[i] = column < 0 ? border : source[column]
      }
    }
    gather(0..<run.lowerBound)
    if let first = run.first {
      (target + first).update(from: source + geometry.columnMap[first], count: run.count)
    }
    gather(run.upperBound..<geometry.columnMap.count)
  }
}
