/* planted NAME: a fault that a sanitizer must report, in C or in an instrumented library of Rust; `none` has none. */
#include "desk.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

unsigned char planted_overflow(void), planted_use_after_free(void), planted_leak(void);

/* An object of libdesk. */
static desk_error *an_error(void) {
  desk_client *client = NULL;
  desk_error *error = NULL;
  if (desk_client_new(NULL, &client, &error) == DESK_OK) abort();
  return error;
}

static int planted(const char *name) {
  if (strcmp(name, "none") == 0) {
    desk_error *error = an_error();
    const size_t len = desk_error_get_message(error).len;
    desk_error_free(error);
    return len == 0;
  }
  if (strcmp(name, "c-overflow") == 0) {
    volatile char *block = malloc(4);
    const char beyond = block[4];
    free((void *)block);
    return beyond;
  }
  if (strcmp(name, "c-use-after-free") == 0) {
    desk_error *error = an_error();
    const volatile char *text = desk_error_get_message(error).ptr;
    desk_error_free(error);
    return text[0];
  }
  if (strcmp(name, "c-double-free") == 0) {
    desk_error *error = an_error();
    desk_error_free(error);
    desk_error_free(error);
    return 0;
  }
  if (strcmp(name, "c-leak") == 0) {
    /* A copy of the last pointer may stay on the stack and hide its object, so that there are some. */
    for (int i = 0; i < 8; i++) (void)an_error();
    return 0;
  }
  if (strcmp(name, "c-undefined") == 0) {
    volatile int most = INT_MAX;
    return most + 1 == 0;
  }
  if (strcmp(name, "rust-overflow") == 0) return planted_overflow();
  if (strcmp(name, "rust-use-after-free") == 0) return planted_use_after_free();
  if (strcmp(name, "rust-leak") == 0) return planted_leak() == 0;
  return 2;
}

int main(int argc, char **argv) { return argc == 2 ? planted(argv[1]) : 2; }
