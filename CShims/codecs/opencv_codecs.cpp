// The other formats, through OpenCV's imgcodecs.
#include "library.hpp"

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <mutex>
#include <new>
#include <streambuf>

namespace {

using viz::guarded, viz::keepMessage, viz::library;

constexpr int unchanged = -1;  // IMREAD_UNCHANGED

// imdecode reports exceptions of its codecs on std::cerr: nothing is written there while one of
// these lives. One call at a time, since the stream belongs to the process.
class Silence {
  struct Nowhere : std::streambuf {
    int overflow(int c) override { return traits_type::not_eof(c); }
  };
  static std::mutex &turn() {
    static std::mutex mutex;
    return mutex;
  }
  std::lock_guard<std::mutex> guard{turn()};
  Nowhere nowhere;
  std::streambuf *before;

 public:
  Silence() : before(std::cerr.rdbuf(&nowhere)) {}
  ~Silence() { std::cerr.rdbuf(before); }
};

template <typename Sample>
void swapRedAndBlue(cv::Mat &image) {
  const size_t channels = image.channels();
  Sample *sample = image.ptr<Sample>();
  for (size_t i = 0, n = image.total(); i < n; i++, sample += channels) {
    std::swap(sample[0], sample[2]);
  }
}

void swapRedAndBlue(cv::Mat &image) {
  if (image.channels() < 3) return;
  switch (image.elemSize1()) {
    case 1: return swapRedAndBlue<uint8_t>(image);
    case 2: return swapRedAndBlue<uint16_t>(image);
    default: return swapRedAndBlue<uint32_t>(image);
  }
}

int decode(const void *bytes, size_t count, viz_codec_picture *picture, char *message) {
  if (count > INT32_MAX) {
    keepMessage(message, "the file is larger than 2 GiB");
    return VIZ_CODEC_FAILED;
  }
  Silence silence;
  const cv::Mat file(1, static_cast<int>(count), CV_8U, const_cast<void *>(bytes));
  cv::Mat image = library().decode(file, unchanged);
  if (image.empty() || image.dims != 2) {
    keepMessage(message, "cannot be decoded");
    return VIZ_CODEC_FAILED;
  }
  if (image.depth() != CV_8U && image.depth() != CV_16U && image.depth() != CV_32F) {
    keepMessage(message, "has samples of a type that is not supported");
    return VIZ_CODEC_FAILED;
  }
  if (!image.isContinuous()) image = image.clone();
  swapRedAndBlue(image);
  auto *owner = new cv::Mat(image);
  *picture = {owner, owner->data, size_t(owner->cols), size_t(owner->rows), owner->channels(),
              int(owner->elemSize1())};
  return VIZ_CODEC_OK;
}

int encode(
  const viz_codec_picture *picture, const char *extension, const std::vector<int> &parameters,
  uint8_t **bytes, size_t *count, char *message
) {
  const int bytesPerSample = picture->sample_bytes;
  const int depth = bytesPerSample == 1 ? CV_8U : bytesPerSample == 2 ? CV_16U : CV_32F;
  const int type = CV_MAKETYPE(depth, picture->channels);
  const cv::Mat rgb(int(picture->height), int(picture->width), type, picture->samples);
  cv::Mat bgr = picture->channels < 3 ? rgb : rgb.clone();
  swapRedAndBlue(bgr);
  std::vector<unsigned char> file;
  Silence silence;
  if (!library().encode(extension, bgr, file, parameters) || file.empty()) {
    keepMessage(message, "cannot be encoded");
    return VIZ_CODEC_FAILED;
  }
  *bytes = static_cast<uint8_t *>(std::malloc(file.size()));
  if (*bytes == nullptr) throw std::bad_alloc();
  std::memcpy(*bytes, file.data(), file.size());
  *count = file.size();
  return VIZ_CODEC_OK;
}

}  // namespace

int viz_codec_decode(const void *bytes, size_t count, viz_codec_picture *picture, char *message) {
  return guarded(message, [&] { return decode(bytes, count, picture, message); });
}

void viz_codec_release(void *owner) { delete static_cast<cv::Mat *>(owner); }

int viz_codec_encode(
  const viz_codec_picture *picture, const char *extension, int parameter, int value,
  uint8_t **bytes, size_t *count, char *message
) {
  return guarded(message, [&] {
    std::vector<int> parameters;
    if (parameter != 0) parameters = {parameter, value};
    return encode(picture, extension, parameters, bytes, count, message);
  });
}
