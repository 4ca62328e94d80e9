/* A peer: libcurl and yyjson, which parses the page in place.
 * list-yyjson BASE_URL MESSAGES [whole] */
#include "sum.h"
#include "fetch.h"
#include "yyjson.h"

static void add_text(sum *s, yyjson_val *value) { sum_text(s, yyjson_get_str(value), yyjson_get_len(value)); }

static void add_optional_time(sum *s, yyjson_val *value) {
  bool is_text = yyjson_is_str(value);
  sum_optional(s, is_text, is_text ? micros(yyjson_get_str(value), yyjson_get_len(value)) : 0);
}

static void add(sum *s, yyjson_val *message) {
  yyjson_obj_iter fields = yyjson_obj_iter_with(message);
  yyjson_val *value;
  s->messages++;
  sum_number(s, yyjson_get_sint(yyjson_obj_iter_get(&fields, "id")));
  value = yyjson_obj_iter_get(&fields, "messageId");
  sum_optional(s, yyjson_is_int(value), yyjson_get_sint(value));
  sum_number(s, yyjson_get_sint(yyjson_obj_iter_get(&fields, "ticket")));
  add_text(s, yyjson_obj_iter_get(&fields, "userSendbirdId"));
  value = yyjson_obj_iter_get(&fields, "userType");
  sum_number(s, user_type(yyjson_get_str(value), yyjson_get_len(value)));
  add_text(s, value);
  add_optional_time(s, yyjson_obj_iter_get(&fields, "createdAt"));
  add_text(s, yyjson_obj_iter_get(&fields, "message"));
  value = yyjson_obj_iter_get(&fields, "data");
  sum_text(s, yyjson_get_str(value), value ? yyjson_get_len(value) : 0);
  add_optional_time(s, yyjson_obj_iter_get(&fields, "deletedAt"));
  value = yyjson_obj_iter_get(&fields, "requestedFrom");
  sum_number(s, yyjson_is_str(value) ? requested_from(yyjson_get_str(value), yyjson_get_len(value)) : 0);
  add_text(s, value);
  value = yyjson_obj_iter_get(&fields, "requestedBy");
  if (value && !yyjson_is_null(value)) {
    size_t len = 0;
    char *json = yyjson_val_write(value, 0, &len);
    sum_text(s, json, len);
    free(json);
  } else {
    sum_text(s, NULL, 0);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  sum s = {.all_bytes = argc > 3};
  uint64_t max_messages = strtoull(argv[2], NULL, 10);
  fetch f;
  bool ok = true;
  fetch_start(&f, NULL);
  while (ok && s.messages < max_messages) {
    char url[512];
    snprintf(url, sizeof url, "%s/chat_messages?limit=500&offset=%" PRIu64, argv[1], s.messages);
    ok = fetch_run(&f, url, NULL);
    if (!ok) break;
    yyjson_doc *page = yyjson_read_opts(f.body, f.len, YYJSON_READ_INSITU, NULL, NULL);
    yyjson_val *results = yyjson_obj_get(yyjson_doc_get_root(page), "results"), *message;
    uint64_t before = s.messages;
    size_t index, count;
    yyjson_arr_foreach(results, index, count, message) { add(&s, message); }
    yyjson_doc_free(page);
    ok = s.messages > before;
  }
  fetch_end(&f);
  sum_print(&s);
  return ok ? 0 : 1;
}
