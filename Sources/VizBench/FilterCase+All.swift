internal import VizImage

extension FilterCase {
  static var all: [FilterCase] {
    [
      gray(.color, .uint8), gray(.color16, .uint16, isCounted: false),
      kernels("sobel-x u8→s16", KernelBank(.sobelX()), output: .int16, .sobelX),
      kernels("sobel-x u8→u8", KernelBank(.sobelX()), output: .uint8, .sobelX),
      kernels(
        "sobel u8", .magnitude(.sobelX(), .sobelY()), output: .uint8, .sobelMagnitude),
      kernels("3×3 integer u8", KernelBank(compass), output: .uint8, .correlation(compass)),
      dense(3), dense(5), dense(7), dense(15), dense(31), disc,
      gaussian(1.5), gaussian(5),
      kernels("box 9 u8", KernelBank(.box(size: 9)), output: .uint8, .box(size: 9)),
      median(3), median(5),
      median(7, isCounted: false), median(15, isCounted: false), median(31, isCounted: false),
      median(15, .shapes, isCounted: false), median(31, .shapes, isCounted: false),
      median(3, .gray16, .uint16, isCounted: false), median(5, .gray16, .uint16, isCounted: false),
      canny("u8", .shapes), canny("u8 noise", .gray, isCounted: false),
    ]
  }

  /// A kernel that is no outer product.
  private static let compass = Kernel(rows: [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]])

  private static func kernels(
    _ name: String, _ bank: KernelBank, on picture: BenchPictures.Name = .gray,
    output: SampleType, tolerance: Double = 0, _ opencv: OpenCVCall, isCounted: Bool = true
  ) -> FilterCase {
    FilterCase(
      name: name, picture: picture, output: output, tolerance: tolerance, vizcnn: .kernels(bank),
      opencv: opencv, isCounted: isCounted)
  }

  /// Taps of noise: nothing to split, skip or share.
  private static func dense(_ side: Int) -> FilterCase {
    var state: UInt64 = UInt64(side)
    let taps = (0..<side * side).map { _ -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Float(Int(state >> 44) - (1 << 19)) / Float(1 << 19))
    }
    let kernel = Kernel(width: side, height: side, taps: taps)
    // Two float32 sums of n products, each off by n · 2⁻²⁴ · Σ|k| · 255 at most.
    let bound = Double(side * side + 24) * 0x1p-23 * taps.reduce(0) { $0 + abs($1) } * 255
    return kernels(
      "\(side)×\(side) f32", KernelBank(kernel), on: .real, output: .float, tolerance: bound,
      .correlation(kernel))
  }

  /// A lens out of focus, with a soft rim: taps that are neither whole nor column · row.
  private static var disc: FilterCase {
    let side = 31
    let weights = (0..<side * side).map { i -> Double in
      let (y, x) = (Double(i / side - side / 2), Double(i % side - side / 2))
      return max(0, min(1, 15.5 - (x * x + y * y).squareRoot()))
    }
    let total = weights.reduce(0, +)
    let kernel = Kernel(width: side, height: side, taps: weights.map { $0 / total })
    return kernels(
      "disc 31 u8", KernelBank(kernel), output: .uint8, tolerance: 1, .correlation(kernel),
      isCounted: false)
  }

  /// OpenCV rounds its weights to 8 bits: up to two steps apart in noise.
  private static func gaussian(_ sigma: Double) -> FilterCase {
    let kernel = Kernel.gaussian(sigma: sigma)
    return kernels(
      "gaussian \(decimal(sigma)) u8", KernelBank(kernel), output: .uint8, tolerance: 2,
      .gaussian(sigma: sigma, size: kernel.width))
  }

  private static func median(
    _ size: Int, _ picture: BenchPictures.Name = .gray, _ output: SampleType = .uint8,
    isCounted: Bool = true
  ) -> FilterCase {
    FilterCase(
      name: "median \(size) u\(output.byteCount * 8)" + (picture == .shapes ? " shapes" : ""),
      picture: picture, output: output, tolerance: 0, vizcnn: .median(size),
      opencv: .median(size: size), isCounted: isCounted)
  }

  private static func canny(
    _ name: String, _ picture: BenchPictures.Name, isCounted: Bool = true
  ) -> FilterCase {
    FilterCase(
      name: "canny 50,150 \(name)", picture: picture, output: .uint8, tolerance: 0,
      vizcnn: .canny(50, 150), opencv: .canny(low: 50, high: 150), isCounted: isCounted)
  }

  private static func gray(
    _ picture: BenchPictures.Name, _ output: SampleType, isCounted: Bool = true
  ) -> FilterCase {
    FilterCase(
      name: "rgb→gray u\(output.byteCount * 8)", picture: picture, output: output, tolerance: 0,
      vizcnn: .gray, opencv: .gray, isCounted: isCounted)
  }
}
