//! `desk_queue`: receives ended asynchronous calls for event loops.

use std::process;
use std::sync::Arc;
use std::time::Duration;

use crate::blocking;
use crate::failure::{Failure, desk_error};
use crate::guard::{self, read};
use crate::handle::{self, Handle, target};
use crate::op::{Finished, desk_op};
use crate::signal::{Pollable, ReadyFd};
use crate::status::desk_status;
use crate::sync::Fifo;

/// A completion queue: receives asynchronous calls when they have ended. Set it in their
/// `desk_call_options`, poll `desk_queue_fd` in your event loop, and take the calls with
/// `desk_queue_next`. Calls of several clients may share a queue. Any thread may use it, also
/// several threads at once. Free it with `desk_queue_free`.
pub struct desk_queue {
    _opaque: (),
}

pub(crate) struct Queue {
    line: Fifo<Finished, ReadyFd>,
    process: u32,
}

impl Handle for desk_queue {
    type Target = Arc<Queue>;
}

// C may use a queue from any thread.
const _: () = handle::shared::<Queue>();

impl Queue {
    /// Appends a call; returns it if the queue is closed.
    pub(crate) fn push(&self, call: Finished) -> Result<(), Finished> {
        self.line.push(call)
    }
}

/// Creates a queue. On success the caller owns `*out` and frees it with `desk_queue_free`; on
/// failure `*out` is NULL. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if `out` is NULL, or if the process has no file descriptor left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_queue_new(out: *mut *mut desk_queue, err: *mut *mut desk_error) -> desk_status {
    let work = || {
        let ready = ReadyFd::new();
        let ready = ready.map_err(|error| Failure::argument(format!("the queue gets no file descriptor: {error}")))?;
        let queue = Queue { line: Fifo::new(ready), process: process::id() };
        Ok(handle::into_handle::<desk_queue, ()>(Arc::new(queue), ()))
    };
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { guard::call(out, err, work) }
}

/// A file descriptor that is readable exactly while the queue has a call: for poll, epoll, select
/// and event loops. Do not read, write or close it: the library closes it with the queue, or later,
/// with the last call that was to arrive there. -1 for NULL. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_queue_fd(queue: *const desk_queue) -> i32 {
    // SAFETY: the caller passes NULL or a live queue.
    unsafe { read(queue, -1, |queue| queue.line.signal().fd()) }
}

/// Takes the next ended call. `*out` is a handle that the caller frees with `desk_op_free`; it is
/// NULL if no call ends within `timeout_ms` (0: do not wait; -1: wait for ever). Each call arrives
/// once. If the call was started with a callback, the function first runs it on this thread, where
/// it may block. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; `DESK_WOULD_DEADLOCK` if the function would wait inside a
/// callback; `DESK_FORKED` in a child of the process that created the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_queue_next(
    queue: *const desk_queue,
    timeout_ms: i64,
    out: *mut *mut desk_op,
    err: *mut *mut desk_error,
) -> desk_status {
    let work = || {
        // SAFETY: the caller passes NULL or a live queue.
        let queue = unsafe { target::<desk_queue>(queue) };
        let queue = queue.ok_or_else(|| Failure::argument("queue is NULL; make one with desk_queue_new"))?;
        if queue.process != process::id() {
            return Err(Failure::Forked);
        }
        let at_most = blocking::wait_time(timeout_ms)?;
        let next = match queue.line.next(Some(Duration::ZERO)) {
            None if timeout_ms != 0 => {
                blocking::may_block()?;
                queue.line.next(at_most)
            }
            next => next,
        };
        Ok(next.map_or(std::ptr::null_mut(), |call| handle::into_handle::<desk_op, ()>(call.run(), ())))
    };
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { guard::call(out, err, work) }
}

/// Frees a queue; NULL is allowed. The queue drops the calls that it has, and calls that would
/// arrive later, together with their results and without running their callbacks: take the calls
/// that you need first. Any thread, once, while no other thread waits for the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_queue_free(queue: *mut desk_queue) {
    guard::release(|| {
        // SAFETY: the caller passes NULL or a live queue.
        match unsafe { target::<desk_queue>(queue) } {
            Some(object) if object.process != process::id() => return handle::forget(queue),
            Some(object) => {
                object.line.close();
                while object.line.next(None).is_some() {}
            }
            None => {}
        }
        // SAFETY: the caller owns it; queues are made by `desk_queue_new` alone.
        unsafe { handle::free::<desk_queue, ()>(queue) };
    });
}
