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

/* Processors that this process may run on, 1 or more. */
int viz_processor_count(void);

/* Tells the processor that this thread only waits for another one to write to memory. */
static inline void viz_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Versions of the libraries that are loaded, such as "1.6.39"; of libjpeg-turbo, that of its header. */
const char *viz_png_version(void);
const char *viz_jpeg_version(void);
const char *viz_zlib_version(void);

/* ---- OpenCV ------------------------------------------------------------------------------ */

/* Gray conversion and the filters that results are judged and timed against. Pictures stay where the
   caller has them: a function reads `source`, writes `target`, copies neither and keeps no pointer.
   Both have the size, channels and depth that the function states; they do not overlap. Two threads
   may call at once. Every function that returns int gives one of these: */
enum {
  VIZ_CV_OK = 0,
  VIZ_CV_ARGUMENT = 1,    /* a size, stride, depth or pointer that makes no sense */
  VIZ_CV_UNSUPPORTED = 2, /* OpenCV refused the combination */
  VIZ_CV_MEMORY = 3,      /* out of memory */
  VIZ_CV_MISMATCH = 4     /* the result does not fit `target`, which was not written */
};

/* What a sample is stored as. */
enum { VIZ_CV_UINT8 = 0, VIZ_CV_UINT16 = 1, VIZ_CV_INT16 = 2, VIZ_CV_FLOAT = 3 };

/* What lies outside a picture: the nearest border sample, a constant, the picture mirrored with and
   without its border sample repeated, the picture again (viz_cv_copy_make_border only). */
enum {
  VIZ_CV_REPLICATE = 0,
  VIZ_CV_CONSTANT = 1,
  VIZ_CV_REFLECT = 2,
  VIZ_CV_REFLECT_101 = 3,
  VIZ_CV_WRAP = 4
};

/* `height` rows of `width` × `channels` interleaved samples, `stride` bytes from row to row. */
typedef struct viz_cv_matrix {
  void *samples;
  size_t stride;
  int32_t width;
  int32_t height;
  int32_t channels; /* 1 … 4 */
  int32_t depth;    /* VIZ_CV_UINT8 … VIZ_CV_FLOAT */
} viz_cv_matrix;

/* The version of the library that is loaded, such as "4.6.0". */
const char *viz_cv_version(void);

/* How many threads OpenCV may use in this process; 1 for none but the caller's. */
void viz_cv_set_threads(int count);
int viz_cv_threads(void);

/* Correlation with width × height taps in row-major order (OpenCV stores them as float), plus delta.
   target: as source, of a depth that OpenCV offers for it. */
int viz_cv_filter2d(const viz_cv_matrix *source, const viz_cv_matrix *target, const double *taps,
                    int width, int height, int anchor_x, int anchor_y, double delta, int border);

/* The same with taps = column · row. */
int viz_cv_sep_filter2d(const viz_cv_matrix *source, const viz_cv_matrix *target,
                        const double *row, int width, const double *column, int height,
                        int anchor_x, int anchor_y, double delta, int border);

/* The derivative of order dx, dy; size 1, 3, 5 … 31. */
int viz_cv_sobel(const viz_cv_matrix *source, const viz_cv_matrix *target, int dx, int dy, int size,
                 double scale, double delta, int border);
int viz_cv_scharr(const viz_cv_matrix *source, const viz_cv_matrix *target, int dx, int dy,
                  double scale, double delta, int border);
int viz_cv_laplacian(const viz_cv_matrix *source, const viz_cv_matrix *target, int size,
                     double scale, double delta, int border);

/* target: as source. */
int viz_cv_gaussian_blur(const viz_cv_matrix *source, const viz_cv_matrix *target, int width,
                         int height, double sigma_x, double sigma_y, int border);
/* The sum of a window, or its mean when `normalize` is not 0. */
int viz_cv_box_filter(const viz_cv_matrix *source, const viz_cv_matrix *target, int width,
                      int height, int anchor_x, int anchor_y, int normalize, int border);
/* The median of size × size samples, edges replicated; target: as source. */
int viz_cv_median_blur(const viz_cv_matrix *source, const viz_cv_matrix *target, int size);

/* Edges, 0 or 255. source: one channel of UInt8; target: the same. Edges are replicated. */
int viz_cv_canny(const viz_cv_matrix *source, const viz_cv_matrix *target, double low, double high,
                 int aperture, int l2);
/* The same from gradients, one channel of Int16 each. */
int viz_cv_canny_gradients(const viz_cv_matrix *dx, const viz_cv_matrix *dy,
                           const viz_cv_matrix *target, double low, double high, int l2);

/* √(x² + y²) of two gradients, one channel of Float each: into `length`, of the same type, and from
   there rounded and saturated into target. */
int viz_cv_magnitude(const viz_cv_matrix *x, const viz_cv_matrix *y, const viz_cv_matrix *length,
                     const viz_cv_matrix *target);
/* source: 3 or 4 channels, red first; target: one channel of the same depth. */
int viz_cv_rgb_to_gray(const viz_cv_matrix *source, const viz_cv_matrix *target);
/* target = source > threshold ? maximum : 0. */
int viz_cv_threshold(const viz_cv_matrix *source, const viz_cv_matrix *target, double threshold,
                     double maximum);
/* The source with a border around it; the target's size says how much right and below. */
int viz_cv_copy_make_border(const viz_cv_matrix *source, const viz_cv_matrix *target, int left,
                            int top, int border, double value);

/* The factors of a derivative kernel; size 1, 3 … 31, or −1 for Scharr's. Each array has room for
   `capacity` taps; how many were written goes to `row_count` and `column_count`. */
int viz_cv_derivative_kernels(int dx, int dy, int size, int normalize, int capacity, double *row,
                              int *row_count, double *column, int *column_count);
/* `size` (odd) taps of a Gaussian with sum 1. */
int viz_cv_gaussian_kernel(int size, double sigma, double *taps);
/* width × height (odd) taps of a Gabor kernel; angles in radians. */
int viz_cv_gabor_kernel(int width, int height, double sigma, double theta, double wavelength,
                        double aspect, double phase, double *taps);
/* ---- Codecs ----------------------------------------------------------------------------- */

/* Every `message` below has room for this many bytes and gets a text where a function fails. */
#define VIZ_MESSAGE_CAPACITY 200

/* Rows after which a reader tells how many there are. */
#define VIZ_ROWS_TOLD 16

/* Told whenever some more rows are there, and how many there are. */
typedef struct {
  void (*arrived)(void *receiver, size_t rows);
  void *receiver;
} viz_row_listener;

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
/* Reads all rows; 0 means done. Interlaced rows are there when all are. */
int viz_png_read(viz_png_reader *reader, void *samples, size_t row_bytes,
                 viz_row_listener listener, char *message);
void viz_png_close(viz_png_reader *reader);

/* PNG pixel data in strips whose outputs, in order, are one zlib stream without its checksum. */
typedef struct {
  const void *samples; /* of the strip; interleaved, native byte order, rows without gaps */
  size_t width, rows;
  int channels, bytes_per_sample;
  int is_first, is_last; /* of the picture's strips */
  uint8_t *target; /* has room for viz_png_strip_bound(filtered bytes) */
  size_t count;    /* out: bytes written */
  uint32_t adler;  /* out: Adler-32 of the strip's filtered bytes */
} viz_png_strip;

size_t viz_png_strip_bound(size_t filtered_count);
/* Non-zero means done. */
int viz_png_compress_strip(viz_png_strip *strip);
uint32_t viz_adler32_combine(uint32_t first, uint32_t second, size_t second_count);
size_t viz_zlib_bound(size_t count);
/* A whole zlib stream; 0 where it does not fit. */
size_t viz_zlib_compress(const void *bytes, size_t count, void *target, size_t capacity);

/* CRC-32 of bytes that follow those of the sum `crc`, which is 0 before the first. */
uint32_t viz_crc32(uint32_t crc, const void *bytes, size_t count);

/* A whole gzip file, checksums and all; the bytes it holds, or SIZE_MAX where it is damaged, holds more
   than `capacity`, or either is beyond 4 GiB. */
size_t viz_gzip_decompress(const void *bytes, size_t count, void *target, size_t capacity);

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
int viz_jpeg_read(viz_jpeg_reader *reader, void *samples, size_t row_bytes,
                  viz_row_listener listener, char *message);
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

/* Other formats, through OpenCV's imgcodecs, which is loaded by the first call. */
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

/* TIFF through the libtiff that imgcodecs stands on, from a buffer that must outlive the reader. */
typedef struct viz_tiff viz_tiff;
/* One of VIZ_CODEC_…; the reader is in `tiff` where it is OK. */
int viz_tiff_open(const void *bytes, size_t count, viz_tiff **tiff, char *message);
/* Whether libtiff knows a way of compression, after a file was opened; non-zero means yes. */
int viz_tiff_decompresses(uint16_t compression);
/* The samples of a strip or tile, decompressed and in native byte order; 0 where it has `count` bytes. */
int viz_tiff_read_part(viz_tiff *tiff, int is_tiled, uint32_t index, void *samples, size_t count);
/* width × height pixels as libtiff converts them, red in the lowest byte; 0 where they are whole. */
int viz_tiff_read_rgba(viz_tiff *tiff, uint32_t width, uint32_t height, uint32_t *pixels);
void viz_tiff_close(viz_tiff *tiff);

#ifdef __cplusplus
}
#endif

#endif
