/* Two Rust archives in one program: each catches its own panic. */
#include "desk.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

int second_catches(int number);

/* No thread can be had: the name lookup of libdesk panics. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  (void)thread, (void)attributes, (void)start, (void)argument;
  return EAGAIN;
}

int main(void) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  desk_call_options call = DESK_CALL_OPTIONS_INIT;
  desk_client *client = NULL;
  desk_proactive_chat *chat = NULL;
  options.application_id = DESK_STR_LIT("app");
  options.api_token = DESK_STR_LIT("token");
  options.base_url = DESK_STR_LIT("https://desk.invalid");
  options.proxy = DESK_STR_LIT("");
  call.max_attempts = 1;
  if (desk_client_new(&options, &client, NULL) != DESK_OK) return 2;
  printf("%s\n", desk_status_name(desk_proactive_chat_get(client, 1, &call, &chat, NULL)).ptr);
  printf("%d\n", second_catches(1));
  desk_client_free(client);
  return 0;
}
