/* process BASE_URL RESETTING_URL: harm that a library must not do to its host: death by SIGPIPE,
 * damage by a forked child, a crash at exit. */
#include "desk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const desk_str token = DESK_STR_INIT("t0ken");
static desk_client *client;
static int failures;

#define CHECK(condition)                                      \
  do {                                                        \
    if (!(condition)) {                                       \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
      failures++;                                             \
    }                                                         \
  } while (0)

static desk_client *connected(const char *base_url) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(base_url);
  options.api_token = token;
  desk_client *made = NULL;
  CHECK(desk_client_new(&options, &made, NULL) == DESK_OK);
  return made;
}

static bool lists(void) {
  desk_chat_message_page *page = NULL;
  const desk_status status = desk_chat_message_list(client, NULL, NULL, &page, NULL);
  desk_chat_message_page_free(page);
  return status == DESK_OK;
}

static void sigpipe(const char *resetting_url) {
  sigset_t mask, pending;
  CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
  const size_t size = 1u << 20;
  char *text = malloc(size);
  for (size_t i = 0; i < size; i++) text[i] = 'x';
  const int64_t customers[] = {1};
  desk_new_proactive_chat chat = DESK_NEW_PROACTIVE_CHAT_INIT;
  chat.message.ptr = text;
  chat.message.len = size;
  chat.group_key = DESK_STR_LIT("sales");
  chat.customer_ids = customers;
  chat.customer_ids_len = 1;
  chat.agent_id = 1;
  desk_call_options once = DESK_CALL_OPTIONS_INIT;
  once.max_attempts = 1;
  desk_client *resetting = connected(resetting_url);
  for (int i = 0; i < 3; i++) {
    desk_proactive_chat *out = NULL;
    desk_error *error = NULL;
    CHECK(desk_proactive_chat_create(resetting, &chat, &once, &out, &error) == DESK_TRANSPORT);
    /* The connection may break before or after the service reads the body. */
    const int32_t outcome = desk_error_get_outcome(error);
    CHECK(outcome == DESK_OUTCOME_UNKNOWN || outcome == DESK_OUTCOME_NOT_SENT);
    desk_error_free(error);
  }
  desk_client_free(resetting);
  free(text);
  CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 0);
  CHECK(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0 && sigismember(&mask, SIGPIPE) == 0);
}

static desk_status start(desk_queue *queue, desk_op **op) {
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.queue = queue;
  return desk_chat_message_list_async(client, NULL, &options, NULL, NULL, NULL, op, NULL);
}

/* A child has no access to its parent's calls, and does not wait for them. */
static bool asynchronous_in_child(desk_queue *queue, desk_op *op) {
  desk_op *none = NULL;
  bool good = desk_op_wait(op, -1, NULL) == DESK_FORKED && !desk_op_poll(op) && desk_op_take(op, NULL) == DESK_FORKED;
  good = good && desk_queue_next(queue, -1, &none, NULL) == DESK_FORKED && !none && start(queue, &none) == DESK_FORKED;
  desk_op_free(op);
  desk_queue_free(queue);
  return good;
}

static volatile sig_atomic_t handled;
static void on_signal(int number) {
  (void)number;
  handled++;
}

/* The library's threads leave signals to the host. */
static void signals(void) {
  sigset_t user, before;
  CHECK(sigemptyset(&user) == 0 && sigaddset(&user, SIGUSR1) == 0);
  CHECK(signal(SIGUSR1, on_signal) != SIG_ERR && pthread_sigmask(SIG_BLOCK, &user, &before) == 0);
  CHECK(kill(getpid(), SIGUSR1) == 0);
  for (int i = 0; i < 20; i++) CHECK(lists() && handled == 0);
  CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0 && handled == 1);
}

static void forked(void) {
  CHECK(lists());
  desk_queue *queue = NULL;
  desk_op *op = NULL, *arrived = NULL;
  CHECK(desk_queue_new(&queue, NULL) == DESK_OK && start(queue, &op) == DESK_OK);
  signals();
  const pid_t child = fork();
  if (child == 0) {
    const bool untouched = asynchronous_in_child(queue, op);
    desk_chat_message_page *page = NULL;
    desk_error *error = NULL;
    const desk_status status = desk_chat_message_list(client, NULL, NULL, &page, &error);
    const bool told = untouched && status == DESK_FORKED && desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT;
    desk_error_free(error);
    desk_client_free(client);
    /* Runs another program, so that no code of this one runs when the child ends. */
    const char *verdict = told && desk_debug_live_objects() == 0 ? "true" : "false";
    execlp(verdict, verdict, (char *)NULL);
    _exit(EXIT_FAILURE);
  }
  int status = 1;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
  CHECK(desk_queue_next(queue, -1, &arrived, NULL) == DESK_OK && arrived);
  desk_chat_message_page *page = NULL;
  CHECK(desk_op_take_chat_message_page(arrived, &page, NULL) == DESK_OK);
  desk_chat_message_page_free(page);
  desk_op_free(arrived);
  desk_op_free(op);
  desk_queue_free(queue);
  /* On the connection that the child had too. */
  CHECK(lists());
}

static void at_exit(void) {
  lists();
  desk_client_free(client);
}

int main(int argc, char **argv) {
  if (argc != 3) return EXIT_FAILURE;
  CHECK(atexit(at_exit) == 0);
  client = connected(argv[1]);
  forked();
  sigpipe(argv[2]);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
