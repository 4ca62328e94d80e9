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

  // OPERATIONS
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
