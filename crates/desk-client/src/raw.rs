//! Calls of what the spec does not have yet, through the same transport: origin lock, retry by method, caps, outcomes.

use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderMap, Method};
use reqwest::Request;
use serde::de::DeserializeOwned;

use crate::transport::{Answer, Call, Operation, request_fault};
use crate::{Client, Error, ErrorKind, Json, Outcome, Response};

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// A request of [`Client::raw_call`].
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct RawRequest {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`.
    pub method: String,
    /// Relative to the base URL, as `tickets/1`; plain text, which is encoded.
    pub path: String,
    /// Names and values, plain text, in the order of the query.
    pub query: Vec<(String, String)>,
    /// The body.
    pub json: Option<Json>,
}

impl RawRequest {
    /// A request without a query and a body.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> RawRequest {
        RawRequest { method: method.into(), path: path.into(), ..RawRequest::default() }
    }

    /// One more parameter of the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> RawRequest {
        self.query.push((name.into(), value.into()));
        self
    }

    /// The body: a [`Json`] or a `serde_json::Value`.
    pub fn json(mut self, body: impl Into<Json>) -> RawRequest {
        self.json = Some(body.into());
        self
    }
}

/// A successful answer as it came.
#[derive(Clone, PartialEq)]
pub struct RawResult {
    headers: HeaderMap,
    body: Bytes,
}

impl RawResult {
    /// The headers, names in lower case; values need not be text.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    /// The body, at most 32 MB.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if it is something else. The request was carried out.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let what = format!("the answer is no JSON of the wanted shape (line {line}, column {column})");
            Error::new(ErrorKind::Decode, Outcome::Unknown, what)
        })
    }
}

/// Without query and body: they may be message text.
impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawRequest").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Without contents: they may be message text.
impl std::fmt::Debug for RawResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawResult").field("body_len", &self.body.len()).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a call that the spec does not have yet.
    ///
    /// It is sent like any other: a GET or HEAD is repeated after passing trouble, anything else only if the service
    /// certainly did nothing.
    ///
    /// # Errors
    /// As every operation; a path that leaves the base URL is refused before anything is sent.
    pub async fn raw_call(&self, request: &RawRequest) -> Result<Response<RawResult>, Error> {
        let known = METHODS.iter().find(|method| **method == request.method);
        let call = self.begin(Operation { id: "raw_call", method: known.unwrap_or(&"?"), path: "/*" });
        let built = match known {
            Some(_) => build(&call, request),
            None => Err(Error::invalid(format!("method is none of {}", METHODS.join(", ")))),
        };
        let built = match built {
            Ok(built) => built,
            Err(error) => return call.end(Err(error)),
        };
        let answer = sent(&call, built).await;
        call.end(answer.map(|answer| RawResult { headers: answer.headers, body: answer.body.into() }))
    }
}

/// Boxed, so that all below is compiled here and not again where the call is made.
fn sent(call: &Call, request: Request) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + '_>> {
    Box::pin(call.send_until_done(request))
}

fn build(call: &Call, request: &RawRequest) -> Result<Request, Error> {
    let method =
        Method::from_bytes(request.method.as_bytes()).map_err(|_| Error::invalid("method is no HTTP method"))?;
    let mut built = call.requests().request(method, call.base().join(&request.path)?);
    if !request.query.is_empty() {
        built = built.query(&request.query);
    }
    if let Some(body) = &request.json {
        built = built.json(body);
    }
    built.build().map_err(|error| Error::invalid(format!("the request cannot be built: {}", request_fault(error))))
}
