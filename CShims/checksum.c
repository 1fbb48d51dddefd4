/* CRC-32 as PNG, zip and zlib have it, at several times the speed of zlib where the processor multiplies
   polynomials: weights of gigabytes are held against it.

   Bytes are the coefficients of a polynomial over GF(2), the lowest bit first, and the sum is its remainder
   by P. A lane of 128 bits that lies d bits before another is added to it as lane · x^d mod P, of its first
   half (lane low) · x^(d+32) and of its second (lane high) · x^(d−32): 96 bits each, so that they fit.
   What one lane is left of is as long as the remainder of all and is given to zlib, with what follows.

   Source: Gopal et al. 2009, Fast CRC computation for generic polynomials using PCLMULQDQ instruction. */
#include "CShims.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>

enum { LANES = 4, BLOCK = LANES * 16 };

/* x^(d+32) and x^(d-32) mod P with their bits reversed, and one place up, as the product of two reversed
   numbers is one place too low. */
#define FACTORS(first, second) _mm_set_epi64x(second, first)

__attribute__((target("pclmul,sse4.1"))) static inline __m128i moved(__m128i lane, __m128i factors) {
  return _mm_xor_si128(
      _mm_clmulepi64_si128(lane, factors, 0x00), _mm_clmulepi64_si128(lane, factors, 0x11));
}

__attribute__((target("pclmul,sse4.1"))) static uint32_t crc32_of_blocks(
    uint32_t crc, const uint8_t *bytes, size_t count) {
  const __m128i over_block = FACTORS(0x154442bd4, 0x1c6e41596); /* d = 512 */
  const __m128i over_lane = FACTORS(0x1751997d0, 0x0ccaa009e);  /* d = 128 */
  __m128i lanes[LANES];
  for (int i = 0; i < LANES; i++) lanes[i] = _mm_loadu_si128((const __m128i *)bytes + i);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)~crc));
  for (const uint8_t *next = bytes + BLOCK; next < bytes + count; next += BLOCK) {
    for (int i = 0; i < LANES; i++) {
      __m128i loaded = _mm_loadu_si128((const __m128i *)next + i);
      lanes[i] = _mm_xor_si128(moved(lanes[i], over_block), loaded);
    }
  }
  for (int i = 1; i < LANES; i++) lanes[i] = _mm_xor_si128(moved(lanes[i - 1], over_lane), lanes[i]);
  uint8_t left[16];
  _mm_storeu_si128((__m128i *)left, lanes[LANES - 1]);
  return (uint32_t)crc32_z(UINT32_MAX, left, sizeof left); /* zlib's sums are inverted: this begins with 0 */
}
#endif

uint32_t viz_crc32(uint32_t crc, const void *bytes, size_t count) {
  if (count == 0) return crc; /* zlib takes a null pointer for a question */
  const uint8_t *rest = bytes;
#if defined(__x86_64__)
  size_t blocks = count / BLOCK * BLOCK;
  if (blocks > 0 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) {
    crc = crc32_of_blocks(crc, rest, blocks);
    rest += blocks;
    count -= blocks;
  }
#endif
  return count == 0 ? crc : (uint32_t)crc32_z(crc, rest, count);
}
