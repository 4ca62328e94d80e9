// Sends a proactive chat to three customers, waits for a reply, reads the conversation, and counts
// the messages of a day. `cargo xtask demo` builds and runs this program and its Rust and C
// versions against a local service.
#include "desk.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <thread>

namespace {

using namespace std::chrono_literals;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void run() {
  const desk::Client client(
      desk::ClientOptions().base_url(variable("DESK_BASE_URL")).api_token(variable("DESK_API_TOKEN")));

  const auto chat = client.proactive_chat_create(desk::NewProactiveChat()
                                                     .message("Your order has shipped. Any questions?")
                                                     .group_key("sales")
                                                     .customer_ids({101, 102, 103})
                                                     .agent_id(1)
                                                     .priority(desk::Priority::High));
  std::cout << "created proactive chat " << chat.id() << ": " << chat.sent_count() << " sent, priority "
            << chat.priority_text() << '\n';

  auto current = client.proactive_chat_get(chat.id());
  std::cout << "read it back: \"" << current.message() << "\"\n";

  for (int tries = 0; tries < 100 && current.responded_count() == 0; ++tries) {
    std::this_thread::sleep_for(50ms);
    current = client.proactive_chat_get(chat.id());
  }
  std::cout << "answered: " << current.responded_count() << " of " << chat.sent_count() << '\n';

  const auto recent = client.chat_message_list(desk::ChatMessageListParams().created_at_gte(chat.created_at()));
  std::int64_t ticket = 0;
  for (const auto message : recent.results()) {
    if (message.user_type() == desk::UserType::Customer) {
      ticket = message.ticket();
      break;
    }
  }
  std::cout << "ticket " << ticket << ":\n";
  const auto conversation = client.ticket_chat_message_list(ticket);
  for (const auto message : conversation.results()) {
    std::cout << "  " << message.user_type_text() << ": " << message.message() << '\n';
  }

  const auto midnight = desk::Time(1767312000s);  // 2026-01-02T00:00:00Z
  const auto day = desk::ChatMessageListParams().created_at_gte(midnight).created_at_lte(midnight + 24h - 1us);
  int all = 0;
  int from_customers = 0;
  for (const auto& message : client.chat_message_iter(day)) {
    ++all;
    from_customers += message.user_type() == desk::UserType::Customer ? 1 : 0;
  }
  std::cout << "on 2026-01-02: " << all << " messages, " << from_customers << " of them from customers\n";
}

}  // namespace

int main() {
  try {
    run();
  } catch (const desk::Error& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
  if (desk_debug_live_objects() != 0) {
    std::cerr << "objects were not freed\n";
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
