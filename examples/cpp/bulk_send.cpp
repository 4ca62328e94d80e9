// bulk_send MESSAGE FILE: sends a proactive chat to the customers in FILE, one id per line, with a
// few chats in flight. Each customer gets at most one message: duplicate ids are removed, and a
// chat with an unknown outcome is reported and never resent.
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

constexpr std::size_t per_chat = 20;   // customers per chat
constexpr std::size_t in_flight = 4;   // chats in flight

struct Counts {
  std::size_t sent = 0;
  std::size_t not_sent = 0;
  std::vector<std::int64_t> unknown;
};

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// Reads the ids in order, without duplicates. An invalid line ends the program before the first
// send.
std::vector<std::int64_t> read_ids(std::istream& lines) {
  std::vector<std::int64_t> ids;
  std::set<std::int64_t> seen;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::int64_t id = 0;
    const auto* const end = line.data() + line.size();
    const auto [parsed_end, error] = std::from_chars(line.data(), end, id);
    if (error != std::errc() || parsed_end != end) {
      throw std::runtime_error("line " + std::to_string(number) + " is no customer id; nothing was sent");
    }
    if (seen.insert(id).second) ids.push_back(id);
  }
  return ids;
}

Counts send(const desk::Client& client, std::string_view message, const std::vector<std::int64_t>& ids) {
  const desk::Queue completions;
  Counts counts;
  std::size_t next = 0;
  std::size_t running = 0;
  while (next < ids.size() || running > 0) {
    if (next < ids.size() && running < in_flight) {
      const auto last = std::min(next + per_chat, ids.size());
      const auto position = [&](std::size_t index) { return ids.begin() + static_cast<std::ptrdiff_t>(index); };
      std::vector<std::int64_t> batch(position(next), position(last));
      next = last;
      ++running;
      auto body = desk::NewProactiveChat().message(message).group_key("sales").customer_ids(batch).agent_id(1);
      // The queue runs the callback in this thread, so the counts need no lock.
      client.proactive_chat_create_async(body, desk::CallOptions().queue(completions))
          .then([&counts, &running, batch](desk::Result<desk::ProactiveChat> chat) {
            --running;
            if (chat) {
              counts.sent += batch.size();
            } else if (chat.error().outcome() == desk::Outcome::Unknown) {
              counts.unknown.insert(counts.unknown.end(), batch.begin(), batch.end());
            } else {
              std::cerr << chat.error().what() << '\n';
              counts.not_sent += batch.size();
            }
          });
    } else {
      completions.run(std::chrono::milliseconds(-1));
    }
  }
  return counts;
}

}  // namespace

int main(int argc, char** argv) try {
  std::ifstream file(argc == 3 ? argv[2] : "");
  if (!file) {
    std::cerr << "usage: bulk_send MESSAGE FILE\n";
    return EXIT_FAILURE;
  }
  const auto ids = read_ids(file);
  const desk::Client client(
      desk::ClientOptions().base_url(variable("DESK_BASE_URL")).api_token(variable("DESK_API_TOKEN")).writes_per_second(50));
  const auto counts = send(client, argv[1], ids);
  std::cout << counts.sent << " sent, " << counts.not_sent << " not sent, " << counts.unknown.size() << " unknown\n";
  for (const auto id : counts.unknown) std::cout << "unknown outcome: check customer " << id << " before you resend\n";
  return counts.unknown.empty() && counts.not_sent == 0 ? EXIT_SUCCESS : 2;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
