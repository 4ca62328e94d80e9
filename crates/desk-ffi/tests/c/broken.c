/* broken CHAT_URL SILENT_URL: the host closes the file descriptors of clients, as a daemon does
 * that closes all descriptors. */
#define _GNU_SOURCE
#include "async.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DESCRIPTORS = 256 };

static const char *chats, *silent;

/* The descriptors lead to /dev/null instead of being closed: debug builds of Rust's library end
 * a process that closes one twice. */
static void take_descriptors(void) {
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  CHECK(nowhere > STDERR_FILENO);
  for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++) {
    if (fcntl(fd, F_GETFD) != -1) CHECK(dup2(nowhere, fd) == fd);
  }
}

static desk_status get(desk_client *client) {
  desk_proactive_chat *chat = NULL;
  const desk_status status = desk_proactive_chat_get(client, 1, NULL, &chat, NULL);
  desk_proactive_chat_free(chat);
  return status;
}

static desk_op *start(desk_client *client, desk_queue *queue) {
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.queue = queue;
  desk_op *op = NULL;
  CHECK(desk_proactive_chat_get_async(client, 500, &options, NULL, NULL, NULL, &op, NULL) == DESK_OK);
  return op;
}

/* How a call ends. */
static desk_status end(desk_op *op) {
  desk_proactive_chat *chat = NULL;
  CHECK(desk_op_wait(op, 60000, NULL) == DESK_OK);
  const desk_status status = desk_op_take_proactive_chat(op, &chat, NULL);
  desk_op_free(op);
  return status;
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  chats = argv[1];
  silent = argv[2];
  desk_client *called = client_of(chats), *idle = client_of(chats), *asynchronous = client_of(silent);
  desk_client *never_used = client_of(chats);
  CHECK(get(called) == DESK_OK && get(idle) == DESK_OK);
  desk_chat_message_iter *iter = NULL;
  CHECK(desk_chat_message_iter_new(called, NULL, NULL, NULL, &iter, NULL) == DESK_OK);
  desk_op *op = start(asynchronous, NULL);
  take_descriptors();
  CHECK(get(called) == DESK_PANIC && get(called) == DESK_PANIC);
  CHECK(end(op) == DESK_PANIC);
  CHECK(get(asynchronous) == DESK_PANIC);
  desk_client_free(called);
  desk_chat_message_iter_free(iter);
  desk_client_free(idle);
  desk_client_free(asynchronous);
  desk_client_free(never_used);
  /* A new client works. */
  desk_client *next = client_of(chats);
  CHECK(get(next) == DESK_OK);
  /* A running call ends with its client. */
  desk_client *freed = client_of(silent);
  desk_queue *queue = NULL;
  CHECK(desk_queue_new(&queue, NULL) == DESK_OK);
  op = start(freed, queue);
  take_descriptors();
  desk_client_free(freed);
  const desk_status status = end(op);
  CHECK(status == DESK_PANIC || status == DESK_CANCELLED);
  desk_client_free(next);
  desk_queue_free(queue);
  CHECK(desk_debug_live_objects() == 0);
  return 0;
}
