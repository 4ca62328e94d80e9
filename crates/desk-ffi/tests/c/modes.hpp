// Functions and objects that the two units of the program modes exchange. Each unit is compiled
// with its own standard and exception setting.
#pragma once

#include "check.h"
#include "desk.hpp"

// Sizes and offsets as a unit sees them.
struct Layout {
  std::size_t call_options = sizeof(desk::CallOptions);
  std::size_t client_options = sizeof(desk::ClientOptions);
  std::size_t client = sizeof(desk::Client);
  std::size_t chat = sizeof(desk::ProactiveChat);
  std::size_t result = sizeof(desk::Result<desk::ProactiveChat>);
  std::size_t call = sizeof(desk::Async<desk::ProactiveChat>);
  std::size_t items = sizeof(desk::ChatMessageIter);
  std::size_t body = sizeof(desk::NewProactiveChat);
  std::size_t params = sizeof(desk::ChatMessageListParams);
  std::size_t error = sizeof(desk::Error);
  std::size_t queue = sizeof(desk::Queue);
};

// Throws only if the program wants it: the same type in both units.
extern void (*on_chat)();
struct Follow {
  std::int64_t operator()(desk::Result<desk::ProactiveChat> chat) const {
    on_chat();
    return chat ? chat->id() : -1;
  }
};
struct Log {
  void operator()(const desk::LogRecord&) const { on_chat(); }
};

Layout library_layout();
std::int64_t library_get(const desk::Client& client, const desk::CallOptions& options);
std::int64_t library_finish(desk::Async<desk::ProactiveChat> call);
desk::CallOptions library_options();
desk::Async<desk::ProactiveChat> library_call(const desk::Client& client);
desk::ChatMessageIter library_items(const desk::Client& client, const desk::CallOptions& options);
desk::NewProactiveChat library_body();
void library_log(desk::Client& client);
