/* libdesk: all messages through the iterator, all fields of a message in one call.
 * list-libdesk BASE_URL MESSAGES [whole] */
#include "desk.h"
#include "sum.h"

#include <stdlib.h>

static void add(sum *s, const desk_chat_message_fields *fields) {
  s->messages++;
  sum_number(s, fields->id);
  sum_optional(s, fields->has_message_id, fields->message_id);
  sum_number(s, fields->ticket);
  sum_text(s, fields->user_sendbird_id.ptr, fields->user_sendbird_id.len);
  sum_number(s, fields->user_type);
  sum_text(s, fields->user_type_text.ptr, fields->user_type_text.len);
  sum_number(s, fields->created_at_us);
  sum_text(s, fields->message.ptr, fields->message.len);
  sum_text(s, fields->data.ptr, fields->data.len);
  sum_optional(s, fields->has_deleted_at_us, fields->deleted_at_us);
  sum_number(s, fields->requested_from);
  sum_text(s, fields->requested_from_text.ptr, fields->requested_from_text.len);
  sum_text(s, fields->requested_by.ptr, fields->requested_by.len);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  sum s = {.all_bytes = argc > 3};
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.application_id = DESK_STR_LIT("bench");
  options.api_token = DESK_STR_LIT("bench");
  options.base_url = desk_str_from_cstr(argv[1]);
  desk_iter_options iter_options = DESK_ITER_OPTIONS_INIT;
  iter_options.max_items = strtoll(argv[2], NULL, 10);

  desk_client *client = NULL;
  desk_chat_message_iter *messages = NULL;
  const desk_chat_message *message = NULL;
  desk_chat_message_fields fields = DESK_CHAT_MESSAGE_FIELDS_INIT;
  desk_error *error = NULL;
  desk_status status = desk_client_new(&options, &client, &error);
  if (status == DESK_OK) status = desk_chat_message_iter_new(client, NULL, &iter_options, NULL, &messages, &error);
  while (status == DESK_OK && (status = desk_chat_message_iter_next(messages, &message, &error)) == DESK_OK && message)
    if (desk_chat_message_fill_fields(message, &fields)) add(&s, &fields);
  if (status != DESK_OK) fprintf(stderr, "list-libdesk: %s\n", desk_error_get_message(error).ptr);
  desk_error_free(error);
  desk_chat_message_iter_free(messages);
  desk_client_free(client);
  sum_print(&s);
  return status == DESK_OK ? 0 : 1;
}
