// results BASE_URL: owned results move, borrowed views stay valid, a moved-from result is empty.
#include "desk.hpp"

#include <cstdlib>
#include <iostream>
#include <type_traits>

namespace {

int failures = 0;

void check(bool holds, int line) {
  if (holds) return;
  std::cerr << "line " << line << '\n';
  ++failures;
}
#define CHECK(condition) check(condition, __LINE__)

void run(const char* base_url) {
  desk::Client first(desk::ClientOptions().base_url(base_url).api_token("t0ken"));
  const desk::Client client(std::move(first));
  CHECK(first.c_ptr() == nullptr);
  const auto refused = first.try_chat_message_list();
  CHECK(!refused && refused.error().outcome() == desk::Outcome::NotSent);
  CHECK(std::string_view(refused.error().what()).find("client is NULL") == 0);

  auto page = client.chat_message_list();
  CHECK(page.count() == 3 && page.results().size() == 3 && !page.results().empty());
  CHECK(!page.previous() && page.next() == "https://elsewhere.example/next");
  const auto message = page.results()[1];
  auto moved = std::move(page);
  CHECK(page.c_ptr() == nullptr && page.results().empty() && page.count() == 0);
  CHECK(message.message_id() == INT64_MAX && message.data() == std::string_view() && message.data().has_value());
  CHECK(message.requested_from() == desk::RequestOrigin::Dashboard && message.requested_by() == "{\"id\":1}");
  CHECK(message.deleted_at() == desk::Time(std::chrono::microseconds(1552368341500000)));
  const auto old = moved.results()[0];
  CHECK(!old.message_id() && !old.data() && !old.deleted_at() && !old.requested_from() && !old.requested_from_text());
  const auto odd = moved.results()[2];
  CHECK(odd.user_type() == desk::UserType::Unknown && odd.user_type_text() == "BOT");
  CHECK(odd.message().size() == 16 && odd.message().find('\0') == 9);

  std::size_t rows = 0;
  for (const auto each : moved.results()) rows += each.id() != 0;
  CHECK(rows == 3);
  moved = client.chat_message_list();
  auto& same = moved;
  moved = std::move(same);
  CHECK(moved.count() == 3);

  auto chat = desk::NewProactiveChat().message("m").group_key("g").customer_ids({1});
  const auto missing = client.try_proactive_chat_create(chat);
  CHECK(!missing && std::string_view(missing.error().what()) == "agent_id is missing; set it; nothing was sent");
  chat.agent_id(1).priority(desk::Priority::Unknown);
  CHECK(!client.try_proactive_chat_create(chat));
  chat.priority_text("WHENEVER");
  const auto decoded = client.try_proactive_chat_create(chat);
  CHECK(!decoded && decoded.error().code() == DESK_DECODE && !decoded.error().body().empty());
  const desk::Error copy = decoded.error();
  CHECK(copy.body() == decoded.error().body() && !copy.retry_after() && copy.attempts() == 1);

  static_assert(!std::is_copy_constructible_v<desk::ChatMessagePage> && !std::is_copy_constructible_v<desk::Client>);
  static_assert(std::is_nothrow_move_constructible_v<desk::ChatMessagePage>);
  static_assert(std::is_base_of_v<std::runtime_error, desk::Error>);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  run(argv[1]);
  CHECK(desk_debug_live_objects() == 0);
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
