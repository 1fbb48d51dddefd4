/* JPEG through libjpeg-turbo into memory: baseline, Huffman codes made for the picture. */
#include "jpeg_errors.h"

#include <stdlib.h>
#include <string.h>

void viz_free(void *memory) { free(memory); }

static void set_up(struct jpeg_compress_struct *info, const viz_jpeg_picture *picture) {
  info->image_width = (JDIMENSION)picture->width;
  info->image_height = (JDIMENSION)picture->height;
  info->input_components = picture->channels;
  info->in_color_space = picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, picture->quality, TRUE);
  info->optimize_coding = TRUE;
  if (picture->channels == 3 && picture->quality >= 90) {
    info->comp_info[0].h_samp_factor = 1;
    info->comp_info[0].v_samp_factor = 1;
  }
}

static void write_picture(struct jpeg_compress_struct *info, const viz_jpeg_picture *picture) {
  set_up(info, picture);
  jpeg_start_compress(info, TRUE);
  size_t comment_count = strlen(picture->comment);
  jpeg_write_marker(
    info, JPEG_COM, (const JOCTET *)picture->comment, (unsigned int)comment_count);
  if (picture->icc_count > 0) {
    jpeg_write_icc_profile(info, picture->icc, (unsigned int)picture->icc_count);
  }
  size_t row_bytes = picture->width * (size_t)picture->channels;
  while (info->next_scanline < info->image_height) {
    JSAMPROW row = (JSAMPROW)picture->samples + info->next_scanline * row_bytes;
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
}

uint8_t *viz_jpeg_write(const viz_jpeg_picture *picture, size_t *count, char *message) {
  struct jpeg_compress_struct info = {0};
  jpeg_errors errors;
  /* libjpeg grows this memory and keeps the pointer up to date, also across a longjmp. */
  struct {
    unsigned char *bytes;
    unsigned long count;
  } *volatile target = calloc(1, sizeof *target);
  if (target == NULL) return NULL;
  jpeg_errors_init(&errors);
  info.err = &errors.manager;
  if (setjmp(errors.escape)) {
    jpeg_errors_copy(&errors, message);
    jpeg_destroy_compress(&info);
    free(target->bytes);
    free(target);
    return NULL;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &target->bytes, &target->count);
  write_picture(&info, picture);
  jpeg_destroy_compress(&info);
  uint8_t *bytes = target->bytes;
  *count = target->count;
  free(target);
  return bytes;
}
