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
