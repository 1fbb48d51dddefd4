/* A block is read twice: once into tokens, counting how often each symbol occurs, and once to write
   every token's bits, which a table holds ready. A token is a literal byte (0…255) or a run of
   3…258 times the byte before it (256…511).
   Source: RFC 1951. */
#include "png_deflate.h"

#include <stdlib.h>
#include <string.h>

enum {
  BLOCK = 65536, TOKENS = 512, SYMBOLS = 288, USED_SYMBOLS = 286, END = 256, LONGEST_CODE = 15,
  SHORTEST_RUN = 3, LONGEST_RUN = 258, LENGTH_CODES = 29
};

typedef struct {
  uint8_t *next;
  uint64_t bits;
  unsigned count;
} bit_writer;

/* Up to 32 bits, lowest first. */
static inline void put(bit_writer *writer, uint32_t bits, unsigned count) {
  writer->bits |= (uint64_t)bits << writer->count;
  writer->count += count;
  while (writer->count >= 8) {
    *writer->next++ = (uint8_t)writer->bits;
    writer->bits >>= 8;
    writer->count -= 8;
  }
}

/* Writes eight bytes, of which those count that are complete. */
static inline void put_whole_bytes(bit_writer *writer) {
  uint64_t bits = writer->bits;
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
  bits = __builtin_bswap64(bits);
#endif
  memcpy(writer->next, &bits, sizeof bits);
  writer->next += writer->count / 8;
  writer->bits >>= writer->count & ~7u;
  writer->count &= 7;
}

/* RFC 1951, 3.2.5: the symbol 257 + i stands for runs from base[i] on, told apart by extra bits. */
static const uint16_t length_base[LENGTH_CODES] = {
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258};
static const uint8_t length_extra[LENGTH_CODES] = {
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

static int length_index(int length) {
  int i = LENGTH_CODES - 1;
  while (length_base[i] > length) i--;
  return i;
}

/* ---- Codes ---- */

typedef struct {
  uint8_t lengths[SYMBOLS];
  uint16_t codes[SYMBOLS];  /* with the first bit lowest */
} code_table;

static void assign_codes(code_table *table) {
  unsigned used[LONGEST_CODE + 1] = {0}, next[LONGEST_CODE + 2] = {0};
  for (int s = 0; s < SYMBOLS; s++) used[table->lengths[s]]++;
  used[0] = 0;
  for (int n = 1; n <= LONGEST_CODE; n++) next[n + 1] = (next[n] + used[n]) << 1;
  for (int s = 0; s < SYMBOLS; s++) {
    int length = table->lengths[s];
    unsigned code = next[length]++, reversed = 0;
    for (int i = 0; i < length; i++) reversed |= (code >> i & 1) << (length - 1 - i);
    table->codes[s] = (uint16_t)reversed;
  }
}

static int by_weight(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* Depths of Huffman's tree over `count` ascending weights, merged from two queues: the leaves, and
   the inner nodes in the order in which they arise. */
static void tree_depths(const uint64_t *leaves, int count, unsigned *depth_counts) {
  uint64_t weight[2 * SYMBOLS];
  int parent[2 * SYMBOLS], depth[2 * SYMBOLS];
  for (int i = 0; i < count; i++) weight[i] = leaves[i];
  int leaf = 0, inner = count, last = 2 * count - 2;
  for (int node = count; node <= last; node++) {
    weight[node] = 0;
    for (int child = 0; child < 2; child++) {
      int takes_leaf = leaf < count && (inner >= node || weight[leaf] <= weight[inner]);
      int taken = takes_leaf ? leaf++ : inner++;
      weight[node] += weight[taken];
      parent[taken] = node;
    }
  }
  depth[last] = 0;
  for (int node = last - 1; node >= 0; node--) {
    depth[node] = depth[parent[node]] + 1;
    if (node < count) depth_counts[depth[node]]++;
  }
}

/* Shortens codes above the limit and pays for it with the nearest shorter ones, until they fit. */
static void limit_depths(unsigned *depth_counts) {
  for (int n = SYMBOLS; n > LONGEST_CODE; n--) {
    depth_counts[LONGEST_CODE] += depth_counts[n];
    depth_counts[n] = 0;
  }
  uint32_t space = 0;  /* Σ 2^(15 − length), 2^15 where the code is complete */
  for (int n = 1; n <= LONGEST_CODE; n++) space += depth_counts[n] << (LONGEST_CODE - n);
  for (; space > 1u << LONGEST_CODE; space--) {
    int n = LONGEST_CODE - 1;
    while (depth_counts[n] == 0) n--;
    depth_counts[LONGEST_CODE]--;
    depth_counts[n]--;
    depth_counts[n + 1] += 2;
  }
}

/* The best code for how often the symbols occur; at least two of them do. */
static void make_code(const uint32_t *occurrences, code_table *table) {
  uint64_t sorted[SYMBOLS], weights[SYMBOLS];
  unsigned depth_counts[SYMBOLS + 1] = {0};
  int count = 0;
  for (int s = 0; s < SYMBOLS; s++) {
    if (occurrences[s] > 0) sorted[count++] = (uint64_t)occurrences[s] << 16 | (uint64_t)s;
  }
  qsort(sorted, (size_t)count, sizeof *sorted, by_weight);
  for (int i = 0; i < count; i++) weights[i] = sorted[i] >> 16;
  tree_depths(weights, count, depth_counts);
  limit_depths(depth_counts);
  memset(table->lengths, 0, sizeof table->lengths);
  for (int n = LONGEST_CODE, i = 0; n > 0; n--) {  /* the rarest get the longest */
    for (unsigned k = 0; k < depth_counts[n]; k++) {
      table->lengths[sorted[i++] & 0xffff] = (uint8_t)n;
    }
  }
  assign_codes(table);
}

/* RFC 1951, 3.2.6: two symbols that never occur take part in it. */
static void make_fixed_code(code_table *table) {
  for (int s = 0; s < SYMBOLS; s++) {
    table->lengths[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
  }
  assign_codes(table);
}

static uint64_t cost(const uint32_t *occurrences, const code_table *table, unsigned distance_bits) {
  uint64_t bits = 0;
  for (int s = 0; s < SYMBOLS; s++) {
    unsigned extra = s > END && s < USED_SYMBOLS ? length_extra[s - END - 1] + distance_bits : 0;
    bits += (uint64_t)occurrences[s] * (table->lengths[s] + extra);
  }
  return bits;
}

/* ---- Blocks ---- */

typedef struct {
  uint16_t tokens[BLOCK];
  size_t count;
  uint32_t occurrences[SYMBOLS];
} token_block;

/* Splits bytes[from…to) into tokens; `from` > 0 means that the byte before may be repeated. */
static void tokenize(const uint8_t *bytes, size_t from, size_t to, token_block *block) {
  uint32_t uses[TOKENS] = {0};
  uint16_t *token = block->tokens;
  size_t i = from;
  if (i == 0) uses[*token++ = bytes[i++]]++;
  while (i < to) {
    uint8_t before = bytes[i - 1];
    /* One condition of three: most bytes fail it, which a processor learns to expect. */
    int repeats = to - i >= SHORTEST_RUN
      && (bytes[i] == before) & (bytes[i + 1] == before) & (bytes[i + 2] == before);
    if (!repeats) {
      uses[*token++ = bytes[i++]]++;
      continue;
    }
    size_t length = SHORTEST_RUN, limit = to - i < LONGEST_RUN ? to - i : LONGEST_RUN;
    while (length < limit && bytes[i + length] == before) length++;
    uses[*token++ = (uint16_t)(256 + length - SHORTEST_RUN)]++;
    i += length;
  }
  block->count = (size_t)(token - block->tokens);
  memset(block->occurrences, 0, sizeof block->occurrences);
  memcpy(block->occurrences, uses, 256 * sizeof *uses);
  block->occurrences[END] = 1;
  for (int t = 256; t < TOKENS; t++) {
    if (uses[t] > 0) block->occurrences[END + 1 + length_index(t - 256 + SHORTEST_RUN)] += uses[t];
  }
}

/* The code's lengths, each in four bits: that is a complete code for 0…15, so none needs a run. */
static void put_code_lengths(bit_writer *writer, const code_table *table) {
  put(writer, USED_SYMBOLS - 257, 5);
  put(writer, 0, 5);       /* one distance code */
  put(writer, 19 - 4, 4);  /* all lengths of lengths, in the order 16 17 18 0 8 7 9 … */
  for (int i = 0; i < 19; i++) put(writer, i < 3 ? 0 : 4, 3);
  for (int s = 0; s <= USED_SYMBOLS; s++) {
    unsigned length = s < USED_SYMBOLS ? table->lengths[s] : 1;  /* at last, the distance code's */
    unsigned reversed = (length & 1) << 3 | (length & 2) << 1 | (length & 4) >> 1 | length >> 3;
    put(writer, reversed, 4);
  }
}

static void put_tokens(
  bit_writer *writer, const token_block *block, const code_table *table, unsigned distance_bits
) {
  uint32_t bits[TOKENS];
  uint8_t counts[TOKENS];
  for (int t = 0; t < TOKENS; t++) {
    int index = t < 256 ? -1 : length_index(t - 256 + SHORTEST_RUN);
    int symbol = t < 256 ? t : END + 1 + index;
    bits[t] = table->codes[symbol];
    counts[t] = table->lengths[symbol];
    if (index < 0) continue;
    bits[t] |= (uint32_t)(t - 256 + SHORTEST_RUN - length_base[index]) << counts[t];
    counts[t] += length_extra[index] + distance_bits;  /* distance 1 is all zero bits */
  }
  bit_writer fast = *writer;
  size_t i = 0;
  for (; i + 1 < block->count; i += 2) {  /* at most 7 + 2 · 25 bits wait */
    uint16_t first = block->tokens[i], second = block->tokens[i + 1];
    fast.bits |= (uint64_t)bits[first] << fast.count;
    fast.count += counts[first];
    fast.bits |= (uint64_t)bits[second] << fast.count;
    fast.count += counts[second];
    put_whole_bytes(&fast);
  }
  *writer = fast;
  if (i < block->count) put(writer, bits[block->tokens[i]], counts[block->tokens[i]]);
  put(writer, table->codes[END], table->lengths[END]);
}

static void put_block(bit_writer *writer, const token_block *block, int is_final) {
  enum { FIXED = 1, DYNAMIC = 2, FIXED_DISTANCE_BITS = 5, HEADER_BITS = 14 + 19 * 3 + 287 * 4 };
  code_table fixed, own;
  make_fixed_code(&fixed);
  make_code(block->occurrences, &own);
  int is_fixed = cost(block->occurrences, &fixed, FIXED_DISTANCE_BITS)
    <= cost(block->occurrences, &own, 1) + HEADER_BITS;
  put(writer, (uint32_t)is_final, 1);
  put(writer, is_fixed ? FIXED : DYNAMIC, 2);
  if (!is_fixed) put_code_lengths(writer, &own);
  put_tokens(writer, block, is_fixed ? &fixed : &own, is_fixed ? FIXED_DISTANCE_BITS : 1);
}

size_t png_deflate_bound(size_t count) { return count + count / 8 + count / 4096 + 64; }

size_t png_deflate(const uint8_t *bytes, size_t count, int is_last, uint8_t *target) {
  token_block *block = malloc(sizeof *block);
  if (block == NULL) return 0;
  bit_writer writer = {target, 0, 0};
  for (size_t from = 0; from < count; from += BLOCK) {
    size_t to = count - from > BLOCK ? from + BLOCK : count;
    tokenize(bytes, from, to, block);
    put_block(&writer, block, is_last && to == count);
  }
  free(block);
  if (!is_last) put(&writer, 0, 3);  /* an empty stored block ends on a byte border */
  put(&writer, 0, (8 - writer.count) % 8);
  if (!is_last) put(&writer, 0xffff0000, 32);
  return (size_t)(writer.next - target);
}
