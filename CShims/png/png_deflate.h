/* Deflate for filtered PNG rows: runs and Huffman codes, no search for distant matches. */
#ifndef VIZ_PNG_DEFLATE_H
#define VIZ_PNG_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that the output never exceeds. */
size_t png_deflate_bound(size_t count);

/* Writes whole blocks, up to a byte border. Only the last part of a stream is marked as its end;
   every part starts with no history. Returns the bytes written; 0 without memory. */
size_t png_deflate(const uint8_t *bytes, size_t count, int is_last, uint8_t *target);

#endif
