/* options BASE_URL AT_ONCE ROUNDS [NAME=VALUE]...: creates a client with these options, starts
 * AT_ONCE reads in each of ROUNDS rounds, and prints the status of each and whether the whole
 * took at least half a second. The value of `ca_pem` is a file. */
#include "check.h"
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char pem[1 << 14];

static desk_str content(const char *path) {
  FILE *file = fopen(path, "rb");
  CHECK(file);
  const size_t len = fread(pem, 1, sizeof pem, file);
  fclose(file);
  return (desk_str){pem, len};
}

static void set(desk_client_options *options, const char *name, const char *value) {
  const struct {
    const char *name;
    int64_t *number;
    double *rate;
    desk_str *text;
  } members[] = {
      {"connect_timeout_ms", &options->connect_timeout_ms, NULL, NULL},
      {"timeout_ms", &options->timeout_ms, NULL, NULL},
      {"attempt_timeout_ms", &options->attempt_timeout_ms, NULL, NULL},
      {"idle_timeout_ms", &options->idle_timeout_ms, NULL, NULL},
      {"max_idle_connections", &options->max_idle_connections, NULL, NULL},
      {"reads_per_second", NULL, &options->reads_per_second, NULL},
      {"writes_per_second", NULL, &options->writes_per_second, NULL},
      {"user_agent", NULL, NULL, &options->user_agent},
      {"ca_file", NULL, NULL, &options->ca_file},
      {"proxy", NULL, NULL, &options->proxy},
  };
  if (!strcmp(name, "ca_pem")) {
    options->ca_pem = content(value);
    return;
  }
  for (size_t at = 0; at < sizeof members / sizeof *members; at++) {
    if (strcmp(name, members[at].name)) continue;
    if (members[at].number) *members[at].number = atoll(value);
    if (members[at].rate) *members[at].rate = atof(value);
    if (members[at].text) *members[at].text = desk_str_from_cstr(value);
    return;
  }
  CHECK(!"no option has this name");
}

int main(int argc, char **argv) {
  CHECK(argc >= 4);
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  options.base_url = desk_str_from_cstr(argv[1]);
  options.api_token = DESK_STR_LIT("t0ken");
  for (int at = 4; at < argc; at++) {
    char *value = strchr(argv[at], '=');
    CHECK(value);
    *value = 0;
    set(&options, argv[at], value + 1);
  }
  desk_client *client = NULL;
  CHECK(desk_client_new(&options, &client, NULL) == DESK_OK);
  desk_call_options call = DESK_CALL_OPTIONS_INIT;
  call.max_attempts = 1;
  const int64_t at_once = atoll(argv[2]), rounds = atoll(argv[3]);
  int64_t longest = 0;
  CHECK(at_once <= 16);
  for (int64_t round = 0; round < rounds; round++) {
    desk_op *ops[16];
    for (int64_t at = 0; at < at_once; at++)
      CHECK(desk_proactive_chat_get_async(client, 1, &call, NULL, NULL, NULL, &ops[at], NULL) == DESK_OK);
    for (int64_t at = 0; at < at_once; at++) {
      desk_proactive_chat *chat = NULL;
      desk_error *error = NULL;
      CHECK(desk_op_wait(ops[at], -1, NULL) == DESK_OK);
      const desk_status status = desk_op_take_proactive_chat(ops[at], &chat, &error);
      printf("%s ", desk_status_name(status).ptr);
      const int64_t took =
          error ? desk_error_get_elapsed_us(error) : desk_response_get_elapsed_us(desk_proactive_chat_response(chat));
      CHECK(took > 0);
      longest = took > longest ? took : longest;
      desk_proactive_chat_free(chat);
      desk_error_free(error);
      desk_op_free(ops[at]);
    }
  }
  printf("%s\n", longest >= 500000 ? "long" : "short");
  desk_client_free(client);
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
