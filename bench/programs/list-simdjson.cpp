// A peer: libcurl and simdjson on demand; fields are read in the order of arrival.
// list-simdjson BASE_URL MESSAGES [whole]
#include "sum.h"
#include "fetch.h"
#include "simdjson.h"

#include <cstdlib>
#include <string_view>

using namespace simdjson;

namespace {

// The fields in the order of the spec.
enum Field { ID, MESSAGE_ID, TICKET, USER, TYPE, CREATED, MESSAGE, DATA, DELETED, FROM, BY, COUNT };
constexpr std::string_view NAMES[COUNT] = {"id",      "messageId", "ticket",    "userSendbirdId", "userType",   "createdAt",
                                           "message", "data",      "deletedAt", "requestedFrom",  "requestedBy"};

void add_absent(sum &s, int field) {
  switch (field) {
    case FROM: sum_number(&s, 0); [[fallthrough]];
    default: sum_number(&s, -1);
  }
}

void add_text(sum &s, ondemand::value value) {
  std::string_view text = value.get_string();
  sum_text(&s, text.data(), text.size());
}

void add(sum &s, int field, ondemand::value value) {
  if (field >= MESSAGE_ID && field != TICKET && field >= DATA && value.is_null()) return add_absent(s, field);
  switch (field) {
    case ID:
    case MESSAGE_ID:
    case TICKET: sum_number(&s, int64_t(value.get_int64())); break;
    case TYPE: {
      std::string_view text = value.get_string();
      sum_number(&s, user_type(text.data(), text.size()));
      sum_text(&s, text.data(), text.size());
      break;
    }
    case CREATED:
    case DELETED: {
      std::string_view text = value.get_string();
      sum_number(&s, micros(text.data(), text.size()));
      break;
    }
    case FROM: {
      std::string_view text = value.get_string();
      sum_number(&s, requested_from(text.data(), text.size()));
      sum_text(&s, text.data(), text.size());
      break;
    }
    case BY: {
      std::string_view json = value.raw_json();
      sum_text(&s, json.data(), json.size());
      break;
    }
    default: add_text(s, value);
  }
}

void add(sum &s, ondemand::object message) {
  int next = 0;
  s.messages++;
  for (auto field : message) {
    std::string_view name = field.escaped_key();
    int found = next;
    while (found < COUNT && NAMES[found] != name) found++;
    if (found == COUNT) continue;
    for (; next < found; next++) add_absent(s, next);
    add(s, next++, field.value());
  }
  for (; next < COUNT; next++) add_absent(s, next);
}

}  // namespace

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  sum s{};
  s.all_bytes = argc > 3;
  uint64_t max_messages = std::strtoull(argv[2], nullptr, 10);
  ondemand::parser parser;
  fetch f;
  bool ok = true;
  fetch_start(&f, nullptr);
  try {
    while (ok && s.messages < max_messages) {
      char url[512];
      std::snprintf(url, sizeof url, "%s/chat_messages?limit=500&offset=%" PRIu64, argv[1], s.messages);
      ok = fetch_run(&f, url, nullptr);
      if (!ok) break;
      uint64_t before = s.messages;
      ondemand::document page = parser.iterate(padded_string_view(f.body, f.len, f.len + PADDING));
      for (ondemand::object message : page["results"].get_array()) add(s, message);
      ok = s.messages > before;
    }
  } catch (const simdjson_error &error) {
    std::fprintf(stderr, "list-simdjson: %s\n", error.what());
    ok = false;
  }
  fetch_end(&f);
  sum_print(&s);
  return ok ? 0 : 1;
}
