/* export_messages FILE: writes all messages of 2026-01-02 to FILE, one JSON object per line.
 * FILE is created only if the export is complete: for each window, the number of messages
 * matched the service's own count. After an error the export keeps its position, so the next
 * call neither skips nor repeats messages. */
#include "desk.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FAILURES = 3 };

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

/* Writes the messages up to `end`; returns whether the file is complete. */
static bool export_to(FILE *file, desk_chat_message_export *messages, int64_t end, size_t *count) {
  bool verified = true;
  int64_t until = 0;
  for (int failures = 0; failures < MAX_FAILURES;) {
    const desk_window *window = NULL;
    desk_error *error = NULL;
    const desk_status status = desk_chat_message_export_next(messages, &window, &error);
    if (status != DESK_OK) {
      /* The library has retried already. Another try may succeed, except after inconsistent
       * responses. */
      verified = verified && status != DESK_INCONSISTENT;
      fprintf(stderr, "after %zu messages: %s\n", *count, desk_error_get_message(error).ptr);
      desk_error_free(error);
      failures++;
      continue;
    }
    /* If the day is not over yet, the export ends before `end`. */
    if (!window) return verified && until == end;
    for (size_t i = 0; i < window->count; i++) write_message(file, desk_chat_message_export_at(messages, i));
    *count += window->count;
    verified = verified && window->verified;
    until = window->until_us;
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
  desk_chat_message_export *messages = NULL;
  desk_error *error = NULL;
  if (desk_client_new(&options, &client, &error) != DESK_OK ||
      desk_chat_message_export_new(client, &day, NULL, NULL, &messages, &error) != DESK_OK) {
    fprintf(stderr, "%s\n", desk_error_get_message(error).ptr);
    desk_error_free(error);
    desk_client_free(client);
    return EXIT_FAILURE;
  }
  char part_path[4096];
  const int length = snprintf(part_path, sizeof part_path, "%s.part", argv[1]);
  FILE *file = length > 0 && (size_t)length < sizeof part_path ? fopen(part_path, "w") : NULL;
  size_t count = 0;
  bool complete = file && export_to(file, messages, day.created_at_lte_us, &count);
  if (file) complete = !ferror(file) && fclose(file) == 0 && complete;
  complete = complete && rename(part_path, argv[1]) == 0;
  desk_chat_message_export_free(messages);
  desk_client_free(client);
  if (!complete) {
    fprintf(stderr, "%s is not complete\n", argv[1]);
    return EXIT_FAILURE;
  }
  printf("%zu messages\n", count);
  return EXIT_SUCCESS;
}
