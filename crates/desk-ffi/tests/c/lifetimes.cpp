// lifetimes CHAT_URL SILENT_URL LIST_URL: coroutines, Steps and clients that are destroyed before,
// during and after the end of their calls. Best run with -fsanitize=address. SILENT_URL never
// responds.
#include "check.h"
#include "desk.hpp"

#include <poll.h>
#include <coroutine>
#include <thread>

namespace {

using Item = std::optional<desk::ChatMessageView>;

desk::Client client_of(const char* url) {
  return desk::Client(desk::ClientOptions().base_url(url).api_token("t0ken").timeout(std::chrono::seconds(100)).idle_timeout(
      std::chrono::seconds(100)));
}

// A coroutine that its owner destroys.
class Task {
 public:
  struct promise_type {
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };

  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }
  bool done() const { return coroutine_.done(); }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

Task get(const desk::Client& client, const desk::Queue& queue, int& resumed) {
  std::string own(1000, 'x');
  const auto chat = co_await client.proactive_chat_get_async(1, desk::CallOptions().queue(queue)).as_result();
  resumed += own.size() == 1000 && chat ? 1 : 0;
}

Task get_or_throw(const desk::Client& client, const desk::Queue& queue, int& resumed) {
  const auto chat = co_await client.proactive_chat_get_async(1, desk::CallOptions().queue(queue));
  resumed += chat.id() == 1 ? 1 : 0;
}

Task walk(const desk::Client& list, const desk::Queue& queue, int& resumed) {
  auto items = *list.try_chat_message_iter({}, {}, desk::CallOptions().queue(queue).max_attempts(9));
  for (;;) {
    const auto item = co_await items.next_async().as_result();
    if (item && !*item) break;
    if (item) ++resumed;
  }
}

Task get_on_own_thread(const desk::Client& client, std::atomic<bool>& resumed) {
  static_cast<void>(co_await client.proactive_chat_get_async(1).as_result());
  resumed = true;
}

void arrive(const desk::Queue& queue) {
  pollfd ready{queue.fd(), POLLIN, 0};
  CHECK(poll(&ready, 1, 60000) == 1);
}

// Runs ended calls until none arrives for a while.
void drain(const desk::Queue& queue) {
  while (queue.run(std::chrono::milliseconds(20))) {
  }
}

void coroutines(const desk::Client& chats, const desk::Client& silent, const desk::Client& list) {
  const desk::Queue queue;
  int resumed = 0;
  // Before the end: the call is cancelled, which ends it.
  { const auto task = get(silent, queue, resumed); }
  arrive(queue);
  drain(queue);
  { const auto task = walk(silent, queue, resumed); }
  arrive(queue);
  drain(queue);
  // After the end, before the completion is delivered.
  for (const auto start : {get, get_or_throw, walk}) {
    {
      const auto task = start(start == walk ? list : chats, queue, resumed);
      arrive(queue);
    }
    drain(queue);
  }
  CHECK(resumed == 0);
  // At a random moment of an iteration.
  for (int stop = 0; stop < 8; ++stop) {
    int seen = 0;
    {
      const auto task = walk(list, queue, seen);
      while (seen < stop) queue.run(std::chrono::milliseconds(-1));
    }
    drain(queue);
    CHECK(seen == stop);
  }
  // While the call ends.
  for (int i = 0; i < 200; ++i) {
    {
      const auto task = get(chats, queue, resumed);
      std::this_thread::sleep_for(std::chrono::microseconds(i * 10));
    }
    drain(queue);
  }
  CHECK(resumed == 0);
  // After the coroutine was resumed.
  {
    const auto task = get(chats, queue, resumed);
    while (!task.done()) queue.run(std::chrono::milliseconds(-1));
    CHECK(resumed == 1);
  }
  // From the continuation of another call, in the same loop.
  std::optional<Task> other;
  other.emplace(get(silent, queue, resumed));
  auto destroys = chats.proactive_chat_get_async(1, desk::CallOptions().queue(queue)).then([&](const auto&) { other.reset(); });
  while (other) queue.run(std::chrono::milliseconds(-1));
  drain(queue);
  CHECK(resumed == 1);
  // The queue is gone, so that no thread resumes the coroutine.
  {
    auto brief = std::make_unique<desk::Queue>();
    const auto ended = get(chats, *brief, resumed), waiting = get(silent, *brief, resumed);
    arrive(*brief);
    brief.reset();
  }
  CHECK(resumed == 1);
  // Without a queue, on a call that never ends by itself.
  std::atomic<bool> here{false};
  { const auto task = get_on_own_thread(silent, here); }
  CHECK(!here);
}

// A destroyed client resumes the coroutine, which may then be destroyed.
void client_destroyed(const char* url) {
  std::atomic<bool> resumed{false};
  auto client = std::make_unique<desk::Client>(client_of(url));
  const auto task = get_on_own_thread(*client, resumed);
  client.reset();
  CHECK(resumed && task.done());
  // A call that was not started yet has lost its client.
  client = std::make_unique<desk::Client>(client_of(url));
  auto call = client->proactive_chat_get_async(1);
  auto raw = client->raw_call_async(desk::RawRequest("GET", "x"));
  client.reset();
  const auto refused = std::move(call).try_future().get();
  CHECK(!refused && refused.error().code() == DESK_INVALID_ARGUMENT && refused.error().outcome() == desk::Outcome::NotSent);
  CHECK(!std::move(raw).try_future().get());
}

struct Chain {
  std::atomic<bool> client_is_gone{false};
  std::atomic<int> late{0};
};

// Like a bulk sender: each callback starts the next call.
void start_next(const desk::Client& client, Chain& chain) {
  const auto next = [&client, &chain](const desk::Result<desk::ProactiveChat>&) {
    if (chain.client_is_gone) {
      chain.late++;
    } else {
      start_next(client, chain);
    }
  };
  (void)client.proactive_chat_get_async(1, desk::CallOptions().max_attempts(1)).try_then(next);
}

// A client is destroyed while callbacks start calls: no callback runs afterwards.
void client_destroyed_amidst_starts(const char* url) {
  for (int round = 0; round < 100; round++) {
    Chain chain;
    {
      const auto client = client_of(url);
      for (int i = 0; i < 8; i++) start_next(client, chain);
      std::this_thread::sleep_for(std::chrono::microseconds(500 + 37 * round));
    }
    chain.client_is_gone = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK(chain.late == 0);
  }
}

desk::Result<Item> step_of_destroyed(const desk::Client& client) {
  auto items = *client.try_chat_message_iter();
  auto item = items.next_async().try_future();
  auto gone = std::make_unique<decltype(items)>(std::move(items));
  gone.reset();
  return item.get();
}

void steps(const desk::Client& silent, const desk::Client& list) {
  // While a step runs, which is cancelled.
  CHECK(step_of_destroyed(silent).error().code() == DESK_CANCELLED);
  std::future<desk::Result<Item>> item;
  try {
    auto items = silent.chat_message_iter();
    item = items.next_async().try_future();
    throw std::runtime_error("unwound");
  } catch (const std::runtime_error&) {
  }
  CHECK(item.get().error().code() == DESK_CANCELLED);
  {
    auto windows = silent.chat_message_export();
    static_cast<void>(windows.next_async().try_future());
  }
  // While a step ends.
  for (int i = 0; i < 200; ++i) {
    auto items = std::make_unique<desk::ChatMessageIter>(list.chat_message_iter());
    int seen = 0;
    auto ended = items->next_async().then([&](desk::Result<Item> next) {
      // The returned step is valid in this scope.
      if (next && *next) seen += (*next)->message().empty() ? 100 : 1;
    });
    std::this_thread::sleep_for(std::chrono::microseconds(i * 10));
    items.reset();
    ended.get();
    CHECK(seen <= 1);
  }
  // After the end, before the completion is delivered.
  const desk::Queue queue;
  bool told = false;
  {
    auto items = list.chat_message_iter({}, {}, desk::CallOptions().queue(queue));
    items.next_async().then([&](const desk::Result<Item>& next) { told = !next && next.error().code() != DESK_OK; });
    arrive(queue);
  }
  drain(queue);
  CHECK(told);
  // Inside the continuation of the step, while it uses the returned step.
  auto own = std::make_unique<desk::ChatMessageIter>(list.chat_message_iter({}, {}, desk::CallOptions().max_attempts(9)));
  auto text = own->next_async().then([&](desk::Result<Item> next) {
    own.reset();
    return next && *next ? std::string((*next)->message()) : std::string();
  });
  CHECK(text.get() == "text 0");
  // A step that was not started, and an iterator that lives longer.
  auto items = std::make_unique<desk::ChatMessageIter>(list.chat_message_iter({}, {}, desk::CallOptions().max_attempts(9)));
  auto step = items->next_async();
  auto position = items->begin();
  items.reset();
  CHECK(position->message() == "text 0" && (++position)->message() == "text 1");
  position = {};
  CHECK(std::move(step).try_future().get().error().code() == DESK_CANCELLED);
}

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 4);
  {
    const auto chats = client_of(argv[1]), silent = client_of(argv[2]), list = client_of(argv[3]);
    coroutines(chats, silent, list);
    client_destroyed(argv[2]);
    client_destroyed_amidst_starts(argv[1]);
    steps(silent, list);
  }
  CHECK(desk_debug_live_objects() == 0);
  return 0;
}
