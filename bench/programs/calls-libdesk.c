/* libdesk: small calls.
 * calls-libdesk BASE_URL get|create COUNT [CA_FILE] */
#include "calls.h"
#include "desk.h"

static bool finish(desk_status status, desk_proactive_chat *chat, desk_error *error, int64_t *fields) {
  if (status != DESK_OK) {
    fprintf(stderr, "calls-libdesk: %s\n", desk_error_get_message(error).ptr);
    desk_error_free(error);
    return false;
  }
  *fields = desk_proactive_chat_get_id(chat) + desk_proactive_chat_get_sent_count(chat) +
            (int64_t)desk_proactive_chat_get_message(chat).len + desk_proactive_chat_get_priority(chat);
  desk_proactive_chat_free(chat);
  return true;
}

static bool get(void *client, int64_t *fields) {
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  desk_status status = desk_proactive_chat_get((desk_client *)client, 1, NULL, &chat, &error);
  return finish(status, chat, error, fields);
}

static bool create(void *client, int64_t *fields) {
  static const int64_t customers[] = {101, 102, 103};
  desk_new_proactive_chat body = DESK_NEW_PROACTIVE_CHAT_INIT;
  desk_proactive_chat *chat = NULL;
  desk_error *error = NULL;
  body.message = DESK_STR_LIT(CREATE_MESSAGE);
  body.group_key = DESK_STR_LIT(CREATE_GROUP);
  body.customer_ids = customers;
  body.customer_ids_len = 3;
  body.agent_id = 1;
  body.priority = DESK_PRIORITY_HIGH;
  desk_status status = desk_proactive_chat_create((desk_client *)client, &body, NULL, &chat, &error);
  return finish(status, chat, error, fields);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  desk_client *client = NULL;
  desk_error *error = NULL;
  options.application_id = DESK_STR_LIT("bench");
  options.api_token = DESK_STR_LIT("bench");
  options.base_url = desk_str_from_cstr(argv[1]);
  if (argc > 4) options.ca_file = desk_str_from_cstr(argv[4]);
  if (desk_client_new(&options, &client, &error) != DESK_OK) {
    fprintf(stderr, "calls-libdesk: %s\n", desk_error_get_message(error).ptr);
    return 1;
  }
  int result = time_calls(strcmp(argv[2], "get") == 0 ? get : create, client, strtol(argv[3], NULL, 10));
  desk_client_free(client);
  return result;
}
