// runtime BASE_URL: facts about calls, raw calls, headers and the log callback.
#include "check.h"
#include "desk.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace {

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 2);
  {
    std::atomic<int> lines{0};
    desk::Client client(desk::ClientOptions()
                            .base_url(argv[1])
                            .api_token("t0ken")
                            .user_agent("runtime/1")
                            .attempt_timeout(std::chrono::seconds(5))
                            .idle_timeout(std::chrono::seconds(5))
                            .proxy("")
                            .max_idle_connections(2)
                            .reads_per_second(1000)
                            .writes_per_second(1000));
    client.set_log([&](const desk::LogRecord& record) {
      CHECK(!record.message().empty() && record.operation() == "chat_message_list" && record.level() > 0);
      lines++;
      throw std::runtime_error("dropped");
    });
    desk::Client moved = std::move(client);
    const auto page = moved.chat_message_list();
    CHECK(lines == 2);
    moved.set_log(nullptr);
    CHECK(page.response().http_status() == 200 && page.response().attempts() == 1);
    CHECK(page.response().request_id() == "r-1" && page.response().elapsed().count() > 0);
    CHECK(page.response().server_date() == desk::Time(std::chrono::seconds(784111777)));
    const auto result = moved.raw_call(desk::RawRequest("PATCH", "echo/1").query("q", "a b&c").query("r", "").json("[1]"),
                                       desk::CallOptions().header("X-Trace", "t-1"));
    CHECK(result.body() == "PATCH /echo/1?q=a+b%26c&r= t-1 [1]");
    CHECK(result.header("x-request-id") == "r-1" && !result.header("x-none") && result.response().http_status() == 202);
    auto refused = moved.try_raw_call(desk::RawRequest("GET", "https://evil.example/"));
    CHECK(!refused && refused.error().outcome() == desk::Outcome::NotSent);
    auto header = moved.try_chat_message_list({}, desk::CallOptions().header("host", "x"));
    CHECK(!header && header.error().code() == DESK_INVALID_ARGUMENT);
    CHECK(lines == 2);
    const auto throttled = moved.try_proactive_chat_get(6, desk::CallOptions().max_attempts(1));
    CHECK(!throttled && throttled.error().retry_after() == std::chrono::milliseconds(1500));
    CHECK(throttled.error().request_id() == "r-1" && throttled.error().elapsed().count() > 0);
    CHECK(throttled.error().server_date() == desk::Time(std::chrono::seconds(784111777)));
    CHECK(throttled.error().service_code().empty() && throttled.error().service_text() == "no [redacted]");
    const desk::Cancel cancel;
    const auto cancellable = desk::CallOptions().cancel(cancel);
    CHECK(static_cast<bool>(moved.try_chat_message_list({}, cancellable)));
    cancel.trigger();
    const auto cancelled = moved.try_chat_message_list({}, cancellable);
    CHECK(!cancelled && cancelled.error().code() == DESK_CANCELLED && cancel.is_triggered());
    CHECK(cancelled.error().outcome() == desk::Outcome::NotSent);
    // The log callback of a client ends with the client.
    desk::Client other(desk::ClientOptions().base_url(argv[1]).api_token("t0ken").user_agent("runtime/1"));
    other.set_log([&](const desk::LogRecord&) { lines++; });
    other = std::move(moved);
    CHECK(lines == 2 && static_cast<bool>(other.try_chat_message_list()) && lines == 2);
  }
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
