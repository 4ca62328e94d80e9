/* The sum over every field of every message, the same in every program (src/sum.rs in Rust), and the time on the wire.
 * `whole` takes every byte of a text; otherwise length and ends, so that summing is not what is measured. */
#ifndef BENCH_SUM_H
#define BENCH_SUM_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct sum {
  uint64_t messages;
  uint64_t value;
  bool whole;
} sum;

static inline void sum_number(sum *s, int64_t number) {
  s->value = ((s->value << 5) | (s->value >> 59)) + (uint64_t)number;
}

static inline void sum_maybe(sum *s, bool is, int64_t number) { sum_number(s, is ? number : -1); }

static inline void sum_text(sum *s, const char *text, size_t len) {
  if (!text) {
    sum_number(s, -1);
    return;
  }
  sum_number(s, (int64_t)len);
  if (s->whole) {
    for (size_t i = 0; i < len; i++) s->value = (s->value ^ (unsigned char)text[i]) * UINT64_C(0x100000001B3);
  } else if (len > 0) {
    sum_number(s, (int64_t)((unsigned char)text[0] << 8 | (unsigned char)text[len - 1]));
  }
}

static inline void sum_print(const sum *s) {
  printf("messages=%" PRIu64 " sum=%016" PRIx64 "\n", s->messages, s->value);
}

static inline bool is_text(const char *text, size_t len, const char *word) {
  return len == strlen(word) && memcmp(text, word, len) == 0;
}

static inline int32_t user_type(const char *text, size_t len) {
  return is_text(text, len, "AGENT") ? 1 : is_text(text, len, "CUSTOMER") ? 2 : is_text(text, len, "EVENT") ? 3 : 0;
}

static inline int32_t requested_from(const char *text, size_t len) {
  return is_text(text, len, "DASHBOARD") ? 1 : is_text(text, len, "PLATFORM_API") ? 2 : 0;
}

static inline int64_t digits(const char *text, int count) {
  int64_t value = 0;
  for (int i = 0; i < count; i++) value = value * 10 + (text[i] - '0');
  return value;
}

/* `2019-03-12T05:25:41.032000Z` in us since 1970; a peer may take this layout for granted. */
static inline int64_t micros(const char *text, size_t len) {
  if (len != 27) return INT64_MIN;
  int64_t year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
  year -= month <= 2;
  int64_t era = year / 400, of_era = year % 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
  int64_t seconds = days * 86400 + digits(text + 11, 2) * 3600 + digits(text + 14, 2) * 60 + digits(text + 17, 2);
  return seconds * 1000000 + digits(text + 20, 6);
}

#endif
