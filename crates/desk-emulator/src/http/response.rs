//! Responses with JSON bodies.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A response with a body that is JSON text.
pub(super) fn json(status: StatusCode, body: impl IntoResponse) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
