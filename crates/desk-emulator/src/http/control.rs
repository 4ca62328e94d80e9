//! The controls below `/_emulator`, which offer the methods of the Rust handle over HTTP.
//!
//! The real service has no such paths. `control_request.rs` decides which requests are accepted.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::control_request::ControlRequest;
use super::paging::{PageLinks, Paging, page_response};
use super::parameters::Query;
use super::response::json as json_response;
use super::service::Service;
use crate::behaviour::MAX_LIMIT;
use crate::error::{Error, Result};
use crate::faults::FaultPlan;
use crate::model::{NewAgent, NewCustomer, Presence, TicketStatus};
use crate::store::Store;
use crate::store::drift::{Change, Drift};
use crate::store::import::MessageImport;
use crate::store::seed::SeedRequest;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/groups", post(add_group))
        .route("/agents", post(add_agent))
        .route("/agents/{id}/presence", put(set_presence))
        .route("/customers", post(add_customer))
        .route("/tickets", get(list_tickets))
        .route("/tickets/{id}", get(get_ticket))
        .route("/tickets/{id}/customer_reply", post(customer_reply))
        .route("/tickets/{id}/agent_reply", post(agent_reply))
        .route("/tickets/{id}/status", put(move_ticket))
        .route("/tickets/{id}/close", post(close_ticket))
        .route("/faults", get(faults).put(set_faults).delete(clear_faults))
        .route("/behaviour", get(behaviour).put(set_behaviour))
        .route("/drift", put(set_drift))
        .route("/messages", post(import_messages))
        .route("/messages/change", post(change_messages))
        .route("/clock", get(clock).put(set_clock).delete(follow_clock))
        .route("/snapshots/{name}", put(snapshot).delete(remove_snapshot))
        .route("/snapshots/{name}/restore", post(restore))
        .route("/webhook", get(webhook).put(set_webhook).delete(clear_webhook))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/requests.har", get(requests_har))
        .route("/deliveries", get(deliveries))
        .route("/messaged_twice", get(messaged_twice))
        .route("/seed", post(seed))
        .route("/reset", post(reset))
        .route("/health", get(health))
}

#[derive(Deserialize)]
struct NewGroup {
    key: String,
    name: String,
}

async fn add_group(State(service): State<Service>, request: Request) -> Result<Response> {
    let new: NewGroup = ControlRequest::accept(request).await?.body()?;
    respond(&service, StatusCode::CREATED, move |store| store.add_group(&new.key, &new.name)).await
}

async fn add_agent(State(service): State<Service>, request: Request) -> Result<Response> {
    let new: NewAgent = ControlRequest::accept(request).await?.body()?;
    respond(&service, StatusCode::CREATED, |store| store.add_agent(new)).await
}

async fn add_customer(State(service): State<Service>, request: Request) -> Result<Response> {
    let new: NewCustomer = ControlRequest::accept(request).await?.body()?;
    respond(&service, StatusCode::CREATED, |store| store.add_customer(new)).await
}

#[derive(Deserialize)]
struct NewPresence {
    presence: Presence,
}

async fn set_presence(State(service): State<Service>, request: Request) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let (id, NewPresence { presence }) = (control.id()?, control.body()?);
    respond(&service, StatusCode::OK, move |store| store.set_presence(id, presence)).await
}

async fn list_tickets(State(service): State<Service>, request: Request) -> Result<Response> {
    list(&service, request, "proactive_id", |store, chat, page| store.tickets(chat, page.limit, page.offset)).await
}

async fn get_ticket(State(service): State<Service>, request: Request) -> Result<Response> {
    let id = ControlRequest::accept(request).await?.id()?;
    respond(&service, StatusCode::OK, move |store| store.ticket(id)).await
}

#[derive(Deserialize)]
struct CustomerReply {
    message: String,
}

async fn customer_reply(State(service): State<Service>, request: Request) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let (id, CustomerReply { message }) = (control.id()?, control.body()?);
    respond(&service, StatusCode::OK, move |store| store.customer_reply(id, &message)).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AgentReply {
    agent_id: Option<i64>,
    message: String,
}

async fn agent_reply(State(service): State<Service>, request: Request) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let (id, AgentReply { agent_id, message }) = (control.id()?, control.body()?);
    respond(&service, StatusCode::OK, move |store| store.agent_reply(id, agent_id, &message)).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewStatus {
    status: TicketStatus,
    agent_id: Option<i64>,
}

async fn move_ticket(State(service): State<Service>, request: Request) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let (id, NewStatus { status, agent_id }) = (control.id()?, control.body()?);
    respond(&service, StatusCode::OK, move |store| store.move_ticket(id, status, agent_id)).await
}

#[derive(Default, Deserialize)]
struct Close {
    comment: Option<String>,
}

async fn close_ticket(State(service): State<Service>, request: Request) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let id = control.id()?;
    // All fields of the body are optional, so an empty body is accepted too.
    let Close { comment } = if control.body.is_empty() { Close::default() } else { control.body()? };
    respond(&service, StatusCode::OK, move |store| store.close_ticket(id, comment.as_deref())).await
}

async fn seed(State(service): State<Service>, request: Request) -> Result<Response> {
    let seed_request: SeedRequest = ControlRequest::accept(request).await?.body()?;
    respond(&service, StatusCode::OK, move |store| store.seed(seed_request)).await
}

async fn faults(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    active_faults(&service)
}

async fn set_faults(State(service): State<Service>, request: Request) -> Result<Response> {
    service.faults.set(ControlRequest::accept(request).await?.body()?)?;
    active_faults(&service)
}

async fn clear_faults(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    service.faults.set(FaultPlan::default())?;
    active_faults(&service)
}

fn active_faults(service: &Service) -> Result<Response> {
    let (seed, rules) = service.faults.counts();
    ok_json(&json!({ "seed": seed, "rules": rules }))
}

async fn behaviour(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    ok_json(&service.behaviour.get())
}

async fn set_behaviour(State(service): State<Service>, request: Request) -> Result<Response> {
    service.behaviour.set(ControlRequest::accept(request).await?.body()?)?;
    ok_json(&service.behaviour.get())
}

async fn set_drift(State(service): State<Service>, request: Request) -> Result<Response> {
    let drifts: Vec<Drift> = ControlRequest::accept(request).await?.body()?;
    respond_ok(&service, |store| store.set_drift(drifts)).await
}

async fn change_messages(State(service): State<Service>, request: Request) -> Result<Response> {
    let change: Change = ControlRequest::accept(request).await?.body()?;
    respond_ok(&service, move |store| store.change_messages(&change)).await
}

async fn import_messages(State(service): State<Service>, request: Request) -> Result<Response> {
    let rows: Vec<MessageImport> = ControlRequest::accept(request).await?.body()?;
    respond(&service, StatusCode::CREATED, move |store| Ok(json!({ "ids": store.import(&rows)? }))).await
}

async fn clock(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    ok_json(&service.clock.state())
}

async fn set_clock(State(service): State<Service>, request: Request) -> Result<Response> {
    service.clock.set(ControlRequest::accept(request).await?.body()?)?;
    ok_json(&service.clock.state())
}

async fn follow_clock(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    service.clock.follow();
    ok_json(&service.clock.state())
}

async fn snapshot(State(service): State<Service>, request: Request) -> Result<Response> {
    let name = ControlRequest::accept(request).await?.name();
    respond_ok(&service, move |store| store.snapshot(&name)).await
}

async fn restore(State(service): State<Service>, request: Request) -> Result<Response> {
    let name = ControlRequest::accept(request).await?.name();
    respond_ok(&service, move |store| store.restore(&name)).await
}

async fn remove_snapshot(State(service): State<Service>, request: Request) -> Result<Response> {
    let name = ControlRequest::accept(request).await?.name();
    respond_ok(&service, move |store| store.remove_snapshot(&name)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receiver {
    url: String,
}

async fn webhook(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    webhook_state(&service)
}

async fn set_webhook(State(service): State<Service>, request: Request) -> Result<Response> {
    let Receiver { url } = ControlRequest::accept(request).await?.body()?;
    service.webhooks.set(&service.store, Some(&url))?;
    webhook_state(&service)
}

async fn clear_webhook(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    service.webhooks.set(&service.store, None)?;
    webhook_state(&service)
}

fn webhook_state(service: &Service) -> Result<Response> {
    ok_json(&json!({ "url": service.webhooks.url(), "deliveries": service.webhooks.deliveries() }))
}

async fn requests(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], service.log.ndjson()).into_response())
}

async fn requests_har(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    ok_json(&service.log.har(&service.address.to_string()))
}

async fn clear_requests(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    service.log.clear();
    ok_json(&ok_status())
}

async fn deliveries(State(service): State<Service>, request: Request) -> Result<Response> {
    list(&service, request, "customer_id", |store, customer, page| store.deliveries(customer, page.limit, page.offset))
        .await
}

async fn messaged_twice(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    respond(&service, StatusCode::OK, |store| {
        let repeated = store.messaged_twice()?;
        Ok(json!({ "count": repeated.len(), "results": repeated }))
    })
    .await
}

async fn reset(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    respond_ok(&service, |store| store.reset()).await
}

async fn health(State(service): State<Service>, request: Request) -> Result<Response> {
    ControlRequest::accept(request).await?;
    respond_ok(&service, |_| Ok(())).await
}

fn ok_status() -> Value {
    json!({ "status": "ok" })
}

async fn respond<T: Serialize + Send + 'static>(
    service: &Service,
    status: StatusCode,
    action: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
) -> Result<Response> {
    let value = service.store.run(action).await?;
    Ok(json_response(status, to_json(&value)?))
}

/// Runs an action without a result; responds `{"status": "ok"}`.
async fn respond_ok(
    service: &Service,
    action: impl FnOnce(&mut Store) -> Result<()> + Send + 'static,
) -> Result<Response> {
    respond(service, StatusCode::OK, |store| action(store).map(|()| ok_status())).await
}

/// Runs a query for one page of rows, optionally of the owner that the query string names.
async fn list<T: Serialize + Send + 'static>(
    service: &Service,
    request: Request,
    owner: &str,
    action: impl FnOnce(&mut Store, Option<i64>, Paging) -> Result<(i64, Vec<T>)> + Send + 'static,
) -> Result<Response> {
    let control = ControlRequest::accept(request).await?;
    let query = Query::from_parts(&control.parts);
    let (owner, paging) = (query.integer(owner)?, Paging::from_query(&query, MAX_LIMIT));
    let (count, rows) = service.store.run(move |store| action(store, owner, paging)).await?;
    page_response(paging, &PageLinks::new(&control.parts, &query, service.address), count, &to_json(&rows)?)
}

/// Responds 200 with the value as JSON.
fn ok_json(value: &impl Serialize) -> Result<Response> {
    Ok(json_response(StatusCode::OK, to_json(value)?))
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::internal(error.to_string()))
}
