/* async CHAT_URL SILENT_URL: asynchronous calls, by callback, by handle and by queue. CHAT_URL
 * has chats, SILENT_URL never responds. */
#include "async.h"

#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

enum { MANY = 40, LARGE = 100, LARGE_CHAT = 200000 };

static const char *chats, *silent;

/* The state of one call. */
struct call {
  pthread_t starter;
  desk_client *client;
  desk_op *op;
  desk_status status;
  int64_t id;
  atomic_int called, freed;
};

static void freed(void *user_data) {
  struct call *call = user_data;
  call->freed++;
}

static void take(struct call *call, const desk_op *op) {
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  call->status = desk_op_take_proactive_chat(op, &chat, &error);
  CHECK(!chat == (call->status != DESK_OK) && !error == (call->status == DESK_OK));
  call->id = desk_proactive_chat_get_id(chat);
  desk_proactive_chat_free(chat);
  desk_error_free(error);
}

/* The rules of callbacks. */
static void on_end(const desk_op *op, void *user_data) {
  struct call *call = user_data;
  char name[16] = "";
  CHECK(!pthread_equal(pthread_self(), call->starter));
  CHECK(prctl(PR_GET_NAME, name) == 0 && strcmp(name, "desk-cb") == 0);
  CHECK(call->op && desk_op_poll(op) && desk_op_get_user_data(op) == call && call->freed == 0);
  CHECK(desk_op_wait(op, -1, NULL) == DESK_OK);
  /* No function may block here. */
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  CHECK(desk_proactive_chat_get(call->client, 1, NULL, &chat, &error) == DESK_WOULD_DEADLOCK && !chat);
  CHECK(desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT);
  desk_error_free(error);
  desk_queue *queue = NULL;
  desk_op *next = NULL;
  CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
  CHECK(desk_queue_next(queue, -1, &next, NULL) == DESK_WOULD_DEADLOCK && !next);
  CHECK(desk_queue_next(queue, 0, &next, NULL) == DESK_OK && !next);
  desk_queue_free(queue);
  /* Only the matching function takes the result, and only once. */
  CHECK(desk_op_take(op, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "desk_op_take_proactive_chat"));
  desk_error_free(error);
  take(call, op);
  CHECK(desk_op_take_proactive_chat(op, &chat, NULL) == DESK_INVALID_ARGUMENT && !chat);
  call->called++;
}

static void on_chosen_thread(const desk_op *op, void *user_data) {
  struct call *call = user_data;
  CHECK(pthread_equal(pthread_self(), call->starter));
  take(call, op);
  desk_proactive_chat *chat = NULL;
  CHECK(desk_proactive_chat_get(call->client, 1, NULL, &chat, NULL) == DESK_OK);
  desk_proactive_chat_free(chat);
  call->called++;
}

static void by_callback(void) {
  desk_client *client = client_of(chats);
  struct call calls[MANY];
  memset(calls, 0, sizeof calls);
  for (int i = 0; i < MANY; i++) {
    struct call *call = &calls[i];
    call->starter = pthread_self();
    call->client = client;
    CHECK(desk_proactive_chat_get_async(client, i + 1, NULL, on_end, call, freed, &call->op, NULL) == DESK_OK);
  }
  for (int i = 0; i < MANY; i++) {
    struct call *call = &calls[i];
    while (call->called == 0) wait_us(1000);
    CHECK(call->freed == 0 && desk_op_get_user_data(call->op) == call);
    desk_op_free(call->op);
    while (call->freed == 0) wait_us(1000);
    CHECK(call->status == DESK_OK && call->id == i + 1);
  }
  /* The client still makes blocking calls, also while other calls run. */
  desk_proactive_chat *chat = NULL;
  CHECK(desk_proactive_chat_get(client, 7, NULL, &chat, NULL) == DESK_OK && desk_proactive_chat_get_id(chat) == 7);
  desk_proactive_chat_free(chat);
  desk_client_free(client);
  for (int i = 0; i < MANY; i++) CHECK(calls[i].called == 1 && calls[i].freed == 1);
}

static void by_handle(void) {
  desk_client *client = client_of(chats), *hanging = client_of(silent);
  desk_op *op = NULL;
  desk_error *error = NULL;
  struct call call = {0};
  CHECK(desk_proactive_chat_get_async(client, 3, NULL, NULL, &call, freed, &op, NULL) == DESK_OK);
  CHECK(desk_op_get_user_data(op) == &call);
  CHECK(desk_op_wait(op, 60000, NULL) == DESK_OK && desk_op_poll(op));
  take(&call, op);
  CHECK(call.status == DESK_OK && call.id == 3 && call.freed == 0);
  desk_op_free(op);
  while (call.freed == 0) wait_us(1000);

  CHECK(desk_chat_message_list_async(hanging, NULL, NULL, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  desk_chat_message_page *page = NULL;
  CHECK(!desk_op_poll(op) && desk_op_wait(op, 0, NULL) == DESK_NOT_READY);
  CHECK(desk_op_wait(op, 50, &error) == DESK_NOT_READY && desk_error_get_outcome(error) == DESK_OUTCOME_UNKNOWN);
  desk_error_free(error);
  CHECK(desk_op_take_chat_message_page(op, &page, NULL) == DESK_NOT_READY && !page);
  desk_op_cancel(op);
  desk_op_cancel(op);
  CHECK(desk_op_wait(op, -1, NULL) == DESK_OK);
  CHECK(desk_op_take_chat_message_page(op, &page, &error) == DESK_CANCELLED && !page);
  CHECK(desk_error_get_code(error) == DESK_CANCELLED);
  desk_error_free(error);
  desk_op_free(op);

  /* A call whose handle is freed goes on; freeing the client ends it. */
  CHECK(desk_chat_message_list_async(hanging, NULL, NULL, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  desk_op_free(op);
  /* A handle outlives its client. */
  CHECK(desk_chat_message_list_async(hanging, NULL, NULL, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  desk_client_free(hanging);
  CHECK(desk_op_take_chat_message_page(op, &page, NULL) == DESK_CANCELLED && !page);
  desk_op_free(op);
  desk_client_free(client);
}

static void by_queue(void) {
  desk_client *client = client_of(chats), *hanging = client_of(silent);
  desk_queue *queue = NULL;
  desk_op *op = NULL;
  CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.queue = queue;
  struct pollfd ready = {desk_queue_fd(queue), POLLIN, 0};
  CHECK(poll(&ready, 1, 0) == 0);
  CHECK(desk_queue_next(queue, 20, &op, NULL) == DESK_OK && !op);
  struct call calls[MANY];
  memset(calls, 0, sizeof calls);
  for (int i = 0; i < MANY; i++) {
    desk_op **handle = i % 2 ? &calls[i].op : NULL;
    CHECK(desk_proactive_chat_get_async(client, i + 1, &options, NULL, &calls[i], freed, handle, NULL) == DESK_OK);
  }
  for (int left = MANY; left > 0;) {
    CHECK(poll(&ready, 1, 60000) == 1);
    while (desk_queue_next(queue, 0, &op, NULL) == DESK_OK && op) {
      struct call *call = desk_op_get_user_data(op);
      call->called++;
      take(call, op);
      CHECK(call->status == DESK_OK && call->id == call - calls + 1);
      desk_op_free(op);
      CHECK(call->freed == !call->op);
      desk_op_free(call->op);
      CHECK(call->freed == 1);
      left--;
    }
    CHECK(left == 0 || poll(&ready, 1, 0) >= 0);
  }
  CHECK(poll(&ready, 1, 0) == 0);
  for (int i = 0; i < MANY; i++) CHECK(calls[i].called == 1 && calls[i].freed == 1);

  /* The callback of a call with a queue runs inside desk_queue_next, and may block. */
  struct call chosen = {.starter = pthread_self(), .client = client};
  CHECK(desk_proactive_chat_get_async(client, 1, &options, on_chosen_thread, &chosen, freed, NULL, NULL) == DESK_OK);
  CHECK(desk_queue_next(queue, -1, &op, NULL) == DESK_OK && op);
  CHECK(chosen.called == 1 && chosen.freed == 0 && desk_op_get_user_data(op) == &chosen);
  desk_op_free(op);
  CHECK(chosen.freed == 1);

  /* A queue that is freed first: no call leaks, neither a waiting nor a running one. */
  struct call late[2] = {0};
  CHECK(desk_proactive_chat_get_async(client, 1, &options, NULL, &late[0], freed, NULL, NULL) == DESK_OK);
  CHECK(desk_proactive_chat_get_async(hanging, 1, &options, NULL, &late[1], freed, NULL, NULL) == DESK_OK);
  CHECK(poll(&ready, 1, 60000) == 1);
  desk_queue_free(queue);
  CHECK(late[0].freed == 1);
  desk_client_free(hanging);
  CHECK(late[1].freed == 1);
  desk_client_free(client);
}

/* A freed queue keeps no results of its calls, whose handles are freed too. */
static void freed_queue(void) {
  desk_client *client = client_of(chats);
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  size_t used = 0;
  for (int i = 0; i < LARGE; i++) {
    desk_op *op = NULL;
    desk_queue *queue = NULL;
    CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
    options.queue = queue;
    CHECK(desk_proactive_chat_get_async(client, 600, &options, NULL, NULL, NULL, &op, NULL) == DESK_OK);
    desk_queue_free(queue);
    CHECK(desk_op_wait(op, -1, NULL) == DESK_OK);
    desk_op_free(op);
    const struct mallinfo2 heap = mallinfo2();
    if (i == LARGE / 4) used = heap.uordblks + heap.hblkhd;
    CHECK(i <= LARGE / 4 || heap.uordblks + heap.hblkhd < used + 20 * LARGE_CHAT);
  }
  desk_client_free(client);
}

static void refusals(void) {
  desk_client *client = client_of(chats);
  desk_queue *queue = NULL;
  desk_op *op = NULL;
  desk_error *error = NULL;
  struct call call = {0};
  CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
  CHECK(desk_proactive_chat_get_async(client, 1, NULL, NULL, &call, freed, NULL, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "op is NULL"));
  desk_error_free(error);
  CHECK(desk_proactive_chat_get_async(NULL, 1, NULL, on_end, &call, freed, &op, NULL) == DESK_INVALID_ARGUMENT);
  CHECK(desk_proactive_chat_create_async(client, NULL, NULL, on_end, &call, freed, &op, NULL) == DESK_INVALID_ARGUMENT);
  CHECK(!op && call.freed == 0 && call.called == 0);
  CHECK(desk_queue_next(queue, -2, &op, NULL) == DESK_INVALID_ARGUMENT);
  CHECK(desk_queue_next(NULL, 0, &op, NULL) == DESK_INVALID_ARGUMENT && desk_queue_fd(NULL) == -1);
  CHECK(desk_op_wait(NULL, 0, NULL) == DESK_INVALID_ARGUMENT && desk_op_take(NULL, NULL) == DESK_INVALID_ARGUMENT);
  CHECK(!desk_op_poll(NULL) && !desk_op_get_user_data(NULL));
  desk_op_cancel(NULL);
  desk_op_free(NULL);
  desk_queue_free(NULL);
  desk_queue_free(queue);
  desk_client_free(client);
}

/* The ends of calls whose client is freed while they run. */
static void cancelled(const desk_op *op, void *user_data) {
  struct call *call = user_data;
  take(call, op);
  CHECK(call->status == DESK_CANCELLED);
  call->called++;
}

static void free_client(const desk_op *op, void *user_data) {
  struct call *call = user_data;
  take(call, op);
  CHECK(call->status == DESK_OK);
  desk_client_free(call->client);
  call->called++;
}

static void freed_under_calls(int inside) {
  /* With two clients: the callback of one frees the other, which hangs. With one client: its
   * callback frees it. */
  for (int own = 0; own <= inside; own++) {
    desk_client *hanging = own ? client_of(chats) : client_of(silent);
    desk_client *client = own ? hanging : client_of(chats);
    struct call calls[MANY], last = {0};
    memset(calls, 0, sizeof calls);
    for (int i = 0; i < MANY && !own; i++) {
      CHECK(desk_proactive_chat_get_async(hanging, i + 1, NULL, cancelled, &calls[i], freed, NULL, NULL) == DESK_OK);
    }
    last.client = hanging;
    if (inside) {
      CHECK(desk_proactive_chat_get_async(client, 1, NULL, free_client, &last, freed, NULL, NULL) == DESK_OK);
      while (last.freed == 0) wait_us(1000);
      CHECK(last.called == 1);
    } else {
      desk_client_free(hanging);
    }
    for (int i = 0; i < MANY && !own; i++) CHECK(calls[i].called == 1 && calls[i].freed == 1);
    if (!own) desk_client_free(client);
  }
}

/* The callback frees its own client while other callbacks wait. */
static desk_client *own_client;
static void free_own(const desk_op *op, void *user_data) {
  struct call *call = user_data;
  take(call, op);
  desk_client *taken = own_client;
  own_client = NULL;
  desk_client_free(taken);
  call->called++;
}

static void freed_by_its_own_callback(void) {
  struct call calls[MANY];
  memset(calls, 0, sizeof calls);
  desk_client *client = own_client = client_of(chats);
  for (int i = 1; i < MANY; i++) {
    CHECK(desk_proactive_chat_get_async(client, 500, NULL, cancelled, &calls[i], freed, NULL, NULL) == DESK_OK);
  }
  CHECK(desk_proactive_chat_get_async(client, 1, NULL, free_own, &calls[0], freed, NULL, NULL) == DESK_OK);
  while (calls[0].freed == 0) wait_us(1000);
  for (int i = 0; i < MANY; i++) CHECK(calls[i].called == 1 && calls[i].freed == 1);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  chats = argv[1];
  silent = argv[2];
  CHECK(threads() == 1);
  by_callback();
  by_handle();
  by_queue();
  freed_queue();
  refusals();
  freed_under_calls(0);
  freed_under_calls(1);
  freed_by_its_own_callback();
  CHECK(desk_debug_live_objects() == 0);
  for (int i = 0; threads() != 1; i++) {
    CHECK(i < 10000);
    wait_us(1000);
  }
  return EXIT_SUCCESS;
}
