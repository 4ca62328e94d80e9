//! The private readers of untrusted bytes, for the targets of `fuzz/` and nobody else.

use std::time::Duration;

use http::HeaderMap;

/// Code and explanation in an error body.
pub fn explanation(body: &[u8]) -> (Option<String>, Option<String>) {
    crate::body::explanation(body)
}

/// The wait that headers ask for.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    crate::retry_after::parse(headers)
}
