// fault (BASE_URL TIMEOUT_MS ATTEMPTS)...: for each service, calls every operation and prints each
// error on a line.
#include "desk.hpp"

#include <cstdlib>
#include <iostream>

namespace {

template <class T>
void report(const char* operation, const desk::Result<T>& result) {
  std::cout << operation << ' ';
  if (result) {
    std::cout << "DESK_OK 0 0 - 0\n";
    return;
  }
  const auto& error = result.error();
  const std::string_view what = error.what();
  const bool bare = what.find("t0ken") == what.npos && what.find("hello") == what.npos;
  if (!bare || error.elapsed() <= std::chrono::microseconds(0)) std::exit(EXIT_FAILURE);
  const auto code = error.service_code();
  std::cout << desk_status_name(error.code()).ptr << ' ' << static_cast<int>(error.outcome()) << ' '
            << error.http_status() << ' ' << (code.empty() ? "-" : code) << ' ' << error.attempts() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc % 3 != 1) return EXIT_FAILURE;
  for (int at = 1; at < argc; at += 3) {
    const desk::Client client(desk::ClientOptions().base_url(argv[at]).api_token("t0ken"));
    const auto timeout = std::chrono::milliseconds(std::atol(argv[at + 1]));
    const auto options = desk::CallOptions().timeout(timeout).max_attempts(std::atol(argv[at + 2]));
    const auto body = desk::NewProactiveChat().message("hello").group_key("sales").customer_ids({1}).agent_id(1);
    report("proactive_chat_create", client.try_proactive_chat_create(body, options));
    report("proactive_chat_get", client.try_proactive_chat_get(1, options));
    report("chat_message_list", client.try_chat_message_list({}, options));
    report("ticket_chat_message_list", client.try_ticket_chat_message_list(1, {}, options));
    try {
      client.proactive_chat_get(1, options);
    } catch (const std::runtime_error& error) {
      const desk::Error copy = dynamic_cast<const desk::Error&>(error);
      if (std::string_view(copy.what()).find("proactive_chat_get: ") != 0) return EXIT_FAILURE;
    }
  }
  return desk_debug_live_objects() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
