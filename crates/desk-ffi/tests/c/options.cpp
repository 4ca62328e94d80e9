// options BASE_URL AT_ONCE ROUNDS [NAME=VALUE]...: as options.c, through desk.hpp.
#include "desk.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void set(desk::ClientOptions& options, const std::string& name, const std::string& value) {
  const auto ms = [&] { return std::chrono::milliseconds(std::stoll(value)); };
  if (name == "connect_timeout_ms") options.connect_timeout(ms());
  else if (name == "timeout_ms") options.timeout(ms());
  else if (name == "attempt_timeout_ms") options.attempt_timeout(ms());
  else if (name == "idle_timeout_ms") options.idle_timeout(ms());
  else if (name == "max_idle_connections") options.max_idle_connections(std::stoll(value));
  else if (name == "reads_per_second") options.reads_per_second(std::stod(value));
  else if (name == "writes_per_second") options.writes_per_second(std::stod(value));
  else if (name == "user_agent") options.user_agent(value);
  else if (name == "ca_pem") options.ca_pem(content(value));
  else if (name == "ca_file") options.ca_file(value);
  else if (name == "proxy") options.proxy(value);
  else std::exit(EXIT_FAILURE);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return EXIT_FAILURE;
  {
    desk::ClientOptions options;
    options.base_url(argv[1]).api_token("t0ken");
    for (int at = 4; at < argc; at++) {
      const std::string text = argv[at];
      const auto split = text.find('=');
      set(options, text.substr(0, split), text.substr(split + 1));
    }
    const desk::Client client(options);
    std::chrono::microseconds longest{0};
    for (int round = 0; round < std::atoi(argv[3]); round++) {
      std::vector<std::future<desk::Result<desk::ProactiveChat>>> calls;
      for (int at = 0; at < std::atoi(argv[2]); at++)
        calls.push_back(client.proactive_chat_get_async(1, desk::CallOptions().max_attempts(1)).try_future());
      for (auto& call : calls) {
        const auto result = call.get();
        std::cout << desk_status_name(result ? DESK_OK : result.error().code()).ptr << ' ';
        const auto took = result ? result->response().elapsed() : result.error().elapsed();
        if (took <= std::chrono::microseconds(0)) return EXIT_FAILURE;
        longest = std::max(longest, took);
      }
    }
    std::cout << (longest >= std::chrono::milliseconds(500) ? "long" : "short") << '\n';
  }
  return desk_debug_live_objects() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
