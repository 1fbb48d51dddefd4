#include "CShims.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

/* Largest window, and 16 for "only gzip". */
enum { gzip_window = MAX_WBITS + 16 };

size_t viz_gzip_decompress(const void *bytes, size_t count, void *target, size_t capacity) {
  if (count > UINT_MAX || capacity > UINT_MAX) return SIZE_MAX;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  stream.next_out = target;
  stream.avail_out = (uInt)capacity;
  if (inflateInit2(&stream, gzip_window) != Z_OK) return SIZE_MAX;
  int status = inflate(&stream, Z_FINISH);
  while (status == Z_STREAM_END && stream.avail_in > 0) { /* a file of several members */
    status = inflateReset(&stream) == Z_OK ? inflate(&stream, Z_FINISH) : Z_STREAM_ERROR;
  }
  size_t produced = capacity - stream.avail_out;
  inflateEnd(&stream);
  return status == Z_STREAM_END ? produced : SIZE_MAX;
}
