/* The check sums of zlib. */
#include "CShims.h"

#include <zlib.h>

uint32_t viz_crc32(uint32_t crc, const void *bytes, size_t count) {
  return count == 0 ? crc : (uint32_t)crc32_z(crc, bytes, count); /* zlib takes a null pointer for a question */
}
