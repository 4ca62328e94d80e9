//! The one place through which every request goes: headers, origin lock, rate, deadline, caps, retries, and what is told of
//! it.
//!
//! The generated client calls [`Call::exec`] for each operation. A failure is recorded in the call and comes back to the
//! typed method through [`Call::finish`], because progenitor's own errors can carry neither outcome nor attempts.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::StatusCode;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use progenitor_client::ResponseValue;
use reqwest::Request;
use tracing::{Instrument, Span};

use crate::answer::{self, Answer as AnswerOf, Kept, Reader};
use crate::base::Base;
use crate::body::{self, BodyError, Coming};
use crate::cancel;
use crate::deadline::InTime;
use crate::evidence::{broken, refusal, text, unanswered};
use crate::generated::TOKEN_HEADER;
use crate::locked::locked;
use crate::observe::{self, AttemptReport, CallReport, Observer};
use crate::pool::{Http, Message};
use crate::rate::Rate;
use crate::retry::{self, Budget};
use crate::token::Token;
use crate::{CallOptions, Error, ErrorKind, Outcome, Response};

/// progenitor sends the spec's version as a header that the service does not know.
const UNDOCUMENTED: HeaderName = HeaderName::from_static("api-version");
/// As the service asks for it, `utf8` included.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf8");
const ANY: HeaderValue = HeaderValue::from_static("*/*");
const GZIP: HeaderValue = HeaderValue::from_static("gzip");
/// As long as anybody waits who does not want to be told of time.
const FOREVER: Duration = Duration::from_secs(365 * 86_400);
const REQUEST_ID: [&str; 2] = ["x-request-id", "x-correlation-id"];

/// What all calls of a client share.
pub(crate) struct Shared {
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

/// An operation, as far as sending it needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// Its name in every language.
    pub(crate) id: &'static str,
    /// `GET`, `POST`, …
    pub(crate) method: &'static str,
    /// The path with the names of its parameters.
    pub(crate) path: &'static str,
}

impl Operation {
    /// Whether it only reads, so that asking again does no harm.
    pub(crate) fn safe(self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }
}

/// One call of an operation.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    operation: Operation,
    options: CallOptions,
    started: Instant,
    span: Span,
    /// What reads the answer before serde does.
    pub(crate) reader: Option<Reader>,
    record: Arc<Mutex<Record>>,
}

/// What is learnt while the call runs.
#[derive(Default)]
pub(crate) struct Record {
    attempts: u32,
    /// Of the last attempt, if the service answered.
    status: Option<u16>,
    request_id: Option<String>,
    date: Option<DateTime<Utc>>,
    pub(crate) failure: Option<Error>,
    /// What the reader made of the answer.
    pub(crate) read: Option<Kept>,
}

/// A request of the generated client under way.
pub(crate) type Sending<'a, S> =
    Pin<Box<dyn Future<Output = Result<ResponseValue<S>, progenitor_client::Error<()>>> + Send + 'a>>;

/// A complete answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(shared: Arc<Shared>, operation: Operation, options: CallOptions) -> Call {
        let span = observe::call_span(operation);
        Call { shared, operation, options, started: Instant::now(), span, reader: None, record: Arc::default() }
    }

    /// The same call, for an answer of type `A`.
    pub(crate) fn reading<S, A: AnswerOf<S>>(self) -> Call {
        Call { reader: Some(answer::reader::<S, A>), ..self }
    }

    /// Ends the call if its arguments are wrong.
    pub(crate) fn check(&self, arguments: Result<(), Error>) -> Result<(), Error> {
        arguments.or_else(|error| self.clone().end::<()>(Err(error)).map(drop))
    }

    /// The address that every request begins with.
    pub(crate) fn base(&self) -> &Base {
        &self.shared.base
    }

    /// Turns progenitor's result into ours.
    pub(crate) fn finish<S, A: AnswerOf<S>>(
        self,
        result: Result<ResponseValue<S>, progenitor_client::Error<()>>,
    ) -> Result<Response<A>, Error> {
        let (failure, read, tried) = {
            let mut record = self.record();
            (record.failure.take(), record.read.take(), record.attempts > 0)
        };
        if let Some(read) = read.and_then(|read| read.downcast::<A>().ok()) {
            return self.end(Ok(*read));
        }
        let result = match (result, failure) {
            (Ok(value), _) => Ok(A::of(value.into_inner())),
            (Err(_), Some(failure)) => Err(failure),
            (Err(progenitor_client::Error::InvalidResponsePayload(body, error)), None) => {
                Err(self.undecodable(body, error))
            }
            (Err(_), None) if tried => {
                Err(Error::new(ErrorKind::Decode, Outcome::Unknown, "the answer was not understood"))
            }
            // Only building the request can fail before `exec`.
            (Err(error), None) => Err(Error::invalid(format!("the request cannot be built: {}", request_fault(error)))),
        };
        self.end(result)
    }

    /// Completes a result with what was learnt, and tells of the call.
    pub(crate) fn end<T>(self, result: Result<T, Error>) -> Result<Response<T>, Error> {
        let record = std::mem::take(&mut *self.record());
        let (operation, elapsed) = (self.operation, self.started.elapsed());
        let result = match result {
            Ok(value) => Ok(Response {
                value,
                status: record.status.unwrap_or_default(),
                attempts: record.attempts,
                request_id: record.request_id,
                server_date: record.date,
                elapsed,
            }),
            Err(error) => Err(self.signed(error).with(|details| {
                details.attempts = record.attempts;
                details.status = details.status.or(record.status);
                details.request_id = details.request_id.take().or(record.request_id);
                (details.server_date, details.elapsed) = (record.date, elapsed);
            })),
        };
        let error = result.as_ref().err();
        observe::call_ended(&self.span, record.attempts, error);
        if let Some(observer) = &self.shared.observer {
            observer.call(&CallReport {
                operation: operation.id,
                method: operation.method,
                path: operation.path,
                attempts: record.attempts,
                elapsed,
                status: record.status,
                error,
            });
        }
        result
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Record> {
        locked(&self.record)
    }

    fn signed(&self, error: Error) -> Error {
        error.with(|details| {
            details.operation = Some(self.operation.id);
            details.safe = self.operation.safe();
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
    pub(crate) async fn send_until_done(&self, request: Request) -> Result<Answer, Error> {
        let message = self.prepare(request)?;
        let most = if self.options.ahead { 1 } else { self.options.max_attempts.unwrap_or(retry::MAX_ATTEMPTS) };
        let mut failure = None;
        for attempt in 1.. {
            let turn = self.shared.rate.turn(self.operation.safe(), Instant::now() + self.left());
            if !self.idly(turn).await? {
                // What the attempt before proved stays true.
                return Err(failure.unwrap_or_else(|| {
                    let what = format!("the rate limit left no turn within {} ms", self.timeout().as_millis());
                    Error::new(ErrorKind::Timeout, Outcome::NotSent, what)
                }));
            }
            let started = Instant::now();
            let span = observe::attempt_span(&self.span, self.operation, &self.shared.base, attempt);
            let result = self.send(&message).instrument(span.clone()).await;
            let again = result.as_ref().err().filter(|_| attempt < most);
            let wait = again.and_then(|error| self.wait(error, attempt));
            self.tell(&span, attempt, started.elapsed(), result.as_ref().err(), wait);
            let Some(wait) = wait else { return result };
            failure = result.err();
            self.idly(tokio::time::sleep(wait)).await?;
        }
        Err(failure.unwrap_or_else(|| Error::invalid("no attempt was allowed")))
    }

    /// Waits while no request is under way. Cancelled then, only a read may have been carried out: anything else is not even
    /// tried again unless it certainly was not.
    async fn idly<T>(&self, wait: impl Future<Output = T>) -> Result<T, Error> {
        cancel::unless(&self.options.cancels, wait).await.map_err(|error| {
            let undone = !self.operation.safe() || self.record().attempts == 0;
            error.with(|details| details.outcome = if undone { Outcome::NotSent } else { Outcome::Unknown })
        })
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    fn wait(&self, error: &Error, attempt: u32) -> Option<Duration> {
        let (safe, left) = (self.operation.safe(), self.left());
        retry::wait(error, safe, attempt, left, fastrand::f64(), &self.shared.budget)
    }

    /// Tells of an attempt whoever wants to know.
    fn tell(&self, span: &Span, attempt: u32, elapsed: Duration, error: Option<&Error>, retry_in: Option<Duration>) {
        let (rate, safe) = (&self.shared.rate, self.operation.safe());
        match error {
            None => rate.success(safe),
            Some(error) if error.kind() == ErrorKind::RateLimited => {
                rate.throttled(safe, retry_in.or(error.retry_after()).unwrap_or(retry::BASE_THROTTLED));
            }
            Some(_) => {}
        }
        let status = self.record().status;
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

    /// Sends one request and reads the whole answer, within the time of an attempt.
    async fn send(&self, message: &Message) -> Result<Answer, Error> {
        {
            let mut record = self.record();
            *record = Record { attempts: record.attempts + 1, ..Record::default() };
        }
        let in_time = self.in_time();
        let (request, gate) = message.request();
        let response = in_time.run(self.shared.http.send(self.operation.safe(), request)).await;
        let response = response.and_then(|response| {
            response.map_err(|error| unanswered(error, self.shared.base.as_str(), &self.shared.token))
        });
        let response = response.map_err(|error| match &gate {
            Some(gate) if gate.shut() => error.with(|details| details.outcome = Outcome::NotSent),
            _ => error,
        })?;
        let status = response.status();
        let (headers, coming) = Coming::of(response);
        {
            let mut record = self.record();
            record.status = Some(status.as_u16());
            let ids = REQUEST_ID.iter().filter_map(|name| text(&headers, name));
            record.request_id = ids.into_iter().find(|id| !self.shared.token.is_in(id));
            let date = text(&headers, DATE.as_str()).and_then(|date| httpdate::parse_http_date(&date).ok());
            record.date = date.map(DateTime::from);
        }
        if !status.is_success() {
            // The status stands, whatever becomes of the body.
            let body = coming.read_some(&in_time).await.into();
            return Err(refusal(status, &headers, body, &self.shared.token));
        }
        let body = coming.read(&in_time).await.map_err(|error| match error {
            BodyError::Late(error) => error,
            BodyError::TooLarge => Error::new(
                ErrorKind::TooLarge,
                Outcome::Unknown,
                format!("the answer is larger than {} MB", body::SUCCESS_CAP >> 20),
            ),
            BodyError::Broken(error) => broken(&*error, "the answer broke off", &self.shared.token),
        })?;
        self.shared.budget.success();
        Ok(Answer { status, headers, body })
    }

    fn timeout(&self) -> Duration {
        if self.options.ahead { FOREVER } else { self.options.timeout.unwrap_or(self.shared.timeout).min(FOREVER) }
    }

    /// The time of an attempt that begins now.
    fn in_time(&self) -> InTime<'_> {
        let own = self.options.attempt_timeout.unwrap_or(self.shared.attempt_timeout);
        let (limit, shown) =
            if own < self.left() && !self.options.ahead { (own, own) } else { (self.left(), self.timeout()) };
        let idle = if self.options.ahead { FOREVER } else { self.shared.idle_timeout };
        InTime {
            until: tokio::time::Instant::now() + limit,
            shown,
            idle: idle.min(FOREVER),
            cancels: &self.options.cancels,
        }
    }

    /// The time that the call still has.
    fn left(&self) -> Duration {
        self.timeout().saturating_sub(self.started.elapsed())
    }

    /// The message of a request, with the headers that every one has.
    fn prepare(&self, mut request: Request) -> Result<Message, Error> {
        let uri = self.shared.base.target(request.url())?;
        let body = match request.body().map(|body| body.as_bytes().map(Bytes::copy_from_slice)) {
            Some(None) => return Err(Error::invalid("a body that is a stream could not be sent again")),
            body => body.flatten(),
        };
        let mut headers = std::mem::take(request.headers_mut());
        headers.remove(UNDOCUMENTED);
        if body.is_some() {
            headers.insert(CONTENT_TYPE, JSON);
        }
        self.options.add_headers(&mut headers)?;
        headers.entry(ACCEPT).or_insert(ANY);
        headers.insert(ACCEPT_ENCODING, GZIP);
        headers.insert(USER_AGENT, self.shared.http.agent.clone());
        headers.insert(HeaderName::from_static(TOKEN_HEADER), self.shared.token.header()?);
        Ok(Message { method: request.method().clone(), uri, headers, body })
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// Why a request could not be built.
pub(crate) fn request_fault(error: progenitor_client::Error<()>) -> String {
    match error {
        progenitor_client::Error::InvalidRequest(why) => why,
        _ => "unexpected failure".to_owned(),
    }
}
