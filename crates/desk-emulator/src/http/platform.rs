//! The four operations of the spec, below `/platform/v1`.
//!
//! Each handler validates the request, runs an action of the store, and responds. A create over
//! HTTP also schedules the reply of the demo's customer; creates through the Rust handle are not
//! part of the demo.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::call::Call;
use super::paging::page_response;
use super::response::json;
use super::service::Service;
use crate::error::{Error, Result};
use crate::store::{Filter, NewProactiveChat, ProactiveChat};
use crate::time::Time;

/// The delay of the demo customer's reply.
const DEMO_DELAY: Duration = Duration::from_millis(150);
const DEMO_REPLY: &str = "Yes, please!";

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/proactive_chats", post(create_proactive_chat))
        .route("/proactive_chats/{proactive_id}", get(get_proactive_chat))
        .route("/chat_messages", get(list_messages))
        .route("/tickets/{ticket_id}/chat_messages", get(list_ticket_messages))
}

async fn create_proactive_chat(State(service): State<Service>, request: Request) -> Result<Response> {
    let call = Call::accept(&service, request).await?;
    let new = NewProactiveChat::deserialize(call.body).map_err(|error| Error::invalid(format!("body: {error}")))?;
    let behaviour = call.behaviour;
    let created = service.store.run(|store| store.create_proactive_chat(new)).await?;
    if service.demo {
        tokio::spawn(reply_as_customer(service, created.first_ticket, created.generation));
    }
    let status = if behaviour.create_status == 200 { StatusCode::OK } else { StatusCode::CREATED };
    chat_response(status, created.chat.created_by(behaviour.created_by))
}

async fn get_proactive_chat(State(service): State<Service>, request: Request) -> Result<Response> {
    let call = Call::accept(&service, request).await?;
    let id = call.path_id("proactive_id")?;
    let chat = service.store.run(move |store| store.proactive_chat(id)).await?;
    chat_response(StatusCode::OK, chat.created_by(call.behaviour.created_by))
}

async fn list_messages(State(service): State<Service>, request: Request) -> Result<Response> {
    let call = Call::accept(&service, request).await?;
    if call.behaviour.all_messages_gone {
        let detail = "the list of all messages is gone; read the messages of each ticket";
        return Err(Error::new(StatusCode::GONE, "gone", detail));
    }
    let listing = call.listing();
    let filter = Filter {
        from: call.query.get("created_at__gte").and_then(Time::parse),
        to: call.query.get("created_at__lte").and_then(Time::parse),
        channel_type: call.query.get("ticket__channel_type").map(str::to_owned),
    };
    let page = service.store.run(move |store| store.messages(&filter, listing)).await?;
    page_response(call.paging, &call.links, page.count, &page.results)
}

async fn list_ticket_messages(State(service): State<Service>, request: Request) -> Result<Response> {
    let call = Call::accept(&service, request).await?;
    let (ticket_id, listing) = (call.path_id("ticket_id")?, call.listing());
    let page = service.store.run(move |store| store.ticket_messages(ticket_id, listing)).await?;
    page_response(call.paging, &call.links, page.count, &page.results)
}

fn chat_response(status: StatusCode, chat: ProactiveChat) -> Result<Response> {
    let body = serde_json::to_vec(&chat).map_err(|error| Error::internal(error.to_string()))?;
    Ok(json(status, body))
}

/// Adds the customer's reply to a ticket, unless a reset has removed the ticket since.
async fn reply_as_customer(service: Service, ticket_id: i64, generation: u64) {
    tokio::time::sleep(DEMO_DELAY).await;
    let reply = service.store.run(move |store| {
        if store.generation() == generation {
            store.customer_reply(ticket_id, DEMO_REPLY)?;
        }
        Ok(())
    });
    // A ticket that was closed in the meantime gets no reply.
    let _ = reply.await;
}
