/* async_fuzz URL SEED COUNT [forget]: runs COUNT random sequences of legal calls, each from its
 * own seed, which it prints; COUNT 1 repeats one sequence. This thread, a companion and the
 * callbacks share clients, queues, tokens and calls, and do with them whatever desk.h allows at
 * that moment. After each sequence every object is freed, and no object, thread or pending
 * completion is left. SIGALRM ends a sequence that hangs. `forget` leaves one handle unfreed, as
 * proof that the program detects it. */
#include "async_fuzz.h"

#include <unistd.h>

enum { STEPS = 60, COMPANION_STEPS = 30, PATIENCE_S = 300 };

static atomic_bool closing;

/* An iterator, used by one thread. */
struct walk {
  desk_chat_message_iter *iter;
  unsigned place;
  int client_serial, queue;
  desk_op *step;
};

/* Whether this thread is the `desk-cb` of a client, and the position of that client: no thread
 * may wait for clients before it. */
static _Thread_local bool on_desk_cb;
static _Thread_local unsigned lowest;

static void act(unsigned *seed, struct call *own);

static void on_end(const desk_op *op, void *user_data) {
  struct call *call = user_data;
  CHECK(call->told++ == 0 && call->released == 0 && desk_op_poll(op) && desk_op_get_user_data(op) == call);
  if (!call->queue) {
    on_desk_cb = true;
    lowest = call->place;
  }
  unsigned seed = call->dice;
  if (random_below(&seed, 2)) take(call, op);
  act(&seed, call->queue ? NULL : call);
}

/* Starts a call on a client or a step of an iterator, with any kind of completion. */
static void begin(unsigned *seed, unsigned place, desk_client *client, int serial, struct walk *walk) {
  const int number = many++;
  if (number >= CALLS) return;
  struct call *call = &calls[number];
  struct thing *queue = walk || random_below(seed, 2) ? NULL : borrow(&queues[random_below(seed, EACH)]);
  struct thing *token = walk || random_below(seed, 4) ? NULL : borrow(&tokens[random_below(seed, EACH)]);
  call->kind = walk ? STEP : (enum kind)random_below(seed, STEP);
  call->client = client;
  call->client_serial = serial;
  call->queue = walk ? walk->queue : queue ? queue->serial : 0;
  call->callback = random_below(seed, 2);
  call->limited = walk || random_below(seed, 4);
  call->place = place;
  call->dice = random_below(seed, 1u << 20);
  if (!walk && !token && random_below(seed, 4) == 0) CHECK(desk_cancel_new(&call->token, NULL) == DESK_OK);
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.timeout_ms = call->limited ? 1 + random_below(seed, 60) : 0;
  options.queue = queue ? queue->object : NULL;
  options.cancel = token ? token->object : call->token;
  const desk_op_fn callback = call->callback ? on_end : NULL;
  desk_op *op = NULL, **out = walk || !(call->queue || callback) || random_below(seed, 2) ? &op : NULL;
  desk_raw_request raw = DESK_RAW_REQUEST_INIT;
  raw.method = DESK_STR_LIT("GET");
  raw.path = DESK_STR_LIT("agents");
  desk_status status = DESK_OK;
  switch (call->kind) {
    case CHAT: status = desk_proactive_chat_get_async(client, 1, &options, callback, call, release, out, NULL); break;
    case PAGE: status = desk_chat_message_list_async(client, NULL, &options, callback, call, release, out, NULL); break;
    case RAW: status = desk_raw_call_async(client, &raw, &options, callback, call, release, out, NULL); break;
    default: status = desk_chat_message_iter_next_async(walk->iter, callback, call, release, out, NULL);
  }
  /* Only a client that is being freed refuses: the client of a callback or of an iterator. */
  CHECK(status == DESK_OK || (status == DESK_CANCELLED && !op && (on_desk_cb || walk)));
  call->started = status == DESK_OK;
  if (!call->started) desk_cancel_free(call->token);
  if (walk) {
    walk->step = op;
  } else {
    call->op = op;
  }
  give_back(queue);
  give_back(token);
}

static void block(unsigned *seed, desk_client *client) {
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.timeout_ms = 1 + random_below(seed, 60);
  struct thing *token = borrow(&tokens[random_below(seed, EACH)]);
  options.cancel = token ? token->object : NULL;
  desk_chat_message_page *page = NULL;
  const desk_status status = desk_chat_message_list(client, NULL, &options, &page, NULL);
  CHECK(!page == (status != DESK_OK) && status != DESK_INVALID_ARGUMENT);
  CHECK(!on_desk_cb || status == DESK_WOULD_DEADLOCK);
  CHECK(on_desk_cb || status != DESK_WOULD_DEADLOCK);
  desk_chat_message_page_free(page);
  give_back(token);
}

/* Takes the next call from a queue. */
static bool arrive(const desk_queue *queue, int64_t timeout_ms, bool takes) {
  desk_op *op = NULL;
  const desk_status status = desk_queue_next(queue, timeout_ms, &op, NULL);
  CHECK(status == DESK_OK || (status == DESK_WOULD_DEADLOCK && on_desk_cb && timeout_ms && !op));
  if (!op) return false;
  struct call *call = desk_op_get_user_data(op);
  CHECK(desk_op_poll(op) && call->released == 0 && call->queue);
  if (!call->callback) call->told++;
  CHECK(call->told == 1);
  if (takes) take(call, op);
  desk_op_free(op);
  return true;
}

static void use_handle(unsigned *seed) {
  struct call *call = &calls[random_below(seed, CALLS)];
  const int64_t short_time = random_below(seed, 4);
  desk_op *op = atomic_exchange(&call->op, NULL);
  if (!op) return;
  CHECK(desk_op_get_user_data(op) == call && call->released == 0);
  switch (random_below(seed, 6)) {
    case 0: desk_op_cancel(op); break;
    case 1: take(call, op); break;
    case 2: desk_op_free(op); return;
    case 3:
      if (call->limited && !on_desk_cb) CHECK(desk_op_wait(op, -1, NULL) == DESK_OK && desk_op_poll(op));
      break;
    default: {
      const bool ended = desk_op_poll(op);
      const desk_status status = desk_op_wait(op, short_time, NULL);
      CHECK(status == DESK_OK || (status == (on_desk_cb && short_time ? DESK_WOULD_DEADLOCK : DESK_NOT_READY) && !ended));
    }
  }
  call->op = op;
}

/* Does one random action; a callback on `desk-cb` may also use its own client, even while that
 * is being freed. */
static void act(unsigned *seed, struct call *own) {
  const unsigned what = random_below(seed, 20), place = random_below(seed, EACH);
  struct thing *thing = NULL;
  if (closing) return;
  if (what < 6 && own && own->client) {
    begin(seed, lowest, own->client, own->client_serial, NULL);
  } else if (what < 6) {
    thing = borrow(&clients[place]);
    if (thing) begin(seed, place, thing->object, thing->serial, NULL);
  } else if (what < 12) {
    use_handle(seed);
  } else if (what == 12) {
    thing = borrow(&clients[place]);
    if (thing) block(seed, thing->object);
  } else if (what == 13) {
    thing = borrow(&tokens[place]);
    if (thing) desk_cancel_trigger(thing->object);
  } else if (what < 16) {
    thing = borrow(&queues[place]);
    if (thing) arrive(thing->object, random_below(seed, 4), random_below(seed, 2));
  } else if (what == 16) {
    free_token(&tokens[place]);
  } else if (what == 17 && random_below(seed, 2)) {
    free_queue(&queues[place]);
  } else if (what == 18 && place >= lowest && random_below(seed, 2)) {
    free_client(&clients[place]);
  } else if (what == 19) {
    fill(seed);
  }
  give_back(thing);
}

/* Makes one step of an iterator, or handles the result of such a step. */
static void walk_on(unsigned *seed, struct walk *walk) {
  const unsigned place = random_below(seed, EACH), what = random_below(seed, 4);
  const desk_chat_message *message = NULL;
  if (!walk->iter) {
    struct thing *client = borrow(&clients[place]);
    if (!client) return;
    struct thing *queue = borrow(&queues[place]);
    desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
    params.has_limit = true;
    params.limit = 3;
    desk_call_options options = DESK_CALL_OPTIONS_INIT;
    options.timeout_ms = 1 + random_below(seed, 60);
    options.queue = queue ? queue->object : NULL;
    CHECK(desk_chat_message_iter_new(client->object, &params, NULL, &options, &walk->iter, NULL) == DESK_OK);
    walk->client_serial = client->serial;
    walk->queue = queue ? queue->serial : 0;
    give_back(queue);
    give_back(client);
    walk->place = place;
  } else if (walk->step) {
    if (what == 0) desk_op_cancel(walk->step);
    if (what == 1) CHECK(desk_op_wait(walk->step, -1, NULL) == DESK_OK);
    if (!desk_op_poll(walk->step)) return;
    if (what != 2) take(desk_op_get_user_data(walk->step), walk->step);
    desk_op_free(walk->step);
    walk->step = NULL;
  } else if (what == 0 && random_below(seed, 4) == 0) {
    desk_chat_message_iter_free(walk->iter);
    walk->iter = NULL;
  } else if (what < 2) {
    begin(seed, walk->place, NULL, walk->client_serial, walk);
  } else {
    const bool ready = desk_chat_message_iter_is_ready(walk->iter);
    const desk_status status = desk_chat_message_iter_next(walk->iter, &message, NULL);
    CHECK((!ready || status == DESK_OK) && status != DESK_INVALID_ARGUMENT);
    CHECK(!message || desk_chat_message_get_message(message).len == 6);
  }
}

static void end_walk(struct walk *walk) {
  if (walk->step) CHECK(desk_op_wait(walk->step, -1, NULL) == DESK_OK);
  desk_op_free(walk->step);
  desk_chat_message_iter_free(walk->iter);
  memset(walk, 0, sizeof *walk);
}

static void *accompany(void *argument) {
  unsigned seed = *(const unsigned *)argument;
  struct walk walk = {0};
  for (int i = 0; i < COMPANION_STEPS; i++) random_below(&seed, 2) ? act(&seed, NULL) : walk_on(&seed, &walk);
  end_walk(&walk);
  return NULL;
}

static void free_handles(unsigned *seed, bool all, bool *forget) {
  for (int i = 0; i < CALLS; i++) {
    desk_op *op = all || random_below(seed, 2) ? atomic_exchange(&calls[i].op, NULL) : NULL;
    CHECK(!op || !all || desk_op_poll(op));
    if (op && *forget) {
      *forget = false;
    } else {
      desk_op_free(op);
    }
  }
}

static void free_all(struct thing *things, void (*free_thing)(struct thing *)) {
  for (int i = 0; i < EACH; i++) free_thing(&things[i]);
}

static void sequence(unsigned seed, bool *forget) {
  pthread_t companion;
  struct walk walk = {0};
  memset(calls, 0, sizeof calls);
  memset(dropped, 0, sizeof dropped);
  serials = 0;
  many = 0;
  closing = false;
  seed *= 2654435761u;
  for (int i = 0; i < 3 * EACH; i++) fill(&seed);
  unsigned other_seed = ~seed;
  CHECK(pthread_create(&companion, NULL, accompany, &other_seed) == 0);
  for (int i = 0; i < STEPS; i++) random_below(&seed, 4) ? act(&seed, NULL) : walk_on(&seed, &walk);
  /* The end, in any order. Callbacks go on during it and may create objects that must then be
   * freed. */
  if (random_below(&seed, 2)) free_handles(&seed, false, forget);
  if (random_below(&seed, 2)) free_all(queues, free_queue);
  if (random_below(&seed, 2)) end_walk(&walk);
  if (random_below(&seed, 2)) free_all(clients, free_client);
  CHECK(pthread_join(companion, NULL) == 0);
  closing = true;
  for (;;) {
    free_all(clients, free_client);
    if (threads() == 1) break;
    wait_us(50);
  }
  free_all(clients, free_client);
  end_walk(&walk);
  /* Without clients, every call that was to arrive has arrived. */
  for (int i = 0; i < EACH; i++) {
    while (queues[i].object && arrive(queues[i].object, 0, random_below(&seed, 2))) continue;
  }
  free_handles(&seed, true, forget);
  free_all(queues, free_empty_queue);
  free_all(tokens, free_token);
  CHECK(desk_debug_live_objects() == 0);
  CHECK(threads() == 1);
  check_calls();
}

int main(int argc, char **argv) {
  CHECK(argc >= 4);
  url = argv[1];
  bool forget = argc == 5;
  const unsigned seed = (unsigned)strtoul(argv[2], NULL, 10), count = (unsigned)strtoul(argv[3], NULL, 10);
  for (unsigned i = seed; i != seed + count; i++) {
    fprintf(stderr, "seed %u\n", i);
    alarm(PATIENCE_S);
    sequence(i, &forget);
  }
  printf("%ld %ld %ld\n", results[0], results[1], results[2]);
  return EXIT_SUCCESS;
}
