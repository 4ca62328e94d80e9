//! The inspector: a web page, rendered by the server, that refreshes itself.
//!
//! Like the controls, it accepts only requests with loopback names. The page loads only its own
//! files. The templates escape all text from clients.

use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::control_request::ControlRequest;
use super::log::RequestEntry;
use super::parameters::Query;
use super::service::{BASE_PATH, Service};
use crate::error::{Error, Result};
use crate::faults::FaultCount;
use crate::model::TicketStatus;
use crate::store::overview::{Conversation, Overview};

/// The number of requests on the page.
const REQUESTS: usize = 30;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/", get(page))
        .route("/inspector.css", get(async || asset("text/css", include_str!("../../templates/inspector.css"))))
        .route("/inspector.js", get(async || asset("text/javascript", include_str!("../../templates/inspector.js"))))
        .route("/inspector/tickets/{id}/customer_reply", post(customer_reply))
}

#[derive(Template)]
#[template(path = "inspector.html")]
struct Page {
    base_url: String,
    now: String,
    error: Option<String>,
    overview: Overview,
    conversation: Option<Conversation>,
    faults: Vec<FaultCount>,
    requests: Vec<RequestEntry>,
}

#[derive(Template)]
#[template(path = "live.html")]
struct Live<'a> {
    base_url: &'a str,
    now: &'a str,
    overview: &'a Overview,
    conversation: &'a Option<Conversation>,
    faults: &'a [FaultCount],
    requests: &'a [RequestEntry],
}

async fn page(State(service): State<Service>, request: Request) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let query = Query::from_parts(&control.parts);
    let ticket_id = query.integer("ticket")?;
    let (overview, conversation) = service
        .store
        .run(move |store| Ok((store.overview()?, ticket_id.map(|id| store.conversation(id)).transpose()?)))
        .await?;
    let page = Page {
        base_url: format!("http://{}{BASE_PATH}", service.address),
        now: service.clock.now().to_string(),
        error: query.get("error").map(str::to_owned),
        overview,
        conversation,
        faults: service.faults.counts().1,
        requests: service.log.newest(REQUESTS),
    };
    let text = if query.get("part") == Some("live") {
        let Page { base_url, now, overview, conversation, faults, requests, .. } = &page;
        Live { base_url, now, overview, conversation, faults, requests }.render()
    } else {
        page.render()
    };
    let mut response = asset("text/html; charset=utf-8", text.map_err(|error| Error::internal(error.to_string()))?);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}

/// The reply form of the page; redirects back to the page.
async fn customer_reply(State(service): State<Service>, request: Request) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let id = control.id()?;
    let message = form_urlencoded::parse(&control.body).find(|(name, _)| name == "message").map(|(_, text)| text);
    let message = message.unwrap_or_default().into_owned();
    let query = match service.store.run(move |store| store.customer_reply(id, &message)).await {
        Ok(_) => form_urlencoded::Serializer::new(String::new()).append_pair("ticket", &id.to_string()).finish(),
        Err(error) => form_urlencoded::Serializer::new(String::new())
            .append_pair("ticket", &id.to_string())
            .append_pair("error", error.detail())
            .finish(),
    };
    Ok((StatusCode::SEE_OTHER, [(LOCATION, format!("/_emulator?{query}"))]).into_response())
}

fn asset(content_type: &'static str, text: impl IntoResponse) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
