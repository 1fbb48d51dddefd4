/* The filters of opencv_imgproc that results are compared with. */
#include <opencv2/imgproc.hpp>

#include "matrix.hpp"

using namespace viz;

namespace {

/* Taps as OpenCV computes with them. */
cv::Mat kernelOf(const double *taps, int width, int height) {
  require(taps && width > 0 && height > 0 && width < 32768 && height < 32768);
  cv::Mat kernel(height, width, CV_32F);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      kernel.at<float>(y, x) = (float)taps[(size_t)y * width + x];
  return kernel;
}

cv::Point anchorOf(int x, int y, int width, int height) {
  require(x >= 0 && x < width && y >= 0 && y < height);
  return cv::Point(x, y);
}

} // namespace

extern "C" {

const char *viz_cv_version(void) {
  try {
    static const cv::String version = cv::getVersionString();
    return version.c_str();
  } catch (...) {
    return "";
  }
}

void viz_cv_set_threads(int count) {
  guarded([&] {
    cv::setNumThreads(count);
    return VIZ_CV_OK;
  });
}

int viz_cv_threads(void) {
  int count = 1;
  guarded([&] {
    count = cv::getNumThreads();
    return VIZ_CV_OK;
  });
  return count;
}

int viz_cv_filter2d(const viz_cv_matrix *source, const viz_cv_matrix *target, const double *taps,
                    int width, int height, int anchor_x, int anchor_y, double delta, int border) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    cv::filter2D(in, out, out.depth(), kernelOf(taps, width, height),
                 anchorOf(anchor_x, anchor_y, width, height), delta, borderOf(border));
  });
}

int viz_cv_sep_filter2d(const viz_cv_matrix *source, const viz_cv_matrix *target,
                        const double *row, int width, const double *column, int height,
                        int anchor_x, int anchor_y, double delta, int border) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    cv::sepFilter2D(in, out, out.depth(), kernelOf(row, width, 1), kernelOf(column, height, 1),
                    anchorOf(anchor_x, anchor_y, width, height), delta, borderOf(border));
  });
}

int viz_cv_sobel(const viz_cv_matrix *source, const viz_cv_matrix *target, int dx, int dy, int size,
                 double scale, double delta, int border) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    require(size > 0);
    cv::Sobel(in, out, out.depth(), dx, dy, size, scale, delta, borderOf(border));
  });
}

int viz_cv_scharr(const viz_cv_matrix *source, const viz_cv_matrix *target, int dx, int dy,
                  double scale, double delta, int border) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    cv::Scharr(in, out, out.depth(), dx, dy, scale, delta, borderOf(border));
  });
}

int viz_cv_laplacian(const viz_cv_matrix *source, const viz_cv_matrix *target, int size,
                     double scale, double delta, int border) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    cv::Laplacian(in, out, out.depth(), size, scale, delta, borderOf(border));
  });
}

int viz_cv_gaussian_blur(const viz_cv_matrix *source, const viz_cv_matrix *target, int width,
                         int height, double sigma_x, double sigma_y, int border) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    cv::GaussianBlur(in, out, cv::Size(width, height), sigma_x, sigma_y, borderOf(border));
  });
}

int viz_cv_box_filter(const viz_cv_matrix *source, const viz_cv_matrix *target, int width,
                      int height, int anchor_x, int anchor_y, int normalize, int border) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    require(width > 0 && height > 0);
    cv::boxFilter(in, out, out.depth(), cv::Size(width, height),
                  anchorOf(anchor_x, anchor_y, width, height), normalize != 0, borderOf(border));
  });
}

int viz_cv_median_blur(const viz_cv_matrix *source, const viz_cv_matrix *target, int size) {
  return filter(source, target,
                [&](const cv::Mat &in, cv::Mat &out) { cv::medianBlur(in, out, size); });
}

int viz_cv_canny(const viz_cv_matrix *source, const viz_cv_matrix *target, double low, double high,
                 int aperture, int l2) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    require(in.type() == CV_8UC1);
    cv::Canny(in, out, low, high, aperture, l2 != 0);
  });
}

int viz_cv_canny_gradients(const viz_cv_matrix *dx, const viz_cv_matrix *dy,
                           const viz_cv_matrix *target, double low, double high, int l2) {
  return filter(dx, target, [&](const cv::Mat &horizontal, cv::Mat &out) {
    cv::Mat vertical = view(dy);
    require(horizontal.type() == CV_16SC1 && vertical.type() == CV_16SC1);
    require(horizontal.size() == vertical.size());
    cv::Canny(horizontal, vertical, out, low, high, l2 != 0);
  });
}

int viz_cv_magnitude(const viz_cv_matrix *x, const viz_cv_matrix *y, const viz_cv_matrix *length,
                     const viz_cv_matrix *target) {
  return filter(x, target, [&](const cv::Mat &horizontal, cv::Mat &out) {
    cv::Mat vertical = view(y), lengths = view(length);
    require(horizontal.type() == CV_32FC1 && vertical.type() == CV_32FC1);
    require(horizontal.size() == vertical.size() && lengths.type() == CV_32FC1);
    require(lengths.size() == horizontal.size());
    cv::magnitude(horizontal, vertical, lengths);
    lengths.convertTo(out, out.depth());
  });
}

int viz_cv_rgb_to_gray(const viz_cv_matrix *source, const viz_cv_matrix *target) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    require(in.channels() >= 3);
    cv::cvtColor(in, out, in.channels() == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  });
}

int viz_cv_threshold(const viz_cv_matrix *source, const viz_cv_matrix *target, double threshold,
                     double maximum) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    cv::threshold(in, out, threshold, maximum, cv::THRESH_BINARY);
  });
}

int viz_cv_copy_make_border(const viz_cv_matrix *source, const viz_cv_matrix *target, int left,
                            int top, int border, double value) {
  return filter(source, target, [&](const cv::Mat &in, cv::Mat &out) {
    int right = out.cols - in.cols - left, bottom = out.rows - in.rows - top;
    require(left >= 0 && top >= 0 && right >= 0 && bottom >= 0);
    cv::copyMakeBorder(in, out, top, bottom, left, right, borderOf(border, true),
                       cv::Scalar::all(value));
  });
}

} // extern "C"
