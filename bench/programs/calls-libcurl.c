/* The peer: small calls through libcurl's easy interface with one handle; yyjson parses the
 * response.
 * calls-libcurl BASE_URL get|create COUNT [CA_FILE] */
#include "calls.h"
#include "fetch.h"
#include "yyjson.h"

typedef struct target {
  fetch f;
  char url[512];
  bool create;
} target;

static bool call(void *state, int64_t *fields) {
  target *t = (target *)state;
  char *body = NULL;
  if (t->create) {
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc);
    static const int64_t customers[] = {101, 102, 103};
    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_str(doc, root, "message", CREATE_MESSAGE);
    yyjson_mut_obj_add_str(doc, root, "groupKey", CREATE_GROUP);
    yyjson_mut_obj_add_val(doc, root, "customerIds", yyjson_mut_arr_with_sint64(doc, customers, 3));
    yyjson_mut_obj_add_int(doc, root, "agentId", 1);
    yyjson_mut_obj_add_str(doc, root, "priority", "HIGH");
    body = yyjson_mut_write(doc, 0, NULL);
    yyjson_mut_doc_free(doc);
  }
  bool ok = fetch_run(&t->f, t->url, body);
  free(body);
  if (!ok) return false;
  yyjson_doc *doc = yyjson_read_opts(t->f.body, t->f.len, YYJSON_READ_INSITU, NULL, NULL);
  yyjson_val *chat = yyjson_doc_get_root(doc);
  *fields = yyjson_get_sint(yyjson_obj_get(chat, "id")) + yyjson_get_sint(yyjson_obj_get(chat, "sentCount")) +
            (int64_t)yyjson_get_len(yyjson_obj_get(chat, "message")) +
            (yyjson_equals_str(yyjson_obj_get(chat, "priority"), "HIGH") ? 3 : 0);
  yyjson_doc_free(doc);
  return true;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  target t;
  fetch_start(&t.f, argc > 4 ? argv[4] : NULL);
  t.create = strcmp(argv[2], "get") != 0;
  snprintf(t.url, sizeof t.url, "%s/proactive_chats%s", argv[1], t.create ? "" : "/1");
  int result = time_calls(call, &t, strtol(argv[3], NULL, 10));
  fetch_end(&t.f);
  return result;
}
