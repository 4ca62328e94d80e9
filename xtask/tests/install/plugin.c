/* A program that loads libdesk at run time, gives it back and loads it again: argument 1 is the library. */
#include "desk.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef desk_status new_fn(const desk_client_options *, desk_client **, desk_error **);
typedef desk_status get_fn(desk_client *, int64_t, const desk_call_options *, desk_proactive_chat **, desk_error **);

/* ISO C has no cast from an object to a function. */
static void find(void *library, const char *name, void *function) {
  void *symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof symbol);
}

static int use(const char *path) {
  desk_client_options options = DESK_CLIENT_OPTIONS_INIT;
  desk_client *client = NULL;
  desk_call_options call = DESK_CALL_OPTIONS_INIT;
  desk_error *error = NULL;
  desk_proactive_chat *chat = NULL;
  new_fn *client_new = NULL;
  get_fn *get = NULL;
  void (*client_free)(desk_client *) = NULL;
  void (*error_free)(desk_error *) = NULL;
  size_t (*live)(void) = NULL;
  desk_str (*name)(desk_status) = NULL;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  find(library, "desk_client_new", &client_new);
  find(library, "desk_proactive_chat_get", &get);
  find(library, "desk_client_free", &client_free);
  find(library, "desk_error_free", &error_free);
  find(library, "desk_debug_live_objects", &live);
  find(library, "desk_status_name", &name);
  options.application_id = DESK_STR_LIT("app");
  options.api_token = DESK_STR_LIT("token");
  options.base_url = DESK_STR_LIT("http://127.0.0.1:1");
  call.max_attempts = 1;
  if (client_new(&options, &client, &error) != DESK_OK) return 2;
  printf("%s\n", name(get(client, 1, &call, &chat, &error)).ptr);
  error_free(error);
  client_free(client);
  printf("%zu alive\n", live());
  return dlclose(library);
}

int main(int count, char **arguments) {
  int first = count == 2 ? use(arguments[1]) : 3;
  if (first != 0) return first;
  printf("%s\n", dlopen(arguments[1], RTLD_NOW | RTLD_NOLOAD) ? "still mapped" : "gone");
  return use(arguments[1]);
}
