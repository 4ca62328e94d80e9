// bulk_send MESSAGE FILE: messages the customers of FILE first, one id a line, a few chats at a time. Nobody is messaged twice: an
// id is sent to once, and what may have gone out without an answer is reported, never sent again.
#include "desk.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t per_chat = 20;   // customers of one chat
constexpr std::size_t in_flight = 4;   // chats under way

struct Tally {
  std::size_t sent = 0;
  std::size_t not_sent = 0;
  std::vector<std::int64_t> unknown;
};

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// The ids, each once, in their order. A line that is none ends the program before anything is sent.
std::vector<std::int64_t> customers(std::istream& lines) {
  std::vector<std::int64_t> ids;
  std::set<std::int64_t> seen;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::int64_t id = 0;
    const auto* const end = line.data() + line.size();
    const auto [stop, problem] = std::from_chars(line.data(), end, id);
    if (problem != std::errc() || stop != end) {
      throw std::runtime_error("line " + std::to_string(number) + " is no customer id; nothing was sent");
    }
    if (seen.insert(id).second) ids.push_back(id);
  }
  return ids;
}

Tally send(const desk::Client& client, std::string_view message, const std::vector<std::int64_t>& ids) {
  const desk::Queue ended;
  Tally tally;
  std::size_t next = 0;
  std::size_t running = 0;
  while (next < ids.size() || running > 0) {
    if (next < ids.size() && running < in_flight) {
      const auto last = std::min(next + per_chat, ids.size());
      const auto at = [&](std::size_t place) { return ids.begin() + static_cast<std::ptrdiff_t>(place); };
      std::vector<std::int64_t> some(at(next), at(last));
      next = last;
      ++running;
      auto body = desk::NewProactiveChat().message(message).group_key("sales").customer_ids(some).agent_id(1);
      // The queue has this run in this thread, so that the tally needs no lock.
      client.proactive_chat_create_async(body, desk::CallOptions().queue(ended))
          .then([&tally, &running, some](desk::Result<desk::ProactiveChat> chat) {
            --running;
            if (chat) {
              tally.sent += some.size();
            } else if (chat.error().outcome() == desk::Outcome::Unknown) {
              tally.unknown.insert(tally.unknown.end(), some.begin(), some.end());
            } else {
              std::cerr << chat.error().what() << '\n';
              tally.not_sent += some.size();
            }
          });
    } else {
      ended.run(std::chrono::milliseconds(-1));
    }
  }
  return tally;
}

}  // namespace

int main(int argc, char** argv) try {
  std::ifstream file(argc == 3 ? argv[2] : "");
  if (!file) {
    std::cerr << "usage: bulk_send MESSAGE FILE\n";
    return EXIT_FAILURE;
  }
  const auto ids = customers(file);
  const desk::Client client(
      desk::ClientOptions().base_url(variable("DESK_BASE_URL")).api_token(variable("DESK_API_TOKEN")).writes_per_second(50));
  const auto tally = send(client, argv[1], ids);
  std::cout << tally.sent << " sent, " << tally.not_sent << " not sent, " << tally.unknown.size() << " unknown\n";
  for (const auto id : tally.unknown) std::cout << "find out before sending to " << id << " again\n";
  return tally.unknown.empty() && tally.not_sent == 0 ? EXIT_SUCCESS : 2;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
