/* The whole C surface of vizcnn. Every name starts with viz_. No function here lets a C++ exception
   or a longjmp out, prints, or keeps a pointer that it was given (readers say where they do). */
#ifndef VIZCNN_CSHIMS_H
#define VIZCNN_CSHIMS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The processor ---------------------------------------------------------------------- */

/* The best instruction set that this processor and its operating system offer:
   0 baseline (SSE2 or NEON), 1 x86-64-v3 (AVX2, FMA), 2 x86-64-v4 (AVX-512 F BW CD DQ VL). */
int viz_instruction_set(void);

/* ---- Codecs ----------------------------------------------------------------------------- */

/* Every `message` below has room for this many bytes and gets a text where a function fails. */
#define VIZ_MESSAGE_CAPACITY 200

/* PNG reader over a buffer that must outlive it. The caller has checked signature, chunk order and
   checksums. Samples come as 8 bits or as native 16 bits, palettes and transparency expanded. */
typedef struct viz_png_reader viz_png_reader;
typedef struct {
  int bits_per_sample;
  int channels;
  size_t row_bytes;
  const uint8_t *icc; /* lives as long as the reader; NULL without a profile */
  size_t icc_count;
} viz_png_layout;

viz_png_reader *viz_png_open(
  const void *bytes, size_t count, viz_png_layout *layout, char *message);
/* Reads all rows; 0 means done. */
int viz_png_read(viz_png_reader *reader, void *samples, size_t row_bytes, char *message);
void viz_png_close(viz_png_reader *reader);

/* PNG pixel data in strips whose outputs, in order, are one zlib stream without its checksum. */
typedef struct {
  const void *samples; /* interleaved, native byte order, rows without gaps */
  size_t width, height;
  int channels, bytes_per_sample;
} viz_png_picture;
typedef struct {
  uint8_t *target; /* has room for viz_png_strip_bound(filtered bytes) */
  size_t count;    /* out: bytes written */
  uint32_t adler;  /* out: Adler-32 of the strip's filtered bytes */
} viz_png_strip;

size_t viz_png_strip_bound(size_t filtered_count);
/* Non-zero means done. */
int viz_png_compress_strip(
  const viz_png_picture *picture, size_t first_row, size_t row_count, viz_png_strip *strip);
uint32_t viz_crc32(uint32_t crc, const void *bytes, size_t count);
uint32_t viz_adler32_combine(uint32_t first, uint32_t second, size_t second_count);
size_t viz_zlib_bound(size_t count);
/* A whole zlib stream; 0 where it does not fit. */
size_t viz_zlib_compress(const void *bytes, size_t count, void *target, size_t capacity);

/* JPEG through libjpeg-turbo: 8-bit gray or RGB, CMYK converted. */
typedef struct viz_jpeg_reader viz_jpeg_reader;
typedef struct {
  size_t width, height;
  int channels;
  int is_cmyk;
} viz_jpeg_layout;

viz_jpeg_reader *viz_jpeg_open(
  const void *bytes, size_t count, viz_jpeg_layout *layout, char *message);
/* Reads all rows; 0 means done. A warning of the library is a failure. */
int viz_jpeg_read(viz_jpeg_reader *reader, void *samples, size_t row_bytes, char *message);
void viz_jpeg_close(viz_jpeg_reader *reader);

typedef struct {
  const void *samples; /* 8-bit, interleaved, rows without gaps */
  size_t width, height;
  int channels; /* 1 or 3 */
  int quality;  /* 1…100; full colour resolution from 90 on */
  const void *icc;
  size_t icc_count;
  const char *comment;
} viz_jpeg_picture;

/* The file, to be freed with viz_free; NULL means failure. */
uint8_t *viz_jpeg_write(const viz_jpeg_picture *picture, size_t *count, char *message);
void viz_free(void *memory);

/* Every other format, through OpenCV's imgcodecs, which is loaded by the first call. */
enum { VIZ_CODEC_OK = 0, VIZ_CODEC_FAILED = 1, VIZ_CODEC_MISSING = 2 };
typedef struct {
  void *owner;   /* frees the samples: viz_codec_release */
  void *samples; /* interleaved, RGB order, rows without gaps */
  size_t width, height;
  int channels;
  int sample_bytes; /* 1, 2 or 4 (float) */
} viz_codec_picture;

int viz_codec_decode(
  const void *bytes, size_t count, viz_codec_picture *picture, char *message);
void viz_codec_release(void *owner);
/* Encodes as the format of a file name extension (".webp"); the bytes are freed with viz_free.
   `parameter` is one of imgcodecs' ImwriteFlags, or 0 for none. */
int viz_codec_encode(
  const viz_codec_picture *picture, const char *extension, int parameter, int value,
  uint8_t **bytes, size_t *count, char *message);

#ifdef __cplusplus
}
#endif

#endif
