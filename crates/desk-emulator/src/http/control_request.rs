//! Requests to the controls and the inspector, which only this machine may send.
//!
//! These requests need no token. The server listens on loopback only, and `Host` and `Origin` (if
//! present) must name loopback: so a web page can neither reach the server through a rebound DNS
//! name nor post to it.

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use serde::de::DeserializeOwned;

use super::body::{parse_json, read_body};
use super::parameters::{path_id, path_parameters};
use crate::error::{Error, Result};
use crate::loopback::is_loopback;

/// A request from this machine.
pub(super) struct ControlRequest {
    pub(super) parts: Parts,
    path: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl ControlRequest {
    pub(super) async fn accept(request: Request) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let origin = parts.headers.get(header::ORIGIN);
        if !host.is_some_and(is_loopback) || !origin.is_none_or(is_loopback_origin) {
            let detail = "Host and Origin must be loopback names; use the url that the emulator printed";
            return Err(Error::new(StatusCode::FORBIDDEN, "permission_denied", detail));
        }
        let path = path_parameters(&mut parts).await?;
        Ok(Self { parts, path, body: read_body(body).await? })
    }

    pub(super) fn id(&self) -> Result<i64> {
        path_id(&self.path, "id")
    }

    pub(super) fn name(&self) -> String {
        self.path.iter().find(|(key, _)| key == "name").map(|(_, name)| name.clone()).unwrap_or_default()
    }

    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T> {
        parse_json(&self.body)
    }
}

fn is_loopback_origin(origin: &HeaderValue) -> bool {
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    authority.is_some_and(is_loopback)
}
