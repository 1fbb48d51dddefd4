/* PNG pixel data, strip by strip: each strip is filtered and deflated on its own, so that strips
   may run on different threads, and their outputs in order are one zlib stream.

   Rows take the filter of least Σ |byte|, the first of a strip one that does not look at the row
   above, so that strips need nothing of each other. What remains is nearly noise: runs and a Huffman code
   find as much in it as a search for distant matches does in ten times the time (png_deflate.c).
   Since only runs are searched, a strip loses nothing by not seeing the one before it. */
#include "CShims.h"
#include "png_deflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PADDING = 16, FILTERS = 5, FILTERS_OF_ONE_ROW = 2, ZLIB_HEADER = 2 };

uint32_t viz_adler32_combine(uint32_t first, uint32_t second, size_t second_count) {
  return (uint32_t)adler32_combine(first, second, (z_off_t)second_count);
}

size_t viz_zlib_bound(size_t count) { return compressBound(count); }

size_t viz_zlib_compress(const void *bytes, size_t count, void *target, size_t capacity) {
  uLongf written = capacity;
  return compress2(target, &written, bytes, count, 9) == Z_OK ? written : 0;
}

/* The work of one strip: two padded rows and one filtered row per filter. */
typedef struct {
  size_t row_bytes;
  size_t pixel_bytes;
  uint8_t *row;    /* with PADDING zero bytes before it */
  uint8_t *above;  /* likewise */
  uint8_t *candidates[FILTERS];
  uint8_t *memory;
} filter_state;

static int filter_state_init(filter_state *state, size_t row_bytes, size_t pixel_bytes) {
  size_t padded = row_bytes + PADDING;
  state->memory = calloc(2 + FILTERS, padded);
  if (state->memory == NULL) return 0;
  state->row_bytes = row_bytes;
  state->pixel_bytes = pixel_bytes;
  state->row = state->memory + PADDING;
  state->above = state->row + padded;
  for (int i = 0; i < FILTERS; i++) state->candidates[i] = state->above + row_bytes + i * padded;
  return 1;
}

static void load_row(const viz_png_strip *strip, size_t y, uint8_t *row, size_t row_bytes) {
  const uint8_t *source = (const uint8_t *)strip->samples + y * row_bytes;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (strip->bytes_per_sample == 2) {
    for (size_t i = 0; i + 1 < row_bytes; i += 2) {
      row[i] = source[i + 1];
      row[i + 1] = source[i];
    }
    return;
  }
#endif
  memcpy(row, source, row_bytes);
}

static inline int16_t magnitude(int16_t x) { return x < 0 ? -x : x; }

/* The neighbour that is nearest to left + above − corner; ties in that order. In 16 bits, which is
   enough and lets a vector hold twice as many. */
static inline uint8_t paeth(int16_t left, int16_t above, int16_t corner) {
  int16_t toLeft = magnitude(above - corner);
  int16_t toAbove = magnitude(left - corner);
  int16_t toCorner = magnitude(left + above - 2 * corner);
  int16_t nearest = toAbove <= toCorner ? above : corner;
  return (uint8_t)(toLeft <= toAbove && toLeft <= toCorner ? left : nearest);
}

/* Σ |filtered byte as a signed number|: small where the filter predicts well. */
static uint64_t cost(const uint8_t *restrict bytes, size_t count) {
  uint64_t total = 0;
  while (count > 0) {
    size_t part = count < 32768 ? count : 32768;
    uint32_t sum = 0;
    for (size_t i = 0; i < part; i++) sum += (uint32_t)magnitude((int8_t)bytes[i]);
    total += sum;
    bytes += part;
    count -= part;
  }
  return total;
}

static void filter_all(const filter_state *state) {
  const uint8_t *restrict row = state->row, *restrict left = state->row - state->pixel_bytes;
  const uint8_t *restrict above = state->above;
  const uint8_t *restrict corner = state->above - state->pixel_bytes;
  size_t n = state->row_bytes;
  uint8_t *restrict sub = state->candidates[1], *restrict up = state->candidates[2];
  uint8_t *restrict average = state->candidates[3], *restrict nearest = state->candidates[4];
  memcpy(state->candidates[0], row, n);
  for (size_t i = 0; i < n; i++) sub[i] = (uint8_t)(row[i] - left[i]);
  for (size_t i = 0; i < n; i++) up[i] = (uint8_t)(row[i] - above[i]);
  for (size_t i = 0; i < n; i++) average[i] = (uint8_t)(row[i] - ((left[i] + above[i]) >> 1));
  for (size_t i = 0; i < n; i++) {
    nearest[i] = (uint8_t)(row[i] - paeth(left[i], above[i], corner[i]));
  }
}

/* Filters the current row with that of the first `filters` filters that costs least, and writes its
   type and bytes. */
static void filter_row(const filter_state *state, int filters, uint8_t *target) {
  filter_all(state);
  int best = 0;
  uint64_t least = UINT64_MAX;
  for (int i = 0; i < filters; i++) {
    uint64_t c = cost(state->candidates[i], state->row_bytes);
    if (c < least) {
      least = c;
      best = i;
    }
  }
  target[0] = (uint8_t)best;
  memcpy(target + 1, state->candidates[best], state->row_bytes);
}

/* Filters the rows into `target`, which has row_bytes + 1 bytes for each. */
static int filter_rows(const viz_png_strip *strip, uint8_t *target) {
  size_t pixel_bytes = (size_t)strip->channels * (size_t)strip->bytes_per_sample;
  size_t row_bytes = strip->width * pixel_bytes;
  filter_state state;
  if (!filter_state_init(&state, row_bytes, pixel_bytes)) return 0;
  for (size_t y = 0; y < strip->rows; y++, target += row_bytes + 1) {
    load_row(strip, y, state.row, row_bytes);
    filter_row(&state, y == 0 ? FILTERS_OF_ONE_ROW : FILTERS, target);
    uint8_t *done = state.above;
    state.above = state.row;
    state.row = done;
  }
  free(state.memory);
  return 1;
}

size_t viz_png_strip_bound(size_t filtered_count) {
  return ZLIB_HEADER + png_deflate_bound(filtered_count);
}

int viz_png_compress_strip(viz_png_strip *strip) {
  size_t line = strip->width * (size_t)(strip->channels * strip->bytes_per_sample) + 1;
  size_t count = strip->rows * line;
  uint8_t *filtered = malloc(count);
  if (filtered == NULL || !filter_rows(strip, filtered)) {
    free(filtered);
    return 0;
  }
  size_t offset = 0;
  if (strip->is_first) {  /* the zlib header: deflate, 32 KiB window, fastest */
    strip->target[offset++] = 0x78;
    strip->target[offset++] = 0x01;
  }
  size_t written = png_deflate(filtered, count, strip->is_last, strip->target + offset);
  strip->count = offset + written;
  strip->adler = (uint32_t)adler32_z(adler32(0, NULL, 0), filtered, count);
  free(filtered);
  return written > 0;
}
