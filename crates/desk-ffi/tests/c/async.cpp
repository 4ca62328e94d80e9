// async CHAT_URL LIST_URL: futures, callbacks, queues and coroutines. CHAT_URL has chats; chat 500
// never comes.
#include "check.h"
#include "desk.hpp"

#include <poll.h>
#include <cstring>
#include <thread>

namespace {

desk::Client client_of(const char* url) {
  return desk::Client(desk::ClientOptions().base_url(url).api_token("t0ken"));
}

template <class Work>
desk_status code_of(Work work) {
  try {
    work();
  } catch (const desk::Error& error) {
    return error.code();
  }
  return DESK_OK;
}

void futures(const desk::Client& client) {
  std::vector<std::future<desk::ProactiveChat>> chats;
  for (std::int64_t id = 1; id <= 20; ++id) chats.push_back(client.proactive_chat_get_async(id).future());
  std::int64_t next = 1;
  for (auto& chat : chats) CHECK(chat.get().id() == next++);

  // An immediate refusal arrives in the same way.
  CHECK(code_of([&] { client.proactive_chat_get_async(0).future().get(); }) == DESK_INVALID_ARGUMENT);
  auto refused = client.proactive_chat_create_async(desk::NewProactiveChat().message("m")).try_future().get();
  CHECK(!refused && refused.error().outcome() == desk::Outcome::NotSent);
  CHECK(std::strstr(refused.error().what(), "agent_id"));

  // A token cancels the call.
  const desk::Cancel cancel;
  auto hanging = client.proactive_chat_get_async(500, desk::CallOptions().cancel(cancel)).future();
  CHECK(hanging.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
  cancel.trigger();
  CHECK(code_of([&] { hanging.get(); }) == DESK_CANCELLED);

  // Async keeps the arguments: temporaries may be gone.
  auto page = [&] {
    auto params = desk::ChatMessageListParams().limit(3);
    return client.chat_message_list_async(params).try_future();
  }();
  CHECK(page.get().error().code() == DESK_DECODE);
  const auto raw = client.raw_call_async(desk::RawRequest("GET", "proactive_chats/7")).future().get();
  CHECK(raw.body().find("\"id\":7") != std::string_view::npos);
}

void callbacks(const desk::Client& client) {
  const auto here = std::this_thread::get_id();
  auto number = client.proactive_chat_get_async(7).then([&, owned = std::make_unique<int>(1)](desk::Result<desk::ProactiveChat> chat) {
    CHECK(std::this_thread::get_id() != here);
    CHECK(client.try_proactive_chat_get(1).error().code() == DESK_WOULD_DEADLOCK);
    return chat->id() + *owned;
  });
  CHECK(number.get() == 8);
  // The future carries an exception of the callback.
  auto thrown = client.proactive_chat_get_async(7).then([](desk::Result<desk::ProactiveChat>) { throw std::runtime_error("mine"); });
  bool caught = false;
  try {
    thrown.get();
  } catch (const std::runtime_error& error) {
    caught = std::strcmp(error.what(), "mine") == 0;
  }
  CHECK(caught);
  CHECK(code_of([&] { desk::Client(nullptr).proactive_chat_get_async(1).then([](const auto&) { CHECK(false); }); }) ==
        DESK_INVALID_ARGUMENT);
  CHECK(!desk::Client(nullptr).proactive_chat_get_async(1).try_then([](const auto&) { CHECK(false); }));
  // Freeing the client runs the remaining callbacks.
  int called = 0;
  {
    const auto brief = client_of("http://127.0.0.1:9");
    for (int i = 0; i < 5; ++i) {
      client.proactive_chat_get_async(500, desk::CallOptions().timeout(std::chrono::milliseconds(20))).then([&](const auto& chat) {
        CHECK(chat.error().code() == DESK_TIMEOUT);
        ++called;
      }).wait();
      static_cast<void>(brief.proactive_chat_get_async(1).try_then([&](const auto& chat) { called += chat ? 0 : 100; }));
    }
  }
  CHECK(called == 505);
}

void queues(const desk::Client& client) {
  const desk::Queue queue;
  CHECK(!queue.run());
  const auto here = std::this_thread::get_id();
  int left = 10;
  for (std::int64_t id = 1; id <= 10; ++id) {
    client.proactive_chat_get_async(id, desk::CallOptions().queue(queue)).then([&, id](desk::Result<desk::ProactiveChat> chat) {
      CHECK(std::this_thread::get_id() == here && chat->id() == id);
      --left;
    });
  }
  while (left > 0) {
    pollfd ready{queue.fd(), POLLIN, 0};
    CHECK(poll(&ready, 1, 60000) == 1 && queue.run());
  }
  CHECK(!queue.run(std::chrono::milliseconds(1)));
  // Dropped with its queue: the future reports it.
  std::future<std::int64_t> dropped;
  {
    const desk::Queue brief;
    dropped = client.proactive_chat_get_async(1, desk::CallOptions().queue(brief)).then([](const auto& chat) { return chat->id(); });
    pollfd ready{brief.fd(), POLLIN, 0};
    CHECK(poll(&ready, 1, 60000) == 1);
  }
  bool broken = false;
  try {
    dropped.get();
  } catch (const std::future_error& error) {
    broken = error.code() == std::future_errc::broken_promise;
  }
  CHECK(broken);
}

void lists(const desk::Client& list) {
  auto items = list.chat_message_iter(desk::ChatMessageListParams().limit(3), {}, desk::CallOptions().max_attempts(1));
  std::int64_t next = 0;
  for (int failed = 0; next < 8;) {
    auto item = items.next_async().try_future().get();
    if (!item) {
      CHECK(item.error().code() == DESK_SERVICE && ++failed < 3);
      continue;
    }
    for (auto message = *item; message; message = items.is_ready() ? items.next() : std::nullopt) CHECK(message->id() == next++);
  }
  CHECK(!items.next_async().future().get());
}

#ifdef __cpp_impl_coroutine
// The smallest task: it runs to its end and notifies the waiting thread.
struct Task {
  struct promise_type {
    std::promise<std::int64_t> done;
    Task get_return_object() { return Task{done.get_future()}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(std::int64_t value) { done.set_value(value); }
    void unhandled_exception() { done.set_exception(std::current_exception()); }
  };
  std::future<std::int64_t> result;
};

Task sum(const desk::Client& client, std::int64_t last) {
  std::int64_t total = 0;
  for (std::int64_t id = 1; id <= last; ++id) {
    const auto chat = co_await client.proactive_chat_get_async(id);
    total += chat.id();
  }
  const auto refused = co_await client.proactive_chat_get_async(0).as_result();
  CHECK(refused.error().code() == DESK_INVALID_ARGUMENT);
  co_return total;
}

Task refused(const desk::Client& client) {
  co_await client.proactive_chat_get_async(0);
  co_return 0;
}

Task over_a_list(const desk::Client& list, const desk::Queue& queue) {
  auto items = list.chat_message_iter({}, {}, desk::CallOptions().queue(queue));
  std::int64_t total = 0;
  while (const auto message = co_await items.next_async()) total += message->id();
  co_return total;
}

void coroutines(const desk::Client& client, const desk::Client& list) {
  CHECK(sum(client, 20).result.get() == 210);
  CHECK(code_of([&] { refused(client).result.get(); }) == DESK_INVALID_ARGUMENT);
  const desk::Queue queue;
  auto task = over_a_list(list, queue);
  while (task.result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) queue.run(std::chrono::milliseconds(10));
  CHECK(task.result.get() == 28);
}
#endif

}  // namespace

int main(int argc, char** argv) {
  CHECK(argc == 3);
  {
    const auto client = client_of(argv[1]), list = client_of(argv[2]);
    futures(client);
    callbacks(client);
    queues(client);
    lists(list);
#ifdef __cpp_impl_coroutine
    coroutines(client, list);
#endif
  }
  CHECK(desk_debug_live_objects() == 0);
  return 0;
}
