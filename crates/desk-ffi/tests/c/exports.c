/* exports BASE_URL TOKEN blocking|async|queue|ticket|stays|misuse: exports January 2026, or the
 * messages of ticket 1, and prints every window, row and error; or looks at windows while steps
 * run; or misuses exports of a service that does not respond. */
#include "check.h"
#include "desk.h"

#include <inttypes.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static desk_client *client_of(const char *url, const char *token) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(url);
  options.api_token = desk_str_from_cstr(token);
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_OK);
  return client;
}

static void tell_row(const desk_chat_message *row) {
  CHECK(row);
  printf("row %" PRId64 " %" PRId64 "\n", desk_chat_message_get_id(row), desk_chat_message_get_created_at_us(row));
}

static void tell_window(const desk_window *window) {
  CHECK(window->window_size == offsetof(desk_window, verified) + 1 && window->requests > 0 && window->out_of_range_rows >= 0);
  printf("window %" PRId64 " %" PRId64 " %d\n", window->from_us, window->until_us, window->verified);
}

static void tell(const desk_chat_message_export *all, const desk_window *window) {
  tell_window(window);
  int64_t least = 0, greatest = 0;
  for (size_t i = 0; i < window->count; i++) {
    const desk_chat_message *row = desk_chat_message_export_at(all, i);
    tell_row(row);
    const int64_t id = desk_chat_message_get_id(row);
    if (i == 0 || id < least) least = id;
    if (i == 0 || id > greatest) greatest = id;
  }
  CHECK(window->id_min == least && window->id_max == greatest);
  CHECK(!desk_chat_message_export_at(all, window->count) && !desk_chat_message_export_at(all, SIZE_MAX));
}

static void tell_error(desk_status status, desk_error *error) {
  CHECK(error && desk_error_get_code(error) == status);
  printf("error %s\n", desk_error_get_message(error).ptr);
  desk_error_free(error);
}

/* Waits for an asynchronous step; returns whether it succeeded. */
static bool step(desk_chat_message_export *all, desk_queue *queue) {
  desk_op *op = NULL;
  desk_error *error = NULL;
  if (queue) {
    CHECK(desk_chat_message_export_next_async(all, NULL, NULL, NULL, NULL, NULL) == DESK_OK);
    CHECK(desk_queue_next(queue, 60000, &op, NULL) == DESK_OK && op);
  } else {
    CHECK(desk_chat_message_export_next_async(all, NULL, NULL, NULL, &op, NULL) == DESK_OK);
    CHECK(desk_op_wait(op, 60000, NULL) == DESK_OK);
  }
  const desk_status status = desk_op_take(op, &error);
  desk_op_free(op);
  if (status != DESK_OK) tell_error(status, error);
  CHECK(desk_chat_message_export_is_ready(all) == (status == DESK_OK));
  return status == DESK_OK;
}

static void month(desk_client *client, const char *how) {
  desk_queue *queue = NULL;
  if (!strcmp(how, "queue")) CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
  const bool blocking = !strcmp(how, "blocking");
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.max_attempts = 1;
  options.queue = queue;
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = params.has_created_at_gte_us = params.has_created_at_lte_us = true;
  params.limit = 50;
  params.created_at_gte_us = INT64_C(1767225600000000);
  params.created_at_lte_us = INT64_C(1769903999999999);
  desk_export_options sizes = DESK_EXPORT_OPTIONS_INIT;
  sizes.rows_per_window = 300;
  desk_chat_message_export *all = NULL;
  desk_error *error = NULL;
  CHECK(desk_chat_message_export_new(client, &params, &sizes, &options, &all, &error) == DESK_OK && !error);
  CHECK(!desk_chat_message_export_at(all, 0) && !desk_chat_message_export_is_ready(all));
  for (;;) {
    if (!blocking && !step(all, queue)) continue;
    const desk_window *window = NULL;
    const desk_status status = desk_chat_message_export_next(all, &window, &error);
    if (status != DESK_OK) {
      CHECK(!window && !desk_chat_message_export_at(all, 0));
      tell_error(status, error);
      continue;
    }
    if (!window) break;
    tell(all, window);
  }
  /* After the end, further steps return the end. */
  const desk_window *window = NULL;
  CHECK(desk_chat_message_export_next(all, &window, NULL) == DESK_OK && !window);
  CHECK(!desk_chat_message_export_at(all, 0));
  desk_chat_message_export_free(all);
  desk_queue_free(queue);
}

static desk_chat_message_export *inside;
static int told;

/* Inside a step no other step may begin, and no function may wait for one. */
static void within(void *user_data, const desk_log_record *record) {
  (void)user_data, (void)record;
  desk_op *op = NULL;
  const desk_window *window = NULL;
  CHECK(!desk_chat_message_export_is_ready(inside));
  CHECK(desk_chat_message_export_next_async(inside, NULL, NULL, NULL, &op, NULL) == DESK_INVALID_ARGUMENT && !op);
  CHECK(desk_chat_message_export_next(inside, &window, NULL) == DESK_INVALID_ARGUMENT && !window);
  told++;
}

/* A refused step leaves the window valid. */
static void stays(desk_client *client) {
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  params.limit = 50;
  desk_export_options sizes = DESK_EXPORT_OPTIONS_INIT;
  sizes.rows_per_window = 100;
  desk_chat_message_export *all = NULL;
  CHECK(desk_chat_message_export_new(client, &params, &sizes, NULL, &all, NULL) == DESK_OK);
  const desk_window *window = NULL, *none = NULL;
  inside = all;
  CHECK(desk_client_set_log(client, within, NULL, NULL) == DESK_OK);
  do CHECK(desk_chat_message_export_next(all, &window, NULL) == DESK_OK && window);
  while (window->count == 0);
  CHECK(desk_client_set_log(client, NULL, NULL, NULL) == DESK_OK && told > 0);
  const int64_t id = desk_chat_message_get_id(desk_chat_message_export_at(all, 0));
  desk_op *op = NULL;
  CHECK(desk_chat_message_export_next_async(all, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  while (!desk_chat_message_export_is_ready(all)) {
    const desk_status status = desk_chat_message_export_next(NULL, &none, NULL);
    CHECK(status == DESK_INVALID_ARGUMENT && !none && window->count > 0);
    CHECK(desk_chat_message_get_id(desk_chat_message_export_at(all, 0)) == id);
  }
  CHECK(desk_op_wait(op, 60000, NULL) == DESK_OK && desk_op_take(op, NULL) == DESK_OK);
  desk_op_free(op);
  CHECK(window->id_min <= id && desk_chat_message_get_id(desk_chat_message_export_at(all, 0)) == id);
  CHECK(desk_chat_message_export_next(all, &none, NULL) == DESK_OK && none && none->from_us > 0);
  desk_chat_message_export_free(all);
}

static const desk_chat_message_export *shared;
static size_t rows;

static void *look(void *unused) {
  (void)unused;
  for (int turn = 0; turn < 50; turn++)
    for (size_t i = 0; i < rows; i++) CHECK(desk_chat_message_export_at(shared, i));
  return NULL;
}

/* Any thread may look at rows. */
static void by_threads(desk_client *client) {
  desk_chat_message_export *all = NULL;
  const desk_window *window = NULL;
  CHECK(desk_chat_message_export_new(client, NULL, NULL, NULL, &all, NULL) == DESK_OK);
  do CHECK(desk_chat_message_export_next(all, &window, NULL) == DESK_OK && window);
  while (window->count == 0);
  shared = all;
  rows = window->count;
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, look, NULL) == 0);
  for (int i = 0; i < 4; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  desk_chat_message_export_free(all);
}

static void ticket(desk_client *client) {
  desk_ticket_chat_message_export *all = NULL;
  CHECK(desk_ticket_chat_message_export_new(client, 1, NULL, NULL, NULL, &all, NULL) == DESK_OK);
  const desk_window *window = NULL;
  CHECK(desk_ticket_chat_message_export_next(all, &window, NULL) == DESK_OK && window);
  tell_window(window);
  /* Rows outlive their pages, but not their export; they do not need the client. */
  desk_client_free(client);
  for (size_t i = 0; i < window->count; i++) tell_row(desk_ticket_chat_message_export_at(all, i));
  CHECK(desk_ticket_chat_message_export_next(all, &window, NULL) != DESK_OK || !window);
  desk_ticket_chat_message_export_free(all);
}

static void refused(desk_status status, desk_status wanted, desk_error **error, const char *why) {
  CHECK(status == wanted && *error && strstr(desk_error_get_message(*error).ptr, why));
  desk_error_free(*error);
}

static void misuse(desk_client *client) {
  desk_chat_message_export *all = NULL;
  const desk_window *window = NULL;
  desk_error *error = NULL;
  CHECK(desk_chat_message_export_new(NULL, NULL, NULL, NULL, &all, NULL) == DESK_INVALID_ARGUMENT && !all);
  CHECK(desk_chat_message_export_new(client, NULL, NULL, NULL, NULL, NULL) == DESK_INVALID_ARGUMENT);
  refused(desk_chat_message_export_next(NULL, &window, &error), DESK_INVALID_ARGUMENT, &error, "export is NULL");
  refused(desk_chat_message_export_next_async(NULL, NULL, NULL, NULL, NULL, &error), DESK_INVALID_ARGUMENT, &error,
          "export is NULL");
  CHECK(!desk_chat_message_export_at(NULL, 0) && !desk_chat_message_export_is_ready(NULL));
  desk_export_options sizes = DESK_EXPORT_OPTIONS_INIT;
  sizes.max_lateness_ms = -1;
  refused(desk_chat_message_export_new(client, NULL, &sizes, NULL, &all, &error), DESK_INVALID_ARGUMENT, &error,
          "max_lateness_ms is -1");
  sizes.max_lateness_ms = 0;
  sizes.struct_size = 1;
  refused(desk_chat_message_export_new(client, NULL, &sizes, NULL, &all, &error), DESK_INVALID_ARGUMENT, &error,
          "struct_size");
  sizes.struct_size = sizeof sizes;
  sizes.rows_per_window = sizes.in_flight = sizes.max_lateness_ms = INT64_MAX;
  CHECK(desk_chat_message_export_new(client, NULL, &sizes, NULL, &all, NULL) == DESK_OK);
  CHECK(desk_chat_message_export_next(all, NULL, NULL) == DESK_INVALID_ARGUMENT);
  /* While a step runs, no other step may begin. */
  desk_op *op = NULL, *other = NULL;
  CHECK(desk_chat_message_export_next_async(all, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  refused(desk_chat_message_export_next(all, &window, &error), DESK_INVALID_ARGUMENT, &error, "step of export has not ended");
  refused(desk_chat_message_export_next_async(all, NULL, NULL, NULL, &other, &error), DESK_INVALID_ARGUMENT, &error,
          "step of export has not ended");
  CHECK(!other && !desk_chat_message_export_is_ready(all));
  desk_op_cancel(op);
  CHECK(desk_op_wait(op, 60000, NULL) == DESK_OK && desk_op_take(op, NULL) == DESK_CANCELLED);
  desk_op_free(op);
  CHECK(!desk_chat_message_export_is_ready(all));
  desk_chat_message_export_free(all);
  /* An invalid page size is refused as for the list. */
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  for (params.limit = 0; params.limit <= 501; params.limit += 501) {
    CHECK(desk_chat_message_export_new(client, &params, NULL, NULL, &all, NULL) == DESK_OK);
    refused(desk_chat_message_export_next(all, &window, &error), DESK_INVALID_ARGUMENT, &error, "it must be 1 to 500");
    CHECK(!window);
    desk_chat_message_export_free(all);
  }
  /* An export without a step, which outlives its client. */
  CHECK(desk_chat_message_export_new(client, NULL, NULL, NULL, &all, NULL) == DESK_OK);
  desk_client_free(client);
  CHECK(desk_chat_message_export_next(all, &window, NULL) == DESK_CANCELLED && !window);
  desk_chat_message_export_free(all);
  desk_chat_message_export_free(NULL);
}

int main(int argc, char **argv) {
  CHECK(argc == 4);
  desk_client *client = client_of(argv[1], argv[2]);
  if (!strcmp(argv[3], "stays")) {
    stays(client);
    by_threads(client);
    desk_client_free(client);
  } else if (!strcmp(argv[3], "ticket")) {
    ticket(client);
  } else if (!strcmp(argv[3], "misuse")) {
    misuse(client);
  } else {
    month(client, argv[3]);
    desk_client_free(client);
  }
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
