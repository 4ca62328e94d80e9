//! Private parsers of untrusted bytes, public only for the targets of `fuzz/`.

use std::time::Duration;

use http::HeaderMap;
use zeroize::Zeroizing;

use crate::http::token::Token;

/// Code and explanation in an error body.
pub fn explanation(body: &[u8]) -> (Option<String>, Option<String>) {
    let token = Token::new(Zeroizing::new("t0ken".to_owned())).unwrap_or_else(|error| panic!("{error}"));
    crate::http::body::explanation(body, &token)
}

/// The wait that headers ask for.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    crate::retry::retry_after::parse(headers)
}
