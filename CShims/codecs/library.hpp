// OpenCV's imgcodecs and the libtiff below it. Loading them brings a hundred other libraries along,
// so they are not linked: they are opened, and their functions looked up, when a file needs them.
#pragma once

#include "CShims.h"

#include <exception>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

namespace viz {

using Decode = cv::Mat (*)(const cv::_InputArray &, int);
using Encode = bool (*)(
  const std::string &, const cv::_InputArray &, std::vector<unsigned char> &,
  const std::vector<int> &);

struct Library {
  void *handle = nullptr;
  Decode decode = nullptr;
  Encode encode = nullptr;
  std::string problem;  // why it cannot be used; empty where it can

  Library();

  // A function of the library or of one that it brought along; null where there is none.
  template <typename Function>
  Function function(const char *name) const {
    return reinterpret_cast<Function>(symbol(name));
  }

 private:
  void *symbol(const char *name) const;
  void silence() const;
};

// Loaded by the first call.
const Library &library();

void keepMessage(char *message, const char *text);

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

}  // namespace viz
