/* PNG through libpng, from a buffer into the caller's memory. Checksums and the order of chunks are
   checked by the caller before it gets here. */
#include "CShims.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct viz_png_reader {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count;
  size_t offset;
  uint32_t height;
  int passes;
  char message[VIZ_MESSAGE_CAPACITY];
};

static void keep_message(viz_png_reader *reader, const char *text) {
  strncpy(reader->message, text, sizeof reader->message - 1);
}

static void on_error(png_structp png, png_const_charp text) {
  keep_message(png_get_error_ptr(png), text);
  png_longjmp(png, 1);
}

/* Only what concerns the pixels is an error: to libpng a wrong or overlong zlib stream is a warning. */
static void on_warning(png_structp png, png_const_charp text) {
  if (strncmp(text, "IDAT", 4) == 0) on_error(png, text);
}

static void read_bytes(png_structp png, png_bytep target, size_t length) {
  viz_png_reader *reader = png_get_io_ptr(png);
  if (length > reader->count - reader->offset) png_error(png, "the file ends early");
  memcpy(target, reader->bytes + reader->offset, length);
  reader->offset += length;
}

/* Expands every colour type to 8 or 16 bits of gray or RGB, with alpha where the file has any. */
static void expand_samples(viz_png_reader *reader, viz_png_layout *layout) {
  png_structp png = reader->png;
  png_set_expand(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (png_get_bit_depth(png, reader->info) == 16) png_set_swap(png);
#endif
  reader->passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  reader->height = png_get_image_height(png, reader->info);
  layout->bits_per_sample = png_get_bit_depth(png, reader->info);
  layout->channels = png_get_channels(png, reader->info);
  layout->row_bytes = png_get_rowbytes(png, reader->info);

  png_charp name;
  int method;
  png_bytep profile;
  png_uint_32 length;
  if (png_get_iCCP(png, reader->info, &name, &method, &profile, &length) != 0) {
    layout->icc = profile;
    layout->icc_count = length;
  }
}

viz_png_reader *viz_png_open(
  const void *bytes, size_t count, viz_png_layout *layout, char *message
) {
  /* Chunks whose contents nobody asks for are not parsed at all. */
  static const png_byte ignored[] =
    "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iTXt\0oFFs\0pCAL\0pHYs\0"
    "sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0zTXt";
  memset(layout, 0, sizeof *layout);
  viz_png_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) return NULL;
  reader->bytes = bytes;
  reader->count = count;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
  if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
  if (reader->info == NULL) {
    strcpy(message, "libpng cannot start");
    viz_png_close(reader);
    return NULL;
  }
  if (setjmp(png_jmpbuf(reader->png))) {
    memcpy(message, reader->message, VIZ_MESSAGE_CAPACITY);
    viz_png_close(reader);
    return NULL;
  }
  png_set_read_fn(reader->png, reader, read_bytes);
  png_set_crc_action(reader->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_set_user_limits(reader->png, 0x7fffffff, 0x7fffffff);
  png_set_keep_unknown_chunks(
    reader->png, PNG_HANDLE_CHUNK_NEVER, ignored, (int)(sizeof ignored / 5));
  png_read_info(reader->png, reader->info);
  expand_samples(reader, layout);
  return reader;
}

int viz_png_read(
  viz_png_reader *reader, void *samples, size_t row_bytes, viz_row_listener listener, char *message
) {
  if (setjmp(png_jmpbuf(reader->png))) {
    memcpy(message, reader->message, VIZ_MESSAGE_CAPACITY);
    return 1;
  }
  for (int pass = 0; pass < reader->passes; pass++) {
    png_bytep row = samples;
    for (uint32_t y = 0; y < reader->height; y++, row += row_bytes) {
      if (y % VIZ_ROWS_TOLD == 0 && pass == reader->passes - 1) {
        listener.arrived(listener.receiver, y);
      }
      png_read_row(reader->png, row, NULL);
    }
  }
  png_read_end(reader->png, NULL);
  return 0;
}

void viz_png_close(viz_png_reader *reader) {
  if (reader == NULL) return;
  if (reader->png != NULL) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}
