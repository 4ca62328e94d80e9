//! Starts asynchronous calls.

use std::any::{Any, TypeId};
use std::ffi::c_void;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use ::desk_client::CancelToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::background::Ending;
use crate::client::Inner;
use crate::failure::{Failure, desk_error};
use crate::guard::{self, release};
use crate::handle;
use crate::op::{AnyResult, Op, UserData, desk_free_fn, desk_op, desk_op_fn};
use crate::queue::Queue;
use crate::sigpipe::Quiet;
use crate::status::desk_status;

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

/// A running call; dropping it ends the call as cancelled.
struct Running {
    /// The index of the call in the table of running calls, until it has ended.
    place: Option<usize>,
    inner: Arc<Inner>,
    /// Makes the freeing of the client wait for the call; dropped last.
    _tracked: TaskTrackerToken,
}

impl Running {
    fn end(&mut self, result: AnyResult) {
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
        let driver = inner.clone();
        let tracked = inner.background.start(move |calls| driver.drive(pin!(calls.wait())), callbacks)?;
        let user_data = UserData { pointer: user_data, free: user_data_free };
        let op = Op::new(kind, taker, cancel, user_data);
        if !out.is_null() {
            // SAFETY: by contract.
            unsafe { out.write(handle::into_handle::<desk_op, ()>(op.clone(), ())) };
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
type Call = Pin<Box<dyn Future<Output = AnyResult> + Send>>;

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

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
#[path = "start_tests.rs"]
mod tests;
