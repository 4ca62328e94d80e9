/* libcurl as in a typical program with many requests: one easy handle, so one connection, and one
 * buffer. */
#ifndef BENCH_FETCH_H
#define BENCH_FETCH_H

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number of zero bytes after the end, which simdjson may read. */
#define PADDING 64

typedef struct fetch {
  CURL *curl;
  struct curl_slist *headers;
  char *body;
  size_t len, capacity;
} fetch;

static inline size_t fetch_append(char *data, size_t item_size, size_t len, void *context) {
  fetch *f = (fetch *)context;
  (void)item_size;
  if (f->len + len + PADDING > f->capacity) {
    f->capacity = 2 * (f->len + len) + PADDING;
    f->body = (char *)realloc(f->body, f->capacity);
    if (!f->body) return 0;
  }
  memcpy(f->body + f->len, data, len);
  f->len += len;
  return len;
}

static inline void fetch_start(fetch *f, const char *ca_file) {
  memset(f, 0, sizeof *f);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  f->curl = curl_easy_init();
  f->headers = curl_slist_append(f->headers, "Accept: application/json");
  f->headers = curl_slist_append(f->headers, "Content-Type: application/json; charset=utf8");
  f->headers = curl_slist_append(f->headers, "SENDBIRDDESKAPITOKEN: bench");
  curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, f->headers);
  curl_easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, fetch_append);
  curl_easy_setopt(f->curl, CURLOPT_WRITEDATA, f);
  curl_easy_setopt(f->curl, CURLOPT_TIMEOUT_MS, 60000L);
  curl_easy_setopt(f->curl, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
  curl_easy_setopt(f->curl, CURLOPT_NOSIGNAL, 1L);
  if (ca_file) curl_easy_setopt(f->curl, CURLOPT_CAINFO, ca_file);
}

/* Reads the body of a GET, or of a POST of `json`; returns false for an error. */
static inline bool fetch_run(fetch *f, const char *url, const char *json) {
  long status = 0;
  f->len = 0;
  curl_easy_setopt(f->curl, CURLOPT_URL, url);
  if (json) curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, json);
  CURLcode code = curl_easy_perform(f->curl);
  curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK || status / 100 != 2) {
    fprintf(stderr, "%s: %s, status %ld\n", url, curl_easy_strerror(code), status);
    return false;
  }
  memset(f->body + f->len, 0, PADDING);
  return true;
}

static inline void fetch_end(fetch *f) {
  curl_slist_free_all(f->headers);
  curl_easy_cleanup(f->curl);
  curl_global_cleanup();
  free(f->body);
}

#endif
