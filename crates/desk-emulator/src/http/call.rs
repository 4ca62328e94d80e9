//! Validation of a request to the API before its handler runs.
//!
//! The checks have this order: token, path parameters, query parameters, media type, size, JSON,
//! schema. The rules of the spec are in `spec.rs`. Rules that need the data are in the store.

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

/// Out-of-range values of these parameters are clamped instead of refused, unless `strict_paging`
/// is on.
const LENIENT_PARAMETERS: [&str; 2] = ["limit", "offset"];
/// A misprint of `SENDBIRD` in the service's page about messages.
const CHANNEL_MISPRINT: &str = "SENDIBIRD";

/// A request that satisfies all rules of the spec.
pub(super) struct Call {
    path: Vec<(String, String)>,
    pub(super) query: Query,
    pub(super) paging: Paging,
    pub(super) links: PageLinks,
    pub(super) body: Value,
    /// The behaviour when the request arrived.
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

    /// The limits, the order and the shape of the requested messages.
    pub(super) fn listing(&self) -> Listing {
        let (Paging { limit, offset }, Behaviour { order, message_shape: shape, .. }) = (self.paging, self.behaviour);
        Listing { limit, offset, order, shape }
    }

    /// The value of an integer path parameter.
    pub(super) fn path_id(&self, name: &str) -> Result<i64> {
        path_id(&self.path, name)
    }
}

fn authenticate(headers: &HeaderMap, token: &str) -> Result<()> {
    let unauthorized = |code, detail| Err(Error::new(StatusCode::UNAUTHORIZED, code, detail));
    match headers.get(TOKEN_HEADER) {
        Some(value) if value == token => Ok(()),
        Some(_) => unauthorized(
            "authentication_failed",
            "the token is wrong; send the token that this emulator printed at its start",
        ),
        None => unauthorized(
            "not_authenticated",
            "the header SENDBIRDDESKAPITOKEN is missing; send the token in this header",
        ),
    }
}

/// The operation of a method and a path template.
pub(super) fn operation_of(method: &Method, template: &str) -> Option<Operation> {
    let method = match *method {
        Method::POST => "post",
        // HEAD gets the response of GET without its body.
        _ => "get",
    };
    Operation::find(method, template.strip_prefix(BASE_PATH)?)
}

fn operation(parts: &Parts) -> Result<Operation> {
    let template = parts.extensions.get::<MatchedPath>();
    let operation = template.and_then(|template| operation_of(&parts.method, template.as_str()));
    operation.ok_or_else(|| Error::internal("this route is not in openapi/desk.yaml; add it there"))
}
