//! The one place through which every request goes: headers, origin lock, deadline, caps, and what a failure means.
//!
//! The generated client calls [`Call::exec`] for each operation. A failure is recorded in the call and comes back to the
//! typed method through [`Call::finish`], because progenitor's own errors can carry neither outcome nor attempts.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use progenitor_client::{ClientHooks, OperationInfo, ResponseValue};
use reqwest::{Request, Url};

use crate::base::Base;
use crate::body::{self, BodyError};
use crate::gate::Gate;
use crate::generated::{TOKEN_HEADER, wire};
use crate::retry::{self, Budget};
use crate::token::Token;
use crate::{Error, ErrorKind, Outcome, Response, retry_after};

/// progenitor sends the spec's version as a header that the service does not know.
const UNDOCUMENTED: HeaderName = HeaderName::from_static("api-version");
/// As the service asks for it, `utf8` included.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf8");
const REQUEST_ID: [&str; 2] = ["x-request-id", "x-correlation-id"];

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Base,
    pub(crate) token: Token,
    pub(crate) timeout: Duration,
    pub(crate) budget: Budget,
}

/// An operation, as far as sending it needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// Its name in every language.
    pub(crate) id: &'static str,
    /// Whether it only reads, so that asking again does no harm.
    pub(crate) safe: bool,
}

/// One call of an operation.
#[derive(Clone)]
pub(crate) struct Call {
    shared: Arc<Shared>,
    operation: Operation,
    timeout: Duration,
    max_attempts: u32,
    started: Instant,
    record: Arc<Mutex<Record>>,
}

/// What is learnt while the call runs.
#[derive(Default)]
struct Record {
    attempts: u32,
    status: u16,
    request_id: Option<String>,
    failure: Option<Error>,
}

/// A complete answer.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(crate) fn new(shared: Arc<Shared>, operation: Operation, timeout: Duration, max_attempts: u32) -> Call {
        Call { shared, operation, timeout, max_attempts, started: Instant::now(), record: Arc::default() }
    }

    /// Names the operation in an error of its arguments.
    pub(crate) fn check(&self, arguments: Result<(), Error>) -> Result<(), Error> {
        arguments.map_err(|error| self.signed(error))
    }

    /// The generated client for this call alone.
    pub(crate) fn api(&self) -> wire::Client {
        wire::Client {
            baseurl: self.shared.base.as_str().to_owned(),
            client: self.shared.http.clone(),
            inner: self.clone(),
        }
    }

    /// Turns progenitor's result into ours.
    pub(crate) fn finish<T>(
        self,
        result: Result<ResponseValue<T>, progenitor_client::Error<()>>,
    ) -> Result<Response<T>, Error> {
        let mut record = std::mem::take(&mut *self.record());
        let error = match result {
            Ok(value) => {
                return Ok(Response {
                    value: value.into_inner(),
                    status: record.status,
                    attempts: record.attempts,
                    request_id: record.request_id,
                    elapsed: self.started.elapsed(),
                });
            }
            Err(error) => error,
        };
        let error = match (record.failure.take(), error) {
            (Some(failure), _) => failure,
            (None, progenitor_client::Error::InvalidResponsePayload(body, error)) => self.undecodable(body, error),
            (None, _) if record.attempts > 0 => {
                Error::new(ErrorKind::Decode, Outcome::Unknown, "the answer was not understood")
            }
            // Only building the request can fail before `exec`.
            (None, error) => Error::invalid(format!("the request cannot be built: {}", request_fault(error))),
        };
        Err(self.signed(error).with(|details| {
            details.attempts = record.attempts;
            details.status = details.status.or(Some(record.status).filter(|status| *status != 0));
            details.request_id = details.request_id.take().or(record.request_id);
        }))
    }

    /// A panic elsewhere leaves it readable.
    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed(&self, error: Error) -> Error {
        error.with(|details| {
            details.operation = Some(self.operation.id);
            details.safe = self.operation.safe;
        })
    }

    /// A success that is not what the spec says. serde's text may quote values, so only its place is told.
    fn undecodable(&self, body: Bytes, error: serde_json::Error) -> Error {
        let what = match error.classify() {
            serde_json::error::Category::Eof if body.is_empty() => "the answer is a success without a body".to_owned(),
            serde_json::error::Category::Data => {
                format!("the answer is a success of another shape (line {}, column {})", error.line(), error.column())
            }
            _ => format!("the answer is a success that is not JSON (line {}, column {})", error.line(), error.column()),
        };
        Error::new(ErrorKind::Decode, Outcome::Unknown, what).with(|details| details.body = body)
    }

    /// Sends a request until it succeeds or another attempt is of no use or no right.
    async fn send_until_done(&self, http: &reqwest::Client, request: Request) -> Result<Answer, Error> {
        for attempt in 1.. {
            // A body of bytes can always be copied.
            let again = request.try_clone().filter(|_| attempt < self.max_attempts);
            let Some(copy) = again else { break };
            let error = match self.send(http, copy).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let (safe, left) = (self.operation.safe, self.left());
            let wait = retry::wait(&error, safe, attempt, left, fastrand::f64(), &self.shared.budget);
            let Some(wait) = wait else { return Err(error) };
            tokio::time::sleep(wait).await;
        }
        self.send(http, request).await
    }

    /// Sends one request and reads the whole answer, within the deadline.
    async fn send(&self, http: &reqwest::Client, mut request: Request) -> Result<Answer, Error> {
        {
            let mut record = self.record();
            *record = Record { attempts: record.attempts + 1, ..Record::default() };
        }
        let gate = guard(&mut request);
        let response = self.in_time(http.execute(request)).await;
        let response = response.and_then(|response| response.map_err(|error| self.unanswered(error)));
        let response = response.map_err(|error| match &gate {
            Some(gate) if gate.shut() => error.with(|details| details.outcome = Outcome::NotSent),
            _ => error,
        })?;
        let (status, headers) = (response.status(), response.headers().clone());
        {
            let mut record = self.record();
            record.status = status.as_u16();
            record.request_id = REQUEST_ID.iter().find_map(|name| text(&headers, name));
        }
        if !status.is_success() {
            // The status stands, whatever becomes of the body.
            let mut body = Vec::new();
            let read = body::read_some(response, &mut body);
            self.in_time(read).await.ok();
            return Err(refusal(status, &headers, body.into()));
        }
        let body = self.in_time(body::read(response)).await?.map_err(|error| match error {
            BodyError::TooLarge => Error::new(
                ErrorKind::TooLarge,
                Outcome::Unknown,
                format!("the answer is larger than {} MB", body::SUCCESS_CAP >> 20),
            ),
            BodyError::Broken(error) => broken(error, "the answer broke off"),
        })?;
        self.shared.budget.success();
        Ok(Answer { status, headers, body })
    }

    /// The time that the call still has.
    fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.started.elapsed())
    }

    /// Runs `work` for as long as the call has time.
    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        tokio::time::timeout(self.left(), work).await.map_err(|_| {
            let what = format!("no complete answer within {} ms", self.timeout.as_millis());
            Error::new(ErrorKind::Timeout, Outcome::Unknown, what)
        })
    }

    /// What a request without an answer means, if its body may have left.
    fn unanswered(&self, error: reqwest::Error) -> Error {
        if error.is_builder() {
            return Error::invalid(format!("the request cannot be built: {}", cause(&error)));
        }
        if error.is_connect() {
            let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Connect };
            let what = format!("no connection to {}: {}", origin(self.shared.base.as_str()), cause(&error));
            return Error::new(kind, Outcome::NotSent, what)
                .with(|details| details.source = Some(Box::new(error.without_url())));
        }
        broken(error, "the connection broke before an answer came")
    }

    fn prepare(&self, request: &mut Request) -> Result<(), Error> {
        if !self.shared.base.covers(request.url()) {
            return Err(Error::invalid("the request would leave the base URL; check its path parameters"));
        }
        let has_body = request.body().is_some();
        let headers = request.headers_mut();
        headers.remove(UNDOCUMENTED);
        if has_body {
            headers.insert(CONTENT_TYPE, JSON);
        }
        headers.insert(HeaderName::from_static(TOKEN_HEADER), self.shared.token.header()?);
        Ok(())
    }
}

impl ClientHooks<Call> for wire::Client {
    async fn exec(&self, mut request: Request, _info: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        let call = &self.inner;
        let result = match call.prepare(&mut request) {
            Ok(()) => call.send_until_done(&self.client, request).await,
            Err(error) => Err(error),
        };
        let mut response = http::Response::new(Bytes::new());
        match result {
            Ok(answer) => {
                *response.status_mut() = answer.status;
                *response.headers_mut() = answer.headers;
                *response.body_mut() = answer.body;
            }
            Err(failure) => {
                // Any status that progenitor takes for a failure; `finish` reads the record, not this.
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                call.record().failure = Some(failure);
            }
        }
        Ok(response.into())
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// Puts the body, if there is one, behind a gate.
fn guard(request: &mut Request) -> Option<Gate> {
    let bytes = Bytes::copy_from_slice(request.body()?.as_bytes()?);
    let gate = Gate::default();
    *request.body_mut() = Some(reqwest::Body::wrap(gate.guard(bytes)));
    Some(gate)
}

/// What a status other than 2xx means.
fn refusal(status: StatusCode, headers: &HeaderMap, body: Bytes) -> Error {
    let (kind, outcome) = match status.as_u16() {
        300..=399 => (ErrorKind::Redirect, Outcome::Unknown),
        401 | 403 => (ErrorKind::Unauthorized, Outcome::Rejected),
        404 | 410 => (ErrorKind::NotFound, Outcome::Rejected),
        408 | 409 => (ErrorKind::Refused, Outcome::Unknown),
        429 => (ErrorKind::RateLimited, Outcome::Rejected),
        400..=499 => (ErrorKind::Refused, Outcome::Rejected),
        _ => (ErrorKind::Service, Outcome::Unknown),
    };
    let reason = status.canonical_reason().unwrap_or("unknown status").to_lowercase();
    let mut what = format!("the service answered {} {reason}", status.as_u16());
    if kind == ErrorKind::Redirect {
        let target = text(headers, LOCATION.as_str()).map_or("nowhere".to_owned(), |location| origin(&location));
        what = format!("the service answered {} with a redirect to {target}, which is not followed", status.as_u16());
    }
    let (service_code, service_text) = body::explanation(&body);
    Error::new(kind, outcome, what).with(|details| {
        details.status = Some(status.as_u16());
        details.retry_after = retry_after::parse(headers);
        (details.service_code, details.service_text) = (service_code, service_text);
        details.body = body;
    })
}

fn broken(error: reqwest::Error, what: &str) -> Error {
    let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Transport };
    let what = format!("{what}: {}", cause(&error));
    Error::new(kind, Outcome::Unknown, what).with(|details| details.source = Some(Box::new(error.without_url())))
}

fn request_fault(error: progenitor_client::Error<()>) -> String {
    match error {
        progenitor_client::Error::CommunicationError(error) => cause(&error),
        progenitor_client::Error::InvalidRequest(why) => why,
        _ => "unexpected failure".to_owned(),
    }
}

/// The innermost cause: the only one without a URL in it.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn StdError = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if std::ptr::eq(inner, error as &dyn StdError as *const dyn StdError as *const _) {
        return "no cause given".to_owned();
    }
    let text = inner.to_string();
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

fn origin(url: &str) -> String {
    Url::parse(url).map_or("a relative address".to_owned(), |url| url.origin().ascii_serialization())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
