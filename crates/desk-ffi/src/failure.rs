//! [`Failure`]: why an entry point failed, and the `desk_error` that C receives for it.

use desk_client::{Error, Outcome};

use crate::handle::{self, Handle};
use crate::status::{
    DESK_CANCELLED, DESK_FORKED, DESK_INVALID_ARGUMENT, DESK_NOT_READY, DESK_OUTCOME_NOT_SENT, DESK_OUTCOME_REJECTED,
    DESK_OUTCOME_UNKNOWN, DESK_PANIC, DESK_WOULD_DEADLOCK, desk_status,
};
use crate::text::OwnedText;

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
    pub(crate) status: desk_status,
    pub(crate) outcome: i32,
    pub(crate) message: OwnedText,
    pub(crate) http_status: i32,
    pub(crate) service_code: OwnedText,
    pub(crate) service_text: OwnedText,
    pub(crate) body: OwnedText,
    pub(crate) request_id: OwnedText,
    pub(crate) retry_after_ms: i64,
    pub(crate) attempts: i32,
    pub(crate) server_date_us: Option<i64>,
    pub(crate) elapsed_us: i64,
}

// C may read an error from any thread.
const _: () = handle::shared::<ErrorObject>();

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
    pub(crate) fn into_handle(self) -> *mut desk_error {
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
        handle::into_handle(object, ())
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
