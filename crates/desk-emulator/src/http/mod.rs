//! The HTTP server: routes, the accept loop and JSON responses.
//!
//! There are two trees: the API below `/platform/v1`, which requires the token, and the controls
//! below `/_emulator`, which require a loopback `Host`. A trailing slash is accepted on all paths.
//! TLS, CORS and addresses other than loopback are not supported.

mod body;
mod call;
mod connection;
mod control;
mod control_request;
mod fault;
mod inspector;
mod log;
mod paging;
mod parameters;
mod platform;
mod rate;
mod response;
mod service;

use std::time::Duration;

pub(crate) use log::Log;
pub use log::RequestEntry;
pub(crate) use rate::RateLimiter;
pub(crate) use service::{BASE_PATH, Service};

use axum::Router;
use axum::extract::Request;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn_with_state, map_request};
use tokio::sync::{oneshot, watch};

use crate::error::Error;

/// The maximum time for requests in progress after a stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves until `stop_requested` receives a value or is dropped; then waits at most
/// [`DRAIN_TIMEOUT`] for requests in progress.
pub(crate) async fn serve(listener: std::net::TcpListener, service: Service, stop_requested: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    tokio::spawn(service.webhooks.clone().run(service.store.clone(), service.token.clone()));
    let (stop, stop_receiver) = watch::channel(false);
    let accepting = connection::accept(listener, router(service), stop_receiver);
    tokio::pin!(accepting);
    tokio::select! {
        () = &mut accepting => return,
        _ = stop_requested => {}
    }
    stop.send_replace(true);
    accepting.await;
    // Completes when no connection holds a receiver.
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, stop.closed()).await;
}

fn router(service: Service) -> Router {
    // The last layer is the outermost.
    let platform = platform::routes()
        .route_layer(from_fn_with_state(service.clone(), fault::reshape_error))
        .route_layer(from_fn_with_state(service.clone(), fault::inject));
    let routes = Router::new()
        .nest(BASE_PATH, platform)
        .nest("/_emulator", control::routes().merge(inspector::routes()))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(service);
    // The slash must be removed before route matching, so this layer wraps the router.
    Router::new().fallback_service(routes).layer(map_request(without_trailing_slash))
}

async fn without_trailing_slash(mut request: Request) -> Request {
    if let Some(path) = request.uri().path().strip_suffix('/').filter(|path| !path.is_empty()) {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = PathAndQuery::try_from(format!("{path}{query}")).ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

async fn not_found() -> Error {
    Error::not_found("there is no resource at this path")
}

async fn method_not_allowed(method: Method) -> Error {
    let detail = format!("this path does not support {method}; the header Allow lists the supported methods");
    Error::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}
