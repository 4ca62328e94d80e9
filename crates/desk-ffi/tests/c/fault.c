/* fault (BASE_URL TIMEOUT_MS ATTEMPTS)...: for each service, calls every operation and prints each
 * error on a line. */
#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void report(const char *operation, desk_status status, desk_error *error, const void *out) {
  const desk_str message = desk_error_get_message(error);
  printf("%s %s %d %d %s %d\n", operation, desk_status_name(status).ptr, (int)desk_error_get_outcome(error),
         (int)desk_error_get_http_status(error),
         desk_error_get_service_code(error).ptr ? desk_error_get_service_code(error).ptr : "-",
         (int)desk_error_get_attempts(error));
  if (desk_error_get_code(error) != status) failures++;
  if (status != DESK_OK && out) failures++;
  if (status != DESK_OK && (!message.ptr || strlen(message.ptr) != message.len)) failures++;
  if (message.ptr && (strstr(message.ptr, "t0ken") || strstr(message.ptr, "hello") || strchr(message.ptr, '\n'))) failures++;
  desk_error_free(error);
}

static int lines;

/* The error contains neither the token nor the text of the message. */
static void told(void *user_data, const desk_log_record *record) {
  const desk_str texts[] = {record->message, record->operation, record->method, record->path};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    failures += !texts[i].ptr || strstr(texts[i].ptr, "t0ken") || strstr(texts[i].ptr, "hello");
  }
  failures += user_data != &lines;
  lines++;
}

static void call_every(const char *base_url, const char *timeout_ms, const char *attempts) {
  lines = 0;
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(base_url);
  options.api_token = DESK_STR_LIT("t0ken");
  desk_client *client = NULL;
  desk_error *error = NULL;
  if (desk_client_new(&options, &client, &error) != DESK_OK) {
    fprintf(stderr, "%s\n", desk_error_get_message(error).ptr);
    exit(EXIT_FAILURE);
  }
  failures += desk_client_set_log(client, told, &lines, NULL) != DESK_OK;
  desk_call_options call = DESK_CALL_OPTIONS_INIT;
  call.timeout_ms = atol(timeout_ms);
  call.max_attempts = atol(attempts);

  const int64_t customers[] = {1};
  desk_new_proactive_chat body = DESK_NEW_PROACTIVE_CHAT_INIT;
  body.message = DESK_STR_LIT("hello");
  body.group_key = DESK_STR_LIT("sales");
  body.customer_ids = customers;
  body.customer_ids_len = 1;
  body.agent_id = 1;

  /* Not NULL, to show that a failure sets it to NULL. */
  desk_proactive_chat *chat = (desk_proactive_chat *)&body;
  desk_chat_message_page *page = (desk_chat_message_page *)&body;
  desk_status status = desk_proactive_chat_create(client, &body, &call, &chat, &error);
  report("proactive_chat_create", status, error, chat);
  desk_proactive_chat_free(chat);
  chat = (desk_proactive_chat *)&body;
  status = desk_proactive_chat_get(client, 1, &call, &chat, &error);
  report("proactive_chat_get", status, error, chat);
  desk_proactive_chat_free(chat);
  status = desk_chat_message_list(client, NULL, &call, &page, &error);
  report("chat_message_list", status, error, page);
  desk_chat_message_page_free(page);
  page = (desk_chat_message_page *)&body;
  status = desk_ticket_chat_message_list(client, 1, NULL, &call, &page, &error);
  report("ticket_chat_message_list", status, error, page);
  desk_chat_message_page_free(page);

  desk_client_free(client);
  /* One log record per call, and at least one per attempt. */
  if (lines < 8) failures++;
}

int main(int argc, char **argv) {
  if (argc < 4 || argc % 3 != 1) return EXIT_FAILURE;
  for (int at = 1; at < argc; at += 3) call_every(argv[at], argv[at + 1], argv[at + 2]);
  if (desk_debug_live_objects() != 0) failures++;
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
