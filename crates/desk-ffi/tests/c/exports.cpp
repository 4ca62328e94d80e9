// exports BASE_URL TOKEN blocking|async: the same export as exports.c, as a range, and without
// blocking.
#include "check.h"
#include "desk.hpp"

#include <cstdio>
#include <cstdlib>

#if __cplusplus >= 202002L
#include <ranges>
static_assert(std::ranges::input_range<desk::ChatMessageExport>);
#endif

namespace {

long long us(desk::Time time) { return static_cast<long long>(time.time_since_epoch().count()); }

void tell(const desk::Window<desk::ChatMessageView>& window) {
  std::printf("window %lld %lld %d\n", us(window.from()), us(window.until()), window.verified());
  CHECK(window.requests() > 0 && window.out_of_range_rows() >= 0 && window.rows().size() == window.c_ptr()->count);
  CHECK(window.id_min().has_value() == !window.rows().empty() && window.id_max().has_value() == !window.rows().empty());
  for (const auto row : window.rows()) {
    CHECK(*window.id_min() <= row.id() && row.id() <= *window.id_max());
    std::printf("row %lld %lld\n", static_cast<long long>(row.id()), us(row.created_at()));
  }
}

void by_range(desk::ChatMessageExport all) {
  for (int errors = 0; errors < 10; errors++) {
    try {
      for (const auto& window : all) tell(window);
      break;
    } catch (const desk::Error& error) {
      std::printf("error %s\n", error.what());
    }
  }
  CHECK(all.begin() == all.end());
}

void by_steps(desk::ChatMessageExport all) {
  for (;;) {
    const auto window = all.next_async().future().get();
    if (!window) break;
    tell(*window);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 4);
  {
    const desk::Client client(desk::ClientOptions().base_url(argv[1]).api_token(argv[2]));
    const auto at = [](long long us) { return desk::Time(std::chrono::microseconds(us)); };
    const auto month = desk::ChatMessageListParams().limit(50).created_at_gte(at(1767225600000000)).created_at_lte(
        at(1769903999999999));
    const bool is_async = std::string_view(argv[3]) == "async";
    // The client silently repeats a prefetch that fails.
    const auto sizes =
        desk::ExportOptions().rows_per_window(300).in_flight(is_async ? 4 : 1).max_lateness(std::chrono::seconds(1));
    auto all = client.chat_message_export(month, sizes, desk::CallOptions().max_attempts(1));
    if (is_async) {
      by_steps(std::move(all));
    } else {
      by_range(std::move(all));
    }
    auto refused = client.try_chat_message_export({}, desk::ExportOptions().in_flight(-1));
    CHECK(!refused && refused.error().code() == DESK_INVALID_ARGUMENT);
  }
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
