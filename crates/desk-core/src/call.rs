//! One call: every request goes through this module. The module adds headers, waits for the rate
//! limiter, enforces the deadline, retries, and reports to spans and observers.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, StatusCode};
use tracing::{Instrument, Span};

use crate::cancel;
use crate::decode::Undecodable;
use crate::http::base::Base;
use crate::http::body::{self, BodyError, ResponseBody};
use crate::http::deadline::AttemptDeadline;
use crate::http::pool::{Http, Message};
use crate::http::token::Token;
use crate::observe::{self, AttemptReport, CallReport, Observer};
use crate::request::{Operation, Parts, Request, Service};
use crate::retry::evidence::{broken, refusal, text, unanswered};
use crate::retry::policy::{self, Budget, Failure, RetryPolicy};
use crate::retry::rate::Rate;
use crate::{CallOptions, Error, ErrorKind, Outcome, Response};

/// Content type of a body, with the charset that the service asks for.
const JSON_UTF8: HeaderValue = HeaderValue::from_static("application/json; charset=utf8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ANY: HeaderValue = HeaderValue::from_static("*/*");
const GZIP: HeaderValue = HeaderValue::from_static("gzip");
/// Stand-in for "no timeout" (one year).
const FOREVER: Duration = Duration::from_secs(365 * 86_400);
const REQUEST_ID: [&str; 2] = ["x-request-id", "x-correlation-id"];

/// State that all calls of a client share.
pub(crate) struct Shared {
    pub(crate) service: &'static Service,
    pub(crate) http: Http,
    pub(crate) base: Base,
    pub(crate) token: Token,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) budget: Budget,
    pub(crate) rate: Rate,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("base", &self.base).field("token", &self.token).finish_non_exhaustive()
    }
}

/// Headers and complete body of a successful response.
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Decodes a successful response and stores the value.
pub(crate) type Take<'a> = dyn FnMut(Answer) -> Result<(), Undecodable> + Send + 'a;

/// One call of an operation.
pub(crate) struct Call<'a> {
    shared: &'a Shared,
    options: &'a CallOptions,
    operation: Operation,
    started: Instant,
    span: Span,
}

/// Facts about a call for its response or error.
#[derive(Default)]
struct Facts {
    attempts: u32,
    head: Head,
}

/// Facts from the response to the last attempt; empty without a response.
#[derive(Default)]
struct Head {
    status: Option<u16>,
    request_id: Option<String>,
    date: Option<DateTime<Utc>>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(shared: &'a Shared, options: &'a CallOptions, operation: Operation) -> Call<'a> {
        Call { shared, options, operation, started: Instant::now(), span: observe::call_span(operation) }
    }

    /// Sends the request; `take` decodes the successful response.
    pub(crate) async fn run(self, request: Request, take: &mut Take<'_>) -> Result<Response<()>, Error> {
        let mut facts = Facts::default();
        let result = match request.parts.and_then(|parts| self.message(parts)) {
            Ok(message) => self.attempts(&message, take, &mut facts).await,
            Err(error) => Err(error),
        };
        self.end(result, facts)
    }

    /// Completes the result with the facts about the call, and reports it.
    fn end(self, result: Result<(), Error>, facts: Facts) -> Result<Response<()>, Error> {
        let (operation, elapsed) = (self.operation, self.started.elapsed());
        let Facts { attempts, head: Head { status, request_id, date } } = facts;
        let result = match result {
            Ok(()) => Ok(Response {
                value: (),
                status: status.unwrap_or_default(),
                attempts,
                request_id,
                server_date: date,
                elapsed,
            }),
            Err(error) => Err(error.with(|details| {
                details.operation = Some(operation.id);
                details.safe = operation.is_safe();
                details.attempts = attempts;
                details.status = details.status.or(status);
                details.request_id = details.request_id.take().or(request_id);
                (details.server_date, details.elapsed) = (date, elapsed);
            })),
        };
        let error = result.as_ref().err();
        observe::call_ended(&self.span, attempts, error);
        if let Some(observer) = &self.shared.observer {
            let Operation { id, method, path } = operation;
            observer.call(&CallReport { operation: id, method, path, attempts, elapsed, status, error });
        }
        result
    }

    /// Sends the message, and retries it while the retry policy and the retry budget allow another
    /// attempt.
    async fn attempts(&self, message: &Message, take: &mut Take<'_>, facts: &mut Facts) -> Result<(), Error> {
        let safe = self.operation.is_safe();
        let policy = RetryPolicy::new(self.max_attempts(), self.timeout());
        let mut failure: Option<Error> = None;
        loop {
            let turn = self.shared.rate.turn(safe, Instant::now() + self.left());
            if !self.cancellable_wait(facts.attempts, turn).await? {
                // If an attempt failed before, its error states the outcome of the request.
                return Err(failure.unwrap_or_else(|| {
                    let what = format!("the rate limit left no turn within {} ms", self.timeout().as_millis());
                    Error::new(ErrorKind::Timeout, Outcome::NotSent, what)
                }));
            }
            let started = Instant::now();
            *facts = Facts { attempts: facts.attempts + 1, ..Facts::default() };
            let attempt = facts.attempts;
            let span = observe::attempt_span(&self.span, self.operation, &self.shared.base, attempt);
            let result = self.attempt(message, &mut facts.head).instrument(span.clone()).await;
            let result = result.and_then(|answer| take(answer).map_err(undecodable));
            let error = result.as_ref().err();
            let wait = error.and_then(|error| {
                let repeated = failure.as_ref().is_some_and(|before| before.kind() == error.kind());
                let failure = Failure { error, safe, attempt, repeated, elapsed: self.started.elapsed() };
                policy.next(&failure).filter(|_| self.shared.budget.take(error))
            });
            self.report(&span, attempt, started.elapsed(), facts.head.status, error, wait);
            let Some(wait) = wait else { return result };
            failure = result.err();
            self.cancellable_wait(attempt, tokio::time::sleep(wait)).await?;
        }
    }

    /// Waits while no request is in flight. If a token cancels the call during the wait, the
    /// outcome of a read is `Unknown` after the first attempt. The outcome of any other request is
    /// `NotSent`: the client retries it only if the service certainly did not process it.
    async fn cancellable_wait<T>(&self, attempts: u32, wait: impl Future<Output = T>) -> Result<T, Error> {
        cancel::or_cancelled(&self.options.cancels, wait).await.map_err(|error| {
            let undone = !self.operation.is_safe() || attempts == 0;
            error.with(|details| details.outcome = if undone { Outcome::NotSent } else { Outcome::Unknown })
        })
    }

    /// Reports an attempt to the rate limiter, the span and the observer.
    fn report(
        &self,
        span: &Span,
        attempt: u32,
        elapsed: Duration,
        status: Option<u16>,
        error: Option<&Error>,
        retry_in: Option<Duration>,
    ) {
        let (rate, safe) = (&self.shared.rate, self.operation.is_safe());
        match error {
            None => rate.success(safe),
            Some(error) if error.kind() == ErrorKind::RateLimited => {
                rate.throttled(safe, retry_in.or(error.retry_after()).unwrap_or(policy::BASE_THROTTLED));
            }
            Some(_) => {}
        }
        observe::attempt_ended(span, status, error);
        if let Some(wait) = retry_in {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(parent: &self.span, attempt, wait_ms, "asking again");
        }
        if let Some(observer) = &self.shared.observer {
            let Operation { id, method, path } = self.operation;
            observer.attempt(&AttemptReport { operation: id, method, path, attempt, elapsed, status, error, retry_in });
        }
    }

    /// Sends the message once and reads the whole response, within the deadline of an attempt.
    async fn attempt(&self, message: &Message, head: &mut Head) -> Result<Answer, Error> {
        let deadline = self.deadline();
        let (request, guard) = message.request();
        let response = deadline.run(self.shared.http.send(self.operation.is_safe(), request)).await;
        let response = response.and_then(|response| {
            response.map_err(|error| unanswered(error, self.shared.base.as_str(), &self.shared.token))
        });
        let response = response.map_err(|error| match &guard {
            Some(guard) if guard.block() => error.with(|details| details.outcome = Outcome::NotSent),
            _ => error,
        })?;
        let status = response.status();
        let (headers, response_body) = ResponseBody::split(response);
        *head = self.head(status, &headers);
        if !status.is_success() {
            // The status decides the error, even if the body breaks off.
            let body = response_body.read_some(&deadline).await.into();
            return Err(refusal(status, &headers, body, &self.shared.token));
        }
        let body = response_body.read(&deadline).await.map_err(|error| match error {
            BodyError::Late(error) => error,
            BodyError::TooLarge => Error::new(
                ErrorKind::TooLarge,
                Outcome::Unknown,
                format!("the answer is larger than {} MB", body::SUCCESS_CAP >> 20),
            ),
            BodyError::Broken(error) => broken(&*error, "the answer broke off", &self.shared.token),
        })?;
        self.shared.budget.success();
        Ok(Answer { headers, body })
    }

    fn head(&self, status: StatusCode, headers: &HeaderMap) -> Head {
        let ids = REQUEST_ID.iter().filter_map(|name| text(headers, name));
        let date = text(headers, DATE.as_str()).and_then(|date| httpdate::parse_http_date(&date).ok());
        Head {
            status: Some(status.as_u16()),
            request_id: ids.into_iter().find(|id| !self.shared.token.is_in(id)),
            date: date.map(DateTime::from),
        }
    }

    fn max_attempts(&self) -> u32 {
        if self.options.ahead { 1 } else { self.options.max_attempts.unwrap_or(policy::MAX_ATTEMPTS) }
    }

    fn timeout(&self) -> Duration {
        if self.options.ahead { FOREVER } else { self.options.timeout.unwrap_or(self.shared.timeout).min(FOREVER) }
    }

    /// The deadline of an attempt that begins now.
    fn deadline(&self) -> AttemptDeadline<'a> {
        let own = self.options.attempt_timeout.unwrap_or(self.shared.attempt_timeout);
        let (limit, timeout) =
            if own < self.left() && !self.options.ahead { (own, own) } else { (self.left(), self.timeout()) };
        let idle_timeout = if self.options.ahead { FOREVER } else { self.shared.idle_timeout };
        AttemptDeadline {
            until: tokio::time::Instant::now() + limit,
            timeout,
            idle_timeout: idle_timeout.min(FOREVER),
            cancels: &self.options.cancels,
        }
    }

    /// The time left for the call.
    fn left(&self) -> Duration {
        self.timeout().saturating_sub(self.started.elapsed())
    }

    /// Builds the message of a request, with the headers that every request has.
    fn message(&self, parts: Parts) -> Result<Message, Error> {
        let method = Method::from_bytes(self.operation.method.as_bytes());
        let method = method.map_err(|_| Error::invalid("method is no HTTP method"))?;
        let uri = self.shared.base.join(&parts.target)?;
        let mut headers = HeaderMap::with_capacity(8);
        if parts.accepts_json {
            headers.insert(ACCEPT, JSON);
        }
        if parts.body.is_some() {
            headers.insert(CONTENT_TYPE, JSON_UTF8);
        }
        self.options.add_headers(&mut headers, self.shared.service.token_header)?;
        headers.entry(ACCEPT).or_insert(ANY);
        headers.insert(ACCEPT_ENCODING, GZIP);
        headers.insert(USER_AGENT, self.shared.http.agent.clone());
        headers.insert(HeaderName::from_static(self.shared.service.token_header), self.shared.token.header()?);
        Ok(Message { method, uri, headers, body: parts.body })
    }
}

/// The error of a successful response whose body does not match the spec. serde's text may quote
/// values, so the error shows only the position.
fn undecodable(fault: Undecodable) -> Error {
    let (incomplete, error) = (fault.is_incomplete(), &fault.error);
    let place = format!("(line {}, column {})", error.line(), error.column());
    let what = match incomplete {
        true if fault.body.is_empty() => "the answer is a success without a body".to_owned(),
        true => format!("the answer is a success that is not JSON {place}"),
        false => format!("the answer is a success of another shape {place}"),
    };
    Error::new(ErrorKind::Decode, Outcome::Unknown, what).with(|details| {
        details.body = fault.body.into();
        details.incomplete = incomplete;
    })
}
