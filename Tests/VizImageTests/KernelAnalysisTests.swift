import Glibc
import Testing
import VizImage
import VizTestSupport

@Suite("Kernel analysis")
struct KernelAnalysisTests {
  @Test("separates what is an outer product, exactly for Sobel")
  func separated() throws {
    for size in [3, 5, 7] {
      let kernel = Kernel.sobelX(size: size)
      let parts = try #require(kernel.separated)
      #expect(parts.column.flatMap { weight in parts.row.map { weight * $0 } } == kernel.taps)
    }
    for name in ["box", "gaussian", "binomial", "scharr-x", "prewitt-y", "identity"] {
      let kernel = try presetBank(name).kernels[0]
      let parts = try #require(kernel.separated, "\(name)")
      for (tap, product) in zip(
        kernel.taps, parts.column.flatMap { weight in parts.row.map { weight * $0 } })
      {
        #expect(abs(tap - product) <= 0x1p-40)
      }
    }
    for name in ["laplacian", "laplacian-8", "sharpen", "emboss", "high-pass", "log", "unsharp"] {
      #expect(try presetBank(name).kernels[0].separated == nil, "\(name)")
    }
    #expect(Kernel(rows: [[0, 0], [0, 0]]).separated == nil)
    #expect(Kernel(rows: [[1, 2, 3]]).separated?.row == [1, 2, 3])
    #expect(Kernel.sobelX(size: 5).separated?.row == [-1, -2, 0, 2, 1])
    #expect(Kernel.sobelX(size: 5).separated?.column == [1, 4, 6, 4, 1])
    #expect(Kernel(rows: [[1], [2]]).separated?.column == [1, 2])
  }

  @Test("separates numbers that are whole because they are large, without losing a digit")
  func separatedLarge() throws {
    let columns: [[Double]] = [[1, -3, 7], [0x1p-30, 1, -0.7], [1 / 3, 1e-12, 1]]
    let row: [Double] = [5, -0.1, 3].map { $0 * 0x1p120 / 3 }
    for column in columns {
      let kernel = Kernel(rows: column.map { weight in row.map { $0 * weight } })
      #expect(kernel.taps.allSatisfy { $0 == $0.rounded() })
      let parts = try #require(kernel.separated)
      for (i, weight) in parts.column.enumerated() {
        for (j, factor) in parts.row.enumerated() {
          #expect(abs(weight * factor - kernel[i, j]) <= abs(kernel[i, j]) * 0x1p-40)
        }
      }
    }
  }

  @Test("gain is what flat pictures are multiplied by")
  func gain() throws {
    #expect(Kernel.box(size: 3).gain == 1)
    #expect(Kernel.sobelX().gain == 0)
    #expect(Kernel(rows: [[1, 2], [3, 4]], scale: 0.5, offset: 9).gain == 5)
    for name in ["sharpen", "emboss", "gaussian", "motion", "unsharp", "binomial"] {
      #expect(abs(try presetBank(name).kernels[0].gain - 1) < 1e-12, "\(name)")
    }
  }

  @Test("derivatives sum to zero")
  func zeroSum() throws {
    for name in ["sobel-x", "laplacian", "laplacian-8", "high-pass", "log", "kirsch", "roberts"] {
      #expect(try presetBank(name).kernels.allSatisfy(\.isZeroSum), "\(name)")
    }
    for name in ["identity", "sharpen", "emboss", "box", "gaussian", "invert"] {
      #expect(!(try presetBank(name).kernels[0].isZeroSum), "\(name)")
    }
    #expect(!Kernel(rows: [[0, 0]]).isZeroSum)
    #expect(Kernel(rows: [[0.1, 0.2, -0.3]]).isZeroSum)
    #expect(!Kernel(rows: [[1, -0.999]]).isZeroSum)
  }

  @Test("response ranges are what the worst samples cause")
  func responseRange() {
    #expect(Kernel.sobelX().responseRange(for: 0...255) == -1020...1020)
    #expect(Kernel.box(size: 2).responseRange(for: 0...255) == 0...255)
    #expect(
      Kernel(rows: [[1]], scale: -1, offset: 255).responseRange(for: 0...255) == 0...255)
    #expect(Kernel(rows: [[2, -3]]).responseRange(for: -10...20) == -80...70)
    var random = SplitMix64(seed: 1)
    for _ in 0..<50 {
      let kernel = Kernel.random(
        width: 4, height: 2, taps: .small, scale: -0.5, offset: 3, using: &random)
      let range = kernel.responseRange(for: -5...9)
      let worst = kernel.taps.reduce(0) { $0 + max($1 * -5, $1 * 9) }
      let least = kernel.taps.reduce(0) { $0 + min($1 * -5, $1 * 9) }
      #expect(range == (3 - 0.5 * worst)...(3 - 0.5 * least))
    }
  }

  @Test("frequency responses are those of a plain Fourier sum", arguments: [1, 2, 5, 8, 16])
  func frequencyResponse(size: Int) {
    var random = SplitMix64(seed: 2)
    for (width, height) in [(3, 3), (1, 5), (4, 2), (20, 7)] {
      let kernel = Kernel.random(
        width: width, height: height, taps: .fractions, scale: -2, using: &random)
      let response = kernel.frequencyResponse(size: size)
      #expect(response.count == size * size)
      for v in 0..<size {
        for u in 0..<size {
          let fy = 2 * Double.pi * Double(v - size / 2) / Double(size)
          let fx = 2 * Double.pi * Double(u - size / 2) / Double(size)
          var (re, im) = (0.0, 0.0)
          for i in 0..<height {
            for j in 0..<width {
              let phase = fy * Double(i) + fx * Double(j)
              re += kernel[i, j] * cos(phase)
              im -= kernel[i, j] * sin(phase)
            }
          }
          let magnitude = 2 * (re * re + im * im).squareRoot()
          #expect(abs(response[v * size + u] - magnitude) < 1e-10, "\(u),\(v)")
        }
      }
    }
  }

  @Test("frequency responses show what passes")
  func passes() throws {
    let size = 32
    let middle = size / 2 * size + size / 2
    let gaussian = try presetBank("gaussian").kernels[0].frequencyResponse(size: size)
    #expect(abs(gaussian[middle] - 1) < 1e-12)
    #expect(gaussian.allSatisfy { $0 <= gaussian[middle] + 1e-12 })
    let sobel = Kernel.sobelX().frequencyResponse(size: size)
    for v in 0..<size { #expect(abs(sobel[v * size + size / 2]) < 1e-12) }  // nothing constant in x
    #expect(sobel[middle + 8] > 7.9)  // a quarter of the sampling rate in x: 2 · 4
  }

  @Test("turning and transposing move taps and anchor together")
  func turned() {
    let kernel = Kernel(
      width: 3, height: 2, taps: [1, 2, 3, 4, 5, 6], anchorX: 2, anchorY: 0, scale: 2, offset: 3)
    let flipped = kernel.flipped
    #expect(rows(flipped) == [[6, 5, 4], [3, 2, 1]])
    #expect(flipped.anchorX == 0 && flipped.anchorY == 1)
    #expect(flipped.flipped == kernel)
    let transposed = kernel.transposed
    #expect(rows(transposed) == [[1, 4], [2, 5], [3, 6]])
    #expect(transposed.anchorX == 0 && transposed.anchorY == 2)
    #expect(transposed.scale == 2 && transposed.offset == 3)
    #expect(transposed.transposed == kernel)
    #expect(kernel.with(anchorX: 0).anchorX == 0 && kernel.with(scale: 5).scale == 5)
  }
}
