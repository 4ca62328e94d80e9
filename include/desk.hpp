// Generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

/// @file
/// C++17 over desk.h, header-only; link libdesk. The rules at the top of desk.h hold here too.
///
/// Results own their C object and are movable. The values of their getters (texts, lists, nested
/// objects) are borrowed from them. Requests keep copies of their arguments; a text from a null
/// pointer, such as the value of an unset variable, counts as not set. Each operation has three
/// forms: `client.x(..)` throws desk::Error, `client.try_x(..)` returns a Result and also works
/// with -fno-exceptions, and `client.x_async(..)` returns an Async, for callbacks, futures and
/// co_await.
///
/// The units of a program may be compiled with different standards, with and without exceptions,
/// and may pass objects to each other: every class has one layout, and every function one meaning.

#ifndef DESK_HPP
#define DESK_HPP

#include "desk.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#if __cplusplus >= 202002L && __has_include(<stop_token>)
#include <stop_token>
#endif
#if defined(__cpp_impl_coroutine) && __has_include(<coroutine>)
#include <coroutine>
#endif

#if !defined(__cpp_exceptions) && !defined(DESK_NO_EXCEPTIONS)
#define DESK_NO_EXCEPTIONS
#endif

namespace desk {

/// A time in UTC, in µs.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Whether the request may have taken effect.
enum class Outcome : std::int32_t {
  NotSent = DESK_OUTCOME_NOT_SENT,   ///< Not sent whole, or not begun by the service. Sending it again is safe.
  Rejected = DESK_OUTCOME_REJECTED,  ///< The service rejected the request and did not process it.
  Unknown = DESK_OUTCOME_UNKNOWN,    ///< The service may have processed the request. Find out before you send it again.
};

namespace detail {

inline std::string_view view(desk_str text) noexcept {
  return text.ptr ? std::string_view(text.ptr, text.len) : std::string_view();
}

inline std::optional<std::string_view> optional_view(desk_str text) noexcept {
  return text.ptr ? std::optional<std::string_view>(view(text)) : std::nullopt;
}

// An empty text is present: it needs a pointer.
inline desk_str text(std::string_view text) noexcept { return desk_str{text.data() ? text.data() : "", text.size()}; }

template <class Text>
desk_str text(const std::optional<Text>& value) noexcept {
  return value ? text(std::string_view(*value)) : desk_str{nullptr, 0};
}

// A text argument: a std::string, a std::string_view, a literal, or a pointer. A null pointer is an
// absent text.
class Text {
 public:
  Text() noexcept = default;
  Text(std::nullptr_t) noexcept {}
  Text(const char* text) noexcept {
    if (text) text_.emplace(text);
  }
  template <class T, class = std::enable_if_t<std::is_convertible_v<const T&, std::string_view> &&
                                              !std::is_pointer_v<std::decay_t<const T&>>>>
  Text(const T& text) : text_(std::string_view(text)) {}

  const std::optional<std::string_view>& get() const noexcept { return text_; }
  std::optional<std::string> copy() const { return text_ ? std::optional<std::string>(*text_) : std::nullopt; }

 private:
  std::optional<std::string_view> text_;
};

inline desk_str c_text(const Text& value) noexcept { return text(value.get()); }
inline desk_str c_text(const std::optional<std::string>& value) noexcept { return text(value); }

// Names and values, each of which may be absent.
using Pairs = std::vector<std::pair<std::optional<std::string>, std::optional<std::string>>>;

// Whether a T is a range.
template <class T, class = void>
struct IsRange : std::false_type {};
template <class T>
struct IsRange<T, std::void_t<decltype(std::begin(std::declval<const T&>()), std::end(std::declval<const T&>()))>>
    : std::true_type {};

// Policies for exceptions of the program. A function that meets such exceptions has the policy in
// its name, because functions with the same name must be the same in all units of a program.
struct Uncaught {
  template <class Work, class Caught>
  static void run(Work work, Caught) {
    work();
  }
};
#ifndef DESK_NO_EXCEPTIONS
struct Catch {
  template <class Work, class Caught>
  static void run(Work work, Caught caught) {
    try {
      work();
    } catch (...) {
      caught(std::current_exception());
    }
  }
};
using Guard = Catch;
#else
using Guard = Uncaught;
#endif

inline Time time(std::int64_t us) noexcept { return Time(std::chrono::microseconds(us)); }

// Owns the data that a request points to during a call.
class Scratch {
 public:
  template <class T>
  const T* keep(T value) {
    auto kept = std::make_shared<T>(value);
    kept_.push_back(kept);
    return kept.get();
  }

  template <class C, class Items, class Convert>
  const C* list(const Items& items, Convert convert) {
    std::shared_ptr<C> kept(new C[items.size() + 1](), std::default_delete<C[]>());
    kept_.push_back(kept);
    C* next = kept.get();
    for (const auto& item : items) *next++ = convert(item);
    return kept.get();
  }

  void miss(const char* field) {
    if (!missing_) missing_ = field;
  }

  const char* missing() const noexcept { return missing_; }

 private:
  std::vector<std::shared_ptr<void>> kept_;
  const char* missing_ = nullptr;
};

inline const desk_pair* pairs(Scratch& scratch, const Pairs& items) {
  if (items.empty()) return nullptr;
  return scratch.list<desk_pair>(items, [](const auto& item) { return desk_pair{text(item.first), text(item.second)}; });
}

}  // namespace detail

/// The reason why a call failed. Copies share one C object.
class Error : public std::runtime_error {
 public:
  /// Takes ownership of a C object.
  explicit Error(desk_error* taken)
      : std::runtime_error(std::string(detail::view(desk_error_get_message(taken)))),
        code_(desk_error_get_code(taken)),
        outcome_(static_cast<Outcome>(desk_error_get_outcome(taken))),
        error_(taken, desk_error_free) {}

  /// A missing argument, found before the library was called.
  static Error missing(const char* field) {
    return Error(std::string(field) + " is missing; set it; nothing was sent", DESK_INVALID_ARGUMENT, Outcome::NotSent);
  }

  /// A step whose Steps are destroyed.
  static Error destroyed() {
    return Error("the step was cancelled, because its Steps are destroyed; keep them until it has ended; "
                 "asking again is safe", DESK_CANCELLED,
                 Outcome::Unknown);
  }

  /// The class of the error, one of DESK_...
  desk_status code() const noexcept { return code_; }
  /// Whether the request may have taken effect.
  Outcome outcome() const noexcept { return outcome_; }
  /// The HTTP status; 0 without a response.
  std::int32_t http_status() const noexcept { return desk_error_get_http_status(error_.get()); }
  /// The service's own code.
  std::string_view service_code() const noexcept { return detail::view(desk_error_get_service_code(error_.get())); }
  /// The service's own explanation; it may quote the request.
  std::string_view service_text() const noexcept { return detail::view(desk_error_get_service_text(error_.get())); }
  /// The raw response body; it may hold message text and other parts of the request that the
  /// service quotes.
  std::string_view body() const noexcept { return detail::view(desk_error_get_body(error_.get())); }
  /// The request id from the service or a gateway.
  std::string_view request_id() const noexcept { return detail::view(desk_error_get_request_id(error_.get())); }
  /// How long the service asks the client to wait.
  std::optional<std::chrono::milliseconds> retry_after() const noexcept {
    const auto ms = desk_error_get_retry_after_ms(error_.get());
    return ms < 0 ? std::nullopt : std::optional<std::chrono::milliseconds>(std::chrono::milliseconds(ms));
  }
  /// Number of attempts; 0 if the library refused the call before sending a request.
  std::int32_t attempts() const noexcept { return desk_error_get_attempts(error_.get()); }
  /// The service's clock at its response to the last attempt, with a resolution of 1 s.
  std::optional<Time> server_date() const noexcept {
    std::int64_t us = 0;
    return desk_error_get_server_date_us(error_.get(), &us) ? std::optional<Time>(detail::time(us)) : std::nullopt;
  }
  /// Time from the start of the call to its failure, including waits between attempts.
  std::chrono::microseconds elapsed() const noexcept {
    return std::chrono::microseconds(desk_error_get_elapsed_us(error_.get()));
  }

 private:
  Error(const std::string& message, desk_status code, Outcome outcome)
      : std::runtime_error(message), code_(code), outcome_(outcome) {}

  desk_status code_;
  Outcome outcome_;
  std::shared_ptr<desk_error> error_;
};

/// Facts about the call that returned a result; borrowed from the result.
class Response {
 public:
  /// Refers to a C object without owning it.
  explicit Response(const desk_response* object) noexcept : object_(object) {}
  /// The HTTP status, 200 to 299.
  std::int32_t http_status() const noexcept { return desk_response_get_http_status(object_); }
  /// Number of attempts.
  std::int32_t attempts() const noexcept { return desk_response_get_attempts(object_); }
  /// The request id from the service or a gateway.
  std::optional<std::string_view> request_id() const noexcept {
    return detail::optional_view(desk_response_get_request_id(object_));
  }
  /// The service's clock at its response, with a resolution of 1 s.
  std::optional<Time> server_date() const noexcept {
    std::int64_t us = 0;
    return desk_response_get_server_date_us(object_, &us) ? std::optional<Time>(detail::time(us)) : std::nullopt;
  }
  /// Time from the start of the call to the last byte of the body.
  std::chrono::microseconds elapsed() const noexcept {
    return std::chrono::microseconds(desk_response_get_elapsed_us(object_));
  }
  /// The C object.
  const desk_response* c_ptr() const noexcept { return object_; }

 private:
  const desk_response* object_;
};

/// A value or an Error.
template <class T>
class [[nodiscard]] Result {
 public:
  /// Success.
  Result(T value) : value_(std::move(value)) {}
  /// Failure.
  Result(Error error) : error_(std::move(error)) {}

  /// Whether there is a value.
  explicit operator bool() const noexcept { return value_.has_value(); }
  /// The value; only if there is one.
  T& operator*() & noexcept { return *value_; }
  /// The value; only if there is one.
  const T& operator*() const& noexcept { return *value_; }
  /// The value; only if there is one.
  T&& operator*() && noexcept { return std::move(*value_); }
  /// The value; only if there is one.
  T* operator->() & noexcept { return &*value_; }
  /// The value; only if there is one.
  const T* operator->() const& noexcept { return &*value_; }
  /// Keep the Result in a variable while you read it.
  const T* operator->() const&& = delete;
  /// The error; only if there is no value.
  const Error& error() const& noexcept { return *error_; }
  /// The error; only if there is no value.
  Error error() && noexcept { return std::move(*error_); }
#ifndef DESK_NO_EXCEPTIONS
  /// The value, or throws the Error.
  T value() && {
    if (error_) throw std::move(*error_);
    return std::move(*value_);
  }
#endif

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  /// Success.
  Result() = default;
  /// Failure.
  Result(Error error) : error_(std::move(error)) {}

  /// Whether it succeeded.
  explicit operator bool() const noexcept { return !error_.has_value(); }
  /// The error; only if it failed.
  const Error& error() const& noexcept { return *error_; }
  /// The error; only if it failed.
  Error error() && noexcept { return std::move(*error_); }
#ifndef DESK_NO_EXCEPTIONS
  /// Throws the Error, if there is one.
  void value() && {
    if (error_) throw std::move(*error_);
  }
#endif

 private:
  std::optional<Error> error_;
};

namespace detail {

// Constructs a `T` from the C object and `more`.
template <class T, class C, class Call, class... More>
Result<T> call(const Scratch& scratch, Call run, More... more) {
  if (scratch.missing()) return Error::missing(scratch.missing());
  C* out = nullptr;
  desk_error* err = nullptr;
  if (run(&out, &err) != DESK_OK) return Error(err);
  return T(out, std::move(more)...);
}

template <class Call>
Result<void> call_plain(const Scratch& scratch, Call run) {
  if (scratch.missing()) return Error::missing(scratch.missing());
  desk_error* err = nullptr;
  if (run(&err) != DESK_OK) return Error(err);
  return {};
}

}  // namespace detail

/// A list inside a result; borrowed from it.
template <class Item>
class List {
 public:
  /// Reads one item.
  using At = Item (*)(const void* owner, std::size_t index);

  /// Iterates over the items.
  class iterator {
   public:
    /// @cond the members of every iterator
    using iterator_category = std::input_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Item;

    iterator() noexcept = default;
    iterator(const void* owner, std::size_t index, At at) noexcept : owner_(owner), index_(index), at_(at) {}
    Item operator*() const { return at_(owner_, index_); }
    iterator& operator++() noexcept {
      ++index_;
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++index_;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.index_ == b.index_; }
    friend bool operator!=(const iterator& a, const iterator& b) noexcept { return a.index_ != b.index_; }
    /// @endcond

   private:
    const void* owner_ = nullptr;
    std::size_t index_ = 0;
    At at_ = nullptr;
  };

  /// A list of `size` items of `owner`, read by `at`.
  List(const void* owner, std::size_t size, At at) noexcept : owner_(owner), size_(size), at_(at) {}
  /// Number of items.
  std::size_t size() const noexcept { return size_; }
  /// Whether the list has no items.
  bool empty() const noexcept { return size_ == 0; }
  /// The item at `index`, which must be below size().
  Item operator[](std::size_t index) const { return at_(owner_, index); }
  /// The first item.
  iterator begin() const noexcept { return iterator(owner_, 0, at_); }
  /// The position after the last item.
  iterator end() const noexcept { return iterator(owner_, size_, at_); }

 private:
  const void* owner_;
  std::size_t size_;
  At at_;
};

/// A completion queue: receives asynchronous calls when they have ended, so that their
/// continuations run on a thread of your choice. Set it in their CallOptions, poll fd() in your
/// event loop, and call run(). Copies share one queue; any thread may use it.
class Queue {
 public:
#ifndef DESK_NO_EXCEPTIONS
  /// Creates a queue or throws Error.
  Queue() : Queue(make().value()) {}
#endif
  /// Takes ownership of a C object.
  explicit Queue(desk_queue* taken) : queue_(taken, desk_queue_free) {}
  /// Creates a queue.
  static Result<Queue> make() {
    return detail::call<Queue, desk_queue>(detail::Scratch(), [](desk_queue** out, desk_error** err) {
      return desk_queue_new(out, err);
    });
  }

  /// A file descriptor that is readable exactly while the queue has a call. Do not read, write or
  /// close it.
  std::int32_t fd() const noexcept { return desk_queue_fd(queue_.get()); }
  /// Runs the continuation of the next ended call on this thread; waits for a call at most
  /// `timeout` (-1 ms: for ever). Returns whether there was one.
  Result<bool> try_run(std::chrono::milliseconds timeout = std::chrono::milliseconds(0)) const {
    desk_op* op = nullptr;
    desk_error* err = nullptr;
    if (desk_queue_next(queue_.get(), timeout.count(), &op, &err) != DESK_OK) return Error(err);
    desk_op_free(op);
    return op != nullptr;
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_run, but throws Error.
  bool run(std::chrono::milliseconds timeout = std::chrono::milliseconds(0)) const { return try_run(timeout).value(); }
#endif
  /// The C object.
  desk_queue* c_ptr() const noexcept { return queue_.get(); }

 private:
  std::shared_ptr<desk_queue> queue_;
};

namespace detail {

// The last arguments of the C functions of asynchronous calls; `op` may be null.
struct Completion {
  desk_op_fn callback;
  void* user_data;
  desk_free_fn user_data_free;
  desk_op** op;
};

using Start = std::function<Result<void>(const Completion&)>;

template <class Next>
void run_next(const desk_op* op, void* next) noexcept {
  static_cast<Next*>(next)->run(op);
}

template <class Next>
void delete_next(void* next) noexcept {
  delete static_cast<Next*>(next);
}

// Starts a call with the continuation `next`; the library owns `next` only if the start succeeds.
template <class Next>
Result<void> start(const Start& start, std::unique_ptr<Next> next, desk_op** op = nullptr) {
  // Once started, the call may end on another thread, and delete `next` there.
  auto* const raw = next.release();
  auto started = start(Completion{run_next<Next>, raw, delete_next<Next>, op});
  if (!started) delete raw;
  return started;
}

// Passes the result of a call to `follow`, and the result of `follow` to a promise.
template <class T, class Follow, class Meets>
class Then {
 public:
  using Value = std::invoke_result_t<Follow&, Result<T>>;

  Then(std::function<Result<T>(const desk_op*)> take, std::shared_ptr<void> kept, Follow follow)
      : take_(std::move(take)), kept_(std::move(kept)), follow_(std::move(follow)) {}

  std::future<Value> future() { return promise_.get_future(); }

  void run(const desk_op* op) {
    Meets::run([&] { settle(op); }, [&](std::exception_ptr thrown) { promise_.set_exception(std::move(thrown)); });
  }

 private:
  void settle(const desk_op* op) {
    if constexpr (std::is_void_v<Value>) {
      follow_(take_(op));
      promise_.set_value();
    } else {
      promise_.set_value(follow_(take_(op)));
    }
  }

  std::function<Result<T>(const desk_op*)> take_;
  std::shared_ptr<void> kept_;
  Follow follow_;
  std::promise<Value> promise_;
};

// Returns its argument unchanged.
template <class T>
struct Same {
  Result<T> operator()(Result<T> result) const { return result; }
};

}  // namespace detail

/// An asynchronous call that has not started yet. One of its functions starts it, once, without
/// blocking; before that it sends no request. It keeps copies of its arguments. If its client is
/// destroyed while the call runs, the call is cancelled; if the client was destroyed before, the
/// start fails.
///
/// The continuation of the call (a callback, a coroutine) runs on the client's thread `desk-cb`,
/// where blocking calls return DESK_WOULD_DEADLOCK; or in Queue::run, if the CallOptions have a
/// queue. Cancel the call with the Cancel of its CallOptions.
template <class T>
class [[nodiscard]] Async {
 public:
  /// For the methods of Client; `kept` lives until the continuation of the call has returned.
  Async(detail::Start start, std::function<Result<T>(const desk_op*)> take, std::shared_ptr<void> kept)
      : start_(std::move(start)), take_(std::move(take)), kept_(std::move(kept)) {}

  /// Starts the call, which runs `callback` once with the Result<T>. The future receives the return
  /// value or the exception of the callback; you need not keep the future. An Error of this
  /// function means that the call was not started; then the callback never runs.
  template <class Callback, class Meets = detail::Guard>
  auto try_then(Callback callback) && -> Result<std::future<std::invoke_result_t<Callback&, Result<T>>>> {
    using Next = detail::Then<T, Callback, Meets>;
    auto next = std::make_unique<Next>(std::move(take_), std::move(kept_), std::move(callback));
    auto future = next->future();
    auto started = detail::start(start_, std::move(next));
    if (!started) return std::move(started).error();
    return future;
  }

  /// Starts the call; the future has the Result<T> of the `try_` function.
  std::future<Result<T>> try_future() && {
    auto started = std::move(*this).template try_then<detail::Same<T>, detail::Uncaught>({});
    if (started) return std::move(*started);
    std::promise<Result<T>> refused;
    refused.set_value(std::move(started).error());
    return refused.get_future();
  }

#ifndef DESK_NO_EXCEPTIONS
  /// Like try_then, but throws Error if the call was not started.
  template <class Callback>
  auto then(Callback callback) && -> std::future<std::invoke_result_t<Callback&, Result<T>>> {
    return std::move(*this).try_then(std::move(callback)).value();
  }

  /// Starts the call; the future has the value or throws Error.
  std::future<T> future() && {
    auto started = std::move(*this).try_then([](Result<T> result) -> T { return std::move(result).value(); });
    if (started) return std::move(*started);
    std::promise<T> refused;
    refused.set_exception(std::make_exception_ptr(std::move(started).error()));
    return refused.get_future();
  }
#endif

#if defined(__cpp_impl_coroutine) && defined(__cpp_lib_coroutine)
 private:
  /// @cond the parts that co_await needs
  class Awaiter {
   public:
    explicit Awaiter(Async call) : call_(std::move(call)) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    // A coroutine that is destroyed while it waits cancels its call, and is not resumed.
    ~Awaiter() {
      if (op_ && !waiting_->over.exchange(true)) desk_op_cancel(op_);
      desk_op_free(op_);
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> coroutine) {
      // The coroutine, and this awaiter with it, may be gone before the start returns.
      const auto start = std::move(call_.start_);
      const auto waiting = waiting_;
      auto next = std::make_unique<Resume>(waiting, std::move(call_.take_), std::move(call_.kept_), coroutine);
      auto started = detail::start(start, std::move(next), &op_);
      if (!started) waiting->result.emplace(std::move(started).error());
      return static_cast<bool>(started);
    }

   protected:
    Result<T> result() { return std::move(*waiting_->result); }

   private:
    // State that the awaiter shares with the end of its call.
    struct Waiting {
      // Set by the first of two events: the coroutine is resumed, or destroyed.
      std::atomic<bool> over{false};
      std::optional<Result<T>> result;
    };

    class Resume {
     public:
      Resume(std::shared_ptr<Waiting> waiting, std::function<Result<T>(const desk_op*)> take, std::shared_ptr<void> kept,
             std::coroutine_handle<> coroutine)
          : waiting_(std::move(waiting)), take_(std::move(take)), kept_(std::move(kept)), coroutine_(coroutine) {}
      void run(const desk_op* op) {
        if (waiting_->over) return;
        waiting_->result.emplace(take_(op));
        if (!waiting_->over.exchange(true)) coroutine_.resume();
      }

     private:
      std::shared_ptr<Waiting> waiting_;
      std::function<Result<T>(const desk_op*)> take_;
      std::shared_ptr<void> kept_;
      std::coroutine_handle<> coroutine_;
    };

    Async call_;
    std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
    desk_op* op_ = nullptr;
  };

  class TryAwaiter final : public Awaiter {
   public:
    using Awaiter::Awaiter;
    Result<T> await_resume() { return this->result(); }
  };

  class Try {
   public:
    explicit Try(Async call) : call_(std::move(call)) {}
    TryAwaiter operator co_await() && { return TryAwaiter(std::move(call_)); }

   private:
    Async call_;
  };

#ifndef DESK_NO_EXCEPTIONS
  class ThrowingAwaiter final : public Awaiter {
   public:
    using Awaiter::Awaiter;
    T await_resume() { return this->result().value(); }
  };
#endif
  /// @endcond

 public:
  /// `co_await client.x_async(..).as_result()` returns the Result<T> of the `try_` function. A
  /// coroutine may be destroyed while it waits, which cancels the call, but not while it is being
  /// resumed: destroy it on the thread that resumes it, such as the thread of Queue::run.
  Try as_result() && { return Try(std::move(*this)); }
#ifndef DESK_NO_EXCEPTIONS
  /// `co_await client.x_async(..)` returns the value or throws Error; see as_result.
  ThrowingAwaiter operator co_await() && { return ThrowingAwaiter(std::move(*this)); }
#endif
#endif

 private:
  detail::Start start_;
  std::function<Result<T>(const desk_op*)> take_;
  std::shared_ptr<void> kept_;
};

/// A window of an export: a time range, its rows, and facts about them. Borrowed: valid until the
/// next step of its export begins.
template <class View>
class Window {
 public:
  /// Refers to a C object and its rows without owning them.
  Window(const desk_window* object, List<View> rows) noexcept : object_(object), rows_(rows) {}
  /// First microsecond of the window.
  Time from() const { return detail::time(object_->from_us); }
  /// Last microsecond of the window; the next window begins one later.
  Time until() const { return detail::time(object_->until_us); }
  /// The rows, sorted by time and id, each once.
  List<View> rows() const noexcept { return rows_; }
  /// Smallest id; none without rows.
  std::optional<std::int64_t> id_min() const { return id(object_->id_min); }
  /// Largest id; none without rows.
  std::optional<std::int64_t> id_max() const { return id(object_->id_max); }
  /// Number of requests for this window, including inconclusive ones.
  std::int64_t requests() const noexcept { return object_->requests; }
  /// Number of rows that the service returned although their time is outside the window; they are
  /// not among the rows.
  std::int64_t out_of_range_rows() const noexcept { return object_->out_of_range_rows; }
  /// Whether these rows are all rows that the service counts in the window. If false, do not treat
  /// the window as complete: it may have more rows, the service may have deleted some during the
  /// read, or some may have no time.
  bool verified() const noexcept { return object_->verified; }
  /// The C object.
  const desk_window* c_ptr() const noexcept { return object_; }

 private:
  std::optional<std::int64_t> id(std::int64_t id) const {
    return rows_.empty() ? std::nullopt : std::optional<std::int64_t>(id);
  }

  const desk_window* object_;
  List<View> rows_;
};

namespace detail {

template <class View, class Iter, class Item, desk_status (*Next)(Iter*, const Item**, desk_error**)>
Result<std::optional<View>> next_item(Iter* iter) {
  const Item* item = nullptr;
  desk_error* err = nullptr;
  if (Next(iter, &item, &err) != DESK_OK) return Error(err);
  return item ? std::optional<View>(View(item)) : std::optional<View>();
}

template <class View, class Export, class Item, desk_status (*Next)(Export*, const desk_window**, desk_error**),
          const Item* (*At)(const Export*, std::size_t)>
Result<std::optional<Window<View>>> next_window(Export* all) {
  const desk_window* window = nullptr;
  desk_error* err = nullptr;
  if (Next(all, &window, &err) != DESK_OK) return Error(err);
  if (!window) return std::optional<Window<View>>();
  const auto at = [](const void* owner, std::size_t index) { return View(At(static_cast<const Export*>(owner), index)); };
  return std::optional<Window<View>>(Window<View>(window, List<View>(all, window->count, at)));
}

}  // namespace detail

/// Reads a list step by step: an input range of items, or of the windows of an export. Each step is
/// borrowed and valid until the next step begins. Movable, not copyable; one thread at a time. It
/// prefetches the next page while you work on items, and the next window while you work on a window
/// if more than one request may be in flight.
///
/// An error leaves the Steps at their position: calling try_next() or begin() again continues
/// without skipping or repeating a step. One error is an exception: DESK_INCONSISTENT at the very
/// end of an export is reported once, and the end follows. Then do not treat the export as
/// complete.
template <class Step, class Handle, Result<std::optional<Step>> (*Next)(Handle*),
          desk_status (*NextAsync)(Handle*, desk_op_fn, void*, desk_free_fn, desk_op**, desk_error**),
          bool (*IsReady)(const Handle*), void (*Free)(Handle*)>
class Steps {
  struct Source {
    Source(Handle* taken, std::shared_ptr<void> kept_as_long) : handle(taken), kept(std::move(kept_as_long)) {}
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source() { Free(handle); }
    Handle* const handle;
    const std::shared_ptr<void> kept;
  };

 public:
  /// Takes ownership of a C object; `kept` lives as long as the object.
  explicit Steps(Handle* taken, std::shared_ptr<void> kept = nullptr)
      : source_(std::make_shared<Source>(taken, std::move(kept))) {}

  /// The next step; none at the end.
  Result<std::optional<Step>> try_next() & { return Next(c_ptr()); }
  /// Keep the Steps in a variable while you read them.
  Result<std::optional<Step>> try_next() && = delete;
  /// Whether try_next() returns a step, or a known end, without waiting.
  bool is_ready() const noexcept { return IsReady(c_ptr()); }
  /// The next step without blocking; none at the end. Starting it invalidates the previous step.
  /// Until it has ended, make no other step. It arrives at the queue in the options with which the
  /// Steps were created. If the Steps are destroyed before it ends, it ends with DESK_CANCELLED.
  Async<std::optional<Step>> next_async() & {
    std::weak_ptr<Source> steps = source_;
    return Async<std::optional<Step>>(
        [steps](const detail::Completion& end) -> Result<void> {
          const auto source = steps.lock();
          if (!source) return Error::destroyed();
          return detail::call_plain(detail::Scratch(), [&](desk_error** err) {
            return NextAsync(source->handle, end.callback, end.user_data, end.user_data_free, end.op, err);
          });
        },
        // The returned step lives as long as this lambda, even if the Steps are destroyed while the
        // program uses the step.
        [steps, source = std::shared_ptr<Source>()](const desk_op* op) mutable -> Result<std::optional<Step>> {
          desk_error* err = nullptr;
          if (desk_op_take(op, &err) != DESK_OK) return Error(err);
          source = steps.lock();
          if (!source) return Error::destroyed();
          return Next(source->handle);
        },
        source_ ? source_->kept : nullptr);
  }
  Async<std::optional<Step>> next_async() && = delete;
  /// The C object.
  Handle* c_ptr() const noexcept { return source_ ? source_->handle : nullptr; }

#ifndef DESK_NO_EXCEPTIONS
  /// The next step, none at the end, or throws Error.
  std::optional<Step> next() & { return try_next().value(); }
  std::optional<Step> next() && = delete;

  /// Reads the steps.
  class iterator {
   public:
    /// @cond the members of every iterator
    using iterator_concept = std::input_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = Step;
    using difference_type = std::ptrdiff_t;
    using pointer = const Step*;
    using reference = const Step&;

    iterator() noexcept = default;
    explicit iterator(std::shared_ptr<Source> source) : source_(std::move(source)) { ++*this; }
    const Step& operator*() const noexcept { return *step_; }
    const Step* operator->() const noexcept { return &*step_; }
    /// The next step; throws Error.
    iterator& operator++() {
      step_.reset();
      step_ = Next(source_ ? source_->handle : nullptr).value();
      if (!step_) source_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.source_ == b.source_; }
    friend bool operator!=(const iterator& a, const iterator& b) noexcept { return a.source_ != b.source_; }
    /// @endcond

   private:
    std::shared_ptr<Source> source_;
    std::optional<Step> step_;
  };

  /// The next step; throws Error.
  iterator begin() & { return iterator(source_); }
  iterator begin() && = delete;
  /// The position after the last step.
  iterator end() const noexcept { return iterator(); }
#endif

 private:
  std::shared_ptr<Source> source_;
};
/// The priority of a chat. The default of the service is not documented.
enum class Priority : std::int32_t {
  Unknown = 0,  ///< a value that this version does not know
  Low = DESK_PRIORITY_LOW,  ///< `LOW`
  Medium = DESK_PRIORITY_MEDIUM,  ///< `MEDIUM`
  High = DESK_PRIORITY_HIGH,  ///< `HIGH`
  Urgent = DESK_PRIORITY_URGENT,  ///< `URGENT`
};

/// Who sent a message. EVENT is everything that no user sent.
enum class UserType : std::int32_t {
  Unknown = 0,  ///< a value that this version does not know
  Agent = DESK_USER_TYPE_AGENT,  ///< `AGENT`
  Customer = DESK_USER_TYPE_CUSTOMER,  ///< `CUSTOMER`
  Event = DESK_USER_TYPE_EVENT,  ///< `EVENT`
};

/// Where the deletion of a message was asked for.
enum class RequestOrigin : std::int32_t {
  Unknown = 0,  ///< a value that this version does not know
  Dashboard = DESK_REQUEST_ORIGIN_DASHBOARD,  ///< `DASHBOARD`
  PlatformApi = DESK_REQUEST_ORIGIN_PLATFORM_API,  ///< `PLATFORM_API`
};

/// The channel over which a ticket came in.
enum class ChannelType : std::int32_t {
  Unknown = 0,  ///< a value that this version does not know
  Sendbird = DESK_CHANNEL_TYPE_SENDBIRD,  ///< `SENDBIRD`
  FacebookConversation = DESK_CHANNEL_TYPE_FACEBOOK_CONVERSATION,  ///< `FACEBOOK_CONVERSATION`
  FacebookFeed = DESK_CHANNEL_TYPE_FACEBOOK_FEED,  ///< `FACEBOOK_FEED`
  SendbirdIos = DESK_CHANNEL_TYPE_SENDBIRD_IOS,  ///< `SENDBIRD_IOS`
  SendbirdAndroid = DESK_CHANNEL_TYPE_SENDBIRD_ANDROID,  ///< `SENDBIRD_ANDROID`
  SendbirdJavascript = DESK_CHANNEL_TYPE_SENDBIRD_JAVASCRIPT,  ///< `SENDBIRD_JAVASCRIPT`
  TwitterStatus = DESK_CHANNEL_TYPE_TWITTER_STATUS,  ///< `TWITTER_STATUS`
  TwitterDirectMessageEvent = DESK_CHANNEL_TYPE_TWITTER_DIRECT_MESSAGE_EVENT,  ///< `TWITTER_DIRECT_MESSAGE_EVENT`
  InstagramComment = DESK_CHANNEL_TYPE_INSTAGRAM_COMMENT,  ///< `INSTAGRAM_COMMENT`
  WhatsappMessage = DESK_CHANNEL_TYPE_WHATSAPP_MESSAGE,  ///< `WHATSAPP_MESSAGE`
};

class ProactiveChatView;
class ChatMessageView;
class ChatMessagePageView;
/// What to send, to whom, and who handles the answers. Keeps copies of its arguments.
class NewProactiveChat {
 public:
  /// Required. The text to send to each customer.
  NewProactiveChat& message(detail::Text value) {
    kept_message = value.copy();
    return *this;
  }
  /// Required. The key of the group (team) that the tickets are assigned to. The default team has no key.
  NewProactiveChat& group_key(detail::Text value) {
    kept_group_key = value.copy();
    return *this;
  }
  /// Required. Desk ids of the customers to message (not their Sendbird user ids).
  NewProactiveChat& customer_ids(std::vector<std::int64_t> value) {
    kept_customer_ids = std::move(value);
    return *this;
  }
  /// Required. Desk ids of the customers to message (not their Sendbird user ids). From any range, such as a std::span.
  template <class Range, class = std::enable_if_t<detail::IsRange<Range>::value>>
  NewProactiveChat& customer_ids(const Range& value) {
    kept_customer_ids.emplace(std::begin(value), std::end(value));
    return *this;
  }
  /// Required. The id of the agent who handles the chat.
  NewProactiveChat& agent_id(std::int64_t value) {
    kept_agent_id = std::move(value);
    return *this;
  }
  /// The priority of a chat. The default of the service is not documented.
  NewProactiveChat& priority(Priority value) {
    kept_priority = std::move(value);
    return *this;
  }
  /// Instead of priority: a value for which this header has no name.
  NewProactiveChat& priority_text(detail::Text value) {
    kept_priority_text = value.copy();
    return *this;
  }
  /// The C struct; valid as long as this object and `scratch` live.
  desk_new_proactive_chat c_value([[maybe_unused]] detail::Scratch& scratch) const {
    desk_new_proactive_chat c = DESK_NEW_PROACTIVE_CHAT_INIT;
    if (kept_message) {
      c.message = detail::text((*kept_message));
    }
    if (kept_group_key) {
      c.group_key = detail::text((*kept_group_key));
    }
    if (kept_customer_ids) {
      c.customer_ids = scratch.list<std::int64_t>(*kept_customer_ids, [&]([[maybe_unused]] const std::int64_t& item) -> std::int64_t { return item; });
      c.customer_ids_len = kept_customer_ids->size();
    }
    if (kept_agent_id) {
      c.agent_id = (*kept_agent_id);
    }
    if (!kept_agent_id) scratch.miss("agent_id");
    if (kept_priority) {
      c.priority = static_cast<std::int32_t>(*kept_priority);
      if (*kept_priority == Priority::Unknown && !kept_priority_text) scratch.miss("priority_text");
    }
    if (kept_priority_text) c.priority_text = detail::text(*kept_priority_text);
    return c;
  }

 private:
  std::optional<std::string> kept_message;
  std::optional<std::string> kept_group_key;
  std::optional<std::vector<std::int64_t>> kept_customer_ids;
  std::optional<std::int64_t> kept_agent_id;
  std::optional<Priority> kept_priority;
  std::optional<std::string> kept_priority_text;
};

/// Query parameters of Client::chat_message_list. Keeps copies of its arguments.
class ChatMessageListParams {
 public:
  /// Number of results on the page, 1 to 500. The default is 50.
  ChatMessageListParams& limit(std::int32_t value) {
    kept_limit = std::move(value);
    return *this;
  }
  /// Number of results to skip before the page. The default is 0.
  ChatMessageListParams& offset(std::int64_t value) {
    kept_offset = std::move(value);
    return *this;
  }
  /// Only messages sent at or after this time (inclusive, µs).
  ChatMessageListParams& created_at_gte(Time value) {
    kept_created_at_gte = std::move(value);
    return *this;
  }
  /// Only messages sent at or before this time (inclusive, µs).
  ChatMessageListParams& created_at_lte(Time value) {
    kept_created_at_lte = std::move(value);
    return *this;
  }
  /// Only messages of tickets that came in over this channel.
  ChatMessageListParams& ticket_channel_type(ChannelType value) {
    kept_ticket_channel_type = std::move(value);
    return *this;
  }
  /// Instead of ticket_channel_type: a value for which this header has no name.
  ChatMessageListParams& ticket_channel_type_text(detail::Text value) {
    kept_ticket_channel_type_text = value.copy();
    return *this;
  }
  /// The C struct; valid as long as this object and `scratch` live.
  desk_chat_message_list_params c_value([[maybe_unused]] detail::Scratch& scratch) const {
    desk_chat_message_list_params c = DESK_CHAT_MESSAGE_LIST_PARAMS_INIT;
    if (kept_limit) {
      c.has_limit = true;
      c.limit = (*kept_limit);
    }
    if (kept_offset) {
      c.has_offset = true;
      c.offset = (*kept_offset);
    }
    if (kept_created_at_gte) {
      c.has_created_at_gte_us = true;
      c.created_at_gte_us = (*kept_created_at_gte).time_since_epoch().count();
    }
    if (kept_created_at_lte) {
      c.has_created_at_lte_us = true;
      c.created_at_lte_us = (*kept_created_at_lte).time_since_epoch().count();
    }
    if (kept_ticket_channel_type) {
      c.ticket_channel_type = static_cast<std::int32_t>(*kept_ticket_channel_type);
      if (*kept_ticket_channel_type == ChannelType::Unknown && !kept_ticket_channel_type_text) scratch.miss("ticket_channel_type_text");
    }
    if (kept_ticket_channel_type_text) c.ticket_channel_type_text = detail::text(*kept_ticket_channel_type_text);
    return c;
  }

 private:
  std::optional<std::int32_t> kept_limit;
  std::optional<std::int64_t> kept_offset;
  std::optional<Time> kept_created_at_gte;
  std::optional<Time> kept_created_at_lte;
  std::optional<ChannelType> kept_ticket_channel_type;
  std::optional<std::string> kept_ticket_channel_type_text;
};

/// Query parameters of Client::ticket_chat_message_list. Keeps copies of its arguments.
class TicketChatMessageListParams {
 public:
  /// Number of results on the page, 1 to 500. The default is 50.
  TicketChatMessageListParams& limit(std::int32_t value) {
    kept_limit = std::move(value);
    return *this;
  }
  /// Number of results to skip before the page. The default is 0.
  TicketChatMessageListParams& offset(std::int64_t value) {
    kept_offset = std::move(value);
    return *this;
  }
  /// The C struct; valid as long as this object and `scratch` live.
  desk_ticket_chat_message_list_params c_value([[maybe_unused]] detail::Scratch& scratch) const {
    desk_ticket_chat_message_list_params c = DESK_TICKET_CHAT_MESSAGE_LIST_PARAMS_INIT;
    if (kept_limit) {
      c.has_limit = true;
      c.limit = (*kept_limit);
    }
    if (kept_offset) {
      c.has_offset = true;
      c.offset = (*kept_offset);
    }
    return c;
  }

 private:
  std::optional<std::int32_t> kept_limit;
  std::optional<std::int64_t> kept_offset;
};

/// A message that was sent to customers first, and what came of it. One chat stands for one ticket for each customer.
/// Borrowed: valid until the result it came from is destroyed.
class ProactiveChatView {
 public:
  /// Refers to a C object without owning it.
  explicit ProactiveChatView(const desk_proactive_chat* object) noexcept : object_(object) {}
  /// The C object.
  const desk_proactive_chat* c_ptr() const noexcept { return object_; }
  /// Every property at once as a C struct: one call instead of one getter per property.
  desk_proactive_chat_fields fields() const noexcept {
    desk_proactive_chat_fields all = DESK_PROACTIVE_CHAT_FIELDS_INIT;
    desk_proactive_chat_fill_fields(object_, &all);
    return all;
  }
  /// The id of the proactive chat.
  std::int64_t id() const;
  /// The id of the Desk project.
  std::int64_t project() const;
  /// The text that was sent.
  std::string_view message() const;
  /// The number of messages in the chat.
  std::int64_t message_count() const;
  /// The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId. As JSON
  /// text.
  std::optional<std::string_view> created_by() const;
  /// The group the chat is assigned to. Its shape is not documented; seen are id, name and key. As JSON text.
  std::optional<std::string_view> assigned_group() const;
  /// The number of chats sent out, one for each customer.
  std::int64_t sent_count() const;
  /// The number of chats that a customer answered.
  std::int64_t responded_count() const;
  /// The number of chats that were closed.
  std::int64_t closed_count() const;
  /// The ids of the customers as text. Its format is not documented.
  std::string_view customers_list() const;
  /// When the chat was created (UTC, µs).
  Time created_at() const;
  /// When the chat was last updated (UTC, µs).
  Time updated_at() const;
  /// The priority of a chat. The default of the service is not documented.
  Priority priority() const;
  /// The same value as the service spells it.
  std::string_view priority_text() const;

 protected:
  /// The C object.
  const desk_proactive_chat* object_;
};

/// One message between an agent and a customer, or from Desk itself. Borrowed: valid until the result it came from is
/// destroyed.
class ChatMessageView {
 public:
  /// Refers to a C object without owning it.
  explicit ChatMessageView(const desk_chat_message* object) noexcept : object_(object) {}
  /// The C object.
  const desk_chat_message* c_ptr() const noexcept { return object_; }
  /// Every property at once as a C struct: one call instead of one getter per property.
  desk_chat_message_fields fields() const noexcept {
    desk_chat_message_fields all = DESK_CHAT_MESSAGE_FIELDS_INIT;
    desk_chat_message_fill_fields(object_, &all);
    return all;
  }
  /// The id of the message in Desk.
  std::int64_t id() const;
  /// The id of the message in the ticket's channel. Absent from older shapes.
  std::optional<std::int64_t> message_id() const;
  /// The id of the ticket.
  std::int64_t ticket() const;
  /// The Sendbird id of the sender, or the word `event` when Desk sent it.
  std::string_view user_sendbird_id() const;
  /// Who sent a message. EVENT is everything that no user sent.
  UserType user_type() const;
  /// The same value as the service spells it.
  std::string_view user_type_text() const;
  /// When the message was sent (UTC, µs).
  Time created_at() const;
  /// The text.
  std::string_view message() const;
  /// Extra information, such as styling or JSON text. Absent from older shapes.
  std::optional<std::string_view> data() const;
  /// When the message was deleted (UTC, µs); absent or null while it is not.
  std::optional<Time> deleted_at() const;
  /// Where the deletion of a message was asked for.
  std::optional<RequestOrigin> requested_from() const;
  /// The same value as the service spells it.
  std::optional<std::string_view> requested_from_text() const;
  /// The user who asked for the deletion. Its shape is not documented. As JSON text.
  std::optional<std::string_view> requested_by() const;

 protected:
  /// The C object.
  const desk_chat_message* object_;
};

/// One page of a list of messages. Borrowed: valid until the result it came from is destroyed.
class ChatMessagePageView {
 public:
  /// Refers to a C object without owning it.
  explicit ChatMessagePageView(const desk_chat_message_page* object) noexcept : object_(object) {}
  /// The C object.
  const desk_chat_message_page* c_ptr() const noexcept { return object_; }
  /// Every property at once as a C struct: one call instead of one getter per property.
  desk_chat_message_page_fields fields() const noexcept {
    desk_chat_message_page_fields all = DESK_CHAT_MESSAGE_PAGE_FIELDS_INIT;
    desk_chat_message_page_fill_fields(object_, &all);
    return all;
  }
  /// The number of messages in the whole list at the time of the request.
  std::int64_t count() const;
  /// The URL of the previous page; null on the first. For display only, never followed by the SDK.
  std::optional<std::string_view> previous() const;
  /// The URL of the next page; null on the last. For display only, never followed by the SDK.
  std::optional<std::string_view> next() const;
  /// The messages of this page.
  List<ChatMessageView> results() const;

 protected:
  /// The C object.
  const desk_chat_message_page* object_;
};

inline std::int64_t ProactiveChatView::id() const {
  return desk_proactive_chat_get_id(object_);
}

inline std::int64_t ProactiveChatView::project() const {
  return desk_proactive_chat_get_project(object_);
}

inline std::string_view ProactiveChatView::message() const {
  return detail::view(desk_proactive_chat_get_message(object_));
}

inline std::int64_t ProactiveChatView::message_count() const {
  return desk_proactive_chat_get_message_count(object_);
}

inline std::optional<std::string_view> ProactiveChatView::created_by() const {
  return detail::optional_view(desk_proactive_chat_get_created_by(object_));
}

inline std::optional<std::string_view> ProactiveChatView::assigned_group() const {
  return detail::optional_view(desk_proactive_chat_get_assigned_group(object_));
}

inline std::int64_t ProactiveChatView::sent_count() const {
  return desk_proactive_chat_get_sent_count(object_);
}

inline std::int64_t ProactiveChatView::responded_count() const {
  return desk_proactive_chat_get_responded_count(object_);
}

inline std::int64_t ProactiveChatView::closed_count() const {
  return desk_proactive_chat_get_closed_count(object_);
}

inline std::string_view ProactiveChatView::customers_list() const {
  return detail::view(desk_proactive_chat_get_customers_list(object_));
}

inline Time ProactiveChatView::created_at() const {
  return detail::time(desk_proactive_chat_get_created_at_us(object_));
}

inline Time ProactiveChatView::updated_at() const {
  return detail::time(desk_proactive_chat_get_updated_at_us(object_));
}

inline Priority ProactiveChatView::priority() const {
  return static_cast<Priority>(desk_proactive_chat_get_priority(object_));
}

inline std::string_view ProactiveChatView::priority_text() const {
  return detail::view(desk_proactive_chat_get_priority_text(object_));
}

inline std::int64_t ChatMessageView::id() const {
  return desk_chat_message_get_id(object_);
}

inline std::optional<std::int64_t> ChatMessageView::message_id() const {
  std::int64_t value{};
  return desk_chat_message_get_message_id(object_, &value) ? std::optional<std::int64_t>(value) : std::nullopt;
}

inline std::int64_t ChatMessageView::ticket() const {
  return desk_chat_message_get_ticket(object_);
}

inline std::string_view ChatMessageView::user_sendbird_id() const {
  return detail::view(desk_chat_message_get_user_sendbird_id(object_));
}

inline UserType ChatMessageView::user_type() const {
  return static_cast<UserType>(desk_chat_message_get_user_type(object_));
}

inline std::string_view ChatMessageView::user_type_text() const {
  return detail::view(desk_chat_message_get_user_type_text(object_));
}

inline Time ChatMessageView::created_at() const {
  return detail::time(desk_chat_message_get_created_at_us(object_));
}

inline std::string_view ChatMessageView::message() const {
  return detail::view(desk_chat_message_get_message(object_));
}

inline std::optional<std::string_view> ChatMessageView::data() const {
  return detail::optional_view(desk_chat_message_get_data(object_));
}

inline std::optional<Time> ChatMessageView::deleted_at() const {
  std::int64_t value{};
  return desk_chat_message_get_deleted_at_us(object_, &value) ? std::optional<Time>(detail::time(value)) : std::nullopt;
}

inline std::optional<RequestOrigin> ChatMessageView::requested_from() const {
  return desk_chat_message_get_requested_from_text(object_).ptr ? std::optional<RequestOrigin>(static_cast<RequestOrigin>(desk_chat_message_get_requested_from(object_))) : std::nullopt;
}

inline std::optional<std::string_view> ChatMessageView::requested_from_text() const {
  return detail::optional_view(desk_chat_message_get_requested_from_text(object_));
}

inline std::optional<std::string_view> ChatMessageView::requested_by() const {
  return detail::optional_view(desk_chat_message_get_requested_by(object_));
}

inline std::int64_t ChatMessagePageView::count() const {
  return desk_chat_message_page_get_count(object_);
}

inline std::optional<std::string_view> ChatMessagePageView::previous() const {
  return detail::optional_view(desk_chat_message_page_get_previous(object_));
}

inline std::optional<std::string_view> ChatMessagePageView::next() const {
  return detail::optional_view(desk_chat_message_page_get_next(object_));
}

inline List<ChatMessageView> ChatMessagePageView::results() const {
  return List<ChatMessageView>(object_, desk_chat_message_page_get_results_len(object_), [](const void* owner, std::size_t index) -> ChatMessageView {
    const auto* self = static_cast<const desk_chat_message_page*>(owner);
    return ChatMessageView(desk_chat_message_page_get_results_at(self, index));
  });
}

/// A message that was sent to customers first, and what came of it. One chat stands for one ticket for each customer.
/// Owns the result; movable, not copyable.
class ProactiveChat : public ProactiveChatView {
 public:
  /// Takes ownership of a C object.
  explicit ProactiveChat(desk_proactive_chat* taken) noexcept : ProactiveChatView(taken), owned_(taken) {}
  /// Moves; afterwards `other` may only be assigned to or destroyed.
  ProactiveChat(ProactiveChat&& other) noexcept : ProactiveChatView(other.object_), owned_(std::move(other.owned_)) { other.object_ = nullptr; }
  /// Moves; afterwards `other` may only be assigned to or destroyed.
  ProactiveChat& operator=(ProactiveChat&& other) noexcept {
    owned_ = std::move(other.owned_);
    object_ = owned_.get();
    if (this != &other) other.object_ = nullptr;
    return *this;
  }
  ProactiveChat(const ProactiveChat&) = delete;
  ProactiveChat& operator=(const ProactiveChat&) = delete;
  ~ProactiveChat() = default;
  /// Facts about the call that returned the result.
  Response response() const& noexcept { return Response(desk_proactive_chat_response(owned_.get())); }
  Response response() const&& = delete;
  /// Every property at once as a C struct. Keep the ProactiveChat in a variable while you read it.
  desk_proactive_chat_fields fields() const& noexcept { return ProactiveChatView::fields(); }
  desk_proactive_chat_fields fields() const&& = delete;
  /// The text that was sent. Keep the ProactiveChat in a variable while you read it.
  std::string_view message() const& { return ProactiveChatView::message(); }
  std::string_view message() const&& = delete;
  /// The agent who created the chat. Its shape is not documented; seen are id, displayName and sendbirdId. Keep the
  /// ProactiveChat in a variable while you read it.
  std::optional<std::string_view> created_by() const& { return ProactiveChatView::created_by(); }
  std::optional<std::string_view> created_by() const&& = delete;
  /// The group the chat is assigned to. Its shape is not documented; seen are id, name and key. Keep the ProactiveChat
  /// in a variable while you read it.
  std::optional<std::string_view> assigned_group() const& { return ProactiveChatView::assigned_group(); }
  std::optional<std::string_view> assigned_group() const&& = delete;
  /// The ids of the customers as text. Its format is not documented. Keep the ProactiveChat in a variable while you
  /// read it.
  std::string_view customers_list() const& { return ProactiveChatView::customers_list(); }
  std::string_view customers_list() const&& = delete;
  /// The same value as the service spells it. Keep the ProactiveChat in a variable while you read it.
  std::string_view priority_text() const& { return ProactiveChatView::priority_text(); }
  std::string_view priority_text() const&& = delete;

 private:
  struct Free {
    void operator()(desk_proactive_chat* object) const noexcept { desk_proactive_chat_free(object); }
  };
  std::unique_ptr<desk_proactive_chat, Free> owned_;
};

/// One page of a list of messages. Owns the result; movable, not copyable.
class ChatMessagePage : public ChatMessagePageView {
 public:
  /// Takes ownership of a C object.
  explicit ChatMessagePage(desk_chat_message_page* taken) noexcept : ChatMessagePageView(taken), owned_(taken) {}
  /// Moves; afterwards `other` may only be assigned to or destroyed.
  ChatMessagePage(ChatMessagePage&& other) noexcept : ChatMessagePageView(other.object_), owned_(std::move(other.owned_)) { other.object_ = nullptr; }
  /// Moves; afterwards `other` may only be assigned to or destroyed.
  ChatMessagePage& operator=(ChatMessagePage&& other) noexcept {
    owned_ = std::move(other.owned_);
    object_ = owned_.get();
    if (this != &other) other.object_ = nullptr;
    return *this;
  }
  ChatMessagePage(const ChatMessagePage&) = delete;
  ChatMessagePage& operator=(const ChatMessagePage&) = delete;
  ~ChatMessagePage() = default;
  /// Facts about the call that returned the result.
  Response response() const& noexcept { return Response(desk_chat_message_page_response(owned_.get())); }
  Response response() const&& = delete;
  /// Every property at once as a C struct. Keep the ChatMessagePage in a variable while you read it.
  desk_chat_message_page_fields fields() const& noexcept { return ChatMessagePageView::fields(); }
  desk_chat_message_page_fields fields() const&& = delete;
  /// The URL of the previous page; null on the first. For display only, never followed by the SDK. Keep the
  /// ChatMessagePage in a variable while you read it.
  std::optional<std::string_view> previous() const& { return ChatMessagePageView::previous(); }
  std::optional<std::string_view> previous() const&& = delete;
  /// The URL of the next page; null on the last. For display only, never followed by the SDK. Keep the ChatMessagePage
  /// in a variable while you read it.
  std::optional<std::string_view> next() const& { return ChatMessagePageView::next(); }
  std::optional<std::string_view> next() const&& = delete;
  /// The messages of this page. Keep the ChatMessagePage in a variable while you read it.
  List<ChatMessageView> results() const& { return ChatMessagePageView::results(); }
  List<ChatMessageView> results() const&& = delete;

 private:
  struct Free {
    void operator()(desk_chat_message_page* object) const noexcept { desk_chat_message_page_free(object); }
  };
  std::unique_ptr<desk_chat_message_page, Free> owned_;
};

/// Iterates over every ChatMessage; see Steps.
using ChatMessageIter =
    Steps<ChatMessageView, desk_chat_message_iter, detail::next_item<ChatMessageView, desk_chat_message_iter, desk_chat_message, desk_chat_message_iter_next>, desk_chat_message_iter_next_async, desk_chat_message_iter_is_ready, desk_chat_message_iter_free>;

/// Exports every ChatMessage, window by window, with proof that no item is lost or duplicated; see Steps and Window.
using ChatMessageExport =
    Steps<Window<ChatMessageView>, desk_chat_message_export, detail::next_window<ChatMessageView, desk_chat_message_export, desk_chat_message, desk_chat_message_export_next, desk_chat_message_export_at>, desk_chat_message_export_next_async, desk_chat_message_export_is_ready, desk_chat_message_export_free>;

/// Iterates over every ChatMessage; see Steps.
using TicketChatMessageIter =
    Steps<ChatMessageView, desk_ticket_chat_message_iter, detail::next_item<ChatMessageView, desk_ticket_chat_message_iter, desk_chat_message, desk_ticket_chat_message_iter_next>, desk_ticket_chat_message_iter_next_async, desk_ticket_chat_message_iter_is_ready, desk_ticket_chat_message_iter_free>;

/// Exports every ChatMessage, window by window, with proof that no item is lost or duplicated; see Steps and Window.
using TicketChatMessageExport =
    Steps<Window<ChatMessageView>, desk_ticket_chat_message_export, detail::next_window<ChatMessageView, desk_ticket_chat_message_export, desk_chat_message, desk_ticket_chat_message_export_next, desk_ticket_chat_message_export_at>, desk_ticket_chat_message_export_next_async, desk_ticket_chat_message_export_is_ready, desk_ticket_chat_message_export_free>;

/// A cancel token: cancels the calls that have it in their options, from any thread. Copies share
/// one token.
class Cancel {
 public:
  Cancel() : token_(make(), desk_cancel_free) {}
  /// Triggers the token for good. Each call that has it ends at once: with its result if the result
  /// has already arrived, otherwise with DESK_CANCELLED.
  void trigger() const noexcept { desk_cancel_trigger(token_.get()); }
  /// Whether the token was triggered.
  bool is_triggered() const noexcept { return desk_cancel_is_triggered(token_.get()); }
  /// The C object.
  const desk_cancel* c_ptr() const noexcept { return token_.get(); }

 private:
  static desk_cancel* make() noexcept {
    desk_cancel* token = nullptr;
    desk_cancel_new(&token, nullptr);
    return token;
  }

  std::shared_ptr<desk_cancel> token_;
};

class Client;

namespace detail {

// Lets a stop token trigger a Cancel as long as the result of `start` lives. Only units that have
// std::stop_token have a specialisation for it.
template <class Token>
struct OnStop;

#ifdef __cpp_lib_jthread
template <>
struct OnStop<std::stop_token> {
  struct Trigger {
    Cancel cancel;
    void operator()() const noexcept { cancel.trigger(); }
  };
  static std::shared_ptr<void> start(std::stop_token token, const Cancel& cancel) {
    return std::make_shared<std::stop_callback<Trigger>>(std::move(token), Trigger{cancel});
  }
};
#endif

}  // namespace detail

/// Options of one call.
class CallOptions {
 public:
  /// Deadline of the whole call, including waits and retries; not set: the client's.
  CallOptions& timeout(std::chrono::milliseconds value) {
    timeout_ms_ = value.count();
    return *this;
  }
  /// Maximum number of attempts, including the first; not set: 5. The client retries a request that
  /// is not a read only if the service certainly did not process it.
  CallOptions& max_attempts(std::int64_t value) {
    max_attempts_ = value;
    return *this;
  }
  /// Deadline of one attempt; not set: the client's.
  CallOptions& attempt_timeout(std::chrono::milliseconds value) {
    attempt_timeout_ms_ = value.count();
    return *this;
  }
  /// Adds a header. It must not replace the token or the headers that describe the body.
  CallOptions& header(detail::Text name, detail::Text value) {
    headers_.emplace_back(name.copy(), value.copy());
    return *this;
  }
  /// Cancels the call.
  CallOptions& cancel(Cancel value) {
    cancel_ = std::move(value);
    stop_ = nullptr;
    return *this;
  }
  /// Cancels the call when a stop is requested through a std::stop_token before the call has ended.
  /// For a list or an export, this applies to each call.
  template <class Token, std::size_t = sizeof(detail::OnStop<Token>)>
  CallOptions& cancel(Token value) {
    const Cancel own;
    cancel_ = own;
    stop_ = detail::OnStop<Token>::start(std::move(value), own);
    return *this;
  }
  /// The queue that receives an asynchronous call when it has ended, instead of the client's
  /// thread.
  CallOptions& queue(Queue value) {
    queue_ = std::move(value);
    return *this;
  }
  /// The C struct.
  desk_call_options c_value(detail::Scratch& scratch) const {
    desk_call_options c = DESK_CALL_OPTIONS_INIT;
    c.timeout_ms = timeout_ms_;
    c.max_attempts = max_attempts_;
    c.attempt_timeout_ms = attempt_timeout_ms_;
    c.headers = detail::pairs(scratch, headers_);
    c.headers_len = headers_.size();
    c.cancel = cancel_ ? cancel_->c_ptr() : nullptr;
    c.queue = queue_ ? queue_->c_ptr() : nullptr;
    return c;
  }

 private:
  friend class Client;

  std::int64_t timeout_ms_ = 0;
  std::int64_t max_attempts_ = 0;
  std::int64_t attempt_timeout_ms_ = 0;
  detail::Pairs headers_;
  std::optional<Cancel> cancel_;
  std::optional<Queue> queue_;
  // Triggers cancel_; must live until the calls have ended.
  std::shared_ptr<void> stop_;
};

/// Options of an iterator.
class IterOptions {
 public:
  /// Maximum number of items; not set: all.
  IterOptions& max_items(std::int64_t value) {
    max_items_ = value;
    return *this;
  }
  /// The C struct.
  desk_iter_options c_value(detail::Scratch&) const noexcept {
    desk_iter_options c = DESK_ITER_OPTIONS_INIT;
    c.max_items = max_items_;
    return c;
  }

 private:
  std::int64_t max_items_ = 0;
};

/// Options of an export.
class ExportOptions {
 public:
  /// How long after its time a row may still appear; 0 or not set: 120 s. The export stops this far
  /// behind the service's clock.
  ExportOptions& max_lateness(std::chrono::milliseconds value) {
    max_lateness_ms_ = value.count();
    return *this;
  }
  /// Approximate number of rows per window; not set: 10,000. At least a page, at most 1,000,000.
  /// The export holds one window in memory.
  ExportOptions& rows_per_window(std::int64_t value) {
    rows_per_window_ = value;
    return *this;
  }
  /// Maximum number of concurrent requests; not set: 1. At most 32. The export holds as many pages
  /// in memory, in addition to a window.
  ExportOptions& in_flight(std::int64_t value) {
    in_flight_ = value;
    return *this;
  }
  /// The C struct.
  desk_export_options c_value(detail::Scratch&) const noexcept {
    desk_export_options c = DESK_EXPORT_OPTIONS_INIT;
    c.max_lateness_ms = max_lateness_ms_;
    c.rows_per_window = rows_per_window_;
    c.in_flight = in_flight_;
    return c;
  }

 private:
  std::int64_t max_lateness_ms_ = 0;
  std::int64_t rows_per_window_ = 0;
  std::int64_t in_flight_ = 0;
};

/// A request that the spec does not have yet. Keeps copies of its arguments.
class RawRequest {
 public:
  /// The method (`GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`), and the path relative to the
  /// base URL, such as `tickets/1`.
  RawRequest(detail::Text method, detail::Text path) : method_(method.copy()), path_(path.copy()) {}
  /// Adds a query parameter.
  RawRequest& query(detail::Text name, detail::Text value) {
    query_.emplace_back(name.copy(), value.copy());
    return *this;
  }
  /// The body, as JSON text.
  RawRequest& json(detail::Text value) {
    json_ = value.copy();
    return *this;
  }
  /// The C struct.
  desk_raw_request c_value(detail::Scratch& scratch) const {
    desk_raw_request c = DESK_RAW_REQUEST_INIT;
    c.method = detail::text(method_);
    c.path = detail::text(path_);
    c.query = detail::pairs(scratch, query_);
    c.query_len = query_.size();
    c.json = detail::text(json_);
    return c;
  }

 private:
  std::optional<std::string> method_;
  std::optional<std::string> path_;
  detail::Pairs query_;
  std::optional<std::string> json_;
};

/// The response to a RawRequest. Owns the C object; movable, not copyable.
class RawResult {
 public:
  /// Takes ownership of a C object.
  explicit RawResult(desk_raw_result* taken) noexcept : result_(taken) {}
  /// Facts about the call.
  Response response() const& noexcept { return Response(desk_raw_result_response(result_.get())); }
  Response response() const&& = delete;
  /// The response body, at most 32 MB; it may hold message text. Keep the RawResult while you read
  /// the body.
  std::string_view body() const& noexcept { return detail::view(desk_raw_result_get_body(result_.get())); }
  std::string_view body() const&& = delete;
  /// The first header with this name; `name` must be in lower case.
  std::optional<std::string_view> header(detail::Text name) const& {
    for (std::size_t at = 0; at < desk_raw_result_get_headers_len(result_.get()); ++at) {
      if (detail::view(desk_raw_result_get_header_name_at(result_.get(), at)) == name.get()) {
        return detail::view(desk_raw_result_get_header_value_at(result_.get(), at));
      }
    }
    return std::nullopt;
  }
  std::optional<std::string_view> header(detail::Text name) const&& = delete;
  /// The C object.
  const desk_raw_result* c_ptr() const noexcept { return result_.get(); }

 private:
  struct Free {
    void operator()(desk_raw_result* result) const noexcept { desk_raw_result_free(result); }
  };
  std::unique_ptr<desk_raw_result, Free> result_;
};

/// A log record, passed to a log callback; valid during the callback.
class LogRecord {
 public:
  /// Refers to a C record without owning it.
  explicit LogRecord(const desk_log_record* record) noexcept : record_(record) {}
  /// One of DESK_LOG_...
  std::int32_t level() const noexcept { return record_->level; }
  /// One line for people. It holds no token, URL or message text.
  std::string_view message() const noexcept { return detail::view(record_->message); }
  /// The operation.
  std::string_view operation() const noexcept { return detail::view(record_->operation); }
  /// The C record with all members.
  const desk_log_record& c_value() const noexcept { return *record_; }

 private:
  const desk_log_record* record_;
};

/// Settings of a Client. Keeps copies of its arguments.
class ClientOptions {
 public:
  /// The application's id (dashboard: Settings, Application, General). Optional if base_url is set.
  ClientOptions& application_id(detail::Text value) {
    application_id_ = value.copy();
    return *this;
  }
  /// The API token (dashboard: Settings, Desk, Credentials). The client sends it only to the origin
  /// of the base URL.
  ClientOptions& api_token(detail::Text value) {
    api_token_ = value.copy();
    return *this;
  }
  /// Base URL instead of the service's own, such as the emulator's: https, or http on this machine.
  ClientOptions& base_url(detail::Text value) {
    base_url_ = value.copy();
    return *this;
  }
  /// Time limit for opening a connection, including TLS; 5 s if not set.
  ClientOptions& connect_timeout(std::chrono::milliseconds value) {
    connect_timeout_ms_ = value.count();
    return *this;
  }
  /// Deadline of a whole call, including waits and retries; 120 s if not set.
  ClientOptions& timeout(std::chrono::milliseconds value) {
    timeout_ms_ = value.count();
    return *this;
  }
  /// Deadline of one attempt; 60 s if not set.
  ClientOptions& attempt_timeout(std::chrono::milliseconds value) {
    attempt_timeout_ms_ = value.count();
    return *this;
  }
  /// How long the service may stay silent before and during its response; 30 s if not set.
  ClientOptions& idle_timeout(std::chrono::milliseconds value) {
    idle_timeout_ms_ = value.count();
    return *this;
  }
  /// The program's own name and version; the client appends it to the SDK's in User-Agent.
  ClientOptions& user_agent(detail::Text value) {
    user_agent_ = value.copy();
    return *this;
  }
  /// Certificates to trust instead of the platform's: one or more, as PEM.
  ClientOptions& ca_pem(detail::Text value) {
    ca_pem_ = value.copy();
    return *this;
  }
  /// Path of a PEM file with such certificates; creating the client reads it.
  ClientOptions& ca_file(detail::Text value) {
    ca_file_ = value.copy();
    return *this;
  }
  /// Proxy, as http://host:port. Not set: the proxy that HTTPS_PROXY and NO_PROXY name; empty: no
  /// proxy.
  ClientOptions& proxy(detail::Text value) {
    proxy_ = value.copy();
    return *this;
  }
  /// Maximum number of idle connections to keep for later calls; 32 if not set.
  ClientOptions& max_idle_connections(std::int64_t value) {
    max_idle_connections_ = value;
    return *this;
  }
  /// Maximum number of reads per second, evenly spaced; see desk_client_options.
  ClientOptions& reads_per_second(double value) {
    reads_per_second_ = value;
    return *this;
  }
  /// The same limit for requests that are not reads.
  ClientOptions& writes_per_second(double value) {
    writes_per_second_ = value;
    return *this;
  }
  /// The C struct; valid as long as this object lives.
  desk_client_options c_value() const noexcept {
    desk_client_options c = DESK_CLIENT_OPTIONS_INIT;
    c.application_id = detail::text(application_id_);
    c.api_token = detail::text(api_token_);
    c.base_url = detail::text(base_url_);
    c.connect_timeout_ms = connect_timeout_ms_;
    c.timeout_ms = timeout_ms_;
    c.attempt_timeout_ms = attempt_timeout_ms_;
    c.idle_timeout_ms = idle_timeout_ms_;
    c.user_agent = detail::text(user_agent_);
    c.ca_pem = detail::text(ca_pem_);
    c.ca_file = detail::text(ca_file_);
    c.proxy = detail::text(proxy_);
    c.max_idle_connections = max_idle_connections_;
    c.reads_per_second = reads_per_second_;
    c.writes_per_second = writes_per_second_;
    return c;
  }

 private:
  std::optional<std::string> application_id_;
  std::optional<std::string> api_token_;
  std::optional<std::string> base_url_;
  std::optional<std::string> user_agent_;
  std::optional<std::string> ca_pem_;
  std::optional<std::string> ca_file_;
  std::optional<std::string> proxy_;
  std::int64_t connect_timeout_ms_ = 0;
  std::int64_t timeout_ms_ = 0;
  std::int64_t attempt_timeout_ms_ = 0;
  std::int64_t idle_timeout_ms_ = 0;
  std::int64_t max_idle_connections_ = 0;
  double reads_per_second_ = 0.0;
  double writes_per_second_ = 0.0;
};

/// A client of one Desk application. Movable, not copyable; any threads may use it at once.
class Client {
 public:
#ifndef DESK_NO_EXCEPTIONS
  /// Creates a client or throws Error. Sends no request.
  explicit Client(const ClientOptions& options) : Client(make(options).value()) {}
#endif
  /// Takes ownership of a C object.
  explicit Client(desk_client* taken) : core_(std::make_shared<Core>(taken)) {}
  /// Moves; afterwards the other client may only be assigned to or destroyed.
  Client(Client&&) noexcept = default;
  /// Moves; afterwards the other client may only be assigned to or destroyed.
  Client& operator=(Client&& other) noexcept {
    if (this != &other) {
      close();
      core_ = std::move(other.core_);
    }
    return *this;
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  /// Cancels the asynchronous calls. Returns after all of their callbacks have returned; no call
  /// can start any more.
  ~Client() { close(); }

  /// Creates a client. Sends no request.
  static Result<Client> make(const ClientOptions& options) {
    const auto c_options = options.c_value();
    return detail::call<Client, desk_client>(detail::Scratch(), [&](desk_client** out, desk_error** err) {
      return desk_client_new(&c_options, out, err);
    });
  }

  /// The C object.
  desk_client* c_ptr() const noexcept { return c_client(core_); }

  /// Sets the log callback, which the client calls for every attempt and every call; an empty one
  /// removes it. Once this function returns, the previous callback does not run on another thread
  /// and is never called again. The callback runs on the threads that make calls; its exceptions
  /// are dropped. One thread at a time, and never from inside the callback.
  template <class Meets = detail::Guard>
  void set_log(std::function<void(const LogRecord&)> callback) {
    if (!core_) return;
    auto kept = callback ? std::make_unique<std::function<void(const LogRecord&)>>(std::move(callback)) : nullptr;
    const auto set = desk_client_set_log(core_->client, kept ? tell<Meets> : nullptr, kept.get(), nullptr);
    if (set == DESK_OK) core_->log = std::move(kept);
  }

  /// Makes a call that the spec does not have yet. Blocks until the response is complete or the
  /// deadline passes. Any thread.
  Result<RawResult> try_raw_call(const RawRequest& request, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_request = request.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<RawResult, desk_raw_result>(scratch, [&](desk_raw_result** out, desk_error** err) {
      return desk_raw_call(c_ptr(), &c_request, &c_options, out, err);
    });
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_raw_call, but throws Error.
  RawResult raw_call(const RawRequest& request, const CallOptions& options = {}) const {
    return try_raw_call(request, options).value();
  }
#endif

  /// Like try_raw_call, without blocking.
  Async<RawResult> raw_call_async(const RawRequest& request, const CallOptions& options = {}) const {
    return Async<RawResult>(
        [weak_core = std::weak_ptr<Core>(core_), request, options](const detail::Completion& end) {
          const auto live_core = weak_core.lock();
          detail::Scratch scratch;
          const auto c_request = request.c_value(scratch);
          const auto c_options = options.c_value(scratch);
          return detail::call_plain(scratch, [&](desk_error** err) {
            const auto open = hold(live_core);
            return desk_raw_call_async(c_client(live_core), &c_request, &c_options, end.callback, end.user_data, end.user_data_free, end.op, err);
          });
        },
        [](const desk_op* op) {
          return detail::call<RawResult, desk_raw_result>(detail::Scratch(), [&](desk_raw_result** out, desk_error** err) {
            return desk_op_take_raw_result(op, out, err);
          });
        },
        options.stop_);
  }

  /// Message customers first. Starts a proactive chat: one ticket with the message for each customer. When a customer
  /// replies, that ticket becomes a general ticket and is routed to an available agent of the ticket's team. The
  /// service knows no idempotency key: a second create is a second message to real people, so a create is never re-sent
  /// once a byte may have left.
  ///
  /// Blocks until the response is complete or the deadline passes. Any thread.
  Result<ProactiveChat> try_proactive_chat_create(const NewProactiveChat& body, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_body = body.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<ProactiveChat, desk_proactive_chat>(scratch, [&](desk_proactive_chat** out, desk_error** err) {
      return desk_proactive_chat_create(c_ptr(), &c_body, &c_options, out, err);
    });
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_proactive_chat_create, but throws Error.
  ProactiveChat proactive_chat_create(const NewProactiveChat& body, const CallOptions& options = {}) const { return try_proactive_chat_create(body, options).value(); }
#endif

  /// Like proactive_chat_create, without blocking; see Async. Any thread.
  Async<ProactiveChat> proactive_chat_create_async(const NewProactiveChat& body, const CallOptions& options = {}) const {
    return Async<ProactiveChat>(
        [weak_core = std::weak_ptr<Core>(core_), body, options](const detail::Completion& end) {
          const auto live_core = weak_core.lock();
          detail::Scratch scratch;
          const auto c_body = body.c_value(scratch);
          const auto c_options = options.c_value(scratch);
          return detail::call_plain(scratch, [&](desk_error** err) {
            const auto open = hold(live_core);
            return desk_proactive_chat_create_async(c_client(live_core), &c_body, &c_options, end.callback, end.user_data, end.user_data_free, end.op, err);
          });
        },
        [](const desk_op* op) {
          return detail::call<ProactiveChat, desk_proactive_chat>(detail::Scratch(), [&](desk_proactive_chat** out, desk_error** err) {
            return desk_op_take_proactive_chat(op, out, err);
          });
        },
        options.stop_);
  }

  /// Read a proactive chat. Reads one proactive chat with its counters.
  ///
  /// Blocks until the response is complete or the deadline passes. Any thread.
  Result<ProactiveChat> try_proactive_chat_get(std::int64_t proactive_id, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_options = options.c_value(scratch);
    return detail::call<ProactiveChat, desk_proactive_chat>(scratch, [&](desk_proactive_chat** out, desk_error** err) {
      return desk_proactive_chat_get(c_ptr(), proactive_id, &c_options, out, err);
    });
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_proactive_chat_get, but throws Error.
  ProactiveChat proactive_chat_get(std::int64_t proactive_id, const CallOptions& options = {}) const { return try_proactive_chat_get(proactive_id, options).value(); }
#endif

  /// Like proactive_chat_get, without blocking; see Async. Any thread.
  Async<ProactiveChat> proactive_chat_get_async(std::int64_t proactive_id, const CallOptions& options = {}) const {
    return Async<ProactiveChat>(
        [weak_core = std::weak_ptr<Core>(core_), proactive_id, options](const detail::Completion& end) {
          const auto live_core = weak_core.lock();
          detail::Scratch scratch;
          const auto c_options = options.c_value(scratch);
          return detail::call_plain(scratch, [&](desk_error** err) {
            const auto open = hold(live_core);
            return desk_proactive_chat_get_async(c_client(live_core), proactive_id, &c_options, end.callback, end.user_data, end.user_data_free, end.op, err);
          });
        },
        [](const desk_op* op) {
          return detail::call<ProactiveChat, desk_proactive_chat>(detail::Scratch(), [&](desk_proactive_chat** out, desk_error** err) {
            return desk_op_take_proactive_chat(op, out, err);
          });
        },
        options.stop_);
  }

  /// List messages of the application. Lists one page of all chat messages in the application. The order is not
  /// documented. The service has marked this list as deprecated in favour of the list of one ticket; expect 404 or 410
  /// where it is gone. Deprecated by the service.
  ///
  /// Blocks until the response is complete or the deadline passes. Any thread.
  Result<ChatMessagePage> try_chat_message_list(const ChatMessageListParams& params = {}, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_params = params.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<ChatMessagePage, desk_chat_message_page>(scratch, [&](desk_chat_message_page** out, desk_error** err) {
      return desk_chat_message_list(c_ptr(), &c_params, &c_options, out, err);
    });
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_chat_message_list, but throws Error.
  ChatMessagePage chat_message_list(const ChatMessageListParams& params = {}, const CallOptions& options = {}) const { return try_chat_message_list(params, options).value(); }
#endif

  /// Like chat_message_list, without blocking; see Async. Deprecated by the service. Any thread.
  Async<ChatMessagePage> chat_message_list_async(const ChatMessageListParams& params = {}, const CallOptions& options = {}) const {
    return Async<ChatMessagePage>(
        [weak_core = std::weak_ptr<Core>(core_), params, options](const detail::Completion& end) {
          const auto live_core = weak_core.lock();
          detail::Scratch scratch;
          const auto c_params = params.c_value(scratch);
          const auto c_options = options.c_value(scratch);
          return detail::call_plain(scratch, [&](desk_error** err) {
            const auto open = hold(live_core);
            return desk_chat_message_list_async(c_client(live_core), &c_params, &c_options, end.callback, end.user_data, end.user_data_free, end.op, err);
          });
        },
        [](const desk_op* op) {
          return detail::call<ChatMessagePage, desk_chat_message_page>(detail::Scratch(), [&](desk_chat_message_page** out, desk_error** err) {
            return desk_op_take_chat_message_page(op, out, err);
          });
        },
        options.stop_);
  }

  /// Iterates over every item of chat_message_list, page by page; items inserted or deleted during the iteration can
  /// shift others. Deprecated by the service. Sends no request before the first step.
  Result<ChatMessageIter> try_chat_message_iter(const ChatMessageListParams& params = {}, const IterOptions& iter_options = {}, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_params = params.c_value(scratch);
    const auto c_iter_options = iter_options.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<ChatMessageIter, desk_chat_message_iter>(scratch, [&](desk_chat_message_iter** out, desk_error** err) {
      return desk_chat_message_iter_new(c_ptr(), &c_params, &c_iter_options, &c_options, out, err);
    }, options.stop_);
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_chat_message_iter, but throws Error; an input range.
  ChatMessageIter chat_message_iter(const ChatMessageListParams& params = {}, const IterOptions& iter_options = {}, const CallOptions& options = {}) const { return try_chat_message_iter(params, iter_options, options).value(); }
#endif

  /// Exports every item of chat_message_list, window by window, with proof that no item is lost or duplicated.
  /// Deprecated by the service. Sends no request before the first step.
  Result<ChatMessageExport> try_chat_message_export(const ChatMessageListParams& params = {}, const ExportOptions& export_options = {}, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_params = params.c_value(scratch);
    const auto c_export_options = export_options.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<ChatMessageExport, desk_chat_message_export>(scratch, [&](desk_chat_message_export** out, desk_error** err) {
      return desk_chat_message_export_new(c_ptr(), &c_params, &c_export_options, &c_options, out, err);
    }, options.stop_);
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_chat_message_export, but throws Error; an input range.
  ChatMessageExport chat_message_export(const ChatMessageListParams& params = {}, const ExportOptions& export_options = {}, const CallOptions& options = {}) const { return try_chat_message_export(params, export_options, options).value(); }
#endif

  /// List messages of a ticket. Lists one page of the chat messages in one ticket. The order is not documented.
  ///
  /// Blocks until the response is complete or the deadline passes. Any thread.
  Result<ChatMessagePage> try_ticket_chat_message_list(std::int64_t ticket_id, const TicketChatMessageListParams& params = {}, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_params = params.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<ChatMessagePage, desk_chat_message_page>(scratch, [&](desk_chat_message_page** out, desk_error** err) {
      return desk_ticket_chat_message_list(c_ptr(), ticket_id, &c_params, &c_options, out, err);
    });
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_ticket_chat_message_list, but throws Error.
  ChatMessagePage ticket_chat_message_list(std::int64_t ticket_id, const TicketChatMessageListParams& params = {}, const CallOptions& options = {}) const { return try_ticket_chat_message_list(ticket_id, params, options).value(); }
#endif

  /// Like ticket_chat_message_list, without blocking; see Async. Any thread.
  Async<ChatMessagePage> ticket_chat_message_list_async(std::int64_t ticket_id, const TicketChatMessageListParams& params = {}, const CallOptions& options = {}) const {
    return Async<ChatMessagePage>(
        [weak_core = std::weak_ptr<Core>(core_), ticket_id, params, options](const detail::Completion& end) {
          const auto live_core = weak_core.lock();
          detail::Scratch scratch;
          const auto c_params = params.c_value(scratch);
          const auto c_options = options.c_value(scratch);
          return detail::call_plain(scratch, [&](desk_error** err) {
            const auto open = hold(live_core);
            return desk_ticket_chat_message_list_async(c_client(live_core), ticket_id, &c_params, &c_options, end.callback, end.user_data, end.user_data_free, end.op, err);
          });
        },
        [](const desk_op* op) {
          return detail::call<ChatMessagePage, desk_chat_message_page>(detail::Scratch(), [&](desk_chat_message_page** out, desk_error** err) {
            return desk_op_take_chat_message_page(op, out, err);
          });
        },
        options.stop_);
  }

  /// Iterates over every item of ticket_chat_message_list, page by page; items inserted or deleted during the iteration
  /// can shift others. Sends no request before the first step.
  Result<TicketChatMessageIter> try_ticket_chat_message_iter(std::int64_t ticket_id, const TicketChatMessageListParams& params = {}, const IterOptions& iter_options = {}, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_params = params.c_value(scratch);
    const auto c_iter_options = iter_options.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<TicketChatMessageIter, desk_ticket_chat_message_iter>(scratch, [&](desk_ticket_chat_message_iter** out, desk_error** err) {
      return desk_ticket_chat_message_iter_new(c_ptr(), ticket_id, &c_params, &c_iter_options, &c_options, out, err);
    }, options.stop_);
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_ticket_chat_message_iter, but throws Error; an input range.
  TicketChatMessageIter ticket_chat_message_iter(std::int64_t ticket_id, const TicketChatMessageListParams& params = {}, const IterOptions& iter_options = {}, const CallOptions& options = {}) const { return try_ticket_chat_message_iter(ticket_id, params, iter_options, options).value(); }
#endif

  /// Exports every item of ticket_chat_message_list, window by window, with proof that no item is lost or duplicated.
  /// Sends no request before the first step.
  Result<TicketChatMessageExport> try_ticket_chat_message_export(std::int64_t ticket_id, const TicketChatMessageListParams& params = {}, const ExportOptions& export_options = {}, const CallOptions& options = {}) const {
    detail::Scratch scratch;
    const auto c_params = params.c_value(scratch);
    const auto c_export_options = export_options.c_value(scratch);
    const auto c_options = options.c_value(scratch);
    return detail::call<TicketChatMessageExport, desk_ticket_chat_message_export>(scratch, [&](desk_ticket_chat_message_export** out, desk_error** err) {
      return desk_ticket_chat_message_export_new(c_ptr(), ticket_id, &c_params, &c_export_options, &c_options, out, err);
    }, options.stop_);
  }
#ifndef DESK_NO_EXCEPTIONS
  /// Like try_ticket_chat_message_export, but throws Error; an input range.
  TicketChatMessageExport ticket_chat_message_export(std::int64_t ticket_id, const TicketChatMessageListParams& params = {}, const ExportOptions& export_options = {}, const CallOptions& options = {}) const { return try_ticket_chat_message_export(ticket_id, params, export_options, options).value(); }
#endif

 private:
  // Shared with calls that have not started yet, which may outlive the Client.
  struct Core {
    explicit Core(desk_client* taken) noexcept : client(taken) {}
    // Null once the Client is gone; `starts` is held while a call starts, so that the C object is
    // not freed during the start.
    std::atomic<desk_client*> client;
    std::mutex starts;
    // Freed after the client, which may still call it.
    std::unique_ptr<std::function<void(const LogRecord&)>> log;
  };

  static desk_client* c_client(const std::shared_ptr<Core>& core) noexcept {
    return core ? core->client.load() : nullptr;
  }

  static std::unique_lock<std::mutex> hold(const std::shared_ptr<Core>& core) {
    return core ? std::unique_lock<std::mutex>(core->starts) : std::unique_lock<std::mutex>();
  }

  // Frees the C object on this thread, even if other owners still have the core.
  void close() noexcept {
    if (!core_) return;
    desk_client* freed = nullptr;
    {
      const auto open = hold(core_);
      freed = core_->client.exchange(nullptr);
    }
    desk_client_free(freed);
    core_->log.reset();
  }

  template <class Meets>
  static void tell(void* callback, const desk_log_record* record) {
    const auto& told = *static_cast<std::function<void(const LogRecord&)>*>(callback);
    // No exception may enter the library.
    Meets::run([&] { told(LogRecord(record)); }, [](const std::exception_ptr&) {});
  }

  std::shared_ptr<Core> core_;
};

}  // namespace desk

#endif  // DESK_HPP
