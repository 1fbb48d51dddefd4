/* The versions of the libraries that this process runs with. */
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#include "CShims.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *viz_png_version(void) { return png_get_libpng_ver(NULL); }

/* libjpeg-turbo tells its version to the compiler only. */
const char *viz_jpeg_version(void) { return TEXT(LIBJPEG_TURBO_VERSION); }

const char *viz_zlib_version(void) { return zlibVersion(); }
