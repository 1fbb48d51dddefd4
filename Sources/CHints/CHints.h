/* What a processor can be told and Swift has no word for. Hints only: no result depends on them. */

/* Memory that will be read soon; any address, also one behind the end of a buffer. */
static inline __attribute__((always_inline)) void chints_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}
