//! One request, accepted or refused: token, parameters and body are checked here before a handler sees them.
//!
//! The checks come in this order: token, path and query parameters, media type, size, JSON, schema. What the spec
//! says is asked of the referee (`spec.rs`). A body is never held beyond [`BODY_LIMIT`]. Rules that need the data are
//! left to the store.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;

use super::paging::{Link, Paging};
use super::{BASE_PATH, Service};
use crate::behaviour::Behaviour;
use crate::error::{Error, Result};
use crate::spec::Operation;
use crate::store::Listing;

/// The largest body that is taken, in bytes.
const BODY_LIMIT: usize = 1_000_000;
/// How much more is read and thrown away, so that a client which is still sending gets to read the refusal.
const DISCARD_LIMIT: usize = 64_000_000;

const TOKEN_HEADER: &str = "sendbirddeskapitoken";

/// Parameters that take the nearest sensible value instead of a refusal, unless paging is strict.
const LENIENT: [&str; 2] = ["limit", "offset"];
/// Two generations of the documentation spell this parameter differently.
const CHANNEL_TYPE: [&str; 2] = ["ticket__channel_type", "ticket_channel_type"];

/// As one line of the page of messages has it.
const CHANNEL_MISPRINT: &str = "SENDIBIRD";

/// A request of an operation of the spec that keeps every rule of it.
pub(super) struct Call {
    path: Vec<(String, String)>,
    pub(super) query: Query,
    pub(super) paging: Paging,
    pub(super) link: Link,
    pub(super) body: Value,
    /// When the request came.
    pub(super) behaviour: Behaviour,
}

impl Call {
    pub(super) async fn accept(service: &Service, request: Request) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        authenticate(&parts.headers, &service.token)?;
        let operation = operation(&parts)?;
        let path = path_parameters(&mut parts).await?;
        operation.check_parameters("path", &[], |name| find(&path, name))?;
        let mut query = Query::of(&parts);
        let behaviour = service.behaviour.now();
        if behaviour.channel_misprint_ignored {
            query.0.retain(|(name, value)| !(CHANNEL_TYPE.contains(&name.as_str()) && value == CHANNEL_MISPRINT));
        }
        let unchecked = if behaviour.strict_paging { &[] } else { LENIENT.as_slice() };
        if behaviour.strict_parameters {
            let known = |name: &str| name == CHANNEL_TYPE[1] || operation.has_parameter("query", name);
            if let Some((name, _)) = query.0.iter().find(|(name, _)| !known(name)) {
                return Err(Error::invalid(format!("{name}: this operation has no such parameter")));
            }
        }
        operation.check_parameters("query", unchecked, |name| query.get(name))?;
        let body = if operation.takes_body() { read_json(&parts.headers, body).await? } else { Value::Null };
        operation.check_body(&body)?;
        let (paging, link) = (Paging::of(&query, behaviour.max_limit), Link::of(&parts, &query, service.address));
        Ok(Self { path, query, paging, link, body, behaviour })
    }

    /// How it wants messages listed.
    pub(super) fn listing(&self) -> Listing {
        let (Paging { limit, offset }, Behaviour { order, message_shape: shape, .. }) = (self.paging, self.behaviour);
        Listing { limit, offset, order, shape }
    }

    /// An integer path parameter.
    pub(super) fn path_id(&self, name: &str) -> Result<i64> {
        path_id(&self.path, name)
    }
}

/// The query string. The last of several equal names counts; undecodable bytes become U+FFFD.
pub(super) struct Query(pub(super) Vec<(String, String)>);

impl Query {
    pub(super) fn of(parts: &Parts) -> Self {
        Self(form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// The value of a parameter under any of its spellings.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        find(&self.0, name).or_else(|| if name == CHANNEL_TYPE[0] { find(&self.0, CHANNEL_TYPE[1]) } else { None })
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The decoded parameters of the path.
pub(super) async fn path_parameters(parts: &mut Parts) -> Result<Vec<(String, String)>> {
    let raw = RawPathParams::from_request_parts(parts, &()).await;
    let raw = raw.map_err(|error| Error::invalid(format!("the path cannot be read: {error}")))?;
    Ok(raw.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// An integer parameter of the path.
pub(super) fn path_id(path: &[(String, String)], name: &str) -> Result<i64> {
    let text = find(path, name).unwrap_or_default();
    text.parse().map_err(|_| Error::invalid(format!("{name}: must be a 64-bit integer, not {text:?}")))
}

fn authenticate(headers: &HeaderMap, token: &str) -> Result<()> {
    let refuse = |code, detail| Err(Error::new(StatusCode::UNAUTHORIZED, code, detail));
    match headers.get(TOKEN_HEADER) {
        Some(given) if given == token => Ok(()),
        Some(_) => refuse("authentication_failed", "the token is not the one this emulator printed at its start"),
        None => refuse("not_authenticated", "the header SENDBIRDDESKAPITOKEN is missing; send the token in it"),
    }
}

/// The operation of a method and the template of a path.
pub(super) fn operation_of(method: &Method, template: &str) -> Option<Operation> {
    let method = match *method {
        Method::POST => "post",
        // HEAD is answered as GET is.
        _ => "get",
    };
    Operation::find(method, template.strip_prefix(BASE_PATH)?)
}

fn operation(parts: &Parts) -> Result<Operation> {
    let template = parts.extensions.get::<MatchedPath>();
    let operation = template.and_then(|template| operation_of(&parts.method, template.as_str()));
    operation.ok_or_else(|| Error::internal("this route is not in openapi/desk.yaml; add it there"))
}

async fn read_json(headers: &HeaderMap, body: Body) -> Result<Value> {
    check_media_type(headers)?;
    parse_json(&read_body(body).await?)
}

/// Reads JSON; nesting beyond 128 levels is refused, and the last of several equal keys counts.
pub(super) fn parse_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        // Wrong data is a broken rule, wrong syntax is not JSON at all.
        let code = if error.is_data() { "invalid" } else { "parse_error" };
        Error::new(StatusCode::BAD_REQUEST, code, format!("the body cannot be read: {error}"))
    })
}

/// Takes `application/json` with the charset spelled `utf8`, `utf-8` or left out.
fn check_media_type(headers: &HeaderMap) -> Result<()> {
    let given = headers.get(header::CONTENT_TYPE).map_or(Some(""), |value| value.to_str().ok());
    let mut pieces = given.unwrap_or_default().split(';').map(|piece| piece.trim().to_ascii_lowercase());
    let is_json = pieces.next().is_some_and(|media_type| media_type == "application/json");
    let is_utf8 = pieces.all(|parameter| match parameter.strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf8" | "utf-8"),
        None => true,
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    let detail = "the body must be JSON in UTF-8; send content-type: application/json; charset=utf8";
    Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

/// Reads a body up to [`BODY_LIMIT`].
pub(super) async fn read_body(mut body: Body) -> Result<Vec<u8>> {
    let mut kept = Vec::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Error::invalid(format!("the body ended early: {error}; send all of it")))?;
        let data = frame.into_data().unwrap_or_else(|_| Bytes::new());
        size += data.len();
        if size <= BODY_LIMIT {
            kept.extend_from_slice(&data);
        } else if size > DISCARD_LIMIT {
            break;
        }
    }
    if size <= BODY_LIMIT {
        return Ok(kept);
    }
    let detail = format!("the body is larger than {BODY_LIMIT} bytes; send less");
    Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", detail))
}
