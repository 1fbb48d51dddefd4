#include "jpeg_errors.h"

#include <jerror.h>
#include <string.h>

static void on_error(j_common_ptr info) {
  jpeg_errors *errors = (jpeg_errors *)info->err;
  errors->manager.format_message(info, errors->message);
  longjmp(errors->escape, 1);
}

/* Warnings (level −1) say that damaged data was patched up, except the one of an odd version. */
static void on_message(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code != JWRN_JFIF_MAJOR) on_error(info);
}

static void print_nothing(j_common_ptr info) { (void)info; }

void jpeg_errors_init(jpeg_errors *errors) {
  jpeg_std_error(&errors->manager);
  errors->manager.error_exit = on_error;
  errors->manager.emit_message = on_message;
  errors->manager.output_message = print_nothing;
  errors->message[0] = 0;
}

void jpeg_errors_copy(const jpeg_errors *errors, char *message) {
  static const char lead[] = "Corrupt JPEG data: ";
  const char *text = errors->message;
  if (strncmp(text, lead, sizeof lead - 1) == 0) text += sizeof lead - 1;
  strncpy(message, text, VIZ_MESSAGE_CAPACITY - 1);
  message[VIZ_MESSAGE_CAPACITY - 1] = 0;
}
