//! What a failed call says: what happened, whether anything was sent, what to do next.
//!
//! Invariant: neither `Display` nor `Debug` shows a body, a URL, a token or text of a message; the service's own words are
//! behind accessors. `Outcome` is decided in `retry/evidence.rs`, never guessed here.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

/// What is known of the request's fate. The question for a create: may a customer have been messaged?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing reached the service. Sending it (again) is safe.
    NotSent,
    /// The service refused it and did nothing.
    Rejected,
    /// The service may have carried it out. Find out before sending it again.
    Unknown,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal,)*) => {
        /// The class of an error. The numbers are those of `desk_status` in C and never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum ErrorKind { $($(#[$doc])* $name = $code,)* }

        impl ErrorKind {
            /// All kinds, in the order of their numbers.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$name,)*];

            /// The number of this kind.
            pub const fn code(self) -> i32 {
                self as i32
            }

            /// Its name for metrics and logs, such as `rate_limited`.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorKind::$name => $text,)* }
            }
        }
    };
}

kinds! {
    /// An argument breaks a rule; the message names it.
    InvalidArgument = 1 "invalid_argument",
    /// No connection: name lookup, refused, TLS handshake, proxy.
    Connect = 100 "connect",
    /// The time allowed ran out.
    Timeout = 101 "timeout",
    /// The connection broke after the request may have left.
    Transport = 102 "transport",
    /// The answer is larger than the client takes.
    TooLarge = 103 "too_large",
    /// The service answered with a redirect, which is never followed.
    Redirect = 104 "redirect",
    /// A success whose body could not be read.
    Decode = 105 "decode",
    /// Answers that do not fit together: a list that does not move on, or whose count is not that of its rows.
    Inconsistent = 106 "inconsistent",
    /// A `CancelToken` of the call was cancelled.
    Cancelled = 107 "cancelled",
    /// 401 or 403.
    Unauthorized = 200 "unauthorized",
    /// 404 or 410.
    NotFound = 201 "not_found",
    /// 429.
    RateLimited = 202 "rate_limited",
    /// Any other 4xx.
    Refused = 203 "refused",
    /// 5xx.
    Service = 204 "service",
}

/// An error of a library below.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// A failed call.
pub struct Error(Box<Details>);

pub(crate) struct Details {
    pub(crate) kind: ErrorKind,
    pub(crate) outcome: Outcome,
    pub(crate) operation: Option<&'static str>,
    /// Whether asking again can do no harm.
    pub(crate) safe: bool,
    pub(crate) what: String,
    pub(crate) status: Option<u16>,
    pub(crate) service_code: Option<String>,
    pub(crate) service_text: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    pub(crate) server_date: Option<DateTime<Utc>>,
    pub(crate) elapsed: Duration,
    /// The service's certificate was not trusted.
    pub(crate) untrusted_certificate: bool,
    /// A success whose body is no complete JSON.
    pub(crate) incomplete: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, outcome: Outcome, what: impl Into<String>) -> Error {
        Error(Box::new(Details {
            kind,
            outcome,
            operation: None,
            safe: false,
            what: what.into(),
            status: None,
            service_code: None,
            service_text: None,
            body: Bytes::new(),
            request_id: None,
            retry_after: None,
            attempts: 0,
            server_date: None,
            elapsed: Duration::ZERO,
            untrusted_certificate: false,
            incomplete: false,
        }))
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidArgument, Outcome::NotSent, what)
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Details)) -> Error {
        change(&mut self.0);
        self
    }

    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is known of the request's fate.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The operation that failed, such as `ticket_get`; `None` while a client is built.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status, if the service answered.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own code (`code` of its error body), number or text.
    pub fn service_code(&self) -> Option<&str> {
        self.0.service_code.as_deref()
    }

    /// The service's own explanation. It may repeat what was sent: do not log it where message text must not go.
    pub fn service_text(&self) -> Option<&str> {
        self.0.service_text.as_deref()
    }

    /// The raw body of the answer, at most 1 MB of a refusal; empty if there was none. It may hold message text, and whatever
    /// else the service repeats of a request.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The request id that the service or a gateway gave.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the service asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the service's certificate was not trusted: of kind [`Connect`](ErrorKind::Connect), and another attempt does not change it.
    pub fn is_untrusted_certificate(&self) -> bool {
        self.0.untrusted_certificate
    }

    /// Whether the body of a success is no complete JSON, as after a fault on its way.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.0.incomplete
    }

    /// How often the request was tried; 0 if it was refused before sending.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The service's clock when it answered the last attempt, in whole seconds.
    pub fn server_date(&self) -> Option<DateTime<Utc>> {
        self.0.server_date
    }

    /// Time from the start of the call to its failure, waits between attempts included; zero if it was none.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = &self.0;
        if let Some(operation) = details.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&details.what)?;
        if let Some(code) = details.service_code.as_deref().filter(|code| plain(code)) {
            write!(f, " (service code {code})")?;
        }
        if let Some(wait) = details.retry_after.filter(|wait| !wait.is_zero()) {
            write!(f, "; the service asks to wait {:.0} s", wait.as_secs_f64().ceil())?;
        }
        if details.operation.is_none() {
            return Ok(());
        }
        f.write_str(match details.outcome {
            Outcome::NotSent => "; nothing was sent",
            Outcome::Rejected => "; nothing was done",
            Outcome::Unknown if details.safe => "; asking again is safe",
            Outcome::Unknown => "; it may have been carried out: find out before sending it again",
        })
    }
}

/// Whether a service code is short and free of anything but a name or number.
fn plain(code: &str) -> bool {
    code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("outcome", &self.0.outcome)
            .field("status", &self.0.status)
            .field("attempts", &self.0.attempts)
            .field("request_id", &self.0.request_id)
            .field("message", &self.to_string())
            .finish_non_exhaustive()
    }
}

// No source: the libraries below may quote the service and the request. The message holds the cause.
impl StdError for Error {}
