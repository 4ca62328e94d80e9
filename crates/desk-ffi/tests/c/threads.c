/* threads BASE_URL: many threads share one client; every response is complete, no object leaks,
 * no thread remains. */
#include "desk.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

enum { THREADS = 16, CALLS = 50 };

static desk_client *client;
static atomic_int failures;

static int work(void *unused) {
  (void)unused;
  for (int i = 0; i < CALLS; i++) {
    desk_chat_message_page *page = NULL;
    desk_error *error = NULL;
    if (desk_chat_message_list(client, NULL, NULL, &page, &error) != DESK_OK ||
        desk_chat_message_page_get_results_len(page) != 3) {
      fprintf(stderr, "%s\n", error ? desk_error_get_message(error).ptr : "a short page");
      failures++;
    }
    desk_error_free(error);
    desk_chat_message_page_free(page);
  }
  return 0;
}

static int threads_alive(void) {
  DIR *tasks = opendir("/proc/self/task");
  int count = -2; /* . and .. */
  while (tasks && readdir(tasks)) count++;
  if (tasks) closedir(tasks);
  return count;
}

int main(int argc, char **argv) {
  if (argc != 2) return EXIT_FAILURE;
  const int before = threads_alive();
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(argv[1]);
  options.api_token = DESK_STR_LIT("t0ken");
  if (desk_client_new(&options, &client, NULL) != DESK_OK) return EXIT_FAILURE;
  thrd_t threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    if (thrd_create(&threads[i], work, NULL) != thrd_success) return EXIT_FAILURE;
  for (int i = 0; i < THREADS; i++) thrd_join(threads[i], NULL);
  desk_client_free(client);
  if (desk_debug_live_objects() != 0) {
    fprintf(stderr, "objects left\n");
    failures++;
  }
  if (threads_alive() != before) {
    fprintf(stderr, "%d threads instead of %d\n", threads_alive(), before);
    failures++;
  }
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
