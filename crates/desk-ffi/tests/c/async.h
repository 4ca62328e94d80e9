/* Helpers that the programs about asynchronous calls share. */
#include "check.h"
#include "desk.h"

#include <dirent.h>
#include <time.h>

static inline desk_client *client_of(const char *url) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(url);
  options.api_token = DESK_STR_LIT("t0ken");
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_OK);
  return client;
}

static inline void wait_us(long us) {
  const struct timespec time = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&time, NULL);
}

/* The number of threads of this process. */
static inline int threads(void) {
  int count = 0;
  DIR *tasks = opendir("/proc/self/task");
  for (const struct dirent *entry; (entry = readdir(tasks));) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

static inline unsigned random_below(unsigned *seed, unsigned below) {
  *seed = *seed * 1664525u + 1013904223u;
  return (*seed >> 8) % below;
}
