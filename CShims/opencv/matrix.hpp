/* What every call into OpenCV goes through: matrices over the caller's memory, and a wall that no
   exception passes. */
#ifndef VIZCNN_OPENCV_MATRIX_HPP
#define VIZCNN_OPENCV_MATRIX_HPP

#include <new>
#include <opencv2/core.hpp>

#include "../include/CShims.h"

namespace viz {

/* An argument that must not reach OpenCV. */
struct BadArgument {};

inline void require(bool condition) {
  if (!condition) throw BadArgument();
}

/* The OpenCV depth of one of our codes. */
inline int depthOf(const viz_cv_matrix &matrix) {
  switch (matrix.depth) {
  case VIZ_CV_UINT8: return CV_8U;
  case VIZ_CV_UINT16: return CV_16U;
  case VIZ_CV_INT16: return CV_16S;
  case VIZ_CV_FLOAT: return CV_32F;
  default: throw BadArgument();
  }
}

/* The OpenCV name of one of our borders. Filters do not know BORDER_WRAP. */
inline int borderOf(int code, bool wraps = false) {
  switch (code) {
  case VIZ_CV_REPLICATE: return cv::BORDER_REPLICATE;
  case VIZ_CV_CONSTANT: return cv::BORDER_CONSTANT;
  case VIZ_CV_REFLECT: return cv::BORDER_REFLECT;
  case VIZ_CV_REFLECT_101: return cv::BORDER_REFLECT_101;
  case VIZ_CV_WRAP:
    if (wraps) return cv::BORDER_WRAP;
    throw BadArgument();
  default: throw BadArgument();
  }
}

/* A matrix of its own over the caller's memory: never a part of a larger one, because filters read
   what lies around a part. */
inline cv::Mat view(const viz_cv_matrix *matrix) {
  require(matrix && matrix->samples);
  require(matrix->width > 0 && matrix->height > 0);
  require(matrix->channels >= 1 && matrix->channels <= 4);
  int type = CV_MAKETYPE(depthOf(*matrix), matrix->channels);
  require(matrix->stride >= (size_t)matrix->width * CV_ELEM_SIZE(type));
  require(matrix->stride % CV_ELEM_SIZE1(type) == 0);
  return cv::Mat(matrix->height, matrix->width, type, matrix->samples, matrix->stride);
}

/* Runs `body`, which writes into `target`; turns whatever it throws into a status. */
template <typename Body> int guarded(Body body) noexcept {
  try {
    return body();
  } catch (const BadArgument &) {
    return VIZ_CV_ARGUMENT;
  } catch (const std::bad_alloc &) {
    return VIZ_CV_MEMORY;
  } catch (const cv::Exception &exception) {
    return exception.code == cv::Error::StsNoMem ? VIZ_CV_MEMORY : VIZ_CV_UNSUPPORTED;
  } catch (...) {
    return VIZ_CV_UNSUPPORTED;
  }
}

/* Runs a filter from one matrix to another. OpenCV replaces a result matrix that it does not like;
   then the caller's memory was not written. */
template <typename Body>
int filter(const viz_cv_matrix *source, const viz_cv_matrix *target, Body body) noexcept {
  return guarded([&] {
    cv::Mat in = view(source), out = view(target);
    body(in, out);
    return out.data == target->samples ? VIZ_CV_OK : VIZ_CV_MISMATCH;
  });
}

} // namespace viz

#endif
