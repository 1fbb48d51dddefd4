/* How libjpeg's complaints leave it: the first one is kept as text and ends the work. */
#ifndef VIZ_JPEG_ERRORS_H
#define VIZ_JPEG_ERRORS_H

#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>
#include <setjmp.h>

#include "CShims.h"

typedef struct {
  struct jpeg_error_mgr manager; /* first: libjpeg sees only this part */
  jmp_buf escape;
  char message[JMSG_LENGTH_MAX > VIZ_MESSAGE_CAPACITY ? JMSG_LENGTH_MAX : VIZ_MESSAGE_CAPACITY];
} jpeg_errors;

void jpeg_errors_init(jpeg_errors *errors);
/* The message without libjpeg's "Corrupt JPEG data: ". */
void jpeg_errors_copy(const jpeg_errors *errors, char *message);

#endif
