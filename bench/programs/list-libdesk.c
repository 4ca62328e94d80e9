/* Ours: every message through the iterator of libdesk, every field through its getter.
 * list-libdesk BASE_URL MESSAGES [whole] */
#include "desk.h"
#include "sum.h"

#include <stdlib.h>

static void take(sum *s, const desk_chat_message *message) {
  int64_t number = 0;
  desk_str text;
  bool is;
  s->messages++;
  sum_number(s, desk_chat_message_get_id(message));
  is = desk_chat_message_get_message_id(message, &number);
  sum_maybe(s, is, number);
  sum_number(s, desk_chat_message_get_ticket(message));
  text = desk_chat_message_get_user_sendbird_id(message);
  sum_text(s, text.ptr, text.len);
  sum_number(s, desk_chat_message_get_user_type(message));
  text = desk_chat_message_get_user_type_text(message);
  sum_text(s, text.ptr, text.len);
  sum_number(s, desk_chat_message_get_created_at_us(message));
  text = desk_chat_message_get_message(message);
  sum_text(s, text.ptr, text.len);
  text = desk_chat_message_get_data(message);
  sum_text(s, text.ptr, text.len);
  is = desk_chat_message_get_deleted_at_us(message, &number);
  sum_maybe(s, is, number);
  sum_number(s, desk_chat_message_get_requested_from(message));
  text = desk_chat_message_get_requested_from_text(message);
  sum_text(s, text.ptr, text.len);
  text = desk_chat_message_get_requested_by(message);
  sum_text(s, text.ptr, text.len);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  sum s = {.whole = argc > 3};
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.application_id = DESK_STR_LIT("bench");
  options.api_token = DESK_STR_LIT("bench");
  options.base_url = desk_str_from_cstr(argv[1]);
  desk_iter_options walk = DESK_ITER_OPTIONS_INIT;
  walk.max_items = strtoll(argv[2], NULL, 10);

  desk_client *client = NULL;
  desk_chat_message_iter *messages = NULL;
  const desk_chat_message *message = NULL;
  desk_error *error = NULL;
  desk_status status = desk_client_new(&options, &client, &error);
  if (status == DESK_OK) status = desk_chat_message_iter_new(client, NULL, &walk, NULL, &messages, &error);
  while (status == DESK_OK && (status = desk_chat_message_iter_next(messages, &message, &error)) == DESK_OK && message)
    take(&s, message);
  if (status != DESK_OK) fprintf(stderr, "list-libdesk: %s\n", desk_error_get_message(error).ptr);
  desk_error_free(error);
  desk_chat_message_iter_free(messages);
  desk_client_free(client);
  sum_print(&s);
  return status == DESK_OK ? 0 : 1;
}
