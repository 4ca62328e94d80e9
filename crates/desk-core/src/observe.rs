//! What a client tells while it works: an [`Observer`] for metrics and logs, and `tracing` spans with the names of the
//! OpenTelemetry conventions for HTTP clients.
//!
//! Invariant: nothing here knows a URL, a query, a body or the token; a path is its template.

use std::time::Duration;

use tracing::Span;
use tracing::field::Empty;

use crate::Error;
use crate::http::base::Base;
use crate::request::Operation;

/// Is told of every attempt and every call of a client.
///
/// It is called on a thread that runs calls of the client, between sending and returning: it must be quick and must not block.
pub trait Observer: Send + Sync + 'static {
    /// One request was answered or failed.
    fn attempt(&self, report: &AttemptReport<'_>) {
        let _ = report;
    }

    /// A call ended, for good.
    fn call(&self, report: &CallReport<'_>) {
        let _ = report;
    }
}

/// One request of a call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptReport<'a> {
    /// The operation, such as `ticket_get`.
    pub operation: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The path as the spec has it, with names instead of values.
    pub path: &'static str,
    /// From 1.
    pub attempt: u32,
    /// Time from the start of the attempt to the last byte of the answer.
    pub elapsed: Duration,
    /// The HTTP status, if the service answered.
    pub status: Option<u16>,
    /// Why it failed.
    pub error: Option<&'a Error>,
    /// How long it is until the next attempt; `None` if there is none.
    pub retry_in: Option<Duration>,
}

/// One call of an operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallReport<'a> {
    /// The operation, such as `ticket_get`.
    pub operation: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The path as the spec has it, with names instead of values.
    pub path: &'static str,
    /// How often the request was tried.
    pub attempts: u32,
    /// Time from the start of the call.
    pub elapsed: Duration,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// Why it failed.
    pub error: Option<&'a Error>,
}

/// The span of a call.
pub(crate) fn call_span(operation: Operation) -> Span {
    tracing::info_span!(
        "desk.call",
        otel.name = operation.id,
        otel.kind = "internal",
        otel.status_code = Empty,
        desk.attempts = Empty,
        desk.outcome = Empty,
        error.r#type = Empty,
    )
}

/// Completes the span of a call.
pub(crate) fn call_ended(span: &Span, attempts: u32, error: Option<&Error>) {
    span.record("desk.attempts", attempts);
    if let Some(error) = error {
        span.record("otel.status_code", "ERROR");
        span.record("desk.outcome", tracing::field::debug(error.outcome()));
        span.record("error.type", error_type(error));
    }
}

/// The span of one attempt.
pub(crate) fn attempt_span(call: &Span, operation: Operation, base: &Base, attempt: u32) -> Span {
    let (host, port) = base.host_and_port();
    let span = tracing::info_span!(
        parent: call,
        "http.request",
        otel.name = Empty,
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = operation.method,
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        server.address = host,
        server.port = port,
        url.full = Empty,
        url.template = operation.path,
        error.r#type = Empty,
    );
    if !span.is_disabled() {
        span.record("otel.name", format!("{} {}", operation.method, operation.path));
        // With the names of the path's parameters in place of their values, and without the query.
        span.record("url.full", format!("{}{}", base.as_str(), operation.path));
    }
    if attempt > 1 {
        span.record("http.request.resend_count", attempt - 1);
    }
    span
}

/// Completes the span of an attempt.
pub(crate) fn attempt_ended(span: &Span, status: Option<u16>, error: Option<&Error>) {
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
    if let Some(error) = error {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error_type(error));
    }
}

/// As the conventions want it: the status if that is the error, else the class.
fn error_type(error: &Error) -> String {
    match error.status() {
        Some(status) if !(200..300).contains(&status) => status.to_string(),
        _ => error.kind().name().to_owned(),
    }
}
