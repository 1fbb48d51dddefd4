import Testing
import VizKernels
import VizTestSupport

/// The row kernels of median and Canny, as `RowKernelTests` does it.
@Suite("Row kernels of operations between guard pages")
struct OperationRowTests: RowReading {
  static let sides = GuardedBuffer.Side.allCases
  private static let columns = 1...130

  @Test("medianTile", arguments: sides)
  func medianTile(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 4)
    for (windowWidth, windowHeight) in [(1, 1), (7, 7), (1, 9), (15, 3), (31, 17), (255, 5)] {
      for (width, height) in [(1, 1), (7, 3), (31, 2), (33, 4), (64, 5), (130, 1)] {
        let (columns, rows) = (width + windowWidth - 1, height + windowHeight - 1)
        let stride = columns + Int.random(in: 0...2, using: &random)
        let levels = [1, 2, 255][Int.random(in: 0...2, using: &random)]
        let samples = (0..<rows * stride).map { _ in
          UInt8(Int.random(in: 0...levels, using: &random) * (255 / levels))
        }
        let region = GuardedBuffer.copy(
          of: SampleBuffer(samples), byteCount: samples.count, flushWith: side)
        let scratch = GuardedBuffer.make(
          byteCount: 5 * (height * stride + 512) + 10 * width, flushWith: side)
        let medians = GuardedBuffer.make(byteCount: width * height, flushWith: side)
        let below = GuardedBuffer.make(byteCount: width * height * 2, flushWith: side)
        for table in KernelTable.usable {
          for keepsCounts in [false, true] {
            table.medianTile(
              region.bytes, stride, width, height, windowWidth, windowHeight, scratch.bytes,
              medians.bytes, keepsCounts ? below.bytes : nil)
            let found = medians.elements(of: UInt8.self, count: width * height)
            let counts = below.elements(of: UInt16.self, count: width * height)
            let wrong = (0..<width * height).first { i in
              let window = (0..<windowHeight).flatMap { ky in
                let start = (i / width + ky) * stride + i % width
                return samples[start..<start + windowWidth]
              }
              let median = window.sorted()[window.count / 2]
              return found[i] != median
                || keepsCounts && Int(counts[i]) != window.count { $0 < median }
            }
            #expect(
              wrong == nil,
              "\(windowWidth)×\(windowHeight) \(width)×\(height) \(table.instructionSet)")
          }
        }
      }
    }
  }

  private static let medianColumns = columns + [255, 256, 257, 511, 600]

  @Test("sortTriplesRow and median3Rows", arguments: sides)
  func median3(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 7)
    let rows = (0..<4).map { _ in GuardedRow(byteCount: 4096, side) }
    let outs = (0..<2).map { _ in GuardedRow(byteCount: 4096, side) }
    let pairs = (0..<2).map { _ in GuardedRow(byteCount: 6 * 2080 * 2, side) }
    for code in 0...2 {
      let step = [1, 2, 2][code]
      for count in Self.medianColumns {
        let sources = rows.map { UnsafeRawPointer($0.fill((count + 2) * step, using: &random)) }
        for table in KernelTable.usable {
          let lists = pairs.map { $0.start((5 * 2080 + count) * step) }
          for (i, source) in sources.enumerated() {
            table.sortTriplesRow(
              code, source, count, lists[i / 2] + i % 2 * 3 * 2080 * step)
          }
          let targets = outs.map { $0.start(count * step) }
          table.median3Rows(code, lists[0], lists[1], count, targets[0], targets[1])
          expectMedians(of: 3, code, sources, targets, count, table)
        }
      }
    }
  }

  @Test("median5Rows", arguments: sides)
  func median5(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 17)
    let rows = (0..<6).map { _ in GuardedRow(byteCount: 4096, side) }
    let outs = (0..<2).map { _ in GuardedRow(byteCount: 4096, side) }
    let scratch = GuardedRow(byteCount: 18 * 288 * 2, side)
    for code in 0...2 {
      let step = [1, 2, 2][code]
      for count in Self.medianColumns {
        let sources = rows.map { UnsafeRawPointer($0.fill((count + 4) * step, using: &random)) }
        for table in KernelTable.usable {
          let targets = outs.map { $0.start(count * step) }
          table.median5Rows(
            code, sources, count, scratch.start(18 * 288 * step), targets[0], targets[1])
          expectMedians(of: 5, code, sources, targets, count, table)
        }
      }
    }
  }

  /// Two rows of medians, each from its window of `side` rows.
  private func expectMedians(
    of side: Int, _ code: Int, _ sources: [UnsafeRawPointer], _ targets: [UnsafeMutableRawPointer],
    _ count: Int, _ table: KernelTable
  ) {
    for (i, target) in targets.enumerated() {
      let wrong = (0..<count).first { x in
        let samples = (i..<(i + side)).flatMap { y in
          (x..<(x + side)).map { sample(code, sources[y], $0) }
        }
        return samples.sorted()[side * side / 2] != sample(code, target, x)
      }
      #expect(wrong == nil, "\(code) \(count) \(table.instructionSet)")
    }
  }

  @Test("gradientRow", arguments: sides)
  func gradient(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 8)
    let rows = (0..<3).map { _ in GuardedRow(byteCount: 4096, side) }
    let outs = (0..<3).map { _ in GuardedRow(byteCount: 4096, side) }
    for code in 0...2 {
      let step = [1, 2, 2][code]
      let type: AccumulatorType = code == 0 ? .int16 : .int32
      for count in Self.columns {
        let sources = rows.map { $0.fill((count + 2) * step, using: &random) }
        for table in KernelTable.usable {
          let targets = outs.map { $0.start(count * type.byteCount) }
          table.gradientRow(
            code, sources[0], sources[1], sources[2], count, targets[0], targets[1], targets[2])
          let wrong = (0..<count).first { x in
            let s = sources.map { row in (x..<(x + 3)).map { sample(code, row, $0) } }
            let dx = s[0][2] + 2 * s[1][2] + s[2][2] - s[0][0] - 2 * s[1][0] - s[2][0]
            let dy = s[2][0] + 2 * s[2][1] + s[2][2] - s[0][0] - 2 * s[0][1] - s[0][2]
            return targets.map { sum(type, $0, x) } != [dx, dy, abs(dx) + abs(dy)]
          }
          #expect(wrong == nil, "\(code) \(count) \(table.instructionSet)")
        }
      }
    }
  }

  /// Whether a gradient's strength is a ridge, as the angles say it, in Float64.
  private func isRidge(_ dx: Double, _ dy: Double, _ s: [[Double]]) -> Bool {
    let (slope, tangent) = (abs(dy), 13_573 / 32_768 * abs(dx))
    if slope < tangent { return s[1][1] > s[1][0] && s[1][1] >= s[1][2] }
    if slope > tangent + 2 * abs(dx) { return s[1][1] > s[0][1] && s[1][1] >= s[2][1] }
    let isTurned = (dx < 0) != (dy < 0)
    return s[1][1] > s[0][isTurned ? 2 : 0] && s[1][1] > s[2][isTurned ? 0 : 2]
  }

  @Test("ridgeRow and bitsRow", arguments: sides)
  func ridges(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 9)
    let rows = (0..<5).map { _ in GuardedRow(byteCount: 4096, side) }
    let outs = (0..<4).map { _ in GuardedRow(byteCount: 4096, side) }
    for type in [AccumulatorType.int16, .int32] {
      let largest = type == .int16 ? 1020 : 262_140
      func fill(_ row: GuardedRow, _ count: Int, _ range: ClosedRange<Int>) -> UnsafeRawPointer {
        let values = (0..<count).map { _ in Int.random(in: range, using: &random) }
        return UnsafeRawPointer(
          type == .int16
            ? row.fill(count) { Int16(values[$0]) } : row.fill(count) { Int32(values[$0]) })
      }
      for count in Self.columns {
        let words = (count + 63) / 64
        let strengths = (0..<3).map {
          fill(rows[$0], count + 2, 0...(count % 2 == 0 ? 9 : 2 * largest))
        }
        let (dx, dy) = (
          fill(rows[3], count, -largest...largest), fill(rows[4], count, -largest...largest)
        )
        let (low, high) = count % 2 == 0 ? (3, 6) : (largest / 2, largest)
        for table in KernelTable.usable {
          let marks = outs[0].start(64 * words)
          let bits = (1...2).map { outs[$0].start(8 * words).assumingMemoryBound(to: UInt64.self) }
          table.ridgeRow(
            type == .int32, strengths[0] + type.byteCount, strengths[1] + type.byteCount,
            strengths[2] + type.byteCount, dx, dy, low, high, count, marks, bits[0], bits[1])
          let wrong = (0..<(64 * words)).first { x in
            let found = bits.map { $0[x / 64] >> UInt64(x % 64) & 1 == 1 }
            guard x < count else { return found != [false, false] }
            let s = strengths.map { row in (x..<(x + 3)).map { sum(type, row, $0) } }
            let ridge = s[1][1] > Double(low) && isRidge(sum(type, dx, x), sum(type, dy, x), s)
            return found != [ridge, ridge && s[1][1] > Double(high)]
          }
          #expect(wrong == nil, "\(type) \(count) \(table.instructionSet)")
          for code in 0...2 {
            let target = outs[3].start(count * [1, 2, 2][code])
            table.bitsRow(code, bits[0], 255, count, marks, target)
            let wrong = (0..<count).first { x in
              let bit = bits[0][x / 64] >> UInt64(x % 64) & 1
              return sample(code, target, x) != (bit == 1 ? 255 : 0)
            }
            #expect(wrong == nil, "\(code) \(count) \(table.instructionSet)")
          }
        }
      }
    }
  }
}
