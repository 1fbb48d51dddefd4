internal import CShims
internal import VizImage

/// The same filter as OpenCV has it, in this process or told to another one.
enum OpenCVCall {
  case gray
  case sobelX
  case sobelMagnitude
  case correlation(Kernel)
  case gaussian(sigma: Double, size: Int)
  case box(size: Int)
  case median(size: Int)
  case canny(low: Double, high: Double)

  /// The name and the numbers as the script of a peer takes them; `correlation` is followed by
  /// width, height and the taps in row-major order.
  var words: (name: String, numbers: [Double]) {
    switch self {
    case .gray: ("gray", [])
    case .sobelX: ("sobel-x", [])
    case .sobelMagnitude: ("sobel-magnitude", [])
    case .correlation(let kernel):
      ("correlation", [Double(kernel.width), Double(kernel.height)] + kernel.taps)
    case .gaussian(let sigma, let size): ("gaussian", [sigma, Double(size)])
    case .box(let size): ("box", [Double(size)])
    case .median(let size): ("median", [Double(size)])
    case .canny(let low, let high): ("canny", [low, high])
    }
  }

  /// The call, ready to be run again and again; it returns whether OpenCV could do it.
  func prepared(on source: BenchPicture, into target: BenchPicture) -> () -> Bool {
    var (input, output) = (source.matrix, target.matrix)
    let edge = Int32(VIZ_CV_REPLICATE)
    switch self {
    case .gray: return { viz_cv_rgb_to_gray(&input, &output) == 0 }
    case .sobelX: return { viz_cv_sobel(&input, &output, 1, 0, 3, 1, 0, edge) == 0 }
    case .sobelMagnitude:
      let parts = (0..<3).map { _ in
        BenchPicture(width: source.width, height: source.height, sampleType: .float)
      }
      return {
        var (x, y, length) = (parts[0].matrix, parts[1].matrix, parts[2].matrix)
        return viz_cv_sobel(&input, &x, 1, 0, 3, 1, 0, edge) == 0
          && viz_cv_sobel(&input, &y, 0, 1, 3, 1, 0, edge) == 0
          && viz_cv_magnitude(&x, &y, &length, &output) == 0
      }
    case .correlation(let kernel):
      let (width, height) = (Int32(kernel.width), Int32(kernel.height))
      let (x, y) = (Int32(kernel.anchorX), Int32(kernel.anchorY))
      return {
        viz_cv_filter2d(&input, &output, kernel.taps, width, height, x, y, 0, edge) == 0
      }
    case .gaussian(let sigma, let size):
      let side = Int32(size)
      return { viz_cv_gaussian_blur(&input, &output, side, side, sigma, sigma, edge) == 0 }
    case .box(let size):
      let (side, middle) = (Int32(size), Int32(size / 2))
      return { viz_cv_box_filter(&input, &output, side, side, middle, middle, 1, edge) == 0 }
    case .median(let size): return { viz_cv_median_blur(&input, &output, Int32(size)) == 0 }
    case .canny(let low, let high):
      return { viz_cv_canny(&input, &output, low, high, 3, 0) == 0 }
    }
  }
}
