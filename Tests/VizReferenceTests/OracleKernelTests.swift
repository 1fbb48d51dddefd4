import Testing
import VizReference

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite("Kernels that OpenCV computes") struct OracleKernelTests {
  @Test("derivative kernels are the published ones") func derivatives() throws {
    let sobel = try OpenCVOracle.derivativeKernels(dx: 1, dy: 0, size: 3)
    #expect(sobel.row == [-1, 0, 1] && sobel.column == [1, 2, 1])
    let five = try OpenCVOracle.derivativeKernels(dx: 0, dy: 1, size: 5)
    #expect(five.row == [1, 4, 6, 4, 1] && five.column == [-1, -2, 0, 2, 1])
    let scharr = try OpenCVOracle.derivativeKernels(dx: 1, dy: 0, size: -1)
    #expect(scharr.row == [-1, 0, 1] && scharr.column == [3, 10, 3])
    let second = try OpenCVOracle.derivativeKernels(dx: 2, dy: 0, size: 1)
    #expect(second.row == [1, -2, 1] && second.column.contains(1))
    let largest = try OpenCVOracle.derivativeKernels(dx: 1, dy: 0, size: 31)
    #expect(largest.row.count == 31 && largest.column.count == 31)
  }

  @Test("a Gaussian kernel is the sampled curve with sum 1") func gaussian() throws {
    for (size, sigma) in [(5, 1.0), (9, 1.4), (31, 5.0)] {
      let taps = try OpenCVOracle.gaussianKernel(size: size, sigma: sigma)
      let curve = (0..<size).map { i in
        let x = Double(i - size / 2)
        return exp(-x * x / (2 * sigma * sigma))
      }
      let sum = curve.reduce(0, +)
      for i in 0..<size { #expect(abs(taps[i] - curve[i] / sum) < 1e-15, "\(size) \(i)") }
    }
    #expect(try OpenCVOracle.gaussianKernel(size: 3, sigma: 0) == [0.25, 0.5, 0.25])
  }

  @Test("a Gabor kernel is a cosine under a Gaussian, turned half round") func gabor() throws {
    let (sigma, theta, wavelength, aspect, phase) = (2.0, 0.6, 5.0, 0.5, 0.3)
    let kernel = try OpenCVOracle.gaborKernel(
      width: 9, height: 7, sigma: sigma, theta: theta, wavelength: wavelength, aspect: aspect,
      phase: phase)
    for j in 0..<7 {
      for i in 0..<9 {
        let (x, y) = (Double(4 - i), Double(3 - j))
        let along = x * cos(theta) + y * sin(theta)
        let across = -x * sin(theta) + y * cos(theta)
        let envelope = exp(
          -0.5 * (along * along + aspect * aspect * across * across) / (sigma * sigma))
        let value = envelope * cos(2 * Double.pi * along / wavelength + phase)
        #expect(abs(kernel[i, j] - value) < 1e-12, "\(i),\(j)")
      }
    }
  }
}
