//! Errors of the service: one type for HTTP and for the Rust handle.
//!
//! An error has an HTTP status, a code from a small fixed set, and one line of text that names the
//! problem and the fix. An action that returns an error must not change the state. Failures to
//! start are `std::io::Error` instead.

use std::fmt;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The result of an action of the service.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of the service; on the wire `{"code": …, "detail": …}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: StatusCode,
    code: &'static str,
    detail: String,
}

impl Error {
    /// The HTTP status, such as 400, 404 or 409.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The service code: `invalid`, `parse_error`, `not_found`, `conflict`, …
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The problem and the fix, in one line.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into() }
    }

    /// An invalid value; `detail` names the property and the value.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// An action that the current state does not allow.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    /// A bug of the emulator itself.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let detail = format!("the data could not be read or written: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "storage_failed", detail)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "code": self.code, "detail": self.detail });
        (self.status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}
