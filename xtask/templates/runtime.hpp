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
