//! Telling C what a client does: one callback for a client, called for every attempt and every call.
//!
//! Invariant: once a new callback is set (or none), the old one is not running on another thread and is never called again.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use ::desk_client::{AttemptReport, CallReport, Error, Observer};

use crate::text::{OwnedText, desk_str};

/// An attempt that was answered.
pub const DESK_LOG_DEBUG: i32 = 1;
/// A call that succeeded.
pub const DESK_LOG_INFO: i32 = 2;
/// An attempt that failed.
pub const DESK_LOG_WARN: i32 = 3;
/// A call that failed.
pub const DESK_LOG_ERROR: i32 = 4;

/// What a log callback is told. It and its texts live during the callback. Newer versions add members at the end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_log_record {
    /// Its size; members beyond it are not there.
    pub record_size: usize,
    /// One of `DESK_LOG_...`.
    pub level: i32,
    /// The HTTP status; 0 if the service did not answer.
    pub http_status: i32,
    /// The number of the attempt, from 1; of a call, how many there were.
    pub attempts: i32,
    /// One of `DESK_OUTCOME_...` of a failure, else 0.
    pub outcome: i32,
    /// Time since the attempt or the call began, in µs.
    pub elapsed_us: i64,
    /// How long it is until the next attempt, in ms; -1 if there is none.
    pub retry_in_ms: i64,
    /// The operation, such as `ticket_get`.
    pub operation: desk_str,
    /// `GET`, `POST`, …
    pub method: desk_str,
    /// The path as the spec has it, with names instead of values.
    pub path: desk_str,
    /// One line for people. It holds no token, URL or message text.
    pub message: desk_str,
}

/// A log callback: called on a thread that makes a call through the client, also from several at once. It must be quick, and
/// may call anything of the library but operations, which answer `DESK_WOULD_DEADLOCK`. No exception may leave it.
pub type desk_log_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, record: *const desk_log_record)>;

/// Where a client's callback is kept.
#[derive(Default)]
pub(crate) struct Log {
    /// So that a client without a callback pays nothing.
    wanted: AtomicBool,
    state: Mutex<State>,
    idle: Condvar,
}

#[derive(Default)]
struct State {
    sink: Option<Sink>,
    /// A thread for each callback that is running.
    running: Vec<ThreadId>,
}

#[derive(Clone, Copy)]
struct Sink {
    callback: unsafe extern "C" fn(*mut c_void, *const desk_log_record),
    user_data: *mut c_void,
}

// SAFETY: the caller promises that the callback may be called with its data from any thread.
unsafe impl Send for Sink {}

impl Log {
    /// Sets another callback, or none. Waits for those under way on other threads, unless called from one of them.
    pub(crate) fn set(&self, callback: desk_log_fn, user_data: *mut c_void) {
        let me = thread::current().id();
        let mut state = self.state();
        state.sink = callback.map(|callback| Sink { callback, user_data });
        self.wanted.store(state.sink.is_some(), Ordering::SeqCst);
        while !state.running.is_empty() && !state.running.contains(&me) {
            state = self.idle.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, line: Line<'_>) {
        let me = thread::current().id();
        let sink = {
            let mut state = self.state();
            let Some(sink) = state.sink else { return };
            state.running.push(me);
            sink
        };
        let [operation, method, path] = [line.operation, line.method, line.path].map(|text| OwnedText::of(Some(text)));
        let message = OwnedText::of(Some(&line.message()));
        let record = desk_log_record {
            record_size: size_of::<desk_log_record>(),
            level: line.level,
            http_status: line.status.map_or(0, i32::from),
            attempts: i32::try_from(line.attempts).unwrap_or(i32::MAX),
            outcome: line.error.map_or(0, |error| crate::error::outcome_number(error.outcome())),
            elapsed_us: i64::try_from(line.elapsed.as_micros()).unwrap_or(i64::MAX),
            retry_in_ms: line.retry_in.map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
            operation: operation.view(),
            method: method.view(),
            path: path.view(),
            message: message.view(),
        };
        // SAFETY: the caller promises that the callback may be called until it is replaced.
        unsafe { (sink.callback)(sink.user_data, &record) };
        let mut state = self.state();
        if let Some(at) = state.running.iter().position(|thread| *thread == me) {
            state.running.swap_remove(at);
        }
        self.idle.notify_all();
    }
}

/// What is told, before it is put into C.
struct Line<'a> {
    level: i32,
    operation: &'a str,
    method: &'a str,
    path: &'a str,
    attempts: u32,
    elapsed: Duration,
    status: Option<u16>,
    error: Option<&'a Error>,
    retry_in: Option<Duration>,
}

impl Line<'_> {
    fn message(&self) -> String {
        let Line { operation, method, path, attempts, .. } = self;
        let ms = self.elapsed.as_millis();
        let answer = match (self.error, self.status) {
            (Some(error), _) => error.to_string(),
            (None, status) => status.map_or("no answer".to_owned(), |status| status.to_string()),
        };
        match (self.level, self.retry_in) {
            (DESK_LOG_INFO | DESK_LOG_ERROR, _) => {
                format!("{operation} after {ms} ms and {attempts} attempts: {answer}")
            }
            (_, Some(wait)) => {
                format!("{method} {path}, attempt {attempts} after {ms} ms: {answer}; again in {} ms", wait.as_millis())
            }
            (_, None) => format!("{method} {path}, attempt {attempts} after {ms} ms: {answer}"),
        }
    }
}

impl Observer for Log {
    fn attempt(&self, report: &AttemptReport<'_>) {
        if self.wanted.load(Ordering::Relaxed) {
            self.tell(Line {
                level: if report.error.is_some() { DESK_LOG_WARN } else { DESK_LOG_DEBUG },
                operation: report.operation,
                method: report.method,
                path: report.path,
                attempts: report.attempt,
                elapsed: report.elapsed,
                status: report.status,
                error: report.error,
                retry_in: report.retry_in,
            });
        }
    }

    fn call(&self, report: &CallReport<'_>) {
        if self.wanted.load(Ordering::Relaxed) {
            self.tell(Line {
                level: if report.error.is_some() { DESK_LOG_ERROR } else { DESK_LOG_INFO },
                operation: report.operation,
                method: report.method,
                path: report.path,
                attempts: report.attempts,
                elapsed: report.elapsed,
                status: report.status,
                error: report.error,
                retry_in: None,
            });
        }
    }
}
