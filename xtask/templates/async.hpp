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
