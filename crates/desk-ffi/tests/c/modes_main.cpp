// modes CHAT_URL LIST_URL: two units of one program that pass objects to each other and are
// compiled in different modes.
#include "modes.hpp"

#include <cstring>

static void quiet() {}
static void throws() { throw std::runtime_error("mine"); }
void (*on_chat)() = quiet;

// This unit catches its own exceptions, whichever unit's functions the linker has taken.
static void exceptions(const desk::Client& client) {
  on_chat = throws;
  bool caught = false;
  try {
    client.proactive_chat_get_async(5).then(Follow()).get();
  } catch (const std::runtime_error& error) {
    caught = std::strcmp(error.what(), "mine") == 0;
  }
  CHECK(caught);
  caught = false;
  try {
    client.proactive_chat_get(0);
  } catch (const desk::Error& error) {
    caught = error.code() == DESK_INVALID_ARGUMENT;
  }
  CHECK(caught);
  on_chat = quiet;
}

static void logs(desk::Client& client) {
  client.set_log(Log());
  on_chat = throws;
  CHECK(client.try_proactive_chat_get(1));
  on_chat = quiet;
  library_log(client);
  CHECK(client.try_proactive_chat_get(1));
  client.set_log(nullptr);
}

int main(int argc, char** argv) {
  CHECK(argc == 3);
  {
    const Layout here, there = library_layout();
    CHECK(std::memcmp(&here, &there, sizeof here) == 0);
    desk::Client client(desk::ClientOptions().base_url(argv[1]).api_token("t0ken"));
    const desk::Client list(desk::ClientOptions().base_url(argv[2]).api_token("t0ken"));
    auto options = library_options();
    CHECK(library_get(client, options) == 123);
#ifdef __cpp_lib_jthread
    std::stop_source source;
    options.cancel(source.get_token());
    CHECK(library_get(client, options) == 123);
    auto stopped = library_items(list, options);
    source.request_stop();
    CHECK(stopped.try_next().error().code() == DESK_CANCELLED);
    CHECK(library_get(client, options) == 0);
#endif
    CHECK(library_call(client).future().get().id() == 4);
    CHECK(library_finish(client.proactive_chat_get_async(6, library_options())) == 6);
    CHECK(client.proactive_chat_create(library_body()).id() == 1);
    std::int64_t rows = 0;
    for (const auto& item : library_items(list, desk::CallOptions().max_attempts(9))) rows += item.id() >= 0 ? 1 : 0;
    CHECK(rows == 8);
    exceptions(client);
    logs(client);
  }
  CHECK(desk_debug_live_objects() == 0);
  return 0;
}
