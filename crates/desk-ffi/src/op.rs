//! `desk_op`: a call that runs by itself, from the start of one to the taking of its result.
//!
//! Invariant: a call ends once, with its result, its error, or as cancelled, and what was asked to be told of it (callback
//! or queue) is told once, after the start has handed out `*op`.

use std::any::{Any, TypeId};
use std::ffi::c_void;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use ::desk_client::CancelToken;
use tokio::runtime::Handle as Runtime;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::background;
use crate::client::Inner;
use crate::error::{Failure, desk_error};
use crate::guard::{self, read, release};
use crate::handle::{self, Handle, target};
use crate::queue::Queue;
use crate::sigpipe::Quiet;
use crate::status::desk_status;
use crate::sync::{Refused, Slot};

/// A call that was started by a function whose name ends in `_async`. Each handle that a function hands out through an
/// `out` argument is one of its own: free each with `desk_op_free`. Any thread may use it, also several at once.
pub struct desk_op {
    _opaque: (),
}

/// Called once when a call has ended: on the thread `desk-cb` of its client, one at a time, or inside `desk_queue_next` if the
/// call has a queue. Take the result from `op`, which is borrowed and valid during the callback. It may start other calls, and
/// free anything but `op`; what blocks answers `DESK_WOULD_DEADLOCK` on `desk-cb`. No exception may leave it.
pub type desk_op_fn = Option<unsafe extern "C" fn(op: *const desk_op, user_data: *mut c_void)>;

/// Called once with the user data of a call that the library will not use again.
pub type desk_free_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

pub(crate) struct Op {
    result: Slot<Result<Box<dyn Any + Send>, Failure>>,
    /// Of a result.
    kind: TypeId,
    /// The function that takes it.
    taker: &'static str,
    cancel: CancelToken,
    user_data: UserData,
    process: u32,
}

impl Handle for desk_op {
    type Target = Arc<Op>;
}

// C may use a call from any thread.
const _: () = handle::shared::<Op>();

struct UserData {
    pointer: *mut c_void,
    free: desk_free_fn,
}

// SAFETY: the caller promises that callbacks may be called with it from any thread.
unsafe impl Send for UserData {}
// SAFETY: the library only hands the pointer out.
unsafe impl Sync for UserData {}

impl Drop for UserData {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            // SAFETY: the caller promises that it may be called once, when nothing uses the data any more.
            unsafe { free(self.pointer) };
        }
    }
}

/// What the caller of an `_async` function wants to happen at the end.
pub(crate) struct Completion {
    pub(crate) callback: desk_op_fn,
    pub(crate) user_data: *mut c_void,
    pub(crate) user_data_free: desk_free_fn,
    /// The function that takes the result.
    pub(crate) taker: &'static str,
}

/// A call that is ready to run.
pub(crate) struct Start<F> {
    pub(crate) inner: Arc<Inner>,
    pub(crate) queue: Option<Arc<Queue>>,
    /// Cancels it.
    pub(crate) cancel: CancelToken,
    pub(crate) call: F,
}

/// A call that has ended, on its way to its callback or its queue.
pub(crate) struct Finished {
    op: Arc<Op>,
    callback: desk_op_fn,
}

impl Finished {
    /// Runs the callback, if there is one.
    pub(crate) fn run(self) -> Arc<Op> {
        if let Some(callback) = self.callback {
            // SAFETY: the caller promises that the callback may be called once with its data; the handle is a call's.
            unsafe { callback((&raw const self.op).cast(), self.op.user_data.pointer) };
        }
        self.op
    }
}

/// A call under way, with its callback and its queue.
pub(crate) struct Ending {
    op: Arc<Op>,
    callback: desk_op_fn,
    queue: Option<Arc<Queue>>,
}

impl Ending {
    /// Ends the call; gives back a callback to run, or user data to free, on the thread `desk-cb`.
    pub(crate) fn end(self, result: Result<Box<dyn Any + Send>, Failure>) -> Option<Finished> {
        let Ending { op, callback, queue } = self;
        drop(op.result.end(result));
        let finished = Finished { op, callback };
        let finished = match &queue {
            // A queue that is freed takes no call, and no callback follows.
            Some(queue) => Finished { callback: None, ..queue.push(finished).err()? },
            None => finished,
        };
        // User data is freed where callbacks run too: freeing it may take long.
        let left = finished.callback.is_some() || finished.op.user_data.free.is_some();
        left.then_some(finished)
    }
}

/// A call under way; ends as cancelled if it is dropped.
struct Running {
    /// Its place in the table of calls, until it has ended.
    place: Option<usize>,
    inner: Arc<Inner>,
    /// Freeing the client waits for it; given back last.
    _tracked: TaskTrackerToken,
}

impl Running {
    fn end(&mut self, result: Result<Box<dyn Any + Send>, Failure>) {
        if let Some(place) = self.place.take() {
            self.inner.background.end(place, result);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end(Err(Failure::Cancelled));
    }
}

/// Starts a call: `make` reads the arguments and gives what is to be run.
///
/// # Safety
/// `out` and `err` are NULL or writable; the callbacks may be called once each, from any thread.
pub(crate) unsafe fn start<T, F>(
    completion: Completion,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
    make: impl FnOnce() -> Result<Start<F>, Failure>,
) -> desk_status
where
    T: Any + Send,
    F: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let mut make = Some(make);
    let mut make = || {
        let Start { inner, queue, cancel, call } = make.take().ok_or(Failure::Panic)?()?;
        let call: Call = Box::pin(async move { call.await.map(|value| Box::new(value) as Box<dyn Any + Send>) });
        Ok(Start { inner, queue, cancel, call })
    };
    // SAFETY: by contract.
    unsafe { start_any(completion, TypeId::of::<T>(), out, err, &mut make) }
}

/// The same for a result of whatever type, so that it is compiled once.
///
/// # Safety
/// As of [`start`].
unsafe fn start_any(
    completion: Completion,
    kind: TypeId,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
    make: &mut dyn FnMut() -> Result<Start<Call>, Failure>,
) -> desk_status {
    if !out.is_null() {
        // SAFETY: by contract.
        unsafe { out.write(std::ptr::null_mut()) };
    }
    let mut started: Option<(Running, Call)> = None;
    let work = || {
        let Start { inner, queue, cancel, call } = make()?;
        let Completion { callback, user_data, user_data_free, taker } = completion;
        if callback.is_none() && queue.is_none() && out.is_null() {
            return Err(Failure::argument("op is NULL; without callback and queue nobody would learn the result"));
        }
        let callbacks = user_data_free.is_some() || (callback.is_some() && queue.is_none());
        let tracked = inner.background.start(&inner, callbacks)?;
        let user_data = UserData { pointer: user_data, free: user_data_free };
        let op = Arc::new(Op { result: Slot::new(), kind, taker, cancel, user_data, process: process::id() });
        if !out.is_null() {
            // SAFETY: by contract.
            unsafe { out.write(handle::give::<desk_op, ()>(op.clone(), ())) };
        }
        let place = Some(inner.background.begin(Ending { op, callback, queue }));
        started = Some((Running { place, inner, _tracked: tracked }, call));
        Ok(())
    };
    // SAFETY: by contract.
    let status = unsafe { guard::call_plain(err, work) };
    // Last of all, so that a callback finds `*out` and `*err` set.
    if let Some((running, call)) = started {
        // It wakes the thread of the client by a file descriptor.
        let _quiet = Quiet::start();
        release(|| run(running, call));
    }
    status
}

/// Boxed, so that what runs it is compiled once.
type Call = Pin<Box<dyn Future<Output = Result<Box<dyn Any + Send>, Failure>> + Send>>;

/// Has a call run to its end; a panic is its error.
fn run(mut running: Running, mut call: Call) {
    let inner = running.inner.clone();
    inner.clone().spawn(async move {
        let result = std::future::poll_fn(|context| {
            let poll = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context)));
            poll.unwrap_or_else(|_| {
                inner.poison();
                Poll::Ready(Err(Failure::Panic))
            })
        });
        running.end(result.await);
    });
}

/// Takes a result of type `T`.
///
/// # Safety
/// `op` is NULL or live.
pub(crate) unsafe fn take<T: Any>(op: *const desk_op) -> Result<T, Failure> {
    // SAFETY: by contract.
    let op = unsafe { live(op) }?;
    if op.kind != TypeId::of::<T>() {
        return Err(Failure::misuse(format!("op's result is taken with {}", op.taker)));
    }
    let value = match op.result.take() {
        Ok(result) => result?,
        Err(Refused::NotYet) => return Err(Failure::NotReady),
        Err(Refused::Taken) => return Err(Failure::misuse("op's result was taken before; keep it where it was taken")),
    };
    // The kind fits.
    value.downcast::<T>().map(|value| *value).map_err(|_| Failure::Panic)
}

/// # Safety
/// `op` is NULL or live.
unsafe fn live<'a>(op: *const desk_op) -> Result<&'a Arc<Op>, Failure> {
    // SAFETY: by contract.
    let op = unsafe { target::<desk_op>(op) };
    let op = op.ok_or_else(|| Failure::misuse("op is NULL; pass what an _async function handed out"))?;
    if op.process == process::id() { Ok(op) } else { Err(Failure::Forked) }
}

/// Refuses to block where the library itself is at work.
pub(crate) fn may_block() -> Result<(), Failure> {
    if background::is_callback_thread() {
        return Err(Failure::WouldDeadlock);
    }
    match Runtime::try_current() {
        Ok(_) => Err(Failure::WouldDeadlock),
        Err(error) if error.is_thread_local_destroyed() => {
            Err(Failure::argument("the thread or process is ending; make calls before that"))
        }
        Err(_) => Ok(()),
    }
}

/// How long to wait; `None` for ever.
pub(crate) fn wait_time(ms: i64) -> Result<Option<Duration>, Failure> {
    match u64::try_from(ms) {
        Ok(ms) => Ok(Some(Duration::from_millis(ms))),
        Err(_) if ms == -1 => Ok(None),
        Err(_) => Err(Failure::misuse(format!("timeout_ms is {ms}; it must be 0 or more, or -1 to wait for ever"))),
    }
}

/// Whether the call has ended, so that its result can be taken; false for NULL. Never waits. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_poll(op: *const desk_op) -> bool {
    // SAFETY: the caller passes NULL or a live call.
    unsafe { read(op, false, |op| op.process == process::id() && op.result.has_ended()) }
}

/// Waits until the call has ended, at most `timeout_ms` (-1: for ever), and says so with `DESK_OK`, whether it succeeded or
/// not. Any thread.
///
/// Errors: `DESK_NOT_READY` if it has not ended in that time, which the call survives; `DESK_WOULD_DEADLOCK` inside a
/// callback; `DESK_INVALID_ARGUMENT`; `DESK_FORKED` in a child of the process that started it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_wait(op: *const desk_op, timeout_ms: i64, err: *mut *mut desk_error) -> desk_status {
    let work = || {
        // SAFETY: the caller passes NULL or a live call.
        let op = unsafe { live(op) }?;
        let at_most = wait_time(timeout_ms)?;
        if op.result.has_ended() {
            return Ok(());
        }
        if timeout_ms != 0 {
            may_block()?;
        }
        if op.result.wait(at_most) { Ok(()) } else { Err(Failure::NotReady) }
    };
    // SAFETY: the caller passes NULL or a writable pointer.
    unsafe { guard::call_plain(err, work) }
}

/// Cancels the call; NULL and a second time do nothing. It ends at once, with its result if that is there already, else with
/// `DESK_CANCELLED` and the outcome that is known; its callback or queue is told as ever. Does not wait. Any thread, also
/// inside a callback; not a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_cancel(op: *const desk_op) {
    let _quiet = Quiet::start();
    // SAFETY: the caller passes NULL or a live call.
    unsafe { read(op, (), |op| op.cancel.cancel()) }
}

/// The `user_data` that the call was started with; NULL for NULL. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_get_user_data(op: *const desk_op) -> *mut c_void {
    // SAFETY: the caller passes NULL or a live call.
    unsafe { read(op, std::ptr::null_mut(), |op| op.user_data.pointer) }
}

/// How a call without a result has ended: `DESK_OK`, or its error. Taken once. Any thread.
///
/// Errors: those of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if it has a result, or this was
/// asked before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_take(op: *const desk_op, err: *mut *mut desk_error) -> desk_status {
    // SAFETY: the caller passes NULL or a live call, and NULL or a writable pointer.
    unsafe { guard::call_plain(err, || take::<()>(op)) }
}

/// Frees a handle of a call; NULL is fine. A call under way goes on: cancel it first if it should not. When its last handle is
/// freed, a result that nobody took is freed too, and the user data (once the callback has returned). Any thread, once; not
/// for the borrowed handle of a callback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_free(op: *mut desk_op) {
    release(|| {
        // SAFETY: the caller passes NULL or a live call.
        if unsafe { target::<desk_op>(op) }.is_some_and(|op| op.process != process::id()) {
            return handle::forget(op);
        }
        // SAFETY: the caller owns it; handles of calls are all made with these types.
        unsafe { handle::free::<desk_op, ()>(op) };
    });
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
#[path = "op_tests.rs"]
mod tests;
