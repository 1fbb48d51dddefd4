/* JPEG through libjpeg-turbo with its defaults (accurate integer DCT, smooth chroma upsampling),
   from a buffer into the caller's memory. */
#include "jpeg_errors.h"

#include <jerror.h>
#include <stdlib.h>
#include <string.h>

struct viz_jpeg_reader {
  struct jpeg_decompress_struct info;
  jpeg_errors errors;
};

static int is_cmyk(const struct jpeg_decompress_struct *info) {
  return info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
}

viz_jpeg_reader *viz_jpeg_open(
  const void *bytes, size_t count, viz_jpeg_layout *layout, char *message
) {
  memset(layout, 0, sizeof *layout);
  viz_jpeg_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) {
    strcpy(message, "libjpeg cannot start");
    return NULL;
  }
  jpeg_errors_init(&reader->errors);
  reader->info.err = &reader->errors.manager;
  if (setjmp(reader->errors.escape)) {
    jpeg_errors_copy(&reader->errors, message);
    viz_jpeg_close(reader);
    return NULL;
  }
  jpeg_create_decompress(&reader->info);
  jpeg_mem_src(&reader->info, bytes, count);
  jpeg_read_header(&reader->info, TRUE);
  int gray = reader->info.jpeg_color_space == JCS_GRAYSCALE;
  layout->is_cmyk = is_cmyk(&reader->info);
  reader->info.out_color_space = gray ? JCS_GRAYSCALE : layout->is_cmyk ? JCS_CMYK : JCS_RGB;
  layout->width = reader->info.image_width;
  layout->height = reader->info.image_height;
  layout->channels = gray ? 1 : 3;
  return reader;
}

/* Inverted CMYK, as Adobe writes it and all read it: each is the light that an ink lets through. */
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
  for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
    for (int c = 0; c < 3; c++) rgb[c] = (uint8_t)((cmyk[c] * cmyk[3] + 127) / 255);
  }
}

static void read_rows(
  viz_jpeg_reader *reader, uint8_t *row, size_t row_bytes, JSAMPROW cmyk, viz_row_listener listener
) {
  struct jpeg_decompress_struct *info = &reader->info;
  for (; info->output_scanline < info->output_height; row += row_bytes) {
    if (info->output_scanline % VIZ_ROWS_TOLD == 0) {
      listener.arrived(listener.receiver, info->output_scanline);
    }
    JSAMPROW target = cmyk != NULL ? cmyk : row;
    if (jpeg_read_scanlines(info, &target, 1) != 1) ERREXIT(info, JERR_CANT_SUSPEND);
    if (cmyk != NULL) cmyk_to_rgb(cmyk, row, info->output_width);
  }
}

int viz_jpeg_read(
  viz_jpeg_reader *reader, void *samples, size_t row_bytes, viz_row_listener listener, char *message
) {
  struct jpeg_decompress_struct *info = &reader->info;
  if (setjmp(reader->errors.escape)) {
    jpeg_errors_copy(&reader->errors, message);
    return 1;
  }
  jpeg_start_decompress(info);
  JSAMPROW cmyk = NULL;
  if (info->out_color_space == JCS_CMYK) {  /* freed with the reader */
    size_t cmyk_bytes = (size_t)info->output_width * 4;
    cmyk = (*info->mem->alloc_large)((j_common_ptr)info, JPOOL_IMAGE, cmyk_bytes);
  }
  read_rows(reader, samples, row_bytes, cmyk, listener);
  jpeg_finish_decompress(info);
  return 0;
}

void viz_jpeg_close(viz_jpeg_reader *reader) {
  if (reader == NULL) return;
  jpeg_destroy_decompress(&reader->info);
  free(reader);
}
