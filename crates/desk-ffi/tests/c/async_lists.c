/* async_lists FLAKY_URL SILENT_URL: asynchronous steps of iterators. FLAKY_URL fails the third
 * and the fourth of each four requests. */
#include "async.h"

#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static desk_chat_message_iter *iter_of(desk_client *client, const desk_queue *queue) {
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  params.limit = 3;
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.max_attempts = 1;
  options.queue = queue;
  desk_chat_message_iter *iter = NULL;
  CHECK(desk_chat_message_iter_new(client, &params, NULL, &options, &iter, NULL) == DESK_OK);
  CHECK(!desk_chat_message_iter_is_ready(iter));
  return iter;
}

/* Reads the items that need no waiting; returns whether the list has ended. */
static bool drain(desk_chat_message_iter *iter) {
  const desk_chat_message *message = NULL;
  while (desk_chat_message_iter_is_ready(iter)) {
    CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK);
    if (!message) return true;
    printf(" %" PRId64, desk_chat_message_get_id(message));
  }
  return false;
}

/* An event loop. */
static void by_queue(desk_client *client) {
  desk_queue *queue = NULL;
  CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
  desk_chat_message_iter *iter = iter_of(client, queue);
  do {
    CHECK(desk_chat_message_iter_next_async(iter, NULL, NULL, NULL, NULL, NULL) == DESK_OK);
    struct pollfd ready = {desk_queue_fd(queue), POLLIN, 0};
    CHECK(poll(&ready, 1, 60000) == 1);
    desk_op *op = NULL;
    CHECK(desk_queue_next(queue, 0, &op, NULL) == DESK_OK && op);
    const desk_status status = desk_op_take(op, NULL);
    if (status != DESK_OK) printf(" %s", desk_status_name(status).ptr);
    desk_op_free(op);
  } while (!drain(iter));
  printf("\n");
  /* After the end, further steps return the end. */
  const desk_chat_message *message = NULL;
  CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_OK && !message);
  desk_chat_message_iter_free(iter);
  desk_queue_free(queue);
}

/* Each callback starts the next step. */
static atomic_bool over;
static void step(const desk_op *op, void *user_data) {
  desk_chat_message_iter *iter = user_data;
  const desk_status status = desk_op_take(op, NULL);
  if (status != DESK_OK) printf(" %s", desk_status_name(status).ptr);
  if (drain(iter)) {
    over = true;
    return;
  }
  CHECK(desk_chat_message_iter_next_async(iter, step, iter, NULL, NULL, NULL) == DESK_OK);
}

static void by_callback(desk_client *client) {
  desk_chat_message_iter *iter = iter_of(client, NULL);
  CHECK(desk_chat_message_iter_next_async(iter, step, iter, NULL, NULL, NULL) == DESK_OK);
  while (!over) wait_us(1000);
  printf("\n");
  desk_chat_message_iter_free(iter);
}

/* Blocking and asynchronous steps on one iterator. */
static void mixed(desk_client *client) {
  desk_chat_message_iter *iter = iter_of(client, NULL);
  const desk_chat_message *message = NULL;
  for (int i = 0; i < 20; i++) {
    desk_status status = DESK_OK;
    if (i % 2) {
      desk_op *op = NULL;
      CHECK(desk_chat_message_iter_next_async(iter, NULL, NULL, NULL, &op, NULL) == DESK_OK);
      CHECK(desk_op_wait(op, -1, NULL) == DESK_OK);
      status = desk_op_take(op, NULL);
      desk_op_free(op);
    }
    if (status == DESK_OK) status = desk_chat_message_iter_next(iter, &message, NULL);
    if (status != DESK_OK) continue;
    if (!message) break;
    printf(" %" PRId64, desk_chat_message_get_id(message));
  }
  printf("\n");
  desk_chat_message_iter_free(iter);
}

static void refusals_and_ends(desk_client *hanging) {
  desk_op *op = NULL, *second = NULL;
  desk_error *error = NULL;
  const desk_chat_message *message = NULL;
  CHECK(desk_chat_message_iter_next_async(NULL, NULL, NULL, NULL, &op, NULL) == DESK_INVALID_ARGUMENT && !op);
  CHECK(!desk_chat_message_iter_is_ready(NULL));
  desk_chat_message_iter *iter = iter_of(hanging, NULL);
  CHECK(desk_chat_message_iter_next_async(iter, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  /* One step at a time. */
  CHECK(desk_chat_message_iter_next(iter, &message, &error) == DESK_INVALID_ARGUMENT && !message);
  CHECK(strstr(desk_error_get_message(error).ptr, "step"));
  desk_error_free(error);
  CHECK(desk_chat_message_iter_next_async(iter, NULL, NULL, NULL, &second, NULL) == DESK_INVALID_ARGUMENT && !second);
  CHECK(!desk_chat_message_iter_is_ready(iter));
  /* Cancelling the step ends it; then the next one can begin. */
  for (int i = 0; i < 3; i++) {
    desk_op_cancel(op);
    CHECK(desk_op_wait(op, -1, NULL) == DESK_OK && desk_op_take(op, NULL) == DESK_CANCELLED);
    desk_op_free(op);
    CHECK(desk_chat_message_iter_next_async(iter, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  }
  /* Freeing the client ends the step too; then no step can begin. */
  desk_client_free(hanging);
  CHECK(desk_op_poll(op) && desk_op_take(op, NULL) == DESK_CANCELLED);
  desk_op_free(op);
  CHECK(desk_chat_message_iter_next_async(iter, NULL, NULL, NULL, &op, NULL) == DESK_CANCELLED && !op);
  CHECK(desk_chat_message_iter_next(iter, &message, NULL) == DESK_CANCELLED && !message);
  desk_chat_message_iter_free(iter);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  desk_client *client = client_of(argv[1]);
  by_queue(client);
  by_callback(client);
  mixed(client);
  desk_client_free(client);
  refusals_and_ends(client_of(argv[2]));
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
