/* lists BASE_URL [first|slow]: iterates over lists whose service fails now and then, and misuses
 * iterators; or reads only one item; or works on each page for longer than the deadline of an
 * attempt. */
#include "check.h"
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t attempt_timeout_ms;

static desk_client *client_of(const char *url) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.attempt_timeout_ms = options.idle_timeout_ms = attempt_timeout_ms;
  options.base_url = desk_str_from_cstr(url);
  options.api_token = DESK_STR_LIT("t0ken");
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_OK);
  return client;
}

/* All ids, and each error as its name: 0 1 2 DESK_SERVICE 3 ... */
static void walk(desk_client *client, int32_t limit, int64_t max_items) {
  desk_call_options once = DESK_CALL_OPTIONS_INIT;
  once.max_attempts = 1;
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  params.limit = limit;
  desk_iter_options most = DESK_ITER_OPTIONS_INIT;
  most.max_items = max_items;
  desk_chat_message_iter *iter = NULL;
  desk_error *error = NULL;
  CHECK(desk_chat_message_iter_new(client, &params, &most, &once, &iter, &error) == DESK_OK);
  for (int errors = 0; errors < 10;) {
    const desk_chat_message *message = (const desk_chat_message *)&params;
    const desk_status status = desk_chat_message_iter_next(iter, &message, &error);
    if (status != DESK_OK) {
      CHECK(!message && desk_error_get_code(error) == status);
      printf(" %s", desk_status_name(status).ptr);
      desk_error_free(error);
      errors++;
      continue;
    }
    CHECK(!error);
    if (!message) break;
    char text[32];
    snprintf(text, sizeof text, "text %" PRId64, desk_chat_message_get_id(message));
    CHECK(!strcmp(desk_chat_message_get_message(message).ptr, text));
    printf(" %" PRId64, desk_chat_message_get_id(message));
  }
  /* After the end, further steps return the end. */
  const desk_chat_message *message = NULL;
  CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK && !message);
  printf("\n");
  desk_chat_message_iter_free(iter);
}

static void abuse(const char *url) {
  desk_client *client = client_of(url);
  desk_chat_message_iter *iter = NULL;
  const desk_chat_message *message = NULL;
  desk_error *error = NULL;
  CHECK(desk_chat_message_iter_new(NULL, NULL, NULL, NULL, &iter, NULL) == DESK_INVALID_ARGUMENT && !iter);
  CHECK(desk_chat_message_iter_new(client, NULL, NULL, NULL, NULL, NULL) == DESK_INVALID_ARGUMENT);
  CHECK(desk_chat_message_iter_next(NULL, &message, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "iter is NULL"));
  desk_error_free(error);
  desk_iter_options most = DESK_ITER_OPTIONS_INIT;
  most.max_items = -1;
  CHECK(desk_chat_message_iter_new(client, NULL, &most, NULL, &iter, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "max_items is -1"));
  desk_error_free(error);
  /* The step that requests the page reports a broken bound of the spec. */
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  params.limit = 501;
  CHECK(desk_chat_message_iter_new(client, &params, NULL, NULL, &iter, NULL) == DESK_OK);
  CHECK(desk_chat_message_iter_next(iter, &message, &error) == DESK_INVALID_ARGUMENT && !message);
  desk_error_free(error);
  CHECK(desk_chat_message_iter_next(iter, NULL, NULL) == DESK_INVALID_ARGUMENT);
  desk_chat_message_iter_free(iter);
  desk_chat_message_iter_free(NULL);
  /* An iterator without a step, one that is freed half way, and one that outlives its client: it
   * still has the items that it read, and perhaps the prefetched page. */
  desk_ticket_chat_message_iter *other = NULL;
  CHECK(desk_ticket_chat_message_iter_new(client, 7, NULL, NULL, NULL, &other, NULL) == DESK_OK);
  desk_ticket_chat_message_iter_free(other);
  params.limit = 2;
  CHECK(desk_chat_message_iter_new(client, &params, NULL, NULL, &iter, NULL) == DESK_OK);
  CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK && message);
  desk_client_free(client);
  CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK && desk_chat_message_get_id(message) == 1);
  int64_t rows = 2;
  while (desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK) CHECK(desk_chat_message_get_id(message) == rows++);
  CHECK(rows == 2 || rows == 4);
  CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_CANCELLED && !message);
  desk_chat_message_iter_free(iter);
}

static void first(desk_client *client) {
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  params.limit = 3;
  desk_chat_message_iter *iter = NULL;
  const desk_chat_message *message = NULL;
  CHECK(desk_chat_message_iter_new(client, &params, NULL, NULL, &iter, NULL) == DESK_OK);
  CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK && message);
  desk_chat_message_iter_free(iter);
}

/* The time that the caller needs for a page does not count as the service's. */
static void slow(desk_client *client) {
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  params.limit = 3;
  desk_call_options once = DESK_CALL_OPTIONS_INIT;
  once.max_attempts = 1;
  desk_chat_message_iter *iter = NULL;
  const desk_chat_message *message = NULL;
  CHECK(desk_chat_message_iter_new(client, &params, NULL, &once, &iter, NULL) == DESK_OK);
  for (int64_t rows = 0;; rows++) {
    CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK);
    if (!message) {
      CHECK(rows == 8);
      break;
    }
    CHECK(desk_chat_message_get_id(message) == rows);
    const struct timespec work = {attempt_timeout_ms / 1000 + 1, 0};
    if (rows == 0) nanosleep(&work, NULL);
  }
  desk_chat_message_iter_free(iter);
}

int main(int argc, char **argv) {
  CHECK(argc >= 2);
  if (argc > 2 && !strcmp(argv[2], "slow")) attempt_timeout_ms = 4000;
  desk_client *client = client_of(argv[1]);
  if (argc > 2) {
    if (attempt_timeout_ms) {
      slow(client);
    } else {
      first(client);
    }
    desk_client_free(client);
    return EXIT_SUCCESS;
  }
  walk(client, 3, 0);
  walk(client, 500, 0);
  walk(client, 3, 5);
  desk_client_free(client);
  abuse(argv[1]);
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
