import Testing
import VizKernels
import VizTestSupport

/// A guarded row that every count of elements can be laid flush with.
struct GuardedRow {
  private let buffer: SampleBuffer
  private let side: GuardedBuffer.Side

  init(byteCount: Int, _ side: GuardedBuffer.Side) {
    buffer = GuardedBuffer.make(byteCount: byteCount, flushWith: side)
    self.side = side
  }

  /// The first or the last `byteCount` bytes.
  func start(_ byteCount: Int) -> UnsafeMutableRawPointer {
    side == .start ? buffer.bytes : buffer.bytes + (buffer.byteCount - byteCount)
  }

  func fill(_ byteCount: Int, using random: inout SplitMix64) -> UnsafeMutableRawPointer {
    let start = start(byteCount)
    for i in 0..<byteCount {
      start.storeBytes(
        of: UInt8(truncatingIfNeeded: random.next()), toByteOffset: i, as: UInt8.self)
    }
    return start
  }

  /// Elements of a type, each from a function.
  func fill<T: BitwiseCopyable>(_ count: Int, _ value: (Int) -> T) -> UnsafeMutableRawPointer {
    let start = start(count * MemoryLayout<T>.stride)
    for i in 0..<count {
      start.storeBytes(of: value(i), toByteOffset: i * MemoryLayout<T>.stride, as: T.self)
    }
    return start
  }
}

/// Samples and sums of a row in memory, whatever their type.
protocol RowReading {}

extension RowReading {
  func sample(_ code: Int, _ row: UnsafeRawPointer, _ x: Int) -> Double {
    switch code {
    case 0: Double(row.loadUnaligned(fromByteOffset: x, as: UInt8.self))
    case 1: Double(row.loadUnaligned(fromByteOffset: 2 * x, as: UInt16.self))
    case 2: Double(row.loadUnaligned(fromByteOffset: 2 * x, as: Int16.self))
    default: Double(row.loadUnaligned(fromByteOffset: 4 * x, as: Float.self))
    }
  }

  func sum(_ type: AccumulatorType, _ row: UnsafeRawPointer, _ x: Int) -> Double {
    switch type {
    case .int16: Double(row.loadUnaligned(fromByteOffset: 2 * x, as: Int16.self))
    case .int32: Double(row.loadUnaligned(fromByteOffset: 4 * x, as: Int32.self))
    case .int64: Double(row.loadUnaligned(fromByteOffset: 8 * x, as: Int64.self))
    case .float: Double(row.loadUnaligned(fromByteOffset: 4 * x, as: Float.self))
    case .double: Double(row.loadUnaligned(fromByteOffset: 8 * x, as: Double.self))
    }
  }
}

/// Every row kernel of every instruction set, with rows of 1…130 columns that touch a page that may
/// not be touched, against the loop that defines it.
@Suite("Row kernels between guard pages")
struct RowKernelTests: RowReading {
  static let sides = GuardedBuffer.Side.allCases
  private static let columns = 1...130
  private static let largest = 137 * 8 * 4

  /// Samples whose sums with the taps below fit every accumulator.
  private func fillSamples(
    _ row: GuardedRow, _ code: Int, _ count: Int, _ random: inout SplitMix64
  ) -> UnsafeMutableRawPointer {
    switch code {
    case 0: row.fill(count) { _ in UInt8.random(in: 0...255, using: &random) }
    case 1: row.fill(count) { _ in UInt16.random(in: 0...1000, using: &random) }
    case 2: row.fill(count) { _ in Int16.random(in: -500...500, using: &random) }
    default: row.fill(count) { _ in Float(Int.random(in: -500...500, using: &random)) }
    }
  }

  private func fillSums(
    _ row: GuardedRow, _ type: AccumulatorType, _ count: Int, _ random: inout SplitMix64
  ) -> UnsafeMutableRawPointer {
    switch type {
    case .int16: row.fill(count) { _ in Int16.random(in: .min ... .max, using: &random) }
    case .int32: row.fill(count) { _ in Int32.random(in: -100_000...100_000, using: &random) }
    case .int64: row.fill(count) { _ in Int64.random(in: -0x1_0000_0000...70_000, using: &random) }
    case .float: row.fill(count) { _ in Float.random(in: -70_000...70_000, using: &random) }
    case .double: row.fill(count) { _ in Double.random(in: -70_000...70_000, using: &random) }
    }
  }

  private func fillTaps(
    _ row: GuardedRow, _ type: AccumulatorType, _ taps: [Int]
  ) -> UnsafeMutableRawPointer {
    switch type {
    case .int16: row.fill(taps.count) { Int16(taps[$0]) }
    case .int32: row.fill(taps.count) { Int32(taps[$0]) }
    case .int64: row.fill(taps.count) { Int64(taps[$0]) }
    case .float: row.fill(taps.count) { Float(taps[$0]) }
    case .double: row.fill(taps.count) { Double(taps[$0]) }
    }
  }

  /// Whole numbers small enough that sums of products fit every accumulator.
  private func fillSmall(
    _ row: GuardedRow, _ type: AccumulatorType, _ count: Int, _ random: inout SplitMix64
  ) -> UnsafeMutableRawPointer {
    switch type {
    case .int16: row.fill(count) { _ in Int16.random(in: -255...255, using: &random) }
    case .int32: row.fill(count) { _ in Int32.random(in: -70_000...70_000, using: &random) }
    case .int64: row.fill(count) { _ in Int64.random(in: -0x1_0000_0000...70_000, using: &random) }
    case .float: row.fill(count) { _ in Float(Int.random(in: -500...500, using: &random)) }
    case .double: row.fill(count) { _ in Double(Int.random(in: -70_000...70_000, using: &random)) }
    }
  }

  @Test("widenRow", arguments: sides, AccumulatorType.allCases)
  func widen(side: GuardedBuffer.Side, type: AccumulatorType) {
    var random = SplitMix64(seed: 7)
    let (row, out) = (GuardedRow(byteCount: 4096, side), GuardedRow(byteCount: 4096, side))
    for code in 0...3 where code != 3 || !type.isInteger {
      for count in Self.columns {
        let source = fillSamples(row, code, count, &random)
        for table in KernelTable.usable {
          let target = out.start(count * type.byteCount)
          table.widenRow(code, type.rawValue, source, count, target)
          let wrong = (0..<count).first { sum(type, target, $0) != sample(code, source, $0) }
          #expect(wrong == nil, "\(code) \(count) \(table.instructionSet)")
        }
      }
    }
  }

  @Test("accumulateRow", arguments: sides, AccumulatorType.allCases)
  func accumulate(side: GuardedBuffer.Side, type: AccumulatorType) {
    var random = SplitMix64(seed: 1)
    let rows = (0..<9).map { _ in GuardedRow(byteCount: Self.largest, side) }
    let (tapRow, out) = (GuardedRow(byteCount: 4096, side), GuardedRow(byteCount: 4096, side))
    for count in Self.columns {
      let taps = [[], [3], [-1, 0, 2], [1, 2, 1, 0, -3, 0, 2, 1, -1]][count % 4]
      let sources = taps.indices.map {
        UnsafeRawPointer(fillSmall(rows[$0], type, count, &random))
      }
      let tapStart = fillTaps(tapRow, type, taps)
      for table in KernelTable.usable {
        let target = out.start(count * type.byteCount)
        table.accumulateRow(
          type.rawValue, sources + [UnsafeRawPointer(tapStart)], tapStart, taps.count, count,
          target)
        let wrong = (0..<count).first { x in
          let exact = taps.indices.reduce(0.0) { $0 + Double(taps[$1]) * sum(type, sources[$1], x) }
          return sum(type, target, x) != exact
        }
        #expect(wrong == nil, "\(count) \(table.instructionSet)")
      }
    }
  }

  @Test("addRows", arguments: sides, [AccumulatorType.int16, .int32, .int64])
  func add(side: GuardedBuffer.Side, type: AccumulatorType) {
    var random = SplitMix64(seed: 8)
    let rows = (0..<9).map { _ in GuardedRow(byteCount: Self.largest, side) }
    let out = GuardedRow(byteCount: 4096, side)
    for count in Self.columns {
      // Weight, rows that are added, rows that are taken away.
      let groups = [[1, 2, 0], [1, 1, 1], [2, 0, 3], [1, 2, 2, 2, 1, 1, 5, 1, 2], []][count % 5]
      var signed: [Int] = []
      for g in stride(from: 0, to: groups.count, by: 3) {
        signed += [Int](repeating: groups[g], count: groups[g + 1])
        signed += [Int](repeating: -groups[g], count: groups[g + 2])
      }
      let sources = signed.indices.map {
        UnsafeRawPointer(fillSmall(rows[$0], type, count, &random))
      }
      for table in KernelTable.usable {
        let target = out.start(count * type.byteCount)
        table.addRows(
          type.rawValue, sources + [UnsafeRawPointer(target)], groups + [0], groups.count / 3,
          count, target)
        let wrong = (0..<count).first { x in
          let exact = signed.indices.reduce(0.0) {
            $0 + Double(signed[$1]) * sum(type, sources[$1], x)
          }
          return sum(type, target, x) != exact
        }
        #expect(wrong == nil, "\(groups) \(count) \(table.instructionSet)")
      }
    }
  }

  @Test("correlateRows", arguments: sides, AccumulatorType.allCases)
  func correlate(side: GuardedBuffer.Side, type: AccumulatorType) {
    var random = SplitMix64(seed: 9)
    let rows = (0..<9).map { _ in GuardedRow(byteCount: Self.largest, side) }
    let out = GuardedRow(byteCount: Self.largest, side)
    let tapRow = GuardedRow(byteCount: 4096, side)
    for count in Self.columns {
      let (height, width) = [(3, 3), (1, 5), (5, 1), (2, 4), (4, 7), (3, 1)][count % 6]
      let outputs = 1 + count % 4
      for bytes in [false, true] where !bytes || (type == .int16 && width == 1) {
        let columns = count + width - 1
        let sources = (0..<height + outputs - 1).map {
          UnsafeRawPointer(
            bytes
              ? fillSamples(rows[$0], 0, columns, &random)
              : fillSmall(rows[$0], type, columns, &random))
        }
        let taps = (0..<height * width).map { $0 % 5 - 2 }
        let tapStart = fillTaps(tapRow, type, taps)
        for table in KernelTable.usable {
          let rowBytes = count * type.byteCount
          let target = out.start(outputs * rowBytes)
          table.correlateRows(
            bytes, type.rawValue, sources, tapStart, height, width, outputs, count, target, rowBytes
          )
          let wrong = (0..<outputs * count).first { index in
            let (r, x) = index.quotientAndRemainder(dividingBy: count)
            var exact = 0.0
            for (t, tap) in taps.enumerated() {
              let (row, column) = (sources[r + t / width], x + t % width)
              exact += Double(tap) * (bytes ? sample(0, row, column) : sum(type, row, column))
            }
            return sum(type, target, index) != exact
          }
          #expect(wrong == nil, "\(height)×\(width) \(outputs) \(count) \(table.instructionSet)")
        }
      }
    }
  }

  @Test("finishRow", arguments: sides, AccumulatorType.allCases)
  func finish(side: GuardedBuffer.Side, type: AccumulatorType) {
    var random = SplitMix64(seed: 2)
    let (row, out) = (GuardedRow(byteCount: 4096, side), GuardedRow(byteCount: 4096, side))
    let restRow = GuardedRow(byteCount: 4096, side)
    let ranges = [0.0...255, 0...65_535, -32_768...32_767]
    for code in 0...3 {
      for count in Self.columns {
        let sums = fillSums(row, type, count, &random)
        let (scale, offset) = [(1.0, 0.0), (0.01, 3.5), (-1.0, 255)][count % 3]
        let rest = restRow.fill(count) { Double($0 % 5 + 1) }
        let hasRest = count % 2 == 0
        for table in KernelTable.usable {
          let target = out.start(count * [1, 2, 2, 4][code])
          let clipped = table.finishRow(
            type.rawValue, code, sums, scale, offset, false, false,
            hasRest ? UnsafePointer(rest.assumingMemoryBound(to: Double.self)) : nil, 5, count,
            target)
          var (below, above) = (0, 0)
          let wrong = (0..<count).first { x in
            let value = sum(type, sums, x)
            let whole = offset + scale * (hasRest ? value * 5 / Double(x % 5 + 1) : value)
            guard code < 3 else { return Float(sample(3, target, x)) != Float(whole) }
            let rounded = whole.rounded(.toNearestOrEven)
            let held = min(max(rounded, ranges[code].lowerBound), ranges[code].upperBound)
            below += rounded < held ? 1 : 0
            above += rounded > held ? 1 : 0
            return sample(code, target, x) != held
          }
          #expect(wrong == nil, "\(code) \(count) \(table.instructionSet)")
          if wrong == nil, code < 3 { #expect(clipped == (below, above)) }
        }
      }
    }
  }

  @Test("finishRow in Float32, and where every response fits", arguments: sides)
  func finishNarrow(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 10)
    let (row, out) = (GuardedRow(byteCount: 4096, side), GuardedRow(byteCount: 4096, side))
    for type in [AccumulatorType.int16, .int32] {
      for count in Self.columns {
        let sums =
          type == .int16
          ? row.fill(count) { _ in Int16.random(in: 0...20_655, using: &random) }
          : row.fill(count) { _ in Int32.random(in: 0...20_655, using: &random) }
        for (table, fits) in KernelTable.usable.flatMap({ [($0, false), ($0, true)] }) {
          let target = out.start(count)
          let clipped = table.finishRow(
            type.rawValue, 0, sums, 1 / 81, 0, true, fits, nil, 1, count, target)
          let wrong = (0..<count).first {
            sample(0, target, $0) != (sum(type, sums, $0) / 81).rounded(.toNearestOrEven)
          }
          #expect(wrong == nil && clipped == (0, 0), "\(count) \(fits) \(table.instructionSet)")
        }
      }
    }
  }

  @Test("magnitudeRow and maximumRow", arguments: sides, AccumulatorType.allCases)
  func combine(side: GuardedBuffer.Side, type: AccumulatorType) {
    var random = SplitMix64(seed: 3)
    let rows = (0..<2).map { _ in GuardedRow(byteCount: 4096, side) }
    let out = GuardedRow(byteCount: 4096, side)
    for count in Self.columns {
      let a = fillSums(rows[0], type, count, &random)
      let b = fillSums(rows[1], type, count, &random)
      for table in KernelTable.usable {
        for lengths in [AccumulatorType.int16, .float, .double] {
          let target = out.start(count * lengths.byteCount)
          table.magnitudeRow(type.rawValue, lengths.rawValue, a, b, count, target)
          let wrong = (0..<count).first { x in
            let (u, v) = (sum(type, a, x), sum(type, b, x))
            let exact = (u * u + v * v).squareRoot()
            let found = sum(lengths, target, x)
            switch lengths {
            case .double: return found != exact
            case .float: return abs(found - exact) > exact * 0x1p-22
            default: return exact < 32_767 && abs(found - exact) > 0.5 + exact * 0x1p-22
            }
          }
          #expect(wrong == nil, "\(lengths) \(count) \(table.instructionSet)")
        }
        let best = out.start(count * type.byteCount)
        best.copyMemory(from: a, byteCount: count * type.byteCount)
        table.maximumRow(type.rawValue, b, count, best)
        let wrong = (0..<count).first {
          sum(type, best, $0) != max(sum(type, a, $0), sum(type, b, $0))
        }
        #expect(wrong == nil, "\(count) \(table.instructionSet)")
      }
    }
  }

  @Test("thresholdRow", arguments: sides)
  func threshold(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 5)
    let (row, out) = (GuardedRow(byteCount: 4096, side), GuardedRow(byteCount: 4096, side))
    for code in 0...3 {
      for count in Self.columns {
        let source = fillSamples(row, code, count, &random)
        for table in KernelTable.usable {
          let target = out.start(count * [1, 2, 2, 4][code])
          table.thresholdRow(code, source, 99.5, 255, count, target)
          let wrong = (0..<count).first {
            sample(code, target, $0) != (sample(code, source, $0) > 99.5 ? 255 : 0)
          }
          #expect(wrong == nil, "\(code) \(count) \(table.instructionSet)")
        }
      }
    }
  }

  @Test("grayRow, deinterleaveRow and interleaveRow", arguments: sides)
  func channels(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 6)
    let (row, out) = (GuardedRow(byteCount: 4096, side), GuardedRow(byteCount: 4096, side))
    for code in 0...3 {
      let step = [1, 2, 2, 4][code]
      for channels in 1...4 {
        for count in Self.columns {
          let pixels = fillSamples(row, code, count * channels, &random)
          for table in KernelTable.usable {
            let place = "\(code) \(channels) \(count) \(table.instructionSet)"
            for channel in 0..<channels {
              let plane = out.start(count * step)
              table.deinterleaveRow(step, pixels, channels, channel, count, plane)
              let wrong = (0..<count).first {
                sample(code, plane, $0) != sample(code, pixels, $0 * channels + channel)
              }
              #expect(wrong == nil, "\(place)")
              let again = row.start(count * channels * step)
              table.interleaveRow(step, plane, channels, channel, count, again)
              #expect(sample(code, again, channel) == sample(code, plane, 0), "\(place)")
            }
            guard channels >= 3 else { continue }
            let gray = out.start(count * step)
            table.grayRow(
              code, pixels, pixels + step, pixels + 2 * step, channels, count, gray)
            let wrong = (0..<count).first { x in
              let (r, g, b) = (
                sample(code, pixels, x * channels), sample(code, pixels, x * channels + 1),
                sample(code, pixels, x * channels + 2)
              )
              let luma = 9798 * r + 19_235 * g + 3735 * b
              return code == 3
                ? abs(sample(3, gray, x) - luma / 32_768) > 0x1p-12
                : sample(code, gray, x) != ((luma + 16_384) / 32_768).rounded(.down)
            }
            #expect(wrong == nil, "\(place)")
          }
        }
      }
    }
  }
}
