// The other formats, through OpenCV's imgcodecs. Loading that library brings a hundred others
// along, so it is not linked: it is opened, and its two functions are looked up, when a file needs
// them.
#include "CShims.h"

#include <dlfcn.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <mutex>
#include <new>
#include <streambuf>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>

namespace {

using Decode = cv::Mat (*)(const cv::_InputArray &, int);
using Encode = bool (*)(
  const std::string &, const cv::_InputArray &, std::vector<unsigned char> &,
  const std::vector<int> &);
using TIFFHandler = void (*)(const char *, const char *, va_list);

constexpr int unchanged = -1;  // IMREAD_UNCHANGED

void keepMessage(char *message, const char *text) {
  std::strncpy(message, text, VIZ_MESSAGE_CAPACITY - 1);
  message[VIZ_MESSAGE_CAPACITY - 1] = 0;
}

int keepQuiet(int, const char *, const char *, const char *, int, void *) { return 0; }

struct Library {
  Decode decode = nullptr;
  Encode encode = nullptr;
  std::string problem;

  Library() {
    // The name as Debian and OpenCV's own build give it: major, then minor with two digits.
    char name[64];
    std::snprintf(
      name, sizeof name, "libopencv_imgcodecs.so.%d%02d", CV_VERSION_MAJOR, CV_VERSION_MINOR);
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      problem = std::string(name) + " cannot be loaded";
      return;
    }
    decode = reinterpret_cast<Decode>(dlsym(handle, "_ZN2cv8imdecodeERKNS_11_InputArrayEi"));
    encode = reinterpret_cast<Encode>(dlsym(
      handle,
      "_ZN2cv8imencodeERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEERKNS_11_InputArrayE"
      "RSt6vectorIhSaIhEERKSB_IiSaIiEE"));
    if (decode == nullptr || encode == nullptr) problem = std::string(name) + " lacks imdecode";
    silence(handle);
  }

  // OpenCV's logger and libtiff print on stderr by default.
  static void silence(void *handle) {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    cv::redirectError(keepQuiet);
    using SetHandler = TIFFHandler (*)(TIFFHandler);
    for (const char *name : {"TIFFSetErrorHandler", "TIFFSetWarningHandler"}) {
      if (auto set = reinterpret_cast<SetHandler>(dlsym(handle, name))) set(nullptr);
    }
  }
};

const Library &library() {
  static const Library loaded;
  return loaded;
}

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
  if (image.depth() == CV_64F) image.convertTo(image, CV_32F);
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

// Runs `work` where the library is there; no exception passes.
template <typename Work>
int guarded(char *message, Work work) {
  try {
    if (!library().problem.empty()) {
      keepMessage(message, library().problem.c_str());
      return VIZ_CODEC_MISSING;
    }
    return work();
  } catch (const cv::Exception &error) {
    keepMessage(message, error.err.c_str());
  } catch (const std::exception &error) {
    keepMessage(message, error.what());
  } catch (...) {
    keepMessage(message, "cannot be processed");
  }
  return VIZ_CODEC_FAILED;
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
