// lists BASE_URL: the same iterations as lists.c, as a range, by hand, and after exceptions.
#include "check.h"
#include "desk.hpp"

#include <cstdio>
#include <cstdlib>

#if __cplusplus >= 202002L
#include <ranges>
static_assert(std::ranges::input_range<desk::ChatMessageIter>);
#endif

namespace {

void show(const desk::ChatMessageView& message) {
  CHECK(message.message() == "text " + std::to_string(message.id()));
  std::printf(" %lld", static_cast<long long>(message.id()));
}

void walk(const desk::Client& client, std::int32_t limit, std::int64_t max_items) {
  auto options = desk::IterOptions();
  if (max_items) options.max_items(max_items);
  auto messages = client.chat_message_iter(desk::ChatMessageListParams().limit(limit), options,
                                           desk::CallOptions().max_attempts(1));
  for (int errors = 0; errors < 10; errors++) {
    try {
      for (const auto& message : messages) show(message);
      break;
    } catch (const desk::Error& error) {
      std::printf(" %s", desk_status_name(error.code()).ptr);
    }
  }
  CHECK(messages.begin() == messages.end());
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 2);
  {
    const desk::Client client(desk::ClientOptions().base_url(argv[1]).api_token("t0ken"));
    walk(client, 3, 0);
    walk(client, 500, 0);
    walk(client, 3, 5);
    auto refused = client.try_chat_message_iter({}, desk::IterOptions().max_items(-1));
    CHECK(!refused && refused.error().code() == DESK_INVALID_ARGUMENT);
    auto messages = client.try_ticket_chat_message_iter(7);
    CHECK(static_cast<bool>(messages));
    auto first = messages->try_next();
    CHECK(first && *first && (*first)->id() == 0);
    // Moving keeps the position.
    desk::TicketChatMessageIter moved = std::move(*messages);
    CHECK(moved.next()->id() == 1);
  }
  CHECK(desk_debug_live_objects() == 0);
  return EXIT_SUCCESS;
}
