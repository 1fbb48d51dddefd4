// Strips and tiles of TIFF files through the libtiff that OpenCV's imgcodecs stands on. imgcodecs'
// own reader leaves out alpha, planes and signs, and gives zeros for what is damaged.
#include "library.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

#include <sys/types.h>

struct viz_tiff {
  const uint8_t *bytes;
  uint64_t count;
  uint64_t offset = 0;
  void *file = nullptr;
};

namespace {

// The part of tiffio.h that is used here; its header is in a package of its own. The types are those
// of libtiff 4: tmsize_t is ssize_t, toff_t is uint64_t.
using Transfer = ssize_t (*)(void *, void *, ssize_t);
using Seek = uint64_t (*)(void *, uint64_t, int);
using Close = int (*)(void *);
using Size = uint64_t (*)(void *);
using Map = int (*)(void *, void **, uint64_t *);
using Unmap = void (*)(void *, void *, uint64_t);

struct Functions {
  void *(*open)(const char *, const char *, void *, Transfer, Transfer, Seek, Close, Size, Map, Unmap);
  void (*close)(void *);
  ssize_t (*readStrip)(void *, uint32_t, void *, ssize_t);
  ssize_t (*readTile)(void *, uint32_t, void *, ssize_t);
  int (*getField)(void *, uint32_t, ...);
  int (*setField)(void *, uint32_t, ...);
  int (*readRGBA)(void *, uint32_t, uint32_t, uint32_t *, int, int);
  int (*isConfigured)(uint16_t);
  bool areAll = false;

  Functions() {
    const viz::Library &library = viz::library();
    open = library.function<decltype(open)>("TIFFClientOpen");
    close = library.function<decltype(close)>("TIFFClose");
    readStrip = library.function<decltype(readStrip)>("TIFFReadEncodedStrip");
    readTile = library.function<decltype(readTile)>("TIFFReadEncodedTile");
    getField = library.function<decltype(getField)>("TIFFGetField");
    setField = library.function<decltype(setField)>("TIFFSetField");
    readRGBA = library.function<decltype(readRGBA)>("TIFFReadRGBAImageOriented");
    isConfigured = library.function<decltype(isConfigured)>("TIFFIsCODECConfigured");
    areAll = open && close && readStrip && readTile && getField && setField && readRGBA
      && isConfigured;
  }
};

const Functions &functions() {
  static const Functions found;
  return found;
}

constexpr uint32_t widthTag = 256, heightTag = 257, orientationTag = 274;
constexpr int topLeft = 1;

ssize_t readBytes(void *handle, void *target, ssize_t wanted) {
  auto *tiff = static_cast<viz_tiff *>(handle);
  if (wanted < 0 || tiff->offset >= tiff->count) return 0;
  const uint64_t length = std::min(uint64_t(wanted), tiff->count - tiff->offset);
  std::memcpy(target, tiff->bytes + tiff->offset, length);
  tiff->offset += length;
  return ssize_t(length);
}

ssize_t writeNothing(void *, void *, ssize_t) { return -1; }

uint64_t seek(void *handle, uint64_t offset, int origin) {
  auto *tiff = static_cast<viz_tiff *>(handle);
  if (origin == SEEK_CUR) offset += tiff->offset;
  if (origin == SEEK_END) offset += tiff->count;
  tiff->offset = offset;
  return offset;
}

int closeNothing(void *) { return 0; }

uint64_t size(void *handle) { return static_cast<viz_tiff *>(handle)->count; }

int refuseMapping(void *, void **, uint64_t *) { return 0; }

void unmapNothing(void *, void *, uint64_t) {}

}  // namespace

int viz_tiff_open(const void *bytes, size_t count, viz_tiff **result, char *message) {
  return viz::guarded(message, [&] {
    if (!functions().areAll) {
      viz::keepMessage(message, "OpenCV was built without the system's libtiff");
      return int(VIZ_CODEC_MISSING);
    }
    std::unique_ptr<viz_tiff> tiff(new viz_tiff{static_cast<const uint8_t *>(bytes), count});
    // "c": strips stay as they are in the file.
    tiff->file = functions().open(
      "file", "rc", tiff.get(), readBytes, writeNothing, seek, closeNothing, size, refuseMapping,
      unmapNothing);
    if (tiff->file == nullptr) {
      viz::keepMessage(message, "libtiff cannot read its directory");
      return int(VIZ_CODEC_FAILED);
    }
    *result = tiff.release();
    return int(VIZ_CODEC_OK);
  });
}

int viz_tiff_decompresses(uint16_t compression) { return functions().isConfigured(compression); }

int viz_tiff_read_part(
  viz_tiff *tiff, int is_tiled, uint32_t index, void *samples, size_t count
) {
  const auto read = is_tiled ? functions().readTile : functions().readStrip;
  return read(tiff->file, index, samples, ssize_t(count)) == ssize_t(count) ? 0 : 1;
}

int viz_tiff_read_rgba(viz_tiff *tiff, uint32_t width, uint32_t height, uint32_t *pixels) {
  constexpr int stopsOnError = 1;
  // libtiff fills as many rows as it has found itself, however many there is room for.
  uint32_t foundWidth = 0, foundHeight = 0;
  functions().getField(tiff->file, widthTag, &foundWidth);
  functions().getField(tiff->file, heightTag, &foundHeight);
  if (foundWidth != width || foundHeight != height) return 1;
  functions().setField(tiff->file, orientationTag, topLeft);
  return functions().readRGBA(tiff->file, width, height, pixels, topLeft, stopsOnError) ? 0 : 1;
}

void viz_tiff_close(viz_tiff *tiff) {
  if (tiff == nullptr) return;
  functions().close(tiff->file);
  delete tiff;
}
