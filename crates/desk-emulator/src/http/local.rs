//! Requests to the controls and the inspector: from this machine alone.
//!
//! No token is needed, because the server listens on loopback only and takes only requests whose `Host`, and
//! `Origin` if a browser sends one, name loopback too: a web page can neither rebind a DNS name to reach it nor post
//! to it.

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use serde::de::DeserializeOwned;

use super::call::{parse_json, path_id, path_parameters, read_body};
use crate::error::{Error, Result};

/// A request from this machine.
pub(super) struct Control {
    pub(super) parts: Parts,
    path: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Control {
    pub(super) async fn accept(request: Request) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let origin = parts.headers.get(header::ORIGIN);
        if !host.is_some_and(is_loopback) || !origin.is_none_or(is_loopback_origin) {
            let detail = "only requests to and from a loopback name are taken here; use the printed url";
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

/// Whether `host`, with or without a port, is a loopback name or address.
pub(crate) fn is_loopback(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => (address, rest.strip_prefix(':').unwrap_or(rest)),
        None => host.split_once(':').unwrap_or((host, "")),
    };
    let is_name = name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
    let is_address = || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    port.bytes().all(|byte| byte.is_ascii_digit()) && (is_name || is_address())
}

fn is_loopback_origin(origin: &HeaderValue) -> bool {
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    authority.is_some_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_pass() {
        for host in
            ["127.0.0.1", "127.0.0.1:80", "127.9.9.9:1", "localhost", "LocalHost:8080", "desk.localhost", "[::1]:9"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:80",
            "[::2]",
            "127.0.0.1:x",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
