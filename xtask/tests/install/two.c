/* Two Rust archives in one program: each catches its own panic. */
#include "desk.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { DESCRIPTORS = 64 };

int second_catches(int number);

/* The descriptors of libdesk lead to /dev/null: its runtime panics. */
static int take_descriptors(void) {
  const int nowhere = open("/dev/null", O_RDWR);
  if (nowhere < 0) return -1;
  for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++) {
    if (fcntl(fd, F_GETFD) != -1 && dup2(nowhere, fd) != fd) return -1;
  }
  return 0;
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
  if (desk_client_new(&options, &client, NULL) != DESK_OK || take_descriptors() != 0) return 2;
  printf("%s\n", desk_status_name(desk_proactive_chat_get(client, 1, &call, &chat, NULL)).ptr);
  printf("%d\n", second_catches(1));
  desk_client_free(client);
  return 0;
}
