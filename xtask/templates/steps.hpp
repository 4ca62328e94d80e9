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
