/* cancel SILENT_URL LIST_URL: calls that another thread cancels, and clients that are freed
 * while their calls run. */
#include "check.h"
#include "desk.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS = 8, STORM = 400 };

static void wait_us(long us) {
  const struct timespec time = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&time, NULL);
}

static desk_client *client_of(const char *url) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(url);
  options.api_token = DESK_STR_LIT("t0ken");
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_OK);
  return client;
}

struct call {
  desk_client *client;
  const desk_cancel *cancel;
  desk_status status;
  int32_t outcome;
};

static void *create(void *argument) {
  struct call *call = argument;
  const int64_t customers[] = {1};
  desk_new_proactive_chat body = DESK_NEW_PROACTIVE_CHAT_INIT;
  body.message = DESK_STR_LIT("hello");
  body.group_key = DESK_STR_LIT("sales");
  body.customer_ids = customers;
  body.customer_ids_len = 1;
  body.agent_id = 1;
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.cancel = call->cancel;
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  call->status = desk_proactive_chat_create(call->client, &body, &options, &chat, &error);
  call->outcome = desk_error_get_outcome(error);
  CHECK(!chat == (call->status != DESK_OK));
  desk_error_free(error);
  desk_proactive_chat_free(chat);
  return NULL;
}

static void *list(void *argument) {
  struct call *call = argument;
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.cancel = call->cancel;
  desk_chat_message_page *page = NULL;
  desk_error *error = NULL;
  call->status = desk_chat_message_list(call->client, NULL, &options, &page, &error);
  CHECK(!page == (call->status != DESK_OK) && !error == (call->status == DESK_OK));
  desk_error_free(error);
  desk_chat_message_page_free(page);
  return NULL;
}

/* One token ends all calls, which share a client; so does freeing the client. */
static void end_all(const char *silent, int by_free) {
  desk_client *client = client_of(silent);
  desk_cancel *cancel = NULL;
  CHECK(desk_cancel_new(&cancel, NULL) == DESK_OK && !desk_cancel_is_triggered(cancel));
  pthread_t threads[THREADS];
  struct call calls[THREADS];
  for (int i = 0; i < THREADS; i++) {
    calls[i] = (struct call){client, cancel, DESK_OK, 0};
    CHECK(pthread_create(&threads[i], NULL, create, &calls[i]) == 0);
  }
  wait_us(200000);
  if (by_free) {
    desk_client_free(client);
  } else {
    desk_cancel_trigger(cancel);
    desk_cancel_trigger(cancel);
    CHECK(desk_cancel_is_triggered(cancel));
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    /* A call that had not sent its request never sends it. */
    CHECK(calls[i].status == DESK_CANCELLED);
    CHECK(calls[i].outcome == DESK_OUTCOME_UNKNOWN || calls[i].outcome == DESK_OUTCOME_NOT_SENT);
  }
  if (!by_free) {
    /* The trigger lasts for good. */
    struct call late = {client, cancel, DESK_OK, 0};
    create(&late);
    CHECK(late.status == DESK_CANCELLED && late.outcome == DESK_OUTCOME_NOT_SENT);
    desk_client_free(client);
  }
  desk_cancel_free(cancel);
}

/* Cancelling at any moment yields the result or DESK_CANCELLED, never both, and never hangs. */
static void storm(const char *url) {
  desk_client *client = client_of(url);
  int ended[2] = {0, 0};
  for (int i = 0; i < STORM; i++) {
    desk_cancel *cancel = NULL;
    CHECK(desk_cancel_new(&cancel, NULL) == DESK_OK);
    struct call call = {client, cancel, DESK_OK, 0};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, list, &call) == 0);
    wait_us(i * 10 % 2000);
    desk_cancel_trigger(cancel);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(call.status == DESK_OK || call.status == DESK_CANCELLED);
    ended[call.status == DESK_OK]++;
    desk_cancel_free(cancel);
  }
  CHECK(ended[0] > 0);
  desk_client_free(client);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  end_all(argv[1], 0);
  end_all(argv[1], 1);
  storm(argv[2]);
  CHECK(desk_cancel_new(NULL, NULL) == DESK_INVALID_ARGUMENT);
  desk_cancel_trigger(NULL);
  desk_cancel_free(NULL);
  CHECK(!desk_cancel_is_triggered(NULL));
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
