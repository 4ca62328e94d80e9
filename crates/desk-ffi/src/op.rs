//! `desk_op`: an asynchronous call, from its start until its result is taken.
//!
//! Invariant: a call ends exactly once, with its result, its error, or as cancelled. Its callback
//! or queue receives the call exactly once, after the start has set `*op`.

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

/// An asynchronous call, started by a function whose name ends in `_async`. Each handle that a
/// function returns through an `out` argument is separate: free each one with `desk_op_free`. Any
/// thread may use a handle, also several threads at once.
pub struct desk_op {
    _opaque: (),
}

/// A completion callback, called once after a call has ended: on the client's thread `desk-cb`, one
/// callback at a time, or inside `desk_queue_next` if the call has a queue. Take the result from
/// `op`, which is borrowed and valid during the callback. The callback may start other calls and
/// free any object except `op`; on `desk-cb`, blocking functions return `DESK_WOULD_DEADLOCK`. No
/// exception may leave it.
pub type desk_op_fn = Option<unsafe extern "C" fn(op: *const desk_op, user_data: *mut c_void)>;

/// Called once with the user data of a call, after the library has used the data for the last time.
pub type desk_free_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

pub(crate) struct Op {
    result: Slot<Result<Box<dyn Any + Send>, Failure>>,
    /// Type of the result.
    kind: TypeId,
    /// Name of the function that takes the result.
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
            // SAFETY: the caller promises that it may be called once, when nothing uses the data
            // any more.
            unsafe { free(self.pointer) };
        }
    }
}

/// The callback and the user data that the caller of an `_async` function passed.
pub(crate) struct Completion {
    pub(crate) callback: desk_op_fn,
    pub(crate) user_data: *mut c_void,
    pub(crate) user_data_free: desk_free_fn,
    /// Name of the function that takes the result.
    pub(crate) taker: &'static str,
}

/// A call that is ready to run.
pub(crate) struct Start<F> {
    pub(crate) inner: Arc<Inner>,
    pub(crate) queue: Option<Arc<Queue>>,
    /// Cancels the call.
    pub(crate) cancel: CancelToken,
    pub(crate) call: F,
}

/// An ended call on its way to its callback or its queue.
pub(crate) struct Finished {
    op: Arc<Op>,
    callback: desk_op_fn,
}

impl Finished {
    /// Runs the callback if there is one.
    pub(crate) fn run(self) -> Arc<Op> {
        if let Some(callback) = self.callback {
            // SAFETY: the caller promises that the callback may be called once with its data; the
            // handle is a call's.
            unsafe { callback((&raw const self.op).cast(), self.op.user_data.pointer) };
        }
        self.op
    }
}

/// A running call with its callback and its queue.
pub(crate) struct Ending {
    op: Arc<Op>,
    callback: desk_op_fn,
    queue: Option<Arc<Queue>>,
}

impl Ending {
    /// Ends the call; returns a callback to run, or user data to free, on the thread `desk-cb`.
    pub(crate) fn end(self, result: Result<Box<dyn Any + Send>, Failure>) -> Option<Finished> {
        let Ending { op, callback, queue } = self;
        drop(op.result.end(result));
        let finished = Finished { op, callback };
        let finished = match &queue {
            // A freed queue refuses the call, whose callback then never runs.
            Some(queue) => Finished { callback: None, ..queue.push(finished).err()? },
            None => finished,
        };
        // `desk-cb` frees user data too, because that may take long.
        let left = finished.callback.is_some() || finished.op.user_data.free.is_some();
        left.then_some(finished)
    }
}

/// A running call; dropping it ends the call as cancelled.
struct Running {
    /// The index of the call in the table of running calls, until it has ended.
    place: Option<usize>,
    inner: Arc<Inner>,
    /// Makes the freeing of the client wait for the call; dropped last.
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

/// Starts a call: `make` reads the arguments and returns the call to run.
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

/// Like [`start`] for a result of any type, so that it is compiled once.
///
/// # Safety
/// As for [`start`].
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
        // It wakes the client's thread through a file descriptor.
        let _quiet = Quiet::start();
        release(|| run(running, call));
    }
    status
}

/// A boxed call, so that the code that runs it is compiled once.
type Call = Pin<Box<dyn Future<Output = Result<Box<dyn Any + Send>, Failure>> + Send>>;

/// Runs a call to completion; a panic becomes its error.
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
    // The type was checked above.
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

/// Refuses to block on a thread where the library itself runs.
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

/// How long to wait; `None`: for ever.
pub(crate) fn wait_time(ms: i64) -> Result<Option<Duration>, Failure> {
    match u64::try_from(ms) {
        Ok(ms) => Ok(Some(Duration::from_millis(ms))),
        Err(_) if ms == -1 => Ok(None),
        Err(_) => Err(Failure::misuse(format!("timeout_ms is {ms}; it must be 0 or more, or -1 to wait for ever"))),
    }
}

/// Whether the call has ended, so that its result can be taken; false for NULL. Never waits. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_poll(op: *const desk_op) -> bool {
    // SAFETY: the caller passes NULL or a live call.
    unsafe { read(op, false, |op| op.process == process::id() && op.result.has_ended()) }
}

/// Waits at most `timeout_ms` (-1: for ever) until the call has ended. Returns `DESK_OK` if it has
/// ended, whether it succeeded or failed. Any thread.
///
/// Errors: `DESK_NOT_READY` if the call has not ended in time; the call goes on.
/// `DESK_WOULD_DEADLOCK` inside a callback; `DESK_INVALID_ARGUMENT`; `DESK_FORKED` in a child of
/// the process that started the call.
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

/// Cancels the call; NULL and repeated calls have no effect. The call ends at once: with its result
/// if the result has already arrived, otherwise with `DESK_CANCELLED` and the outcome that is
/// known. Its callback or queue receives the call as usual. The function does not wait. Any thread,
/// also inside a callback; never from a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_cancel(op: *const desk_op) {
    let _quiet = Quiet::start();
    // SAFETY: the caller passes NULL or a live call.
    unsafe { read(op, (), |op| op.cancel.cancel()) }
}

/// The `user_data` with which the call was started; NULL for NULL. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_get_user_data(op: *const desk_op) -> *mut c_void {
    // SAFETY: the caller passes NULL or a live call.
    unsafe { read(op, std::ptr::null_mut(), |op| op.user_data.pointer) }
}

/// Takes the status of an ended call without a result, once: `DESK_OK` or its error. Any thread.
///
/// Errors: the error of the call; `DESK_NOT_READY` if it has not ended; `DESK_INVALID_ARGUMENT` if
/// the call has a result, or if its status was already taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_op_take(op: *const desk_op, err: *mut *mut desk_error) -> desk_status {
    // SAFETY: the caller passes NULL or a live call, and NULL or a writable pointer.
    unsafe { guard::call_plain(err, || take::<()>(op)) }
}

/// Frees a handle of a call; NULL is allowed. A running call goes on: cancel it first if it should
/// not. Freeing the last handle also frees a result that was not taken, and the user data (once the
/// callback has returned). Any thread, once. Never free the borrowed handle of a callback.
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
