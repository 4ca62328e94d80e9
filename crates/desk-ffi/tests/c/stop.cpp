// stop SILENT_URL CHAT_URL: a std::stop_token ends every kind of call, even if the options are
// gone. SILENT_URL never responds.
#include "check.h"
#include "desk.hpp"

#include <coroutine>
#include <cstring>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;
using Chat = desk::Result<desk::ProactiveChat>;

// Far shorter than the deadline of a call, far longer than a call needs to end.
constexpr auto soon = std::chrono::seconds(15);

desk::Client client_of(const char* url) {
  return desk::Client(desk::ClientOptions().base_url(url).api_token("t0ken").timeout(std::chrono::seconds(100)).idle_timeout(
      std::chrono::seconds(100)));
}

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

Task await_options(const desk::Client& client, desk::CallOptions options, std::promise<desk_status>& code) {
  const auto chat = co_await client.proactive_chat_get_async(1, std::move(options)).as_result();
  code.set_value(chat ? DESK_OK : chat.error().code());
}

Task await_temporary(const desk::Client& client, std::stop_token token, std::promise<desk_status>& code) {
  const auto chat = co_await client.proactive_chat_get_async(1, desk::CallOptions().cancel(token)).as_result();
  code.set_value(chat ? DESK_OK : chat.error().code());
}

Task await_stored(const desk::Client& client, std::stop_token token, std::promise<desk_status>& code) {
  auto call = client.proactive_chat_get_async(1, desk::CallOptions().cancel(std::move(token)));
  const auto chat = co_await std::move(call).as_result();
  code.set_value(chat ? DESK_OK : chat.error().code());
}

Task await_step(const desk::Client& client, std::stop_token token, std::promise<desk_status>& code) {
  auto items = *client.try_chat_message_iter({}, {}, desk::CallOptions().cancel(std::move(token)));
  const auto item = co_await items.next_async().as_result();
  code.set_value(item ? DESK_OK : item.error().code());
}

template <class T>
desk_status code_of(const desk::Result<T>& result) {
  return result ? DESK_OK : result.error().code();
}

using Mode = desk_status (*)(const desk::Client& client, const std::stop_source& source);

desk::CallOptions stopped_by(const std::stop_source& source) { return desk::CallOptions().cancel(source.get_token()); }

template <Task (*Start)(const desk::Client&, std::stop_token, std::promise<desk_status>&)>
desk_status awaited(const desk::Client& client, const std::stop_source& source) {
  std::promise<desk_status> code;
  Start(client, source.get_token(), code);
  return code.get_future().get();
}

const Mode modes[] = {
    [](const auto& client, const auto& source) { return code_of(client.try_proactive_chat_get(1, stopped_by(source))); },
    [](const auto& client, const auto& source) {
      return code_of(client.proactive_chat_get_async(1, stopped_by(source)).try_future().get());
    },
    // The future is kept, the options are gone.
    [](const auto& client, const auto& source) {
      auto chat = client.proactive_chat_get_async(1, stopped_by(source)).try_future();
      return code_of(chat.get());
    },
    [](const auto& client, const auto& source) {
      auto code = client.proactive_chat_get_async(1, stopped_by(source)).then([](Chat chat) { return code_of(chat); });
      return code.get();
    },
    [](const auto& client, const auto& source) {
      auto call = client.proactive_chat_get_async(1, stopped_by(source));
      auto chat = std::move(call).try_future();
      return code_of(chat.get());
    },
    [](const auto& client, const auto& source) {
      auto answer = client.raw_call_async(desk::RawRequest("GET", "x"), stopped_by(source)).try_future();
      return code_of(answer.get());
    },
    // Copies of options, for several calls; the original is gone.
    [](const auto& client, const auto& source) {
      const auto copy = [&] {
        const auto original = stopped_by(source).max_attempts(1);
        return desk::CallOptions(original);
      }();
      auto first = client.proactive_chat_get_async(1, copy).try_future();
      auto second = client.proactive_chat_get_async(2, copy).try_future();
      const auto code = code_of(first.get());
      return code == code_of(second.get()) ? code : DESK_OK;
    },
    // Steps: blocking, asynchronous, and moved.
    [](const auto& client, const auto& source) {
      auto items = *client.try_chat_message_iter({}, {}, stopped_by(source));
      return code_of(items.try_next());
    },
    [](const auto& client, const auto& source) {
      auto windows = *client.try_chat_message_export({}, {}, stopped_by(source));
      return code_of(windows.try_next());
    },
    [](const auto& client, const auto& source) {
      auto items = *client.try_chat_message_iter({}, {}, stopped_by(source));
      auto item = items.next_async().try_future();
      return code_of(item.get());
    },
    [](const auto& client, const auto& source) {
      auto items = *client.try_chat_message_iter({}, {}, stopped_by(source));
      auto item = items.next_async().try_future();
      auto moved = std::move(items);
      const auto first = code_of(item.get());
      return first == code_of(moved.try_next()) ? first : DESK_OK;
    },
    // Coroutines.
    [](const auto& client, const auto& source) {
      std::promise<desk_status> code;
      await_options(client, stopped_by(source), code);
      return code.get_future().get();
    },
    awaited<await_temporary>,
    awaited<await_stored>,
    awaited<await_step>,
};

void ends(Mode mode, const desk::Client& client, std::chrono::milliseconds after) {
  std::stop_source source;
  const auto start = Clock::now();
  if (after.count() == 0) source.request_stop();
  std::thread stops([&] {
    std::this_thread::sleep_for(after);
    source.request_stop();
  });
  CHECK(mode(client, source) == DESK_CANCELLED);
  CHECK(Clock::now() - start < soon);
  stops.join();
}

// The client is gone before the stop is requested.
void outlived(const char* url) {
  std::stop_source source;
  std::future<Chat> chat;
  {
    const auto client = client_of(url);
    chat = client.proactive_chat_get_async(1, stopped_by(source)).try_future();
  }
  CHECK(code_of(chat.get()) == DESK_CANCELLED);
  source.request_stop();
  // A callback of the same stop source frees the client.
  std::stop_source last;
  auto client = std::make_unique<desk::Client>(client_of(url));
  chat = client->proactive_chat_get_async(1, stopped_by(last)).try_future();
  const std::stop_callback frees(last.get_token(), [&] { client.reset(); });
  last.request_stop();
  CHECK(code_of(chat.get()) == DESK_CANCELLED && !client);
  // A callback of the program requests the stop of another call.
  std::stop_source other;
  const auto next = client_of(url);
  chat = next.proactive_chat_get_async(1, stopped_by(other)).try_future();
  auto stops = next.proactive_chat_get_async(1, desk::CallOptions().timeout(std::chrono::milliseconds(20))).then([&](const Chat&) {
    other.request_stop();
  });
  stops.get();
  CHECK(code_of(chat.get()) == DESK_CANCELLED);
}

// Stop requests that arrive while calls end.
void races(const char* url) {
  const auto client = client_of(url);
  for (int i = 0; i < 200; ++i) {
    std::stop_source source;
    std::thread stops([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(i * 10));
      source.request_stop();
    });
    auto chat = client.proactive_chat_get_async(1, stopped_by(source)).try_future();
    const auto code = code_of(chat.get());
    CHECK(code == DESK_OK || code == DESK_CANCELLED);
    stops.join();
  }
}

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 3);
  {
    const auto client = client_of(argv[1]);
    for (const auto mode : modes) {
      ends(mode, client, std::chrono::milliseconds(0));
      ends(mode, client, std::chrono::milliseconds(50));
    }
    outlived(argv[1]);
    races(argv[2]);
    // The last of several tokens wins.
    const desk::Cancel cancel;
    std::stop_source source;
    source.request_stop();
    const auto code = code_of(client_of(argv[2]).try_proactive_chat_get(1, stopped_by(source).cancel(cancel)));
    CHECK(code == DESK_OK);
  }
  CHECK(desk_debug_live_objects() == 0);
  return 0;
}
