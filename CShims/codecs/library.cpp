#include "library.hpp"

#include <dlfcn.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include <opencv2/core/utils/logger.hpp>

namespace viz {

namespace {

int keepQuiet(int, const char *, const char *, const char *, int, void *) { return 0; }

}  // namespace

Library::Library() {
  // The name as Debian and OpenCV's own build give it: major, then minor with two digits.
  char name[64];
  std::snprintf(
    name, sizeof name, "libopencv_imgcodecs.so.%d%02d", CV_VERSION_MAJOR, CV_VERSION_MINOR);
  handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    problem = std::string(name) + " cannot be loaded";
    return;
  }
  decode = function<Decode>("_ZN2cv8imdecodeERKNS_11_InputArrayEi");
  encode = function<Encode>(
    "_ZN2cv8imencodeERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEERKNS_11_InputArrayE"
    "RSt6vectorIhSaIhEERKSB_IiSaIiEE");
  if (decode == nullptr || encode == nullptr) problem = std::string(name) + " lacks imdecode";
  silence();
}

void *Library::symbol(const char *name) const { return dlsym(handle, name); }

// OpenCV's logger and libtiff print on stderr by default.
void Library::silence() const {
  using TIFFHandler = void (*)(const char *, const char *, va_list);
  using SetHandler = TIFFHandler (*)(TIFFHandler);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  cv::redirectError(keepQuiet);
  for (const char *name : {"TIFFSetErrorHandler", "TIFFSetWarningHandler"}) {
    if (auto set = function<SetHandler>(name)) set(nullptr);
  }
}

const Library &library() {
  static const Library loaded;
  return loaded;
}

void keepMessage(char *message, const char *text) {
  std::strncpy(message, text, VIZ_MESSAGE_CAPACITY - 1);
  message[VIZ_MESSAGE_CAPACITY - 1] = 0;
}

}  // namespace viz
