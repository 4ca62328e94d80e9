//! `desk_error`: the reason why a call failed, with all details of the Rust error.

use desk_client::{Error, Outcome};

use crate::guard::{read, read_into, release};
use crate::handle::{self, Handle};
use crate::status::{
    DESK_CANCELLED, DESK_FORKED, DESK_INVALID_ARGUMENT, DESK_NOT_READY, DESK_OK, DESK_OUTCOME_NOT_SENT,
    DESK_OUTCOME_REJECTED, DESK_OUTCOME_UNKNOWN, DESK_PANIC, DESK_WOULD_DEADLOCK, desk_status,
};
use crate::text::{OwnedText, desk_str};

/// The reason why a call failed. Immutable; any thread may read it. Free it with `desk_error_free`.
pub struct desk_error {
    _opaque: (),
}

/// A failure before it becomes a `desk_error`.
pub(crate) enum Failure {
    /// An argument that the library refuses before it sends a request.
    Argument(String),
    /// An argument about a running or ended call that the library refuses.
    Misuse(String),
    /// The call has not ended yet.
    NotReady,
    /// A cancelled call that has no error of its own.
    Cancelled,
    /// The client was created in another process.
    Forked,
    /// A blocking call that could never end.
    WouldDeadlock,
    /// A caught panic.
    Panic,
    /// The client has panicked in an earlier call.
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

    /// Creates the object that C receives.
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
        // An outcome that this library does not know is treated as unknown.
        _ => DESK_OUTCOME_UNKNOWN,
    }
}

/// Frees an error; NULL is allowed. Texts read from the error become invalid. Any thread, once.
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

/// One line for people: the problem, whether a request was sent, and the next step. It holds no
/// token, URL or message text. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_message(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.message.view()) }
}

/// Whether the request may have taken effect, one of `DESK_OUTCOME_...`; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_outcome(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.outcome) }
}

/// The HTTP status; 0 without a response.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_http_status(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.http_status) }
}

/// The service's own error code, a number or a word as text. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_service_code(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.service_code.view()) }
}

/// The service's own explanation. It may quote the request: do not log it where message text must
/// not appear. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_service_text(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.service_text.view()) }
}

/// The raw response body, at most 1 MB of an error response; not always UTF-8. It may hold message
/// text and other parts of the request that the service quotes. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_body(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.body.view()) }
}

/// How long the service asks the client to wait, in ms; -1 if it does not ask.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_retry_after_ms(error: *const desk_error) -> i64 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, -1, |error| error.retry_after_ms) }
}

/// Number of attempts; 0 if the library refused the call before sending a request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_attempts(error: *const desk_error) -> i32 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.attempts) }
}

/// The service's clock at its response to the last attempt, in µs since the Unix epoch, with a
/// resolution of 1 s. Returns whether the value is present and writes it (0 if absent) to `out`
/// unless `out` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_server_date_us(error: *const desk_error, out: *mut i64) -> bool {
    // SAFETY: the caller passes NULL or a live error, and a writable `out` or NULL.
    unsafe { read_into(error, out, |error| error.server_date_us) }
}

/// Time from the start of the call to its failure, including waits between attempts, in µs; 0 if no
/// call was made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_elapsed_us(error: *const desk_error) -> i64 {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, 0, |error| error.elapsed_us) }
}

/// The request id from the service or a gateway. Valid until the error is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn desk_error_get_request_id(error: *const desk_error) -> desk_str {
    // SAFETY: the caller passes NULL or a live error.
    unsafe { read(error, desk_str::ABSENT, |error| error.request_id.view()) }
}
