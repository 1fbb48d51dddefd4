import Testing
import VizKernels
import VizTestSupport

/// Whole runs of the engine's loops, with source and output both between guard pages.
@Suite("Windows between guard pages")
struct WindowGuardTests {
  /// A column or row map of each kind: clamped, a constant outside, mirrored, periodic, cropped.
  private static let kinds = 0..<5

  private func map(_ kind: Int, _ count: Int, _ window: Int) -> [Int] {
    if kind == 4 { return Array(0..<max(count, window)).map { min($0, count - 1) } }
    return (0..<(count + window - 1)).map { entry in
      let i = entry - window / 2
      if 0..<count ~= i { return i }
      switch kind {
      case 0: return min(max(i, 0), count - 1)
      case 1: return -1
      case 2:
        let folded = ((i % (2 * count)) + 2 * count) % (2 * count)
        return folded < count ? folded : 2 * count - 1 - folded
      default: return ((i % count) + count) % count
      }
    }
  }

  private func geometry(
    _ kind: Int, _ width: Int, _ height: Int, _ windowWidth: Int, _ windowHeight: Int
  ) -> WindowGeometry {
    WindowGeometry(
      sourceWidth: width, sourceHeight: height, windowWidth: windowWidth,
      windowHeight: windowHeight, rowMap: map(kind, height, windowHeight),
      columnMap: map(kind, width, windowWidth))
  }

  private func window(_ geometry: WindowGeometry, _ samples: [UInt8], _ x: Int, _ y: Int) -> [Int] {
    (0..<geometry.windowHeight).flatMap { ky in
      (0..<geometry.windowWidth).map { kx in
        let (row, column) = (geometry.rowMap[y + ky], geometry.columnMap[x + kx])
        return row < 0 || column < 0 ? 7 : Int(samples[row * geometry.sourceWidth + column])
      }
    }
  }

  @Test("a convolution writes its output and nothing else", arguments: GuardedBuffer.Side.allCases)
  func convolution(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 1)
    for width in 1...130 {
      let (windowWidth, windowHeight) = [(1, 1), (3, 3), (5, 2), (1, 6), (9, 1), (40, 3)][width % 6]
      let height = 1 + width % 7
      let samples = (0..<width * height).map { _ in UInt8.random(in: 0...255, using: &random) }
      let source = GuardedBuffer.copy(
        of: SampleBuffer(samples), byteCount: samples.count, flushWith: side)
      let taps = (0..<windowWidth * windowHeight).map { Int32($0 % 5) - 2 }
      let rows = taps.indices.map { $0 / windowWidth }
      let columns = taps.indices.map { $0 % windowWidth }
      let lists: [TapList] = [
        .dense(SampleBuffer(taps)),
        .sparse(SampleBuffer(taps), TapPlaces(rows: rows, columns: columns)),
        .groups(TapGroups(taps.map(Int.init), rows: rows, columns: columns)),
      ]
      for kind in Self.kinds {
        let geometry = geometry(kind, width, height, windowWidth, windowHeight)
        let convolution = Convolution(
          sourceCode: 0, outputCode: 2, accumulator: .int32, kernels: [.direct(lists[width % 3])],
          combination: .single, geometry: geometry, border: 7)
        let count = geometry.outputWidth * geometry.outputHeight
        for table in KernelTable.usable {
          let output = GuardedBuffer.make(byteCount: 2 * count, flushWith: side)
          _ = convolution.run(
            source, into: output,
            execution: Execution(
              kernels: table, jobs: 1 + width % 3, bandHeight: width % 2 == 0 ? 1 : nil))
          let found = output.elements(of: Int16.self, count: count)
          let wrong = (0..<count).first { i in
            let window = window(
              geometry, samples, i % geometry.outputWidth, i / geometry.outputWidth)
            let sum = zip(window, taps).reduce(0) { $0 + $1.0 * Int($1.1) }
            return Int(found[i]) != sum
          }
          #expect(wrong == nil, "\(width) \(kind) \(table.instructionSet)")
        }
      }
    }
  }

  @Test("a median writes its output and nothing else", arguments: GuardedBuffer.Side.allCases)
  func median(side: GuardedBuffer.Side) {
    var random = SplitMix64(seed: 2)
    for width in 1...130 {
      let size = [1, 3, 5, 7, 9][width % 5]
      let height = 1 + width % 3
      let samples = (0..<width * height).map { _ in UInt8.random(in: 0...255, using: &random) }
      let source = GuardedBuffer.copy(
        of: SampleBuffer(samples), byteCount: samples.count, flushWith: side)
      for kind in Self.kinds {
        let geometry = geometry(kind, width, height, size, size)
        let filter = MedianFilter(sampleCode: 0, geometry: geometry, border: 7)
        let count = geometry.outputWidth * geometry.outputHeight
        for table in KernelTable.usable {
          let output = GuardedBuffer.make(byteCount: count, flushWith: side)
          filter.run(source, into: output, execution: Execution(kernels: table, jobs: 1))
          let found = output.elements(of: UInt8.self, count: count)
          let wrong = (0..<count).first { i in
            let window = window(
              geometry, samples, i % geometry.outputWidth, i / geometry.outputWidth)
            return Int(found[i]) != window.sorted()[size * size / 2]
          }
          #expect(wrong == nil, "\(width) \(kind) \(table.instructionSet)")
        }
      }
    }
  }
}
