/* State that the threads of async_fuzz share: tables of objects and calls, and their invariants. */
#include "async.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { CALLS = 200, EACH = 3, SERIALS = 1000 };
enum kind { CHAT, PAGE, RAW, STEP, KINDS };

static const char *url;

/* An object that all threads see. The thread that takes it out of the table, while no other
 * thread uses it, frees it. */
struct thing {
  void *object;
  int users, serial;
};
static struct thing clients[EACH], queues[EACH], tokens[EACH];
static pthread_mutex_t tables = PTHREAD_MUTEX_INITIALIZER;
static int serials;
/* Per serial of a queue: whether it was freed while calls might still have arrived. */
static atomic_bool dropped[SERIALS];

/* A call, from its start until it is freed. */
struct call {
  enum kind kind;
  desk_client *client;
  int client_serial, queue;
  bool callback, limited;
  desk_cancel *token;
  unsigned place, dice;
  _Atomic(desk_op *) op;
  atomic_bool started;
  atomic_int told, released, taken;
};
static struct call calls[CALLS];
static atomic_int many;
/* Numbers of results that were taken: good, cancelled, and other errors. */
static atomic_long results[3];

static struct thing *borrow(struct thing *thing) {
  CHECK(pthread_mutex_lock(&tables) == 0);
  const bool there = thing->object != NULL;
  thing->users += there;
  CHECK(pthread_mutex_unlock(&tables) == 0);
  return there ? thing : NULL;
}

static void give_back(struct thing *thing) {
  if (!thing) return;
  CHECK(pthread_mutex_lock(&tables) == 0);
  thing->users--;
  CHECK(pthread_mutex_unlock(&tables) == 0);
}

static struct thing steal(struct thing *thing) {
  CHECK(pthread_mutex_lock(&tables) == 0);
  struct thing taken = {NULL, 0, 0};
  if (thing->users == 0) {
    taken = *thing;
    thing->object = NULL;
  }
  CHECK(pthread_mutex_unlock(&tables) == 0);
  return taken;
}

static void free_client(struct thing *thing) {
  const struct thing taken = steal(thing);
  if (!taken.object) return;
  desk_client_free(taken.object);
  /* No callback of its calls comes later. */
  for (int i = 0; i < many && i < CALLS; i++) {
    const struct call *call = &calls[i];
    if (call->started && call->client_serial == taken.serial && call->callback && !call->queue) CHECK(call->told == 1);
  }
}

static void free_queue(struct thing *thing) {
  const struct thing taken = steal(thing);
  if (!taken.object) return;
  dropped[taken.serial] = true;
  desk_queue_free(taken.object);
}

/* Once no call is left to arrive there. */
static void free_empty_queue(struct thing *thing) { desk_queue_free(steal(thing).object); }

static void free_token(struct thing *thing) { desk_cancel_free(steal(thing).object); }

/* Fills a slot of a table; with the object that the slot has already if another thread was
 * faster. */
static void fill(unsigned *seed) {
  const unsigned which = random_below(seed, 3), place = random_below(seed, EACH);
  void *object = NULL;
  struct thing *thing = &clients[place];
  if (which == 0) {
    object = client_of(url);
  } else if (which == 1) {
    thing = &queues[place];
    CHECK(desk_queue_new((desk_queue **)&object, NULL) == DESK_OK);
  } else {
    thing = &tokens[place];
    CHECK(desk_cancel_new((desk_cancel **)&object, NULL) == DESK_OK);
  }
  CHECK(pthread_mutex_lock(&tables) == 0);
  if (!thing->object && serials + 1 < SERIALS) {
    thing->object = object;
    thing->serial = ++serials;
    object = NULL;
  }
  CHECK(pthread_mutex_unlock(&tables) == 0);
  if (!object) return;
  if (which == 0) desk_client_free(object);
  if (which == 1) desk_queue_free(object);
  if (which == 2) desk_cancel_free(object);
}

/* Takes a result; only the first taker gets it, and only with the matching function. */
static void take(struct call *call, const desk_op *op) {
  desk_proactive_chat *chat = NULL;
  desk_chat_message_page *page = NULL;
  desk_raw_result *raw = NULL;
  desk_error *error = NULL;
  const bool ended = desk_op_poll(op);
  if (call->kind != CHAT) CHECK(desk_op_take_proactive_chat(op, &chat, NULL) == DESK_INVALID_ARGUMENT && !chat);
  if (call->kind == CHAT) CHECK(desk_op_take(op, NULL) == DESK_INVALID_ARGUMENT);
  desk_status status = DESK_OK;
  switch (call->kind) {
    case CHAT:
      status = desk_op_take_proactive_chat(op, &chat, &error);
      CHECK(!chat == (status != DESK_OK) && (!chat || desk_proactive_chat_get_message(chat).len == 2));
      break;
    case PAGE:
      status = desk_op_take_chat_message_page(op, &page, &error);
      CHECK(!page == (status != DESK_OK) && (!page || desk_chat_message_page_get_count(page) == 8));
      break;
    case RAW:
      status = desk_op_take_raw_result(op, &raw, &error);
      CHECK(!raw == (status != DESK_OK) && (!raw || desk_raw_result_get_body(raw).len > 0));
      break;
    default: status = desk_op_take(op, &error);
  }
  CHECK(!error == (status == DESK_OK) && (!error || desk_error_get_message(error).len > 0));
  CHECK(!ended || status != DESK_NOT_READY);
  if (status != DESK_NOT_READY && status != DESK_INVALID_ARGUMENT) {
    CHECK(call->taken++ == 0);
    results[status == DESK_OK ? 0 : status == DESK_CANCELLED ? 1 : 2]++;
  }
  desk_proactive_chat_free(chat);
  desk_chat_message_page_free(page);
  desk_raw_result_free(raw);
  desk_error_free(error);
}

/* The library frees the user data of a call: once, and not before its completion. */
static void release(void *user_data) {
  struct call *call = user_data;
  CHECK(call->released++ == 0);
  CHECK(call->told == 1 || call->queue || !call->callback);
  desk_cancel_free(call->token);
}

/* Checks that every object is freed. */
static void check_calls(void) {
  for (const struct call *call = calls; call < calls + CALLS; call++) {
    CHECK(call->released == call->started && !call->op);
    if (!call->started || (!call->callback && !call->queue)) {
      CHECK(call->told == 0);
    } else {
      CHECK(call->told == 1 || (call->told == 0 && dropped[call->queue]));
    }
  }
}
