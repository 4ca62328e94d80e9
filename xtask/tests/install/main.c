/* What a consumer of the installed tree does at least: fail, call, and leave nothing behind. C and C++ compile it. */
#include "desk.h"

#include <stdio.h>

int main(void) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  desk_client *client = NULL;
  desk_call_options call = DESK_CALL_OPTIONS_INIT;
  desk_error *error = NULL;
  desk_proactive_chat *chat = NULL;
  desk_status status;

  printf("%s\n", desk_version().ptr);
  options.application_id = DESK_STR_LIT("two words");
  options.api_token = DESK_STR_LIT("token");
  status = desk_client_new(&options, &client, &error);
  printf("%s: %s\n", desk_status_name(status).ptr, desk_error_get_message(error).ptr);
  desk_error_free(error);

  /* Nobody listens on port 1; the client, its runtime and its sockets have worked by then. */
  options.application_id = DESK_STR_LIT("app");
  options.base_url = DESK_STR_LIT("http://127.0.0.1:1");
  call.max_attempts = 1;
  if (desk_client_new(&options, &client, &error) != DESK_OK) return 2;
  status = desk_proactive_chat_get(client, 1, &call, &chat, &error);
  printf("%s, %zu alive\n", desk_status_name(status).ptr, desk_debug_live_objects());
  desk_error_free(error);
  desk_client_free(client);
  printf("%zu alive\n", desk_debug_live_objects());
  return 0;
}
