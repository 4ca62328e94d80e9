/* The checksum over all fields of all messages, equal in all programs (src/sum.rs in Rust), and
 * the parser of times. With `all_bytes` the sum has all bytes of a text, otherwise only its
 * length, first and last byte, so that the sum takes little of the measured time. */
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
  bool all_bytes;
} sum;

static inline void sum_number(sum *s, int64_t number) {
  s->value = ((s->value << 5) | (s->value >> 59)) + (uint64_t)number;
}

static inline void sum_optional(sum *s, bool is_present, int64_t number) { sum_number(s, is_present ? number : -1); }

static inline void sum_text(sum *s, const char *text, size_t len) {
  if (!text) {
    sum_number(s, -1);
    return;
  }
  sum_number(s, (int64_t)len);
  if (s->all_bytes) {
    for (size_t i = 0; i < len; i++) s->value = (s->value ^ (unsigned char)text[i]) * UINT64_C(0x100000001B3);
  } else if (len > 0) {
    sum_number(s, (int64_t)((unsigned char)text[0] << 8 | (unsigned char)text[len - 1]));
  }
}

static inline void sum_print(const sum *s) {
  printf("messages=%" PRIu64 " sum=%016" PRIx64 "\n", s->messages, s->value);
}

static inline bool text_equals(const char *text, size_t len, const char *word) {
  return len == strlen(word) && memcmp(text, word, len) == 0;
}

static inline int32_t user_type(const char *text, size_t len) {
  if (text_equals(text, len, "AGENT")) return 1;
  if (text_equals(text, len, "CUSTOMER")) return 2;
  return text_equals(text, len, "EVENT") ? 3 : 0;
}

static inline int32_t requested_from(const char *text, size_t len) {
  if (text_equals(text, len, "DASHBOARD")) return 1;
  return text_equals(text, len, "PLATFORM_API") ? 2 : 0;
}

static inline int64_t digits(const char *text, int count) {
  int64_t value = 0;
  for (int i = 0; i < count; i++) value = value * 10 + (text[i] - '0');
  return value;
}

/* Parses `2019-03-12T05:25:41.032000Z` to us since 1970; the peers may rely on this layout. */
static inline int64_t micros(const char *text, size_t len) {
  if (len != 27) return INT64_MIN;
  int64_t year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
  year -= month <= 2;
  int64_t era = year / 400, year_of_era = year % 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t days = era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
  int64_t seconds = days * 86400 + digits(text + 11, 2) * 3600 + digits(text + 14, 2) * 60 + digits(text + 17, 2);
  return seconds * 1000000 + digits(text + 20, 6);
}

#endif
