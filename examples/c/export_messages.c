/* export_messages FILE: writes every message of 2026-01-02 to FILE, a JSON object a line. FILE appears when it is complete.
 * After an error the iterator stands where it stood, so that going on skips and repeats nothing. */
#include "desk.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATIENCE = 3 };

static void write_text(FILE *file, desk_str text) {
  fputc('"', file);
  for (size_t i = 0; i < text.len; i++) {
    const unsigned char byte = (unsigned char)text.ptr[i];
    if (byte == '"' || byte == '\\') fputc('\\', file);
    if (byte < 0x20) {
      fprintf(file, "\\u%04x", byte);
    } else {
      fputc(byte, file);
    }
  }
  fputc('"', file);
}

static void write_message(FILE *file, const desk_chat_message *message) {
  fprintf(file, "{\"id\":%" PRId64 ",\"ticket\":%" PRId64 ",\"created_at_us\":%" PRId64 ",\"user_type\":",
          desk_chat_message_get_id(message), desk_chat_message_get_ticket(message),
          desk_chat_message_get_created_at_us(message));
  write_text(file, desk_chat_message_get_user_type_text(message));
  fputs(",\"message\":", file);
  write_text(file, desk_chat_message_get_message(message));
  fputs("}\n", file);
}

/* Whether all messages are in the file. */
static bool export_to(FILE *file, desk_chat_message_iter *messages, int64_t *count) {
  for (int failures = 0; failures < PATIENCE;) {
    const desk_chat_message *message = NULL;
    desk_error *error = NULL;
    if (desk_chat_message_iter_next(messages, &message, &error) != DESK_OK) {
      /* The library has tried several times; trouble may still pass. */
      fprintf(stderr, "after %" PRId64 " messages: %s\n", *count, desk_error_get_message(error).ptr);
      desk_error_free(error);
      failures++;
      continue;
    }
    if (!message) return true;
    write_message(file, message);
    ++*count;
    failures = 0;
  }
  return false;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fputs("usage: export_messages FILE\n", stderr);
    return EXIT_FAILURE;
  }
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(getenv("DESK_BASE_URL"));
  options.api_token = desk_str_from_cstr(getenv("DESK_API_TOKEN"));
  desk_chat_message_list_params day = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
  day.has_created_at_gte_us = day.has_created_at_lte_us = true;
  day.created_at_gte_us = INT64_C(1767312000000000); /* 2026-01-02T00:00:00Z */
  day.created_at_lte_us = day.created_at_gte_us + INT64_C(86400000000) - 1;
  desk_client *client = NULL;
  desk_chat_message_iter *messages = NULL;
  desk_error *error = NULL;
  if (desk_client_new(&options, &client, &error) != DESK_OK ||
      desk_chat_message_iter_new(client, &day, NULL, NULL, &messages, &error) != DESK_OK) {
    fprintf(stderr, "%s\n", desk_error_get_message(error).ptr);
    desk_error_free(error);
    desk_client_free(client);
    return EXIT_FAILURE;
  }
  char part[4096];
  const int length = snprintf(part, sizeof part, "%s.part", argv[1]);
  FILE *file = length > 0 && (size_t)length < sizeof part ? fopen(part, "w") : NULL;
  int64_t count = 0;
  bool complete = file && export_to(file, messages, &count);
  if (file) complete = !ferror(file) && fclose(file) == 0 && complete;
  complete = complete && rename(part, argv[1]) == 0;
  desk_chat_message_iter_free(messages);
  desk_client_free(client);
  if (!complete) {
    fprintf(stderr, "%s is not complete\n", argv[1]);
    return EXIT_FAILURE;
  }
  printf("%" PRId64 " messages\n", count);
  return EXIT_SUCCESS;
}
