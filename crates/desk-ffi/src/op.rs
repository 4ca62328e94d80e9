//! `desk_op`: an asynchronous call, from its start until its result is taken.
//!
//! Invariant: a call ends exactly once, with its result, its error, or as cancelled. Its callback
//! or queue receives the call exactly once, after the start has set `*op`.

use std::any::{Any, TypeId};
use std::ffi::c_void;
use std::process;
use std::sync::Arc;

use ::desk_client::CancelToken;

use crate::blocking;
use crate::failure::{Failure, desk_error};
use crate::guard::{self, read, release};
use crate::handle::{self, Handle, target};
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

/// The result of a call of any type.
pub(crate) type AnyResult = Result<Box<dyn Any + Send>, Failure>;

pub(crate) struct Op {
    result: Slot<AnyResult>,
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

impl Op {
    /// A call that runs. Its result, of the type `kind`, is taken with the function `taker`.
    pub(crate) fn new(kind: TypeId, taker: &'static str, cancel: CancelToken, user_data: UserData) -> Arc<Op> {
        Arc::new(Op { result: Slot::new(), kind, taker, cancel, user_data, process: process::id() })
    }

    /// Sets the result. Only the first one counts.
    pub(crate) fn end(&self, result: AnyResult) {
        drop(self.result.end(result));
    }
}

pub(crate) struct UserData {
    pub(crate) pointer: *mut c_void,
    /// Called with the pointer when this is dropped.
    pub(crate) free: desk_free_fn,
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

/// An ended call on its way to its callback or its queue.
pub(crate) struct Finished {
    pub(crate) op: Arc<Op>,
    pub(crate) callback: desk_op_fn,
}

impl Finished {
    /// Whether there is a callback to run or user data to free.
    pub(crate) fn has_work(&self) -> bool {
        self.callback.is_some() || self.op.user_data.free.is_some()
    }

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
        let at_most = blocking::wait_time(timeout_ms)?;
        if op.result.has_ended() {
            return Ok(());
        }
        if timeout_ms != 0 {
            blocking::may_block()?;
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
