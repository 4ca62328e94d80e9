/* Sends a proactive chat to three customers, waits for a reply, reads the conversation, and
 * counts the messages of a day. `cargo xtask demo` builds and runs this program and its Rust and
 * C++ versions against a local service. */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

/* The objects that are freed at the end; each may be NULL. */
struct state {
  desk_client *client;
  desk_proactive_chat *chat;
  desk_proactive_chat *current;
  desk_chat_message_page *page;
  desk_error *error;
};

static void wait_ms(long ms) {
  const struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  thrd_sleep(&pause, NULL);
}

static desk_status connect_client(struct state *s) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(getenv("DESK_BASE_URL"));
  options.api_token = desk_str_from_cstr(getenv("DESK_API_TOKEN"));
  return desk_client_new(&options, &s->client, &s->error);
}

static desk_status create(struct state *s) {
  const int64_t customers[] = {101, 102, 103};
  desk_new_proactive_chat chat = DESK_NEW_PROACTIVE_CHAT_INIT;
  chat.message = DESK_STR_LIT("Your order has shipped. Any questions?");
  chat.group_key = DESK_STR_LIT("sales");
  chat.customer_ids = customers;
  chat.customer_ids_len = sizeof customers / sizeof customers[0];
  chat.agent_id = 1;
  chat.priority = DESK_PRIORITY_HIGH;
  desk_status status = desk_proactive_chat_create(s->client, &chat, NULL, &s->chat, &s->error);
  if (status != DESK_OK) return status;
  printf("created proactive chat %" PRId64 ": %" PRId64 " sent, priority %s\n", desk_proactive_chat_get_id(s->chat),
         desk_proactive_chat_get_sent_count(s->chat), desk_proactive_chat_get_priority_text(s->chat).ptr);
  return DESK_OK;
}

static desk_status refresh_chat(struct state *s) {
  desk_proactive_chat_free(s->current);
  return desk_proactive_chat_get(s->client, desk_proactive_chat_get_id(s->chat), NULL, &s->current, &s->error);
}

static desk_status wait_for_reply(struct state *s) {
  desk_status status = refresh_chat(s);
  if (status != DESK_OK) return status;
  printf("read it back: \"%s\"\n", desk_proactive_chat_get_message(s->current).ptr);
  for (int tries = 0; tries < 100 && desk_proactive_chat_get_responded_count(s->current) == 0; tries++) {
    wait_ms(50);
    status = refresh_chat(s);
    if (status != DESK_OK) return status;
  }
  printf("answered: %" PRId64 " of %" PRId64 "\n", desk_proactive_chat_get_responded_count(s->current),
         desk_proactive_chat_get_sent_count(s->chat));
  return DESK_OK;
}

static desk_status read_conversation(struct state *s) {
  desk_chat_message_list_params since = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  since.has_created_at_gte_us = true;
  since.created_at_gte_us = desk_proactive_chat_get_created_at_us(s->chat);
  desk_status status = desk_chat_message_list(s->client, &since, NULL, &s->page, &s->error);
  if (status != DESK_OK) return status;
  int64_t ticket = 0;
  for (size_t i = 0; i < desk_chat_message_page_get_results_len(s->page) && ticket == 0; i++) {
    const desk_chat_message *message = desk_chat_message_page_get_results_at(s->page, i);
    if (desk_chat_message_get_user_type(message) == DESK_USER_TYPE_CUSTOMER) ticket = desk_chat_message_get_ticket(message);
  }
  printf("ticket %" PRId64 ":\n", ticket);
  desk_chat_message_page_free(s->page);
  status = desk_ticket_chat_message_list(s->client, ticket, NULL, NULL, &s->page, &s->error);
  if (status != DESK_OK) return status;
  for (size_t i = 0; i < desk_chat_message_page_get_results_len(s->page); i++) {
    const desk_chat_message *message = desk_chat_message_page_get_results_at(s->page, i);
    printf("  %s: %s\n", desk_chat_message_get_user_type_text(message).ptr, desk_chat_message_get_message(message).ptr);
  }
  return DESK_OK;
}

static desk_status count_day(struct state *s) {
  desk_chat_message_list_params day = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  day.has_created_at_gte_us = day.has_created_at_lte_us = true;
  day.created_at_gte_us = INT64_C(1767312000000000); /* 2026-01-02T00:00:00Z */
  day.created_at_lte_us = day.created_at_gte_us + INT64_C(86400000000) - 1;
  desk_chat_message_iter *messages = NULL;
  desk_status status = desk_chat_message_iter_new(s->client, &day, NULL, NULL, &messages, &s->error);
  int all = 0, from_customers = 0;
  while (status == DESK_OK) {
    const desk_chat_message *message = NULL;
    status = desk_chat_message_iter_next(messages, &message, &s->error);
    if (!message) break;
    all++;
    from_customers += desk_chat_message_get_user_type(message) == DESK_USER_TYPE_CUSTOMER;
  }
  if (status == DESK_OK) printf("on 2026-01-02: %d messages, %d of them from customers\n", all, from_customers);
  desk_chat_message_iter_free(messages);
  return status;
}

int main(void) {
  struct state s = {NULL, NULL, NULL, NULL, NULL};
  desk_status status = connect_client(&s);
  if (status == DESK_OK) status = create(&s);
  if (status == DESK_OK) status = wait_for_reply(&s);
  if (status == DESK_OK) status = read_conversation(&s);
  if (status == DESK_OK) status = count_day(&s);
  if (status != DESK_OK) fprintf(stderr, "%s\n", desk_error_get_message(s.error).ptr);
  desk_error_free(s.error);
  desk_chat_message_page_free(s.page);
  desk_proactive_chat_free(s.current);
  desk_proactive_chat_free(s.chat);
  desk_client_free(s.client);
  if (desk_debug_live_objects() != 0) {
    fprintf(stderr, "objects were not freed\n");
    return EXIT_FAILURE;
  }
  return status == DESK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
