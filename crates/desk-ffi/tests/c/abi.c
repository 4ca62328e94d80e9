/* abi BASE_URL: a hostile caller. Every wrong argument has its own error, no request is sent, no
 * object leaks. The service responds to every request with the test's sample page. */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;
static desk_error *error;

#define CHECK(condition)                                                  \
  do {                                                                    \
    if (!(condition)) {                                                   \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);             \
      failures++;                                                         \
    }                                                                     \
  } while (0)

#define REFUSED(call, text) refused(call, text, __LINE__)

static void refused(desk_status status, const char *text, int line) {
  const desk_str message = desk_error_get_message(error);
  if (status != DESK_INVALID_ARGUMENT || desk_error_get_outcome(error) != DESK_OUTCOME_NOT_SENT || !message.ptr ||
      !strstr(message.ptr, text)) {
    fprintf(stderr, "line %d: status %d, \"%s\" instead of \"%s\"\n", line, (int)status, message.ptr ? message.ptr : "",
            text);
    failures++;
  }
  desk_error_free(error);
  error = NULL;
}

static desk_client_options good_options(const char *base_url) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(base_url);
  options.api_token = DESK_STR_LIT("t0ken");
  return options;
}

static void client_options(const char *base_url) {
  desk_client *client = NULL;
  desk_client_options options = good_options(base_url);
  REFUSED(desk_client_new(NULL, &client, &error), "options is NULL");
  REFUSED(desk_client_new(&options, NULL, &error), "out is NULL");
  CHECK(desk_client_new(NULL, &client, NULL) == DESK_INVALID_ARGUMENT && client == NULL);
  CHECK(desk_client_new(NULL, NULL, NULL) == DESK_INVALID_ARGUMENT);

  const size_t sizes[] = {0, 1, 7, 8, sizeof options - 1, sizeof options - 4, SIZE_MAX, SIZE_MAX / 2, 1u << 20};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    options.struct_size = sizes[i];
    REFUSED(desk_client_new(&options, &client, &error), "struct_size");
  }
  /* An older caller, from before timeouts existed. */
  options.struct_size = offsetof(desk_client_options, connect_timeout_ms);
  options.timeout_ms = -1;
  CHECK(desk_client_new(&options, &client, &error) == DESK_OK && error == NULL);
  desk_client_free(client);
  /* A newer caller: members that this library does not know must be zero. */
  struct {
    desk_client_options options;
    int64_t future[2];
  } newer = {good_options(base_url), {0, 0}};
  newer.options.struct_size = sizeof newer;
  CHECK(desk_client_new(&newer.options, &client, &error) == DESK_OK);
  desk_client_free(client);
  newer.future[1] = 1;
  REFUSED(desk_client_new(&newer.options, &client, &error), "struct_size");

  struct {
    desk_str application_id, api_token, base_url;
    int64_t timeout_ms;
    const char *text;
  } cases[] = {
      {DESK_STR_ABSENT, DESK_STR_LIT("t"), DESK_STR_ABSENT, 0, "application_id must be"},
      {DESK_STR_LIT("a/b"), DESK_STR_LIT("t"), DESK_STR_ABSENT, 0, "application_id must be"},
      {DESK_STR_LIT("a@b"), DESK_STR_LIT("t"), DESK_STR_ABSENT, 0, "application_id must be"},
      {DESK_STR_LIT("a.b"), DESK_STR_LIT("t"), DESK_STR_ABSENT, 0, "application_id must be"},
      {DESK_STR_LIT("a\0b"), DESK_STR_LIT("t"), DESK_STR_ABSENT, 0, "application_id must be"},
      {DESK_STR_LIT("\xff"), DESK_STR_LIT("t"), DESK_STR_ABSENT, 0, "application_id is not UTF-8 (byte 0)"},
      {DESK_STR_LIT("a"), DESK_STR_ABSENT, DESK_STR_ABSENT, 0, "api_token is empty"},
      {DESK_STR_LIT("a"), DESK_STR_LIT(""), DESK_STR_ABSENT, 0, "api_token is empty"},
      {DESK_STR_LIT("a"), DESK_STR_LIT("t\n"), DESK_STR_ABSENT, 0, "api_token holds"},
      {DESK_STR_LIT("a"), DESK_STR_LIT("t"), DESK_STR_LIT("http://desk.example"), 0, "base_url is plain http"},
      {DESK_STR_LIT("a"), DESK_STR_LIT("t"), DESK_STR_LIT(""), 0, "base_url is not a URL"},
      {DESK_STR_LIT("a"), DESK_STR_LIT("t"), {NULL, 3}, 0, "base_url is NULL but its length is 3"},
      {DESK_STR_LIT("a"), DESK_STR_LIT("t"), {"x", SIZE_MAX}, 0, "base_url has length"},
      {DESK_STR_LIT("a"), DESK_STR_LIT("t"), DESK_STR_ABSENT, -1, "timeout_ms is -1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    desk_client_options bad = DESK_CLIENT_OPTIONS_INIT;
    bad.application_id = cases[i].application_id;
    bad.api_token = cases[i].api_token;
    bad.base_url = cases[i].base_url;
    bad.timeout_ms = cases[i].timeout_ms;
    REFUSED(desk_client_new(&bad, &client, &error), cases[i].text);
  }
}

static void arguments(desk_client *client) {
  const int64_t customers[] = {1, 2};
  desk_new_proactive_chat good = DESK_NEW_PROACTIVE_CHAT_INIT;
  good.message = DESK_STR_LIT("hello");
  good.group_key = DESK_STR_LIT("sales");
  good.customer_ids = customers;
  good.customer_ids_len = 2;
  good.agent_id = 1;
  desk_proactive_chat *chat = NULL;
  REFUSED(desk_proactive_chat_create(NULL, &good, NULL, &chat, &error), "client is NULL");
  REFUSED(desk_proactive_chat_create(client, NULL, NULL, &chat, &error), "body is missing");
  REFUSED(desk_proactive_chat_create(client, &good, NULL, NULL, &error), "out is NULL");
  CHECK(desk_proactive_chat_create(NULL, NULL, NULL, NULL, NULL) == DESK_INVALID_ARGUMENT);

#define BAD(change, text)                                                                \
  do {                                                                                   \
    desk_new_proactive_chat bad = good;                                                  \
    change;                                                                              \
    REFUSED(desk_proactive_chat_create(client, &bad, NULL, &chat, &error), text);        \
    CHECK(chat == NULL);                                                                 \
  } while (0)
  BAD(bad.struct_size = 0, "struct_size 0");
  BAD(bad.struct_size = 8, "struct_size 8");
  BAD(bad.struct_size -= 1, "struct_size");
  BAD(bad.struct_size = SIZE_MAX, "struct_size");
  BAD(bad.message.ptr = NULL; bad.message.len = 0, "message is missing");
  BAD(bad.message = DESK_STR_LIT(""), "message has 0 characters");
  BAD(bad.message = DESK_STR_LIT("a\xc3"), "message is not UTF-8 (byte 1)");
  BAD(bad.group_key.ptr = NULL; bad.group_key.len = 0, "group_key is missing");
  BAD(bad.customer_ids = NULL; bad.customer_ids_len = 0, "customer_ids is missing");
  BAD(bad.customer_ids = NULL, "customer_ids is NULL but its length is 2");
  BAD(bad.customer_ids_len = 0, "customer_ids has 0 items");
  BAD(bad.customer_ids_len = SIZE_MAX / 4, "customer_ids has length");
  BAD(bad.customer_ids = (const int64_t *)((const char *)customers + 1), "customer_ids is not aligned");
  BAD(bad.agent_id = 0, "agent_id is 0");
  BAD(bad.agent_id = INT64_MIN, "agent_id is -9223372036854775808");
  BAD(bad.priority = 5, "priority is 5");
  BAD(bad.priority = -1, "priority is -1");
  BAD(bad.priority = DESK_PRIORITY_LOW; bad.priority_text = DESK_STR_LIT("LOW"), "priority and priority_text are both set");

  desk_chat_message_page *page = NULL;
  desk_chat_message_list_params params = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  params.has_limit = true;
  REFUSED(desk_chat_message_list(client, &params, NULL, &page, &error), "limit is 0; it must be 1 to 500");
  params.limit = 501;
  REFUSED(desk_chat_message_list(client, &params, NULL, &page, &error), "limit is 501");
  params.limit = 1;
  params.has_offset = true;
  params.offset = -1;
  REFUSED(desk_chat_message_list(client, &params, NULL, &page, &error), "offset is -1");
  params.offset = 0;
  params.has_created_at_gte_us = true;
  params.created_at_gte_us = INT64_MAX;
  REFUSED(desk_chat_message_list(client, &params, NULL, &page, &error), "created_at_gte_us is 9223372036854775807");
  params.created_at_gte_us = 0;
  params.ticket_channel_type = 99;
  REFUSED(desk_chat_message_list(client, &params, NULL, &page, &error), "ticket_channel_type is 99");
  REFUSED(desk_ticket_chat_message_list(client, 0, NULL, NULL, &page, &error), "ticket_id is 0");
  REFUSED(desk_proactive_chat_get(client, -1, NULL, &chat, &error), "proactive_id is -1");
  desk_call_options call = DESK_CALL_OPTIONS_INIT;
  call.timeout_ms = -5;
  REFUSED(desk_proactive_chat_get(client, 1, &call, &chat, &error), "timeout_ms is -5");
  call.timeout_ms = 0;
  call.max_attempts = -1;
  REFUSED(desk_proactive_chat_get(client, 1, &call, &chat, &error), "max_attempts is -1");
  call.struct_size = 3;
  REFUSED(desk_proactive_chat_get(client, 1, &call, &chat, &error), "struct_size 3");
}

static void nothing(void) {
  desk_client_free(NULL);
  desk_error_free(NULL);
  desk_proactive_chat_free(NULL);
  desk_chat_message_page_free(NULL);
  CHECK(desk_proactive_chat_get_id(NULL) == 0);
  CHECK(desk_proactive_chat_get_message(NULL).ptr == NULL);
  CHECK(desk_chat_message_page_get_results_len(NULL) == 0);
  CHECK(desk_chat_message_page_get_results_at(NULL, 0) == NULL);
  int64_t number = 7;
  CHECK(!desk_chat_message_get_message_id(NULL, &number) && number == 0);
  CHECK(!desk_chat_message_get_message_id(NULL, NULL));
  CHECK(desk_error_get_code(NULL) == DESK_OK && desk_error_get_message(NULL).ptr == NULL);
  CHECK(desk_error_get_retry_after_ms(NULL) == -1);
  CHECK(desk_str_from_cstr(NULL).ptr == NULL && desk_str_from_cstr("abc").len == 3);
  CHECK(strcmp(desk_status_name(DESK_NOT_FOUND).ptr, "DESK_NOT_FOUND") == 0);
  CHECK(strcmp(desk_status_name(12345).ptr, "DESK_UNKNOWN_STATUS") == 0);
  CHECK(strcmp(desk_version().ptr, DESK_VERSION) == 0);
  CHECK(DESK_VERSION_NUM == DESK_VERSION_MAJOR * 10000 + DESK_VERSION_MINOR * 100 + DESK_VERSION_PATCH);
}

/* Structs with all properties, in the sizes of older and newer programs. */
static void fields(const desk_chat_message *old, const desk_chat_message *new) {
  desk_chat_message_fields all = DESK_CHAT_MESSAGE_FIELDS_INIT;
  CHECK(desk_chat_message_fill_fields(new, &all) && all.struct_size == sizeof all);
  CHECK(all.has_message_id && all.message_id == INT64_MAX && all.user_type == DESK_USER_TYPE_CUSTOMER);
  CHECK(all.message.ptr == desk_chat_message_get_message(new).ptr && all.has_deleted_at_us);
  CHECK(desk_chat_message_fill_fields(old, &all));
  CHECK(all.id == 10933 && !all.has_message_id && all.message_id == 0 && !all.has_deleted_at_us && !all.data.ptr);
  CHECK(!desk_chat_message_fill_fields(NULL, &all) && all.id == 10933);
  CHECK(!desk_chat_message_fill_fields(new, NULL));

  /* Before `ticket` existed the struct ended here; the bytes after it are not ours. */
  struct {
    desk_chat_message_fields known;
    unsigned char more[64];
  } room;
  memset(&room, 0xAA, sizeof room);
  const size_t before = offsetof(desk_chat_message_fields, ticket);
  room.known.struct_size = before;
  CHECK(desk_chat_message_fill_fields(new, &room.known) && room.known.struct_size == before);
  CHECK(room.known.id == desk_chat_message_get_id(new) && room.known.message_id == INT64_MAX);
  CHECK(((unsigned char *)&room)[before] == 0xAA && room.more[0] == 0xAA);
  /* The library fills members of a later header with zero. */
  room.known.struct_size = sizeof room;
  CHECK(desk_chat_message_fill_fields(new, &room.known) && room.known.ticket == desk_chat_message_get_ticket(new));
  for (size_t at = 0; at < sizeof room.more; at++) CHECK(room.more[at] == 0);

  const size_t sizes[] = {0, 1, 8, sizeof all - 1, 4104, SIZE_MAX};
  for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
    all.struct_size = sizes[at];
    CHECK(!desk_chat_message_fill_fields(new, &all) && all.id == 10933);
  }
}

static void results(desk_client *client) {
  desk_chat_message_page *page = NULL;
  CHECK(desk_chat_message_list(client, NULL, NULL, &page, &error) == DESK_OK && error == NULL);
  CHECK(desk_chat_message_page_get_count(page) == 3);
  CHECK(desk_chat_message_page_get_previous(page).ptr == NULL);
  CHECK(strcmp(desk_chat_message_page_get_next(page).ptr, "https://elsewhere.example/next") == 0);
  CHECK(desk_chat_message_page_get_results_len(page) == 3);
  CHECK(desk_chat_message_page_get_results_at(page, 3) == NULL);
  CHECK(desk_chat_message_page_get_results_at(page, SIZE_MAX) == NULL);

  const desk_chat_message *old = desk_chat_message_page_get_results_at(page, 0);
  int64_t number = 1;
  CHECK(desk_chat_message_get_id(old) == 10933 && desk_chat_message_get_ticket(old) == 3351);
  CHECK(!desk_chat_message_get_message_id(old, &number) && number == 0);
  CHECK(!desk_chat_message_get_deleted_at_us(old, &number));
  CHECK(desk_chat_message_get_data(old).ptr == NULL && desk_chat_message_get_requested_by(old).ptr == NULL);
  CHECK(desk_chat_message_get_requested_from(old) == 0 && desk_chat_message_get_requested_from_text(old).ptr == NULL);
  CHECK(desk_chat_message_get_user_type(old) == DESK_USER_TYPE_AGENT);
  CHECK(desk_chat_message_get_created_at_us(old) == INT64_C(1552368341032000));

  const desk_chat_message *new = desk_chat_message_page_get_results_at(page, 1);
  CHECK(desk_chat_message_get_message_id(new, &number) && number == INT64_MAX);
  CHECK(desk_chat_message_get_deleted_at_us(new, &number) && number == INT64_C(1552368341500000));
  CHECK(desk_chat_message_get_requested_from(new) == DESK_REQUEST_ORIGIN_DASHBOARD);
  CHECK(strcmp(desk_chat_message_get_requested_by(new).ptr, "{\"id\":1}") == 0);
  CHECK(desk_chat_message_get_data(new).ptr != NULL && desk_chat_message_get_data(new).len == 0);

  const desk_chat_message *odd = desk_chat_message_page_get_results_at(page, 2);
  CHECK(desk_chat_message_get_user_type(odd) == 0);
  CHECK(strcmp(desk_chat_message_get_user_type_text(odd).ptr, "BOT") == 0);
  const char text[] = "\xf0\x9f\x98\x80 \xe4\xbd\xa0 \0 \" \\ \n";
  CHECK(desk_chat_message_get_message(odd).len == sizeof text - 1);
  CHECK(memcmp(desk_chat_message_get_message(odd).ptr, text, sizeof text) == 0);
  CHECK(desk_chat_message_get_created_at_us(odd) == INT64_C(1552368341000000));
  fields(old, new);
  CHECK(desk_debug_live_objects() == 2);
  desk_chat_message_page_free(page);
  CHECK(desk_debug_live_objects() == 1);
}

int main(int argc, char **argv) {
  if (argc != 2) return EXIT_FAILURE;
  desk_client_options options = good_options(argv[1]);
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, &error) == DESK_OK);
  nothing();
  client_options(argv[1]);
  arguments(client);
  results(client);
  desk_client_free(client);
  CHECK(desk_debug_live_objects() == 0);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
