//! One request, accepted or refused: token, parameters and body are checked here before a handler sees them.
//!
//! The checks come in this order: token, path and query parameters, media type, size, JSON, schema. What the spec
//! says is asked of the referee (`spec.rs`). Rules that need the data are
//! left to the store.

use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::body::read_json;
use super::paging::{PageLinks, Paging};
use super::parameters::{CHANNEL_TYPE, Query, find, path_id, path_parameters};
use super::service::{BASE_PATH, Service};
use crate::behaviour::Behaviour;
use crate::error::{Error, Result};
use crate::spec::Operation;
use crate::store::Listing;

const TOKEN_HEADER: &str = "sendbirddeskapitoken";

/// Parameters that take the nearest sensible value instead of a refusal, unless paging is strict.
const LENIENT_PARAMETERS: [&str; 2] = ["limit", "offset"];
/// As one line of the page of messages has it.
const CHANNEL_MISPRINT: &str = "SENDIBIRD";

/// A request of an operation of the spec that keeps every rule of it.
pub(super) struct Call {
    path: Vec<(String, String)>,
    pub(super) query: Query,
    pub(super) paging: Paging,
    pub(super) links: PageLinks,
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
        let mut query = Query::from_parts(&parts);
        let behaviour = service.behaviour.get();
        if behaviour.channel_misprint_ignored {
            query.0.retain(|(name, value)| !(CHANNEL_TYPE.contains(&name.as_str()) && value == CHANNEL_MISPRINT));
        }
        let unchecked = if behaviour.strict_paging { &[] } else { LENIENT_PARAMETERS.as_slice() };
        if behaviour.strict_parameters {
            let is_known = |name: &str| name == CHANNEL_TYPE[1] || operation.has_parameter("query", name);
            if let Some((name, _)) = query.0.iter().find(|(name, _)| !is_known(name)) {
                return Err(Error::invalid(format!("{name}: this operation has no such parameter")));
            }
        }
        operation.check_parameters("query", unchecked, |name| query.get(name))?;
        let body = if operation.takes_body() { read_json(&parts.headers, body).await? } else { Value::Null };
        operation.check_body(&body)?;
        let (paging, links) =
            (Paging::from_query(&query, behaviour.max_limit), PageLinks::new(&parts, &query, service.address));
        Ok(Self { path, query, paging, links, body, behaviour })
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

fn authenticate(headers: &HeaderMap, token: &str) -> Result<()> {
    let unauthorized = |code, detail| Err(Error::new(StatusCode::UNAUTHORIZED, code, detail));
    match headers.get(TOKEN_HEADER) {
        Some(value) if value == token => Ok(()),
        Some(_) => unauthorized("authentication_failed", "the token is not the one this emulator printed at its start"),
        None => unauthorized("not_authenticated", "the header SENDBIRDDESKAPITOKEN is missing; send the token in it"),
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
