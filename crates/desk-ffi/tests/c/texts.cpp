// texts BASE_URL: every text argument treats a null pointer as not set, and accepts every form of
// text.
#include "check.h"
#include "desk.hpp"

#include <array>
#include <cstring>
#include <list>
#include <string>

namespace {

// The result of std::getenv for an unset variable.
const char* unset() { return std::getenv("DESK_TEST_THAT_IS_NEVER_SET"); }

bool tells(const desk::Error& error, const char* name) {
  const bool named = std::strstr(error.what(), name) != nullptr;
  if (!named) std::fprintf(stderr, "%s\n", error.what());
  return named && error.code() == DESK_INVALID_ARGUMENT && error.outcome() == desk::Outcome::NotSent;
}

void settings(const char* url) {
  const auto refused = [](const desk::ClientOptions& options, const char* name) {
    const auto client = desk::Client::make(options);
    return !client && tells(client.error(), name);
  };
  CHECK(refused(desk::ClientOptions().base_url(unset()).api_token("t"), "application_id"));
  CHECK(refused(desk::ClientOptions().application_id(unset()).api_token("t"), "application_id"));
  CHECK(refused(desk::ClientOptions().base_url(url).api_token(unset()), "api_token"));
  // A later, unset text clears the earlier one.
  CHECK(refused(desk::ClientOptions().base_url(url).api_token("t").api_token(nullptr), "api_token"));
  auto options = desk::ClientOptions().base_url(url).api_token("t").application_id(unset());
  options.user_agent(unset()).ca_pem(unset()).ca_file(unset()).proxy(unset());
  CHECK(desk::Client::make(options));
}

void requests(const desk::Client& client) {
  const auto body = [] { return desk::NewProactiveChat().message("m").group_key("g").customer_ids({1}).agent_id(1); };
  CHECK(tells(client.try_proactive_chat_create(body().message(unset())).error(), "message"));
  CHECK(tells(client.try_proactive_chat_create(body().group_key(nullptr)).error(), "group_key"));
  CHECK(tells(client.proactive_chat_create_async(body().message(unset())).try_future().get().error(), "message"));
  desk::detail::Scratch scratch;
  const auto optional = body().priority_text(unset());
  CHECK(!optional.c_value(scratch).priority_text.ptr);
  const desk::RawRequest request("GET", "chat_messages");
  CHECK(tells(client.try_raw_call(desk::RawRequest(unset(), "x")).error(), "method"));
  CHECK(tells(client.try_raw_call(desk::RawRequest("GET", unset())).error(), "path"));
  CHECK(tells(client.try_raw_call(desk::RawRequest("GET", "x").query(unset(), "v")).error(), "query"));
  CHECK(tells(client.try_raw_call(desk::RawRequest("GET", "x").query("n", unset())).error(), "query"));
  CHECK(tells(client.try_raw_call(request, desk::CallOptions().header(unset(), "v")).error(), "header"));
  CHECK(tells(client.try_raw_call(request, desk::CallOptions().header("n", unset())).error(), "header"));
  const auto answer = client.try_raw_call(desk::RawRequest("GET", "chat_messages").json(unset()));
  CHECK(answer && !answer->header(unset()) && answer->header("content-length"));
}

// Texts are copied, so that temporaries may be gone.
void forms(const char* url) {
  std::string text(url);
  const std::string_view view = text;
  char array[] = "token";
  char* const pointer = array;
  auto options = desk::ClientOptions().base_url(view).api_token(pointer);
  options.user_agent(std::string("a program with a long name, ") + "made of two parts").proxy(std::string());
  text.assign(text.size(), 'x');
  std::memset(array, 'x', sizeof array - 1);
  const auto c = options.c_value();
  CHECK(std::string_view(c.base_url.ptr, c.base_url.len) == url && std::string_view(c.api_token.ptr) == "token");
  // An empty text is present.
  CHECK(c.proxy.ptr && c.proxy.len == 0 && !c.ca_file.ptr);
}

void ranges() {
  const auto third = [](const desk::NewProactiveChat& chat) {
    desk::detail::Scratch scratch;
    const auto c = chat.c_value(scratch);
    return c.customer_ids_len == 3 && c.customer_ids[2] == 3;
  };
  const std::array<std::int64_t, 3> array{1, 2, 3};
  const std::vector<int> narrow{1, 2, 3};
  const std::int64_t plain[] = {1, 2, 3};
  std::vector<std::int64_t> exact{1, 2, 3};
  CHECK(third(desk::NewProactiveChat().customer_ids({1, 2, 3})) && third(desk::NewProactiveChat().customer_ids(array)));
  CHECK(third(desk::NewProactiveChat().customer_ids(narrow)) && third(desk::NewProactiveChat().customer_ids(plain)));
  CHECK(third(desk::NewProactiveChat().customer_ids(exact)) && third(desk::NewProactiveChat().customer_ids(std::move(exact))));
  CHECK(third(desk::NewProactiveChat().customer_ids(std::list<std::int64_t>{1, 2, 3})));
}

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 2);
  settings(argv[1]);
  requests(desk::Client(desk::ClientOptions().base_url(argv[1]).api_token("t0ken")));
  forms(argv[1]);
  ranges();
  CHECK(desk_debug_live_objects() == 0);
  return 0;
}
