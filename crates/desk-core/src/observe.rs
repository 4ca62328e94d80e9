//! Reports of a client: an [`Observer`] for metrics and logs, and `tracing` spans that follow the
//! OpenTelemetry conventions for HTTP clients.
//!
//! Invariant: a report must never hold a query, a parameter's value, a body or the token; a path is
//! its template.

use std::time::Duration;

use tracing::Span;
use tracing::field::Empty;

use crate::Error;
use crate::http::base::Base;
use crate::request::Operation;

/// Receives a report of every attempt and every call of a client.
///
/// The client calls an observer on a thread that runs calls, before the call returns: an observer
/// must be quick and must not block.
pub trait Observer: Send + Sync + 'static {
    /// Called after each attempt, successful or not.
    fn attempt(&self, report: &AttemptReport<'_>) {
        let _ = report;
    }

    /// Called once, at the end of each call.
    fn call(&self, report: &CallReport<'_>) {
        let _ = report;
    }
}

/// Report of one attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptReport<'a> {
    /// The operation, such as `ticket_get`.
    pub operation: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The path template of the spec, with parameter names instead of values.
    pub path: &'static str,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Time from the start of the attempt to the last byte of the response.
    pub elapsed: Duration,
    /// The HTTP status, if the service responded.
    pub status: Option<u16>,
    /// The error, if the attempt failed.
    pub error: Option<&'a Error>,
    /// Wait before the next attempt; `None` if there is no next attempt.
    pub retry_in: Option<Duration>,
}

/// Report of one call.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallReport<'a> {
    /// The operation, such as `ticket_get`.
    pub operation: &'static str,
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The path template of the spec, with parameter names instead of values.
    pub path: &'static str,
    /// Number of attempts.
    pub attempts: u32,
    /// Time from the start of the call to its end.
    pub elapsed: Duration,
    /// The HTTP status of the last response.
    pub status: Option<u16>,
    /// The error, if the call failed.
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
        // The URL has parameter names instead of their values, and no query.
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

/// The attribute `error.type`: the status if it is an error, otherwise the class of the error.
fn error_type(error: &Error) -> String {
    match error.status() {
        Some(status) if !(200..300).contains(&status) => status.to_string(),
        _ => error.kind().name().to_owned(),
    }
}
