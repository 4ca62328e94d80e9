//! Fault injection: a request for which a rule fires gets a failure instead of its response.
//!
//! Bytes that are not valid HTTP (cut heads, wrong lengths) are written to the bare connection; see
//! `connection.rs`.

use std::io::Write as _;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt;
use serde_json::Value;

use super::body::read_body;
use super::call::operation_of;
use super::connection::{ConnectionEnd, Script, Takeover, WriteStep};
use super::response::json;
use super::service::Service;
use crate::behaviour::{ErrorShape, RateLimit};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::faults::{CutMode, CutPoint, Fault, RetryAfter};

/// The maximum size of a response body; pages are smaller.
const MAX_RESPONSE: usize = 64 << 20;

/// Logs the request and plays the fault of the rule that fires for it, if any.
pub(super) async fn inject(State(service): State<Service>, request: Request, next: Next) -> Response {
    let template = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let operation = operation_of(request.method(), template).map_or("", |operation| operation.id());
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0);
    let clock = service.clock.clone();
    let mut pending = service.log.begin(clock.now(), request.method(), uri, operation);
    let mut response = match service.faults.pick(request.method().as_str(), operation) {
        None => match check_rate(&service, request.method(), operation) {
            Ok(()) => next.run(request).await,
            Err(wait) => throttled_response(&RetryAfter::Seconds(wait.ceil()), &clock)
                .unwrap_or_else(IntoResponse::into_response),
        },
        Some((fault, rng)) => {
            pending.entry.fault = Some(fault.name());
            play(fault, rng, &clock, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
    };
    // Without this header, hyper adds the system time.
    if let Ok(date) = clock.http_date(0).parse() {
        response.headers_mut().insert(DATE, date);
    }
    pending.entry.status = Some(response.status().as_u16());
    response
}

/// Reshapes error bodies like Django REST framework, if the behaviour says so.
pub(super) async fn reshape_error(State(service): State<Service>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if service.behaviour.get().error_shape == ErrorShape::CodeAndDetail || response.status().is_success() {
        return response;
    }
    let status = response.status();
    let Ok((_, body)) = collect_body(response).await else { return status.into_response() };
    let detail = serde_json::from_slice::<Value>(&body).ok();
    let detail = detail.as_ref().and_then(|body| body["detail"].as_str()).unwrap_or_default();
    let body = match detail.split_once(": ") {
        Some((name, message)) if status == StatusCode::BAD_REQUEST && !name.contains(' ') => {
            serde_json::json!({ name: [message] })
        }
        _ => serde_json::json!({ "detail": detail }),
    };
    json(status, body.to_string())
}

/// Takes a token of the rate limiter, if it is on; the error is the wait in seconds.
fn check_rate(service: &Service, method: &Method, operation: &'static str) -> std::result::Result<(), f64> {
    match service.behaviour.get().rate_limit {
        RateLimit::Off => Ok(()),
        RateLimit::SiblingApi => service.rate_limiter.try_acquire(method, operation),
    }
}

fn throttled_response(retry_after: &RetryAfter, clock: &Clock) -> Result<Response> {
    let error = Error::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "too many requests; retry later");
    let mut response = error.into_response();
    response.headers_mut().extend(retry_after_header(retry_after, clock)?);
    Ok(response)
}

async fn play(fault: Fault, mut rng: fastrand::Rng, clock: &Clock, request: Request, next: Next) -> Result<Response> {
    let takeover =
        Takeover::from_request(&request).ok_or_else(|| Error::internal("this connection cannot be taken over"))?;
    match fault {
        Fault::Answer { status, body, headers, carried_out } => {
            if carried_out {
                next.run(request).await;
            } else {
                discard_body(request).await;
            }
            custom_response(status, body, &headers)
        }
        Fault::Throttle { retry_after } => {
            discard_body(request).await;
            throttled_response(&retry_after, clock)
        }
        Fault::Delay { ms, jitter_ms } => {
            tokio::time::sleep(Duration::from_millis(ms + rng.u64(0..=jitter_ms))).await;
            Ok(next.run(request).await)
        }
        Fault::Drip { bytes, every_ms } => {
            let raw = RawResponse::new(next.run(request).await, clock).await?;
            let steps = vec![WriteStep::Drip(raw.to_bytes(), bytes, Duration::from_millis(every_ms))];
            Ok(takeover.run(Script { steps, end: ConnectionEnd::Close }).await)
        }
        Fault::Cut { when, how } => {
            let steps = match when {
                CutPoint::BeforeCommit => {
                    discard_body(request).await;
                    Vec::new()
                }
                CutPoint::AfterCommit => {
                    next.run(request).await;
                    Vec::new()
                }
                CutPoint::InHead | CutPoint::InBody => {
                    let raw = RawResponse::new(next.run(request).await, clock).await?;
                    let head = raw.head();
                    let end = if when == CutPoint::InHead { head.len() / 2 } else { head.len() + raw.body.len() / 2 };
                    vec![WriteStep::Write(raw.to_bytes().slice(..end))]
                }
            };
            let end = match how {
                CutMode::Close => ConnectionEnd::Close,
                CutMode::Reset => ConnectionEnd::Reset,
                CutMode::Stall => ConnectionEnd::Stall,
            };
            Ok(takeover.run(Script { steps, end }).await)
        }
        Fault::WrongLength { by } => {
            let mut raw = RawResponse::new(next.run(request).await, clock).await?;
            let length = raw.body.len().saturating_add_signed(isize::try_from(by).unwrap_or_default());
            raw.headers.insert(CONTENT_LENGTH, length.into());
            Ok(takeover.run(Script { steps: vec![WriteStep::Write(raw.to_bytes())], end: ConnectionEnd::Close }).await)
        }
        Fault::BadChunk => {
            let mut raw = RawResponse::new(next.run(request).await, clock).await?;
            raw.headers.remove(CONTENT_LENGTH);
            raw.headers.insert("transfer-encoding", HeaderValue::from_static("chunked"));
            let first_half = raw.body.slice(..raw.body.len() / 2);
            let chunk = [format!("{:x}\r\n", first_half.len()).as_bytes(), &first_half, b"\r\nno number\r\n"].concat();
            let steps = vec![WriteStep::Write(raw.head()), WriteStep::Write(chunk.into())];
            Ok(takeover.run(Script { steps, end: ConnectionEnd::Close }).await)
        }
        Fault::GzipBomb { megabytes } => {
            discard_body(request).await;
            let bomb = tokio::task::spawn_blocking(move || gzip_bomb(megabytes)).await;
            let bomb = bomb
                .ok()
                .and_then(std::result::Result::ok)
                .ok_or_else(|| Error::internal("the gzip body could not be created"))?;
            let mut response = json(StatusCode::OK, bomb);
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Ok(response)
        }
        Fault::HugeBody { megabytes } => {
            let mut raw = RawResponse::new(next.run(request).await, clock).await?;
            raw.headers.insert(CONTENT_LENGTH, (raw.body.len() + (megabytes << 20)).into());
            let steps =
                vec![WriteStep::Write(raw.to_bytes()), WriteStep::Repeat(vec![b' '; 1 << 20].into(), megabytes)];
            Ok(takeover.run(Script { steps, end: ConnectionEnd::Close }).await)
        }
        Fault::DeepJson { levels } => {
            discard_body(request).await;
            Ok(json(StatusCode::OK, ["[".repeat(levels), "]".repeat(levels)].concat()))
        }
        Fault::InvalidUtf8 => insert_into_first_text(next.run(request).await, b"\xff").await,
        Fault::LoneSurrogate => insert_into_first_text(next.run(request).await, br"\ud800").await,
        Fault::Redirect { to } => {
            discard_body(request).await;
            let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
            response.headers_mut().insert(LOCATION, header_value(&to)?);
            Ok(response)
        }
        Fault::Next { to } => {
            let (mut parts, body) = collect_body(next.run(request).await).await?;
            let mut page: Value = serde_json::from_slice(&body).map_err(|error| Error::internal(error.to_string()))?;
            if let Some(next) = page.get_mut("next") {
                *next = Value::from(to);
            }
            parts.headers.remove(CONTENT_LENGTH);
            Ok(Response::from_parts(parts, Body::from(page.to_string())))
        }
    }
}

/// Reads the complete request, so that the client can finish sending.
async fn discard_body(request: Request) {
    let _ = read_body(request.into_body()).await;
}

fn custom_response(status: u16, body: String, headers: &[(String, String)]) -> Result<Response> {
    let status = StatusCode::from_u16(status).map_err(|error| Error::internal(error.to_string()))?;
    let mut response = json(status, body);
    for (name, text) in headers {
        let name: HeaderName = name.parse().map_err(|_| Error::internal("a validated header is invalid"))?;
        let value = header_value(text)?;
        if name == CONTENT_TYPE {
            response.headers_mut().insert(name, value);
        } else {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

fn header_value(text: &str) -> Result<HeaderValue> {
    text.parse().map_err(|_| Error::internal("a validated header is invalid"))
}

/// The header for a form of `Retry-After`.
fn retry_after_header(retry_after: &RetryAfter, clock: &Clock) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let (name, text) = match retry_after {
        RetryAfter::Never => return Ok(headers),
        RetryAfter::Seconds(seconds) => (RETRY_AFTER, seconds.to_string()),
        RetryAfter::Date(seconds) => (RETRY_AFTER, clock.http_date(*seconds)),
        RetryAfter::Ms(ms) => (HeaderName::from_static("retry-after-ms"), ms.to_string()),
        RetryAfter::RateLimit(seconds) => (HeaderName::from_static("x-ratelimit-retryafter"), seconds.to_string()),
    };
    headers.insert(name, header_value(&text)?);
    Ok(headers)
}

/// A complete response.
struct RawResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl RawResponse {
    async fn new(response: Response, clock: &Clock) -> Result<Self> {
        let (parts, body) = collect_body(response).await?;
        let mut headers = parts.headers;
        headers.insert(CONTENT_LENGTH, body.len().into());
        // The connection cannot be used again.
        headers.insert("connection", HeaderValue::from_static("close"));
        headers.insert(DATE, header_value(&clock.http_date(0))?);
        Ok(Self { status: parts.status, headers, body })
    }

    fn head(&self) -> Bytes {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        head.extend(b"\r\n");
        head.into()
    }

    fn to_bytes(&self) -> Bytes {
        [self.head(), self.body.clone()].concat().into()
    }
}

async fn collect_body(response: Response) -> Result<(axum::http::response::Parts, Bytes)> {
    let (parts, body) = response.into_parts();
    let body = http_body_util::Limited::new(body, MAX_RESPONSE).collect().await;
    let body = body.map_err(|error| Error::internal(format!("a response could not be read: {error}")))?;
    Ok((parts, body.to_bytes()))
}

/// Inserts bytes at the start of the first text value.
async fn insert_into_first_text(response: Response, bytes: &[u8]) -> Result<Response> {
    let (mut parts, body) = collect_body(response).await?;
    let index = body.windows(3).position(|window| window == b"\":\"").map_or(0, |index| index + 3);
    let (before, after) = body.split_at(index);
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from([before, bytes, after].concat())))
}

/// White space, compressed with gzip.
fn gzip_bomb(megabytes: usize) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..megabytes {
        packed.write_all(&[b' '; 1 << 20])?;
    }
    packed.finish()
}
