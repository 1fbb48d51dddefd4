/* The kernels that OpenCV computes, as the third source that presets are pinned by. */
#include <opencv2/imgproc.hpp>

#include "matrix.hpp"

using namespace viz;

namespace {

/* Writes a Float64 matrix in row-major order; returns how many taps that were. */
int copyTaps(const cv::Mat &kernel, double *taps, int capacity) {
  require(taps && kernel.type() == CV_64F && (int)kernel.total() <= capacity);
  for (int y = 0; y < kernel.rows; y++)
    for (int x = 0; x < kernel.cols; x++) *taps++ = kernel.at<double>(y, x);
  return (int)kernel.total();
}

} // namespace

extern "C" {

int viz_cv_derivative_kernels(int dx, int dy, int size, int normalize, int capacity, double *row,
                              int *row_count, double *column, int *column_count) {
  return guarded([&] {
    require(row_count && column_count);
    cv::Mat x, y;
    cv::getDerivKernels(x, y, dx, dy, size, normalize != 0, CV_64F);
    *row_count = copyTaps(x, row, capacity);
    *column_count = copyTaps(y, column, capacity);
    return VIZ_CV_OK;
  });
}

int viz_cv_gaussian_kernel(int size, double sigma, double *taps) {
  return guarded([&] {
    require(size > 0 && size % 2 == 1);
    copyTaps(cv::getGaussianKernel(size, sigma, CV_64F), taps, size);
    return VIZ_CV_OK;
  });
}

int viz_cv_gabor_kernel(int width, int height, double sigma, double theta, double wavelength,
                        double aspect, double phase, double *taps) {
  return guarded([&] {
    require(width > 0 && height > 0 && width % 2 == 1 && height % 2 == 1);
    require(width < 32768 && height < 32768);
    cv::Mat kernel = cv::getGaborKernel(cv::Size(width, height), sigma, theta, wavelength, aspect,
                                        phase, CV_64F);
    copyTaps(kernel, taps, width * height);
    return VIZ_CV_OK;
  });
}

} // extern "C"
