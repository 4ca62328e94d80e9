/* A peer: libcurl and yyjson; yyjson writes each message to a file.
 * export-yyjson BASE_URL MESSAGES FILE */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "fetch.h"
#include "yyjson.h"

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  uint64_t max_messages = strtoull(argv[2], NULL, 10), messages = 0;
  FILE *file = fopen(argv[3], "w");
  if (!file) return 1;
  setvbuf(file, NULL, _IOFBF, 1 << 16);
  fetch f;
  bool ok = true;
  fetch_start(&f, NULL);
  while (ok && messages < max_messages) {
    char url[512];
    snprintf(url, sizeof url, "%s/chat_messages?limit=500&offset=%" PRIu64, argv[1], messages);
    ok = fetch_run(&f, url, NULL);
    if (!ok) break;
    yyjson_doc *page = yyjson_read_opts(f.body, f.len, YYJSON_READ_INSITU, NULL, NULL);
    yyjson_val *results = yyjson_obj_get(yyjson_doc_get_root(page), "results"), *message;
    uint64_t before = messages;
    size_t index, count;
    yyjson_arr_foreach(results, index, count, message) {
      size_t len = 0;
      char *json = yyjson_val_write(message, 0, &len);
      ok = ok && json && fwrite(json, 1, len, file) == len && putc('\n', file) != EOF;
      free(json);
      messages++;
    }
    yyjson_doc_free(page);
    ok = ok && messages > before;
  }
  fetch_end(&f);
  ok = fflush(file) == 0 && fsync(fileno(file)) == 0 && fclose(file) == 0 && ok;
  return ok ? 0 : 1;
}
