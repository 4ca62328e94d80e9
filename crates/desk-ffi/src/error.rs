//! `desk_error`: what went wrong, with everything the Rust error knows.

use desk_client::{Error, Outcome};

use crate::guard::{read, read_into, release};
use crate::handle::{self, Handle};
use crate::status::{
    DESK_CANCELLED, DESK_FORKED, DESK_INVALID_ARGUMENT, DESK_NOT_READY, DESK_OK, DESK_OUTCOME_NOT_SENT,
    DESK_OUTCOME_REJECTED, DESK_OUTCOME_UNKNOWN, DESK_PANIC, DESK_WOULD_DEADLOCK, desk_status,
};
use crate::text::{OwnedText, desk_str};

/// Why a call failed. Immutable; any thread may read it. Free it with `desk_error_free`.
pub struct desk_error {
    _opaque: (),
}

/// A failure on its way to C.
pub(crate) enum Failure {
    /// An argument that the library refuses before anything is sent.
    Argument(String),
    /// An argument about a call that is under way or over, and that the library refuses.
    Misuse(String),
    /// The call has not ended yet.
    NotReady,
    /// A call without an error of its own that was given up.
    Cancelled,
    /// The client belongs to another process.
    Forked,
    /// Blocking here could never end.
    WouldDeadlock,
    /// A panic, stopped.
    Panic,
    /// There was a panic in this client before.
    Poisoned,
    /// A failed call.
    Call(Error),
}

pub(crate) struct ErrorObject {
    status: desk_status,
    outcome: i32,
    message: OwnedText,
    http_status: i32,
    service_code: OwnedText,
    service_text: OwnedText,
    body: OwnedText,
    request_id: OwnedText,
    retry_after_ms: i64,
    attempts: i32,
    server_date_us: Option<i64>,
    elapsed_us: i64,
}

// C may read an error from any thread.
const _: () = crate::handle::shared::<ErrorObject>();

impl Handle for desk_error {
    type Target = ErrorObject;
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Call(error)
    }
}

impl Failure {
    pub(crate) fn argument(text: impl Into<String>) -> Failure {
        Failure::Argument(text.into())
    }

    pub(crate) fn misuse(text: impl Into<String>) -> Failure {
        Failure::Misuse(text.into())
    }

    pub(crate) fn status(&self) -> desk_status {
        match self {
            Failure::Argument(_) | Failure::Misuse(_) => DESK_INVALID_ARGUMENT,
            Failure::NotReady => DESK_NOT_READY,
            Failure::Cancelled => DESK_CANCELLED,
            Failure::Forked => DESK_FORKED,
            Failure::WouldDeadlock => DESK_WOULD_DEADLOCK,
            Failure::Panic | Failure::Poisoned => DESK_PANIC,
            Failure::Call(error) => error.kind().code(),
        }
    }

    /// Makes the object that C gets.
    pub(crate) fn give(self) -> *mut desk_error {
        let (outcome, message) = match &self {
            Failure::Argument(text) => (DESK_OUTCOME_NOT_SENT, format!("{text}; nothing was sent")),
            Failure::Misuse(text) => (DESK_OUTCOME_UNKNOWN, format!("{text}; the call itself is not affected")),
            Failure::NotReady => {
                (DESK_OUTCOME_UNKNOWN, "the call has not ended yet; wait for it, or cancel it".to_owned())
            }
            Failure::Cancelled => (
                DESK_OUTCOME_UNKNOWN,
                "the call was cancelled; a request that is no read may have been carried out: find out before sending it again"
                    .to_owned(),
            ),
            Failure::Poisoned => (
                DESK_OUTCOME_NOT_SENT,
                "an earlier call met a defect in the library; free the client and make a new one; nothing was sent".to_owned(),
            ),
            Failure::Forked => (
                DESK_OUTCOME_NOT_SENT,
                "the client was made before a fork; make a new one in the child; nothing was sent".to_owned(),
            ),
            Failure::WouldDeadlock => (
                DESK_OUTCOME_NOT_SENT,
                "a blocking call inside a callback or on a thread of an async runtime; call from a thread of your own, or start it with its _async form; nothing was sent"
                    .to_owned(),
            ),
            Failure::Panic => (
                DESK_OUTCOME_UNKNOWN,
                "a defect in the library; the request may have been carried out: find out before sending it again"
                    .to_owned(),
            ),
            Failure::Call(error) => (outcome_number(error.outcome()), error.to_string()),
        };
        let error = match &self {
            Failure::Call(error) => Some(error),
            _ => None,
        };
        let body = error.map_or(&[][..], Error::body);
        let object = ErrorObject {
            status: self.status(),
            outcome,
            message: OwnedText::new(message.as_bytes()),
            http_status: error.and_then(Error::status).map_or(0, i32::from),
            service_code: OwnedText::of(error.and_then(Error::service_code)),
            service_text: OwnedText::of(error.and_then(Error::service_text)),
            body: if body.is_empty() { OwnedText::default() } else { OwnedText::new(body) },
            request_id: OwnedText::of(error.and_then(Error::request_id)),
            retry_after_ms: error
                .and_then(Error::retry_after)
                .map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
            server_date_us: error.and_then(Error::server_date).map(|date| date.timestamp_micros()),
            elapsed_us: error.map_or(0, |error| i64::try_from(error.elapsed().as_micros()).unwrap_or(i64::MAX)),
            attempts: error.map_or(0, |error| i32::try_from(error.attempts()).unwrap_or(i32::MAX)),
        };
        handle::give(object, ())
    }
}

pub(crate) fn outcome_number(outcome: Outcome) -> i32 {
    match outcome {
        Outcome::NotSent => DESK_OUTCOME_NOT_SENT,
        Outcome::Rejected => DESK_OUTCOME_REJECTED,
        // A kind of outcome that this library does not know is treated with most care.
        _ => DESK_OUTCOME_UNKNOWN,
    }
}

/// Frees an error; NULL is fine. Every text got from it ends with it. Any thread, once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_free(error: *mut desk_error) {
    // SAFETY: the caller owns it; errors are made by `Failure::give` alone.
    release(|| unsafe { handle::free::<desk_error, ()>(error) });
}

/// The class of the error, one of `DESK_...`; `DESK_OK` for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_code(error: *const desk_error) -> desk_status {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, DESK_OK, |error| error.status) }
}

/// One line for people: what happened, whether anything was sent, what to do next. It holds no token, URL or message
/// text. Lives until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_message(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.message.view()) }
}

/// What is known of the request's fate, one of `DESK_OUTCOME_...`; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_outcome(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.outcome) }
}

/// The HTTP status; 0 if the service did not answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_http_status(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.http_status) }
}

/// The service's own code, a number or a word as text. Lives until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_service_code(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.service_code.view()) }
}

/// The service's own explanation. It may repeat what was sent: do not log it where message text must not go. Lives until
/// the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_service_text(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.service_text.view()) }
}

/// The raw body of the answer, at most 1 MB of a refusal; not always UTF-8. It may hold message text. Lives until the
/// error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_body(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.body.view()) }
}

/// How long the service asks to wait, in ms; -1 if it does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_retry_after_ms(error: *const desk_error) -> i64 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, -1, |error| error.retry_after_ms) }
}

/// How often the request was tried; 0 if it was refused before sending.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_attempts(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.attempts) }
}

/// The service's clock when it answered last, in µs since the Unix epoch, whole seconds. Whether it is there, and if so, into
/// `out` (NULL: not wanted).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_server_date_us(error: *const desk_error, out: *mut i64) -> bool {
    // SAFETY: the caller passes NULL or a live error, and a writable `out` or NULL.
    unsafe { read_into(error, out, |error| error.server_date_us) }
}

/// Time from the start of the call to its failure, in µs, waits between attempts included; 0 if it was no call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_elapsed_us(error: *const desk_error) -> i64 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.elapsed_us) }
}

/// The request id that the service or a gateway gave. Lives until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_request_id(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.request_id.view()) }
}
