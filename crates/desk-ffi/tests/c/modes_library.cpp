// A library of the program modes.
#include "modes.hpp"

Layout library_layout() { return Layout(); }

std::int64_t library_get(const desk::Client& client, const desk::CallOptions& options) {
  const auto blocking = client.try_proactive_chat_get(1, options);
  auto future = client.proactive_chat_get_async(2, options).try_future();
  auto followed = client.proactive_chat_get_async(3, options).try_then(Follow());
  const auto second = future.get();
  if (!blocking || !second || !followed) return 0;
  return blocking->id() * 100 + second->id() * 10 + followed->get();
}

std::int64_t library_finish(desk::Async<desk::ProactiveChat> call) {
  const auto chat = std::move(call).try_future().get();
  return chat ? chat->id() : 0;
}

desk::CallOptions library_options() {
  return desk::CallOptions().timeout(std::chrono::seconds(50)).header("x-library", "1").max_attempts(2);
}

desk::Async<desk::ProactiveChat> library_call(const desk::Client& client) {
  return client.proactive_chat_get_async(4, library_options());
}

desk::ChatMessageIter library_items(const desk::Client& client, const desk::CallOptions& options) {
  return *client.try_chat_message_iter({}, {}, options);
}

desk::NewProactiveChat library_body() {
  return desk::NewProactiveChat().message("m").group_key("sales").customer_ids(std::vector<std::int64_t>{1, 2}).agent_id(1);
}

void library_log(desk::Client& client) { client.set_log(Log()); }
