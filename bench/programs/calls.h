/* Measures small calls: the time of the first (which connects), the median of the others, and
 * the CPU time of the others. */
#ifndef BENCH_CALLS_H
#define BENCH_CALLS_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define CREATE_MESSAGE "Your order 1042 has shipped."
#define CREATE_GROUP "sales"

typedef bool (*one_call)(void *state, int64_t *fields);

static inline double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline double cpu_us(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Runs `count` calls. Each adds the fields that it read to the sum, which all programs must print
 * equally. */
static inline int time_calls(one_call call, void *state, long count) {
  double *times = (double *)calloc((size_t)count, sizeof *times);
  int64_t sum = 0, fields = 0;
  double start = now_us(), cpu = 0;
  if (!times || !call(state, &fields)) return 1;
  sum += fields;
  double first = now_us() - start;
  cpu = cpu_us();
  for (long i = 1; i < count; i++) {
    start = now_us();
    if (!call(state, &fields)) return 1;
    times[i] = now_us() - start;
    sum += fields;
  }
  cpu = cpu_us() - cpu;
  qsort(times, (size_t)count, sizeof *times, ascending);
  long calls = count > 1 ? count - 1 : 1;
  printf("sum=%" PRId64 " first_us=%.1f p50_us=%.2f p99_us=%.2f call_cpu_us=%.3f\n", sum, first, times[count / 2],
         times[count * 99 / 100], cpu / (double)calls);
  free(times);
  return 0;
}

#endif
