//! Evidence of a failed request: the kind, the outcome and the text of its error.
//!
//! This module decides the outcome, from evidence only; the retry policy and callers read it.
//! `call.rs` changes `Unknown` to `NotSent` if the guard of the request body proves it.

use std::error::Error as StdError;
use std::io;

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderMap, LOCATION};
use hyper_util::client::legacy;
use url::Url;

use super::retry_after;
use crate::http::body;
use crate::http::token::Token;
use crate::{Error, ErrorKind, Outcome};

/// Maximum number of characters of a cause.
const CAUSE: usize = 200;

/// The error of a request without a response; the client may have sent the request. `target` is the
/// base URL.
pub(crate) fn unanswered(error: legacy::Error, target: &str, token: &Token) -> Error {
    if error.is_connect() {
        let kind = if late(&error) { ErrorKind::Timeout } else { ErrorKind::Connect };
        let what = format!("no connection to {}: {}", origin(target), cause(&error, token));
        return Error::new(kind, Outcome::NotSent, what)
            .with(|details| details.untrusted_certificate = refuses_certificate(&error));
    }
    if unprocessed(&error) {
        return broken(&error, "the service closed the connection and left the request undone", token)
            .with(|details| details.outcome = Outcome::NotSent);
    }
    broken(&error, "the connection broke before an answer came", token)
}

/// An error and its causes, from the outermost, including the error inside an `io::Error`, which
/// `source` skips.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(held) => Some(held as _),
        None => error.source(),
    })
}

/// Whether a refused certificate is among the causes.
fn refuses_certificate(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|error| matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
}

/// Whether a time limit expired.
fn late(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|error| {
        error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
            || error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_timeout)
    })
}

/// Whether the service states, in HTTP/2, that it did not begin the request: it refused the stream,
/// or the stream is above the last one that its GOAWAY accepts. h2 returns a remote GOAWAY as the
/// error of exactly those streams (RFC 9113, 6.8 and 8.7).
fn unprocessed(error: &(dyn StdError + 'static)) -> bool {
    causes(error).find_map(|error| error.downcast_ref::<h2::Error>()).is_some_and(|error| {
        let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        error.is_remote() && (refused || error.is_go_away())
    })
}

/// The error of a response whose status is not 2xx.
pub(crate) fn refusal(status: StatusCode, headers: &HeaderMap, body: Bytes, token: &Token) -> Error {
    let (kind, outcome) = match status.as_u16() {
        300..=399 => (ErrorKind::Redirect, Outcome::Unknown),
        401 | 403 => (ErrorKind::Unauthorized, Outcome::Rejected),
        404 => (ErrorKind::NotFound, Outcome::Rejected),
        410 => (ErrorKind::NotFound, Outcome::Unknown),
        429 => (ErrorKind::RateLimited, Outcome::Rejected),
        400 | 405 | 413 | 415 | 422 => (ErrorKind::Refused, Outcome::Rejected),
        // These statuses may not come from the service's own checks: a gateway responds 408, 425 or
        // 499 to requests that it has forwarded.
        400..=499 => (ErrorKind::Refused, Outcome::Unknown),
        _ => (ErrorKind::Service, Outcome::Unknown),
    };
    let reason = status.canonical_reason().unwrap_or("unknown status").to_lowercase();
    let mut what = format!("the service answered {} {reason}", status.as_u16());
    if kind == ErrorKind::Redirect {
        let target = text(headers, LOCATION.as_str()).map_or("nowhere".to_owned(), |location| origin(&location));
        let target = if token.is_in_any_case(&target) { "elsewhere".to_owned() } else { target };
        what = format!("the service answered {} with a redirect to {target}, which is not followed", status.as_u16());
    }
    let (service_code, service_text) = body::explanation(&body, token);
    Error::new(kind, outcome, what).with(|details| {
        details.status = Some(status.as_u16());
        details.retry_after = retry_after::parse(headers);
        (details.service_code, details.service_text) = (service_code, service_text);
        details.body = body;
    })
}

/// The error of a connection that broke after the service may have processed the request.
pub(crate) fn broken(error: &(dyn StdError + 'static), what: &str, token: &Token) -> Error {
    let kind = if late(error) { ErrorKind::Timeout } else { ErrorKind::Transport };
    let what = format!("{what}: {}", cause(error, token));
    Error::new(kind, Outcome::Unknown, what).with(|details| details.untrusted_certificate = refuses_certificate(error))
}

/// The innermost cause, without text of the server and without the token.
fn cause(error: &(dyn StdError + 'static), token: &Token) -> String {
    let Some(inner) = causes(error).last() else { return String::new() };
    let text = match inner.downcast_ref::<h2::Error>().and_then(h2::Error::reason) {
        Some(reason) => reason.description().to_owned(),
        None => token.struck_from(inner.to_string()),
    };
    let mut chars = text.chars().filter(|char| !char.is_control()).take(CAUSE);
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// Scheme, host and port: the parts of a URL that an error may show.
pub(crate) fn origin(url: &str) -> String {
    Url::parse(url).map_or("a relative address".to_owned(), |url| url.origin().ascii_serialization())
}

/// A header as text.
pub(crate) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
