//! Errors: the cause, whether the client sent the request, and the next step.
//!
//! Invariant: `Display` and `Debug` must never show a body, a URL, the token or message text;
//! accessors return the service's own text. `retry/evidence.rs` decides the [`Outcome`]; this
//! module never guesses it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

/// Whether the service may have processed the request. For a create: whether a customer may have
/// been messaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The client did not send the whole request, or the service did not begin it. Sending the
    /// request again is safe.
    NotSent,
    /// The service rejected the request without processing it.
    Rejected,
    /// The service may have processed the request. Check before you send the request again.
    Unknown,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal,)*) => {
        /// The class of an error. The numbers equal those of `desk_status` in C and never change.
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

            /// The name of this kind for metrics and logs, such as `rate_limited`.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorKind::$name => $text,)* }
            }
        }
    };
}

kinds! {
    /// An argument is invalid; the error text names it.
    InvalidArgument = 1 "invalid_argument",
    /// No connection: name look-up, refused connection, TLS handshake or proxy.
    Connect = 100 "connect",
    /// A time limit expired.
    Timeout = 101 "timeout",
    /// The connection broke after the client may have sent the request.
    Transport = 102 "transport",
    /// The response is larger than the client's limit.
    TooLarge = 103 "too_large",
    /// The service responded with a redirect, which the client never follows.
    Redirect = 104 "redirect",
    /// The body of a successful response could not be decoded.
    Decode = 105 "decode",
    /// Responses contradict each other: a list does not advance, or its count differs from the
    /// number of its rows.
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

/// An error of a dependency.
pub(crate) type BoxError = Box<dyn StdError + Send + Sync>;

/// The error of a failed call or of a wrong setting.
pub struct Error(Box<Details>);

pub(crate) struct Details {
    pub(crate) kind: ErrorKind,
    pub(crate) outcome: Outcome,
    pub(crate) operation: Option<&'static str>,
    /// Whether the operation only reads, so that a retry is safe.
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
    /// The service's certificate is not trusted.
    pub(crate) untrusted_certificate: bool,
    /// The body of a successful response is not complete JSON.
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

    /// Whether the service may have processed the request.
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The operation that failed, such as `ticket_get`; `None` if building the client failed.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status, if the service responded.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's error code, number or text: the property `code` of its error body.
    pub fn service_code(&self) -> Option<&str> {
        self.0.service_code.as_deref()
    }

    /// The service's explanation. The text may repeat parts of the request: do not log it where
    /// message text is forbidden.
    pub fn service_text(&self) -> Option<&str> {
        self.0.service_text.as_deref()
    }

    /// The raw body of the response, at most 1 MB if the status is an error; empty without a
    /// response. The body may hold message text and any other part of the request that the service
    /// repeats.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The request id that the service or a gateway assigned.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The wait that the service asks for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the service's certificate is not trusted. The client never retries such an error of
    /// kind [`Connect`](ErrorKind::Connect), because a retry cannot succeed.
    pub fn is_untrusted_certificate(&self) -> bool {
        self.0.untrusted_certificate
    }

    /// Whether the body of a successful response is not complete JSON, as after a transport fault.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.0.incomplete
    }

    /// Number of attempts; 0 if the client refused the request before sending it.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The service's clock in the response to the last attempt, in whole seconds.
    pub fn server_date(&self) -> Option<DateTime<Utc>> {
        self.0.server_date
    }

    /// Time from the start of the call to its failure, waits between attempts included; zero
    /// without a call.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }
}

/// The alternate form (`{:#}`) leaves out the clause about the outcome, for callers that word [`Error::outcome`] themselves.
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
        if details.operation.is_none() || f.alternate() {
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

/// Whether a service code is short and consists of letters, digits, `_`, `-` and `.`.
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

// No source: errors of dependencies may quote the service and the request. The error text holds the
// cause.
impl StdError for Error {}
