//! Request bodies: media type, size and JSON.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;

use crate::error::{Error, Result};

/// The maximum size of a body in bytes.
const BODY_LIMIT: usize = 1_000_000;
/// A larger body is read and discarded up to this size, so that a client that is still sending can
/// read the refusal.
const DISCARD_LIMIT: usize = 64_000_000;

pub(super) async fn read_json(headers: &HeaderMap, body: Body) -> Result<Value> {
    check_media_type(headers)?;
    parse_json(&read_body(body).await?)
}

/// Parses JSON. Nesting deeper than 128 levels is an error; the last of several equal keys counts.
pub(super) fn parse_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        // Valid JSON with wrong data breaks a rule of the schema; a syntax error is not JSON.
        let code = if error.is_data() { "invalid" } else { "parse_error" };
        Error::new(StatusCode::BAD_REQUEST, code, format!("the body cannot be read: {error}"))
    })
}

/// Requires `application/json`, with the charset `utf8`, `utf-8` or none.
fn check_media_type(headers: &HeaderMap) -> Result<()> {
    let content_type = headers.get(header::CONTENT_TYPE).map_or(Some(""), |value| value.to_str().ok());
    let mut parts = content_type.unwrap_or_default().split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().is_some_and(|media_type| media_type == "application/json");
    let is_utf8 = parts.all(|parameter| match parameter.strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf8" | "utf-8"),
        None => true,
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    let detail = "the body must be JSON in UTF-8; send content-type: application/json; charset=utf8";
    Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

/// Reads a body of at most [`BODY_LIMIT`] bytes.
pub(super) async fn read_body(mut body: Body) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Error::invalid(format!("the body ended early: {error}; send the complete body")))?;
        let data = frame.into_data().unwrap_or_else(|_| Bytes::new());
        size += data.len();
        if size <= BODY_LIMIT {
            bytes.extend_from_slice(&data);
        } else if size > DISCARD_LIMIT {
            break;
        }
    }
    if size <= BODY_LIMIT {
        return Ok(bytes);
    }
    let detail = format!("the body is larger than {BODY_LIMIT} bytes; send a smaller body");
    Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", detail))
}
