//! Calls of endpoints that the spec does not describe yet, through the same transport: origin lock,
//! retry by method, size limits, outcomes.

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use crate::request::{Operation, Parts, Request, encode_segment};
use crate::{Error, ErrorKind, Json, Outcome};

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// A request of [`Client::raw_call`](crate::Client::raw_call).
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct RawRequest {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
    pub method: String,
    /// Path relative to the base URL, such as `tickets/1`: plain text, which the client encodes.
    pub path: String,
    /// Query parameters in order: names and values as plain text, which the client encodes.
    pub query: Vec<(String, String)>,
    /// The JSON body, if any.
    pub json: Option<Json>,
}

impl RawRequest {
    /// A request without query and body.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> RawRequest {
        RawRequest { method: method.into(), path: path.into(), ..RawRequest::default() }
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> RawRequest {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets the body: a [`Json`] or a `serde_json::Value`.
    pub fn json(mut self, body: impl Into<Json>) -> RawRequest {
        self.json = Some(body.into());
        self
    }
}

/// A successful response whose body is not decoded.
#[derive(Clone, PartialEq)]
pub struct RawResult {
    headers: HeaderMap,
    body: Bytes,
}

impl RawResult {
    pub(crate) fn new(headers: HeaderMap, body: Bytes) -> RawResult {
        RawResult { headers, body }
    }

    /// The headers: names in lower case, values as bytes.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    /// The body, at most 32 MB.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Decodes the body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the body does not match the type. The service has processed the
    /// request.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let what = format!("the answer is no JSON of the wanted shape (line {line}, column {column})");
            Error::new(ErrorKind::Decode, Outcome::Unknown, what)
        })
    }
}

/// Omits query and body: they may hold message text.
impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawRequest").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Omits headers and body: they may hold message text.
impl std::fmt::Debug for RawResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawResult").field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

impl From<&RawRequest> for Request {
    fn from(raw: &RawRequest) -> Request {
        let known = METHODS.iter().find(|method| **method == raw.method);
        let operation = Operation { id: "raw_call", method: known.unwrap_or(&"?"), path: "/*" };
        Request::new(operation, || {
            if known.is_none() {
                return Err(Error::invalid(format!("method is none of {}", METHODS.join(", "))));
            }
            let mut parts = Parts::new(target(&raw.path)?);
            for (name, value) in &raw.query {
                parts = parts.query(name, value);
            }
            match &raw.json {
                Some(body) => parts.json(body),
                None => Ok(parts),
            }
        })
    }
}

/// The path with encoded segments, beginning with `/`.
fn target(path: &str) -> Result<String, Error> {
    let refuse = |why: &str| Err(Error::invalid(format!("path {why}; write it relative to the base URL, as a/1")));
    if path.contains(['?', '#', '\\']) || path.contains("://") {
        return refuse("holds more than a path");
    }
    if path.contains(char::is_control) {
        return refuse("holds a control character");
    }
    let mut target = String::new();
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        if matches!(segment, "" | "." | "..") {
            return refuse("has an empty segment, `.` or `..`");
        }
        target.push('/');
        target += &encode_segment(segment);
    }
    Ok(target)
}
