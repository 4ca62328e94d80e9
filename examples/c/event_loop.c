/* Reads three days of messages concurrently in one thread, with a poll() loop over the file
 * descriptor of a queue; a program can add its own descriptors to the loop. The environment
 * variables DESK_BASE_URL and DESK_API_TOKEN give the address and the token of the service. */
#include "desk.h"

#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAYS = 3 };

/* A day and the iterator over its messages. */
struct day {
  const char *date;
  int64_t start_us;
  desk_chat_message_iter *messages;
  int64_t count;
};

/* Starts the request of the next message; the queue gets the completed operation with `day` as
 * its user data. */
static desk_status request_next(struct day *day, desk_error **error) {
  return desk_chat_message_iter_next_async(day->messages, NULL, day, NULL, NULL, error);
}

static desk_status start_day(struct day *day, desk_client *client, const desk_queue *queue, desk_error **error) {
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_created_at_gte_us = params.has_created_at_lte_us = true;
  params.created_at_gte_us = day->start_us;
  params.created_at_lte_us = day->start_us + INT64_C(86400000000) - 1;
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.queue = queue;
  const desk_status status = desk_chat_message_iter_new(client, &params, NULL, &options, &day->messages, error);
  return status == DESK_OK ? request_next(day, error) : status;
}

/* Handles a completed operation: takes all messages that are ready, then requests the next one. */
static desk_status handle_completed(const desk_op *op, struct day *day, int *running, desk_error **error) {
  desk_status status = desk_op_take(op, error);
  while (status == DESK_OK && desk_chat_message_iter_is_ready(day->messages)) {
    const desk_chat_message *message = NULL;
    status = desk_chat_message_iter_next(day->messages, &message, error);
    if (status == DESK_OK && !message) {
      --*running;
      return DESK_OK;
    }
    day->count++;
  }
  return status == DESK_OK ? request_next(day, error) : status;
}

static desk_status run_loop(const desk_queue *queue, int *running, desk_error **error) {
  struct pollfd ready = {desk_queue_fd(queue), POLLIN, 0};
  while (*running > 0) {
    if (poll(&ready, 1, -1) < 0) continue; /* a signal */
    for (;;) {
      desk_op *op = NULL;
      desk_status status = desk_queue_next(queue, 0, &op, error);
      if (status == DESK_OK && !op) break;
      if (status == DESK_OK) status = handle_completed(op, desk_op_get_user_data(op), running, error);
      desk_op_free(op);
      if (status != DESK_OK) return status;
    }
  }
  return DESK_OK;
}

int main(void) {
  struct day days[DAYS] = {
      {"2026-01-01", INT64_C(1767225600000000), NULL, 0},
      {"2026-01-02", INT64_C(1767312000000000), NULL, 0},
      {"2026-01-03", INT64_C(1767398400000000), NULL, 0},
  };
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(getenv("DESK_BASE_URL"));
  options.api_token = desk_str_from_cstr(getenv("DESK_API_TOKEN"));
  desk_client *client = NULL;
  desk_queue *queue = NULL;
  desk_error *error = NULL;
  int running = DAYS;
  desk_status status = desk_client_new(&options, &client, &error);
  if (status == DESK_OK) status = desk_queue_new(&queue, &error);
  for (int i = 0; i < DAYS && status == DESK_OK; i++) status = start_day(&days[i], client, queue, &error);
  if (status == DESK_OK) status = run_loop(queue, &running, &error);
  for (int i = 0; i < DAYS && status == DESK_OK; i++) printf("%s: %" PRId64 " messages\n", days[i].date, days[i].count);
  if (status != DESK_OK) fprintf(stderr, "%s\n", desk_error_get_message(error).ptr);
  desk_error_free(error);
  /* Free the client first: this ends the calls in progress. */
  desk_client_free(client);
  for (int i = 0; i < DAYS; i++) desk_chat_message_iter_free(days[i].messages);
  desk_queue_free(queue);
  return status == DESK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
