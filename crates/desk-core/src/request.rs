//! A request as a value: [`Request`], which generated code builds and
//! [`Client::send`](crate::Client::send) sends.
//!
//! Invariant: for every value of a parameter, the target must stay below the base URL. Segments are
//! percent-encoded; `http/base.rs` refuses dot segments when it joins the target to the base URL.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use form_urlencoded::byte_serialize;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

use crate::Error;

/// Bytes that a path segment must percent-encode.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Facts about a service that all its clients share; generated from the spec.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The base URL; `{application_id}` stands for the application id.
    pub server: &'static str,
    /// The header that carries the token, in lower case.
    pub token_header: &'static str,
}

/// An operation of the spec, without arguments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operation {
    /// The operation's name in every language, such as `ticket_get`.
    pub id: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The path template, with parameter names.
    pub path: &'static str,
}

impl Operation {
    /// Whether the operation only reads, so that a retry is safe.
    pub fn is_safe(self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }
}

/// An operation with its arguments, ready to send: method, target and body, or the reason why the
/// request cannot be sent.
///
/// A request is independent of any client: the client adds its base URL, its token and its headers.
#[must_use = "it is sent by `Client::send`"]
pub struct Request {
    pub(crate) operation: Operation,
    pub(crate) parts: Result<Parts, Error>,
}

impl Request {
    /// The request that `parts` builds. Sending the request returns an error of `parts` as the
    /// call's error, so that observers and spans see it.
    pub fn new(operation: Operation, parts: impl FnOnce() -> Result<Parts, Error>) -> Request {
        Request { operation, parts: parts() }
    }

    /// The operation of the request.
    pub fn operation(&self) -> Operation {
        self.operation
    }
}

/// Omits target and body: they may hold message text.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// Target and body of a request. Generated code adds the parameters in the order of the spec.
#[must_use]
pub struct Parts {
    /// Path and query below the base URL, beginning with `/`.
    pub(crate) target: String,
    pub(crate) body: Option<Bytes>,
    /// Whether the result is JSON.
    pub(crate) accepts_json: bool,
    has_query: bool,
}

impl Parts {
    /// A request without query and body. `path` must begin with `/`, and its segments must be
    /// encoded.
    pub fn new(path: impl Into<String>) -> Parts {
        Parts { target: path.into(), body: None, accepts_json: false, has_query: false }
    }

    /// Sets `Accept: application/json`.
    pub fn accept_json(mut self) -> Parts {
        self.accepts_json = true;
        self
    }

    /// Adds a query parameter: no pair for `None`, one pair for each item of a list.
    pub fn query(mut self, name: &str, value: &impl QueryValue) -> Parts {
        value.each(&mut |text| {
            self.target.push(if self.has_query { '&' } else { '?' });
            self.has_query = true;
            self.target.extend(byte_serialize(name.as_bytes()));
            self.target.push('=');
            self.target.extend(byte_serialize(text.as_bytes()));
        });
        self
    }

    /// Sets the body.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if JSON cannot represent the value.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Parts, Error> {
        let body = serde_json::to_vec(body);
        self.body = Some(body.map_err(|error| Error::invalid(format!("the body has no JSON: {error}")))?.into());
        Ok(self)
    }
}

/// Encodes a value as one segment of a path.
pub fn encode_segment(value: &str) -> Cow<'_, str> {
    utf8_percent_encode(value, SEGMENT).into()
}

/// A value that a query can hold.
pub trait QueryValue {
    /// Calls `pair` with the text of each value.
    fn each(&self, pair: &mut dyn FnMut(&str));
}

macro_rules! query_values {
    ($($type:ty: |$value:ident| $text:expr;)*) => {$(
        impl QueryValue for $type {
            fn each(&self, pair: &mut dyn FnMut(&str)) {
                let $value = self;
                pair(&$text);
            }
        }
    )*};
}

query_values! {
    bool: |value| value.to_string();
    i32: |value| value.to_string();
    i64: |value| value.to_string();
    // Large numbers with an exponent, as in JSON.
    f64: |value| format!("{value:?}");
    str: |value| value;
    String: |value| value;
    NaiveDate: |value| value.to_string();
    DateTime<Utc>: |value| value.to_rfc3339_opts(SecondsFormat::AutoSi, true);
}

impl<T: QueryValue + ?Sized> QueryValue for &T {
    fn each(&self, pair: &mut dyn FnMut(&str)) {
        (**self).each(pair);
    }
}

impl<T: QueryValue> QueryValue for Option<T> {
    fn each(&self, pair: &mut dyn FnMut(&str)) {
        self.iter().for_each(|value| value.each(pair));
    }
}

impl<T: QueryValue> QueryValue for Vec<T> {
    fn each(&self, pair: &mut dyn FnMut(&str)) {
        self.iter().for_each(|value| value.each(pair));
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn query_holds_only_values_that_are_there() {
        let time: DateTime<Utc> = "2019-03-12T05:25:41.032Z".parse().expect("a time");
        let parts = Parts::new("/a")
            .query("none", &None::<i64>)
            .query("time", &Some(&time))
            .query("many", &vec!["a b", "ä&="])
            .query("empty", &Vec::<String>::new())
            .query("large", &1e16)
            .query("yes", &true);
        let query = "time=2019-03-12T05%3A25%3A41.032Z&many=a+b&many=%C3%A4%26%3D&large=1e16&yes=true";
        assert_eq!(parts.target, format!("/a?{query}"));
    }

    #[test]
    fn segment_stays_one_segment() {
        assert_eq!(encode_segment("a/b?c#d%e\\f g\n"), "a%2Fb%3Fc%23d%25e%5Cf%20g%0A");
        assert_eq!(encode_segment("plain-1_2.3~:@!$&'()*+,;="), "plain-1_2.3~:@!$&'()*+,;=");
        assert_eq!(encode_segment("é"), "%C3%A9");
    }
}
