/* async_storm URL THREADS CALLS CLIENTS: many threads on one client, with calls of every form
 * and random cancels; then many clients, freed while their calls and callbacks run. No call
 * leaks, hangs, or ends twice. */
#include "async.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static const char *url;
static desk_client *client;
static long calls;
static atomic_long started, called, released, ended[2];

static void settle(desk_status status, const desk_proactive_chat *chat, desk_error *error) {
  if (status != DESK_OK && status != DESK_CANCELLED) {
    fprintf(stderr, "%s\n", desk_error_get_message(error).ptr);
    exit(EXIT_FAILURE);
  }
  desk_error_free(error);
  CHECK(!chat == (status != DESK_OK));
  ended[status == DESK_OK]++;
}

static void take(const desk_op *op) {
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  const desk_status status = desk_op_take_proactive_chat(op, &chat, &error);
  settle(status, chat, error);
  desk_proactive_chat_free(chat);
}

static void on_end(const desk_op *op, void *user_data) {
  (void)user_data;
  take(op);
  called++;
}

static void release(void *user_data) {
  (void)user_data;
  released++;
}

static void *storm(void *argument) {
  unsigned seed = (unsigned)(size_t)argument;
  desk_queue *queue = NULL;
  CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
  for (long i = 0; i < calls; i++) {
    const unsigned form = random_below(&seed, 4), cancels = random_below(&seed, 4);
    const int64_t id = 1 + random_below(&seed, 400);
    desk_call_options options = DESK_CALL_OPTIONS_INIT;
    desk_cancel *cancel = NULL;
    desk_op *op = NULL, *arrived = NULL;
    desk_proactive_chat *chat = NULL;
    desk_error *error = NULL;
    desk_status status;
    switch (form) {
      case 0: /* blocking; triggered before, or not at all */
        CHECK(desk_cancel_new(&cancel, NULL) == DESK_OK);
        options.cancel = cancel;
        if (cancels == 0) desk_cancel_trigger(cancel);
        status = desk_proactive_chat_get(client, id, &options, &chat, &error);
        settle(status, chat, error);
        desk_proactive_chat_free(chat);
        desk_cancel_free(cancel);
        break;
      case 1: /* by handle */
        CHECK(desk_proactive_chat_get_async(client, id, NULL, NULL, NULL, release, &op, NULL) == DESK_OK);
        started++;
        if (cancels == 0) desk_op_cancel(op);
        CHECK(desk_op_wait(op, cancels == 1 ? 0 : -1, NULL) != DESK_INVALID_ARGUMENT);
        if (cancels == 1) desk_op_cancel(op);
        CHECK(desk_op_wait(op, -1, NULL) == DESK_OK);
        take(op);
        desk_op_free(op);
        break;
      case 2: /* by callback, with or without a handle */
        CHECK(desk_proactive_chat_get_async(client, id, NULL, on_end, NULL, release, cancels ? NULL : &op, NULL) == DESK_OK);
        started++;
        desk_op_cancel(op);
        desk_op_free(op);
        break;
      default: /* by queue */
        options.queue = queue;
        CHECK(desk_proactive_chat_get_async(client, id, &options, NULL, NULL, release, cancels ? NULL : &op, NULL) == DESK_OK);
        started++;
        desk_op_cancel(op);
        desk_op_free(op);
        CHECK(desk_queue_next(queue, -1, &arrived, NULL) == DESK_OK && arrived);
        take(arrived);
        desk_op_free(arrived);
    }
  }
  desk_queue_free(queue);
  return NULL;
}

/* Frees clients at any moment: before a request is sent, with running calls, with running
 * callbacks; from this thread, or inside a callback. */
static void free_inside(const desk_op *op, void *user_data) {
  on_end(op, NULL);
  desk_client_free(user_data);
}

static void short_lives(long clients) {
  for (long i = 0; i < clients; i++) {
    desk_client *brief = client_of(url);
    const long before = called;
    const long many = i % 4;
    for (long call = 0; call < many; call++) {
      CHECK(desk_proactive_chat_get_async(brief, 1, NULL, on_end, NULL, release, NULL, NULL) == DESK_OK);
      started++;
    }
    if (i % 16 == 3) {
      CHECK(desk_proactive_chat_get_async(brief, 1, NULL, free_inside, brief, release, NULL, NULL) == DESK_OK);
      const long all = ++started;
      while (released != all) wait_us(50);
    } else {
      if (i % 3 == 0) wait_us(i * 7 % 1500);
      desk_client_free(brief);
      CHECK(called == before + many);
    }
  }
}

int main(int argc, char **argv) {
  CHECK(argc == 5);
  url = argv[1];
  const long count = atol(argv[2]), clients = atol(argv[4]);
  calls = atol(argv[3]);
  client = client_of(url);
  pthread_t *workers = calloc((size_t)count, sizeof *workers);
  for (long i = 0; i < count; i++) CHECK(pthread_create(&workers[i], NULL, storm, (void *)(size_t)(i + 1)) == 0);
  for (long i = 0; i < count; i++) CHECK(pthread_join(workers[i], NULL) == 0);
  free(workers);
  desk_client_free(client);
  CHECK(released == started && ended[0] + ended[1] == count * calls && ended[0] > 0 && ended[1] > 0);
  short_lives(clients);
  CHECK(released == started);
  CHECK(desk_debug_live_objects() == 0);
  for (int i = 0; threads() != 1; i++) {
    CHECK(i < 10000);
    wait_us(1000);
  }
  return EXIT_SUCCESS;
}
