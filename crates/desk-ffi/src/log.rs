//! Reports a client's work to C: one callback per client, called for every attempt and every call.
//!
//! Invariant: once a new callback (or none) is set, the previous one does not run on another thread
//! and is never called again.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use ::desk_client::{AttemptReport, CallReport, Error, Observer};

use crate::text::{OwnedText, desk_str};

/// An attempt that succeeded.
pub const DESK_LOG_DEBUG: i32 = 1;
/// A call that succeeded.
pub const DESK_LOG_INFO: i32 = 2;
/// An attempt that failed.
pub const DESK_LOG_WARN: i32 = 3;
/// A call that failed.
pub const DESK_LOG_ERROR: i32 = 4;

/// A log record, passed to a log callback. The record and its texts are valid during the callback.
/// Newer versions add members at the end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct desk_log_record {
    /// Size of this struct; members beyond it are absent.
    pub record_size: usize,
    /// One of `DESK_LOG_...`.
    pub level: i32,
    /// The HTTP status; 0 without a response.
    pub http_status: i32,
    /// Number of the attempt, from 1; for a call, the total number of attempts.
    pub attempts: i32,
    /// For a failure, one of `DESK_OUTCOME_...`; otherwise 0.
    pub outcome: i32,
    /// Time since the start of the attempt or the call, in µs.
    pub elapsed_us: i64,
    /// Time until the next attempt, in ms; -1 if there is none.
    pub retry_in_ms: i64,
    /// The operation, such as `ticket_get`.
    pub operation: desk_str,
    /// The HTTP method, such as `GET` or `POST`.
    pub method: desk_str,
    /// The path of the spec, with parameter names instead of values.
    pub path: desk_str,
    /// One line for people. It holds no token, URL or message text.
    pub message: desk_str,
}

/// A log callback. The client calls it on the threads that make calls, possibly on several threads
/// at once. It must return quickly. It may call any function of the library except operations,
/// which return `DESK_WOULD_DEADLOCK`. No exception may leave it.
pub type desk_log_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, record: *const desk_log_record)>;

/// Holds the log callback of a client.
#[derive(Default)]
pub(crate) struct Log {
    /// Whether a callback is set, so that a client without one skips the lock.
    wanted: AtomicBool,
    state: Mutex<State>,
    idle: Condvar,
}

#[derive(Default)]
struct State {
    sink: Option<Sink>,
    /// The thread of each running callback.
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
    /// Replaces or removes the callback. Waits for callbacks that run on other threads, unless this
    /// thread runs one.
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
            outcome: line.error.map_or(0, |error| crate::failure::outcome_number(error.outcome())),
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

/// A log record in Rust types.
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
