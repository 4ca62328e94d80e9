/* A program of the time of the desk.h beside it: every function that takes a struct, with every struct as large as it was
 * then. It is compiled against that header and run with the library of today. The structs are on the heap, so that
 * valgrind sees a library that reads beyond them. Neither file is edited; a release that breaks replaces both. */
#include <desk.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                \
  do {                                                  \
    if (!(condition)) {                                 \
      fprintf(stderr, "%d: %s\n", __LINE__, #condition); \
      exit(EXIT_FAILURE);                               \
    }                                                   \
  } while (0)

#define NEW(type, name, init)              \
  type name##_start = init;                \
  type *name = (type *)malloc(sizeof *name); \
  CHECK(name);                             \
  memcpy(name, &name##_start, sizeof *name)

static void record_log(void *user_data, const desk_log_record *record) {
  int *calls = (int *)user_data;
  CHECK(record->record_size >= sizeof *record);
  if (record->level == DESK_LOG_INFO) {
    CHECK(record->http_status == 200 && record->attempts == 1 && record->outcome == 0 && record->retry_in_ms == -1);
    CHECK(record->operation.len && record->method.len && record->path.len && record->message.len);
    ++*calls;
  }
}

int main(int argc, char **argv) {
  const int64_t customers[] = { 101, 102 };
  const desk_pair header = { DESK_STR_INIT("x-frozen"), DESK_STR_INIT("yes") };
  const desk_pair query = { DESK_STR_INIT("limit"), DESK_STR_INIT("7") };
  desk_client *client = NULL;
  desk_error *error = NULL;
  desk_cancel *cancel = NULL;
  desk_proactive_chat *chat = NULL;
  desk_chat_message_page *page = NULL;
  desk_chat_message_iter *all = NULL;
  desk_ticket_chat_message_iter *some = NULL;
  desk_raw_result *raw = NULL;
  const desk_chat_message *message = NULL;
  int calls = 0, items = 0;
  NEW(desk_client_options, options, DESK_CLIENT_OPTIONS_INIT);
  NEW(desk_call_options, call, DESK_CALL_OPTIONS_INIT);
  NEW(desk_new_proactive_chat, body, DESK_NEW_PROACTIVE_CHAT_INIT);
  NEW(desk_chat_message_list_params, params, DESK_CHAT_MESSAGE_LIST_PARAMS_INIT);
  NEW(desk_ticket_chat_message_list_params, ticket_params, DESK_TICKET_CHAT_MESSAGE_LIST_PARAMS_INIT);
  NEW(desk_iter_options, iter, DESK_ITER_OPTIONS_INIT);
  NEW(desk_raw_request, request, DESK_RAW_REQUEST_INIT);
  CHECK(argc == 2);
  printf("compiled with %s\n", DESK_VERSION);

  /* Each member has a value of its own that the server or the outcome shows. */
  options->api_token = DESK_STR_LIT("frozen-token");
  options->base_url = desk_str_from_cstr(argv[1]);
  options->user_agent = DESK_STR_LIT("frozen/1");
  options->proxy = DESK_STR_LIT("");
  options->timeout_ms = 20000;
  options->reads_per_second = 1000.0;
  options->writes_per_second = 1000.0;
  CHECK(desk_client_new(options, &client, &error) == DESK_OK && client && !error);
  CHECK(desk_client_set_log(client, record_log, &calls, NULL) == DESK_OK);

  CHECK(desk_cancel_new(&cancel, NULL) == DESK_OK);
  call->max_attempts = 1;
  call->headers = &header;
  call->headers_len = 1;
  call->cancel = cancel;

  body->message = DESK_STR_LIT("hello");
  body->group_key = DESK_STR_LIT("sales");
  body->customer_ids = customers;
  body->customer_ids_len = 2;
  body->agent_id = 3;
  body->priority = DESK_PRIORITY_HIGH;
  CHECK(desk_proactive_chat_create(client, body, call, &chat, &error) == DESK_OK);
  CHECK(desk_proactive_chat_get_id(chat) == 7);
  CHECK(desk_response_get_http_status(desk_proactive_chat_response(chat)) == 200);
  desk_proactive_chat_free(chat);
  CHECK(desk_proactive_chat_get(client, INT64_C(9007199254740993), call, &chat, &error) == DESK_OK);
  CHECK(desk_proactive_chat_get_priority(chat) == DESK_PRIORITY_HIGH);
  desk_proactive_chat_free(chat);

  params->has_limit = true;
  params->limit = 2;
  params->has_offset = true;
  params->offset = 0;
  params->has_created_at_gte_us = true;
  params->created_at_gte_us = 0;
  params->ticket_channel_type = DESK_CHANNEL_TYPE_SENDBIRD;
  CHECK(desk_chat_message_list(client, params, call, &page, &error) == DESK_OK);
  CHECK(desk_chat_message_page_get_results_len(page) == 2);
  message = desk_chat_message_page_get_results_at(page, 1);
  CHECK(desk_chat_message_get_id(message) == 2 && desk_chat_message_get_user_type(message) == DESK_USER_TYPE_AGENT);
  desk_chat_message_page_free(page);

  ticket_params->has_limit = true;
  ticket_params->limit = 2;
  CHECK(desk_ticket_chat_message_list(client, 126, ticket_params, call, &page, &error) == DESK_OK);
  CHECK(desk_chat_message_page_get_count(page) == 2);
  desk_chat_message_page_free(page);

  iter->max_items = 1;
  CHECK(desk_chat_message_iter_new(client, params, iter, call, &all, &error) == DESK_OK);
  while (desk_chat_message_iter_next(all, &message, &error) == DESK_OK && message) ++items;
  CHECK(items == 1);
  desk_chat_message_iter_free(all);
  CHECK(desk_ticket_chat_message_iter_new(client, 126, ticket_params, iter, call, &some, &error) == DESK_OK);
  while (desk_ticket_chat_message_iter_next(some, &message, &error) == DESK_OK && message) ++items;
  CHECK(items == 2);
  desk_ticket_chat_message_iter_free(some);

  request->method = DESK_STR_LIT("PUT");
  request->path = DESK_STR_LIT("agents/5");
  request->query = &query;
  request->query_len = 1;
  request->json = DESK_STR_LIT("{\"frozen\":true}");
  CHECK(desk_raw_call(client, request, call, &raw, &error) == DESK_OK);
  CHECK(desk_raw_result_get_body(raw).len > 0);
  desk_raw_result_free(raw);

  desk_cancel_trigger(cancel);
  CHECK(desk_raw_call(client, request, call, &raw, &error) == DESK_CANCELLED && !raw);
  CHECK(desk_error_get_code(error) == DESK_CANCELLED && desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT);
  desk_error_free(error);

  CHECK(calls >= 7);
  desk_cancel_free(cancel);
  desk_client_free(client);
  CHECK(desk_debug_live_objects() == 0);
  free(options);
  free(call);
  free(body);
  free(params);
  free(ticket_params);
  free(iter);
  free(request);
  puts("ran to its end");
  return 0;
}
