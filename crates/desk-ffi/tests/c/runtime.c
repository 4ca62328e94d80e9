/* runtime BASE_URL: facts about calls, raw calls, headers and the log callback. */
#include "check.h"
#include "desk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int is(desk_str text, const char *wanted) { return text.ptr && !strcmp(text.ptr, wanted); }

static void response(desk_client *client) {
  desk_chat_message_page *page = NULL;
  CHECK(desk_chat_message_list(client, NULL, NULL, &page, NULL) == DESK_OK);
  const desk_response *known = desk_chat_message_page_response(page);
  CHECK(desk_response_get_http_status(known) == 200 && desk_response_get_attempts(known) == 1);
  CHECK(is(desk_response_get_request_id(known), "r-1") && desk_response_get_elapsed_us(known) > 0);
  int64_t date = 0;
  CHECK(desk_response_get_server_date_us(known, &date) && date == 784111777000000);
  desk_chat_message_page_free(page);
  CHECK(!desk_chat_message_page_response(NULL) && !desk_response_get_http_status(NULL));
}

/* Chat 6 is throttled, with every detail of an error response. */
static void refusal(desk_client *client) {
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  desk_call_options once = DESK_CALL_OPTIONS_INIT;
  once.max_attempts = 1;
  CHECK(desk_proactive_chat_get(client, 6, &once, &chat, &error) == DESK_RATE_LIMITED && !chat);
  int64_t date = 0;
  CHECK(desk_error_get_server_date_us(error, &date) && date == 784111777000000);
  CHECK(is(desk_error_get_request_id(error), "r-1") && desk_error_get_retry_after_ms(error) == 1500);
  CHECK(desk_error_get_elapsed_us(error) > 0 && desk_error_get_elapsed_us(NULL) == 0);
  CHECK(!desk_error_get_server_date_us(NULL, &date) && date == 0);
  /* An error text that repeats the token is redacted. */
  CHECK(!desk_error_get_service_code(error).ptr && is(desk_error_get_service_text(error), "no [redacted]"));
  desk_error_free(error);
}

static void raw(desk_client *client) {
  desk_raw_request request = DESK_RAW_REQUEST_INIT;
  desk_raw_result *result = NULL;
  desk_error *error = NULL;
  CHECK(desk_raw_call(client, NULL, NULL, &result, NULL) == DESK_INVALID_ARGUMENT);
  CHECK(desk_raw_call(client, &request, NULL, &result, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "method is missing"));
  desk_error_free(error);
  request.method = DESK_STR_LIT("PATCH");
  request.path = DESK_STR_LIT("../tickets");
  CHECK(desk_raw_call(client, &request, NULL, &result, &error) == DESK_INVALID_ARGUMENT && !result);
  CHECK(desk_error_get_outcome(error) == DESK_OUTCOME_NOT_SENT);
  desk_error_free(error);
  request.path = DESK_STR_LIT("echo/1");
  request.json = DESK_STR_LIT("{]");
  CHECK(desk_raw_call(client, &request, NULL, &result, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "json is not JSON"));
  desk_error_free(error);
  const desk_pair query[] = {{DESK_STR_INIT("q"), DESK_STR_INIT("a b&c")}, {DESK_STR_INIT("r"), DESK_STR_INIT("")}};
  const desk_pair headers[] = {{DESK_STR_INIT("X-Trace"), DESK_STR_INIT("t-1")}};
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  options.headers = headers;
  options.headers_len = 1;
  request.json = DESK_STR_LIT("{\"a\": [1]}");
  request.query = query;
  request.query_len = 2;
  CHECK(desk_raw_call(client, &request, &options, &result, NULL) == DESK_OK);
  /* The service echoes the request. */
  CHECK(is(desk_raw_result_get_body(result), "PATCH /echo/1?q=a+b%26c&r= t-1 {\"a\":[1]}"));
  CHECK(desk_response_get_http_status(desk_raw_result_response(result)) == 202);
  const size_t len = desk_raw_result_get_headers_len(result);
  int found = 0;
  for (size_t at = 0; at < len; at++) {
    found += is(desk_raw_result_get_header_name_at(result, at), "x-request-id") &&
             is(desk_raw_result_get_header_value_at(result, at), "r-1");
  }
  CHECK(found == 1 && !desk_raw_result_get_header_name_at(result, len).ptr);
  desk_raw_result_free(result);
  desk_raw_result_free(NULL);
}

static void headers(desk_client *client) {
  const desk_pair token[] = {{DESK_STR_INIT("SENDBIRDDESKAPITOKEN"), DESK_STR_INIT("x")}};
  const desk_pair nameless[] = {{DESK_STR_ABSENT, DESK_STR_INIT("x")}};
  desk_call_options options = DESK_CALL_OPTIONS_INIT;
  desk_chat_message_page *page = NULL;
  desk_error *error = NULL;
  options.headers = token;
  options.headers_len = 1;
  CHECK(desk_chat_message_list(client, NULL, &options, &page, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "is set by the client"));
  desk_error_free(error);
  options.headers = nameless;
  CHECK(desk_chat_message_list(client, NULL, &options, &page, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "headers[0].name is missing"));
  desk_error_free(error);
}

struct seen {
  desk_client *client;
  int levels[5];
  int deadlocks;
  int remove;
  desk_client *other;
};

static void seen(void *user_data, const desk_log_record *record) {
  struct seen *seen = user_data;
  CHECK(record->record_size >= sizeof(desk_log_record) && record->level >= 1 && record->level <= 4);
  CHECK(record->message.ptr && !strstr(record->message.ptr, "t0ken") && !strstr(record->message.ptr, "127.0.0.1"));
  CHECK(record->operation.ptr && record->method.ptr && record->path.ptr && record->elapsed_us >= 0);
  seen->levels[record->level]++;
  desk_chat_message_page *page = NULL;
  seen->deadlocks += desk_chat_message_list(seen->client, NULL, NULL, &page, NULL) == DESK_WOULD_DEADLOCK;
  desk_client_free(seen->other);
  seen->other = NULL;
  if (seen->remove) CHECK(desk_client_set_log(seen->client, NULL, NULL, NULL) == DESK_OK);
}

static void log_callback(desk_client *client, desk_client *other) {
  struct seen all = {client, {0}, 0, 0, other}, first = {client, {0}, 0, 1, NULL};
  desk_chat_message_page *page = NULL;
  desk_proactive_chat *chat = NULL;
  CHECK(desk_client_set_log(NULL, seen, &all, NULL) == DESK_INVALID_ARGUMENT);
  CHECK(desk_client_set_log(client, seen, &all, NULL) == DESK_OK);
  CHECK(desk_chat_message_list(client, NULL, NULL, &page, NULL) == DESK_OK);
  desk_chat_message_page_free(page);
  CHECK(all.levels[DESK_LOG_DEBUG] == 1 && all.levels[DESK_LOG_INFO] == 1 && all.deadlocks == 2);
  /* 503, then 404. */
  CHECK(desk_proactive_chat_get(client, 5, NULL, &chat, NULL) == DESK_NOT_FOUND);
  CHECK(all.levels[DESK_LOG_WARN] == 2 && all.levels[DESK_LOG_ERROR] == 1);
  CHECK(desk_client_set_log(client, seen, &first, NULL) == DESK_OK);
  CHECK(desk_chat_message_list(client, NULL, NULL, &page, NULL) == DESK_OK);
  desk_chat_message_page_free(page);
  CHECK(first.levels[DESK_LOG_DEBUG] == 1 && !first.levels[DESK_LOG_INFO]);
  CHECK(all.levels[DESK_LOG_DEBUG] == 1);
}

struct sink {
  atomic_int removed;
  atomic_int heard;
};

static void hear(void *user_data, const desk_log_record *record) {
  const struct timespec while_running = {0, 200000};
  struct sink *sink = user_data;
  CHECK(record && !sink->removed);
  nanosleep(&while_running, NULL);
  CHECK(!sink->removed);
  sink->heard++;
}

static atomic_int done;

static void *keep_calling(void *client) {
  while (!done) {
    desk_chat_message_page *page = NULL;
    CHECK(desk_chat_message_list(client, NULL, NULL, &page, NULL) == DESK_OK);
    desk_chat_message_page_free(page);
  }
  return NULL;
}

/* Once the removal returns, no thread runs the callback: its data may be freed. */
static void removal(desk_client *client) {
  enum { THREADS = 4, ROUNDS = 50 };
  const struct timespec while_set = {0, 2000000};
  pthread_t threads[THREADS];
  int heard = 0;
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, keep_calling, client) == 0);
  for (int i = 0; i < ROUNDS; i++) {
    struct sink *sink = calloc(1, sizeof *sink);
    CHECK(sink && desk_client_set_log(client, hear, sink, NULL) == DESK_OK);
    nanosleep(&while_set, NULL);
    CHECK(desk_client_set_log(client, NULL, NULL, NULL) == DESK_OK);
    sink->removed = 1;
    heard += sink->heard;
    free(sink);
  }
  done = 1;
  for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(heard > 0);
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(argv[1]);
  options.api_token = DESK_STR_LIT("t0ken");
  options.user_agent = DESK_STR_LIT("runtime/1");
  options.reads_per_second = 1000;
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_OK);
  response(client);
  raw(client);
  headers(client);
  desk_client *other = NULL;
  CHECK(desk_client_new(&options, &other, NULL) == DESK_OK);
  response(other);
  refusal(other);
  log_callback(client, other);
  removal(client);
  desk_client_free(client);

  desk_error *error = NULL;
  options.attempt_timeout_ms = -1;
  CHECK(desk_client_new(&options, &client, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "attempt_timeout_ms is -1"));
  desk_error_free(error);
  options.attempt_timeout_ms = 0;
  options.ca_file = DESK_STR_LIT("/nowhere");
  CHECK(desk_client_new(&options, &client, &error) == DESK_INVALID_ARGUMENT);
  CHECK(strstr(desk_error_get_message(error).ptr, "ca_file cannot be read"));
  desk_error_free(error);
  options.ca_file = (desk_str)DESK_STR_ABSENT;
  options.writes_per_second = -1;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_INVALID_ARGUMENT && !client);
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
