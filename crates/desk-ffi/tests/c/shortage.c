/* shortage URL: no thread can be started for a moment. URL is http://localhost:PORT of a service that has chats. */
#include "async.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* An unprivileged user id: the limit does not hold for root. */
enum { NOBODY = 65534 };

static void let_threads_start(int yes) {
  static rlim_t before;
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_NPROC, &limit) == 0);
  if (!yes) before = limit.rlim_cur;
  limit.rlim_cur = yes ? before : 0;
  CHECK(setrlimit(RLIMIT_NPROC, &limit) == 0);
}

static desk_status create(desk_client *client, int32_t *attempts) {
  const int64_t customers[] = {101};
  desk_new_proactive_chat body = DESK_NEW_PROACTIVE_CHAT_INIT;
  body.message = DESK_STR_LIT("m");
  body.group_key = DESK_STR_LIT("sales");
  body.customer_ids = customers;
  body.customer_ids_len = 1;
  body.agent_id = 1;
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.max_attempts = 2;
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  const desk_status status = desk_proactive_chat_create(client, &body, &options, &chat, &error);
  CHECK(status == DESK_OK || desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT);
  *attempts = desk_error_get_attempts(error);
  desk_proactive_chat_free(chat);
  desk_error_free(error);
  return status;
}

static desk_status start(desk_client *client, desk_op **op) {
  desk_error *error = NULL;
  const desk_status status = desk_proactive_chat_get_async(client, 1, NULL, NULL, NULL, NULL, op, &error);
  CHECK(status == DESK_OK || (!*op && desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT));
  desk_error_free(error);
  return status;
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  if (geteuid() == 0) CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
  /* The leak sanitizer traces the process, which a change of its user forbids. */
  CHECK(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0);
  desk_client *client = client_of(argv[1]);
  int32_t attempts = 0;
  desk_op *op = NULL;
  let_threads_start(0);
  CHECK(create(client, &attempts) == DESK_CONNECT && attempts == 2);
  const desk_status refused = start(client, &op);
  CHECK(refused != DESK_OK && refused != DESK_PANIC);
  let_threads_start(1);
  CHECK(create(client, &attempts) == DESK_OK);
  CHECK(start(client, &op) == DESK_OK && desk_op_wait(op, -1, NULL) == DESK_OK);
  /* The threads of asynchronous calls run, but no thread is left for a name lookup. */
  let_threads_start(0);
  desk_op *second = NULL;
  CHECK(start(client, &second) == DESK_OK && desk_op_wait(second, -1, NULL) == DESK_OK);
  desk_op_free(op);
  desk_op_free(second);
  desk_client_free(client);
  CHECK(desk_debug_live_objects() == 0 && threads() == 1);
  /* The leak sanitizer starts a thread as well. */
  let_threads_start(1);
  return 0;
}
