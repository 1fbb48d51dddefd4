internal import CShims
internal import VizImage

extension FilterCase {
  static var all: [FilterCase] {
    [
      gray("u8", .color, .uint8), gray("u16", .color16, .uint16),
      kernels("sobel-x u8→s16", KernelBank(.sobelX()), output: .int16) {
        sobel($0, $1)
      },
      kernels("sobel-x u8→u8", KernelBank(.sobelX()), output: .uint8) {
        sobel($0, $1)
      },
      kernels("3×3 integer u8→u8", KernelBank(compass), output: .uint8) {
        correlate($0, $1, compass)
      },
      dense(3), dense(5), dense(7), dense(15), dense(31), disc,
      gaussian(1.5), gaussian(5),
      kernels("box 9 u8", KernelBank(.box(size: 9)), output: .uint8) {
        viz_cv_box_filter(&$0, &$1, 9, 9, 4, 4, 1, extend)
      },
      median(3), median(5), median(7), median(15), median(31),
      median(3, "u16", .gray16, .uint16), median(5, "u16", .gray16, .uint16),
      canny("u8", .shapes), canny("u8 noise", .gray),
    ]
  }

  private static let extend = Int32(VIZ_CV_REPLICATE)

  /// A kernel that is no outer product.
  private static let compass = Kernel(rows: [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]])

  private static func kernels(
    _ name: String, _ bank: KernelBank, isReal: Bool = false, output: SampleType,
    tolerance: Double = 0,
    _ opencv: @escaping @Sendable (inout viz_cv_matrix, inout viz_cv_matrix) -> Int32
  ) -> FilterCase {
    FilterCase(
      name: name, picture: isReal ? .real : .gray, output: output, tolerance: tolerance,
      vizcnn: .kernels(bank)
    ) { source, target in
      var (source, target) = (source, target)
      return opencv(&source, &target)
    }
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
      "\(side)×\(side) f32", KernelBank(kernel), isReal: true, output: .float, tolerance: bound
    ) { correlate($0, $1, kernel) }
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
    return kernels("disc 31 u8", KernelBank(kernel), output: .uint8, tolerance: 1) {
      correlate($0, $1, kernel)
    }
  }

  /// OpenCV rounds its weights to 8 bits: up to two steps apart in noise.
  private static func gaussian(_ sigma: Double) -> FilterCase {
    let kernel = Kernel.gaussian(sigma: sigma)
    let side = Int32(kernel.width)
    return kernels(
      "gaussian \(decimal(sigma)) u8", KernelBank(kernel), output: .uint8, tolerance: 2
    ) { viz_cv_gaussian_blur(&$0, &$1, side, side, sigma, sigma, extend) }
  }

  private static func median(
    _ size: Int, _ depth: String = "u8", _ picture: BenchPictures.Name = .gray,
    _ output: SampleType = .uint8
  ) -> FilterCase {
    FilterCase(
      name: "median \(size) \(depth)", picture: picture, output: output, tolerance: 0,
      vizcnn: .median(size)
    ) { source, target in
      var (source, target) = (source, target)
      return viz_cv_median_blur(&source, &target, Int32(size))
    }
  }

  private static func canny(_ name: String, _ picture: BenchPictures.Name) -> FilterCase {
    FilterCase(
      name: "canny 50,150 \(name)", picture: picture, output: .uint8, tolerance: 0,
      vizcnn: .canny(50, 150)
    ) { source, target in
      var (source, target) = (source, target)
      return viz_cv_canny(&source, &target, 50, 150, 3, 0)
    }
  }

  private static func gray(
    _ depth: String, _ picture: BenchPictures.Name, _ output: SampleType
  ) -> FilterCase {
    FilterCase(
      name: "rgb→gray \(depth)", picture: picture, output: output, tolerance: 0, vizcnn: .gray
    ) { source, target in
      var (source, target) = (source, target)
      return viz_cv_rgb_to_gray(&source, &target)
    }
  }

  private static func sobel(_ source: viz_cv_matrix, _ target: viz_cv_matrix) -> Int32 {
    var (source, target) = (source, target)
    return viz_cv_sobel(&source, &target, 1, 0, 3, 1, 0, extend)
  }

  private static func correlate(
    _ source: viz_cv_matrix, _ target: viz_cv_matrix, _ kernel: Kernel
  ) -> Int32 {
    var (source, target) = (source, target)
    return viz_cv_filter2d(
      &source, &target, kernel.taps, Int32(kernel.width), Int32(kernel.height),
      Int32(kernel.anchorX), Int32(kernel.anchorY), 0, extend)
  }
}
