internal import CShims

// The kernels that OpenCV computes: the third source that presets are pinned by.

extension OpenCVOracle {
  /// `cv::getDerivKernels`: the row and the column of a derivative of order `dx`, `dy`.
  ///
  /// `size` is 1, 3, 5 … 31 for Sobel's kernels and −1 for Scharr's.
  package static func derivativeKernels(
    dx: Int, dy: Int, size: Int, normalized: Bool = false
  ) throws(OracleError) -> (row: [Double], column: [Double]) {
    let capacity = max(size, 3)
    var (row, column) = (
      [Double](repeating: 0, count: capacity), [Double](repeating: 0, count: capacity)
    )
    var (rowCount, columnCount) = (Int32(0), Int32(0))
    let status = unsafe viz_cv_derivative_kernels(
      Int32(dx), Int32(dy), Int32(size), normalized ? 1 : 0, Int32(capacity), &row, &rowCount,
      &column, &columnCount)
    try checkOracle(status, "getDerivKernels")
    return (Array(row.prefix(Int(rowCount))), Array(column.prefix(Int(columnCount))))
  }

  /// `cv::getGaussianKernel`: `size` (odd) taps with sum 1.
  ///
  /// With sigma ≤ 0 it is 0.3 · ((size − 1) / 2 − 1) + 0.8, and sizes 1, 3, 5, 7, 9 come from a table.
  package static func gaussianKernel(size: Int, sigma: Double) throws(OracleError) -> [Double] {
    var taps = [Double](repeating: 0, count: max(size, 1))
    try checkOracle(unsafe viz_cv_gaussian_kernel(Int32(size), sigma, &taps), "getGaussianKernel")
    return taps
  }

  /// `cv::getGaborKernel`: a wave of `wavelength` pixels under a Gaussian.
  ///
  /// Angles are in radians; `width` and `height` are odd.
  package static func gaborKernel(
    width: Int, height: Int, sigma: Double, theta: Double, wavelength: Double, aspect: Double,
    phase: Double
  ) throws(OracleError) -> ReferenceKernel {
    precondition(width > 0 && height > 0, "a kernel of \(width)×\(height)")
    var taps = [Double](repeating: 0, count: width * height)
    let status = unsafe viz_cv_gabor_kernel(
      Int32(width), Int32(height), sigma, theta, wavelength, aspect, phase, &taps)
    try checkOracle(status, "getGaborKernel")
    return ReferenceKernel(width: width, height: height, taps: taps)
  }
}
