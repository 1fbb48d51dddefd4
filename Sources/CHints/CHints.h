/* What a processor or the compiler can be told and Swift has no word for. Hints only: no result depends on them. */

/* Memory that will be read or written soon; any address, also one behind the end of a buffer. */
static inline __attribute__((always_inline)) void chints_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

/* Keeps the compiler from moving reads and writes of memory across this place. */
static inline __attribute__((always_inline)) void chints_keep_order(void) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
