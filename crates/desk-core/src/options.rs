//! Options of a call, which override the settings of its client.

use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::Error;
use crate::cancel::CancelToken;

/// Headers that the transport sets itself, or that would change the meaning of the request.
const OURS: [&str; 17] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// Options of a call, which override the settings of its client; see
/// [`Client::with`](crate::Client::with).
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) max_attempts: Option<u32>,
    headers: Vec<(String, String)>,
    /// Prefetch: one attempt without a timeout, because the program may not drive the runtime until
    /// it needs the page.
    pub(crate) ahead: bool,
    pub(crate) cancels: Vec<CancelToken>,
}

impl CallOptions {
    /// Options that override no setting.
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// Time limit of the whole call, from its start to the last byte of the response, waits and
    /// retries included.
    pub fn timeout(mut self, timeout: Duration) -> CallOptions {
        self.timeout = Some(timeout);
        self
    }

    /// Time limit of one attempt, from its start to the last byte of the response.
    pub fn attempt_timeout(mut self, timeout: Duration) -> CallOptions {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Maximum number of attempts, the first one included; default: 5. The client retries a request
    /// that is not a read only if the service certainly did not process it.
    pub fn max_attempts(mut self, attempts: u32) -> CallOptions {
        self.max_attempts = Some(attempts);
        self
    }

    /// Cancels the call when the token is cancelled. If there are several tokens, each of them
    /// cancels the call.
    pub fn cancel(mut self, token: CancelToken) -> CallOptions {
        self.cancels.push(token);
        self
    }

    /// Adds a header. The call fails if the header is invalid, or if the client sets it itself,
    /// such as the token and the headers that describe the body.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> CallOptions {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds the headers to a request. The error names the header that cannot be sent, never its
    /// value.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap, token_header: &str) -> Result<(), Error> {
        for (name, value) in &self.headers {
            let refuse = |why: &str| Error::invalid(format!("header `{}` {why}", name.escape_debug()));
            let known = HeaderName::from_bytes(name.as_bytes());
            let known = known.map_err(|_| refuse("has a name that no header can have; use letters, digits and `-`"))?;
            if known == *token_header || OURS.contains(&known.as_str()) {
                return Err(refuse("is set by the client; leave it out"));
            }
            let value = HeaderValue::from_str(value);
            let mut value = value.map_err(|_| refuse("has a value that no header can carry; remove line breaks"))?;
            value.set_sensitive(true);
            headers.append(known, value);
        }
        Ok(())
    }
}

/// Shows only the names of headers: their values may be secrets.
impl std::fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_attempts", &self.max_attempts)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish()
    }
}
