// The same as main.c through desk.hpp.
#include "desk.hpp"

#include <iostream>

static void run() {
  auto bad = desk::Client::make(desk::ClientOptions().application_id("two words").api_token("token"));
  std::cout << desk_status_name(bad.error().code()).ptr << ": " << bad.error().what() << '\n';
  const desk::Client client(desk::ClientOptions().application_id("app").api_token("token").base_url("http://127.0.0.1:1"));
  auto chat = client.try_proactive_chat_get(1, desk::CallOptions().max_attempts(1));
  std::cout << desk_status_name(chat.error().code()).ptr << ", " << desk_debug_live_objects() - 1 << " alive\n";
}

int main() {
  std::cout << desk_version().ptr << '\n';
  run();
  std::cout << desk_debug_live_objects() << " alive\n";
}
