import Testing
import VizKernels
import VizTestSupport

@Suite("Largest numbers of windows of 2×2")
struct PairPoolingTests {
  /// Numbers of which many are equal, zeros of both signs, infinite or NaN.
  private func numbers(_ count: Int, _ random: inout SplitMix64) -> [Float] {
    let special: [Float] = [.nan, .infinity, -.infinity, 0, -0, 1, -1, 2]
    return (0..<count).map { _ in
      let bits = random.next()
      return bits & 1 == 0 ? special[Int(bits >> 61)] : Float(Int(bits >> 56)) - 128
    }
  }

  private func larger(_ a: Float, _ b: Float) -> Float { b > a || b.isNaN ? b : a }

  @Test("are those of the definition, bit by bit, also of NaN and zeros with a sign")
  func definition() {
    var random = SplitMix64(seed: 14)
    for width in [2, 3, 7, 8, 9, 15, 16, 17, 18, 31, 32, 33, 34, 63, 66, 67] {
      for height in [2, 5, 6] {
        let (planes, outHeight, outWidth) = (3, height / 2, width / 2)
        let input = numbers(planes * height * width, &random)
        let expected = (0..<planes * outHeight * outWidth).map { i in
          let (row, x) = i.quotientAndRemainder(dividingBy: outWidth)
          let (plane, y) = row.quotientAndRemainder(dividingBy: outHeight)
          let top = (plane * height + 2 * y) * width + 2 * x
          return larger(
            larger(input[top], input[top + width]), larger(input[top + 1], input[top + width + 1])
          ).bitPattern
        }
        var grid = WindowGrid(
          height: height, width: width, kernelHeight: 2, kernelWidth: 2, outputHeight: outHeight,
          outputWidth: outWidth)
        (grid.strideY, grid.strideX) = (2, 2)
        for kernels in KernelTable.usable {
          let bytes = SampleBuffer(input)
          for side in GuardedBuffer.Side.allCases {
            let source = GuardedBuffer.copy(
              of: bytes, byteCount: bytes.byteCount, flushWith: side)
            let target = GuardedBuffer.make(byteCount: expected.count * 4, flushWith: side)
            TensorPooling(grid: grid, kind: .maximum).run(
              planes: planes, input: source.bytes.assumingMemoryBound(to: Float.self),
              output: target.bytes.assumingMemoryBound(to: Float.self),
              execution: Execution(kernels: kernels, jobs: 2))
            let found = target.elements(of: Float.self, count: expected.count).map(\.bitPattern)
            #expect(found == expected, "\(height)×\(width), \(kernels.instructionSet)")
          }
        }
      }
    }
  }
}
