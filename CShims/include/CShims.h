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

#ifdef __cplusplus
}
#endif

#endif
