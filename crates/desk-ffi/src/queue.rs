//! `desk_queue`: asynchronous calls that have ended, for event loops.

use std::process;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Failure, desk_error};
use crate::guard::{self, read};
use crate::handle::{self, Handle, target};
use crate::op::{self, Finished, desk_op};
use crate::signal::{Pollable, ReadyFd};
use crate::status::desk_status;
use crate::sync::Fifo;

/// Where asynchronous calls arrive when they have ended: set it in their `desk_call_options`, poll `desk_queue_fd` in your
/// event loop, and take them with `desk_queue_next`. Calls of any clients may share it. Any thread may use it, also several
/// at once. Free it with `desk_queue_free`.
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
    /// Puts a call in line; gives it back if nobody will take it any more.
    pub(crate) fn push(&self, call: Finished) -> Result<(), Finished> {
        self.line.push(call)
    }
}

/// Makes a queue. On success `*out` is the queue, to be freed with `desk_queue_free`; otherwise it is NULL. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT` if `out` is NULL, or the process has no file descriptor left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_queue_new(out: *mut *mut desk_queue, err: *mut *mut desk_error) -> desk_status {
    let work = || {
        let ready = ReadyFd::new();
        let ready = ready.map_err(|error| Failure::argument(format!("the queue gets no file descriptor: {error}")))?;
        let queue = Queue { line: Fifo::new(ready), process: process::id() };
        Ok(handle::give::<desk_queue, ()>(Arc::new(queue), ()))
    };
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { guard::call(out, err, work) }
}

/// A file descriptor that is readable exactly while a call is in line: for poll, epoll, select and event loops. Do not read,
/// write or close it; it is closed with the queue, or later with the last call that was to arrive there. -1 for NULL. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_queue_fd(queue: *const desk_queue) -> i32 {
    // SAFETY: the caller passes NULL or a live queue.
    unsafe { read(queue, -1, |queue| queue.line.signal().fd()) }
}

/// The next call that has ended: `*out` is a handle of it, to be freed with `desk_op_free`; NULL if none has within
/// `timeout_ms` (0: look and do not wait, -1: wait for ever). Each call arrives once. If it was started with a callback, that
/// is called here first, on this thread, where it may block. Any thread.
///
/// Errors: `DESK_INVALID_ARGUMENT`; `DESK_WOULD_DEADLOCK` if it would wait inside a callback; `DESK_FORKED` in a child of the
/// process that made the queue.
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
        let at_most = op::wait_time(timeout_ms)?;
        let next = match queue.line.next(Some(Duration::ZERO)) {
            None if timeout_ms != 0 => {
                op::may_block()?;
                queue.line.next(at_most)
            }
            next => next,
        };
        Ok(next.map_or(std::ptr::null_mut(), |call| handle::give::<desk_op, ()>(call.run(), ())))
    };
    // SAFETY: the caller passes NULL or writable pointers.
    unsafe { guard::call(out, err, work) }
}

/// Frees a queue; NULL is fine. Calls in line, and those that would arrive later, are dropped with their results and without
/// their callbacks: take what you care for first. Any thread, once, when no other thread waits for it.
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
