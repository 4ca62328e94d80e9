//! Webhooks: a signed POST to a program on this machine after a ticket's status changes.
//!
//! As documented, the receiver has one second to respond, only status 200 counts as a response, and
//! the same request is sent up to three times. The event has the name and the shape that public
//! receivers expect.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ring::hmac;
use serde::Serialize;
use serde_json::json;

use crate::error::{Error, Result};
use crate::loopback::is_loopback;
use crate::model::{Ticket, TicketStatus};
use crate::store::SharedStore;
use crate::time::Time;

const EVENT: &str = "TICKET.STATUS.UPDATED";
const MAX_TRIES: u32 = 3;
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);
/// The interval at which the store is polled for status changes.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The maximum of deliveries that are kept.
const MAX_DELIVERIES: usize = 1_000;

/// A webhook request, sent or failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WebhookDelivery {
    /// The time of the last try.
    pub time: Time,
    /// The ticket.
    pub ticket_id: i64,
    /// The new status of the ticket.
    pub status: TicketStatus,
    /// The number of tries.
    pub tries: u32,
    /// The HTTP status of the last try; absent if no response came within a second.
    pub answer: Option<u16>,
}

#[derive(Clone, Default)]
pub(crate) struct Webhooks(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    url: Option<Uri>,
    deliveries: VecDeque<WebhookDelivery>,
}

impl Webhooks {
    /// Sets the receiver: an http URL on this machine, or none.
    pub(crate) fn set(&self, store: &SharedStore, url: Option<&str>) -> Result<()> {
        let invalid = || Error::invalid("url: must be http:// and an address of this machine");
        let url = url.map(str::parse::<Uri>).transpose().map_err(|_| invalid())?;
        let is_local = |url: &Uri| {
            let host = url.authority().map(|authority| authority.as_str());
            url.scheme_str() == Some("http") && host.is_some_and(|host| !host.contains('@') && is_loopback(host))
        };
        if !url.as_ref().is_none_or(is_local) {
            return Err(invalid());
        }
        // Discards older changes: the receiver gets only later ones.
        store.lock().watch_statuses(url.is_some())?;
        self.lock().url = url;
        Ok(())
    }

    pub(crate) fn url(&self) -> Option<String> {
        self.lock().url.as_ref().map(Uri::to_string)
    }

    pub(crate) fn deliveries(&self) -> Vec<WebhookDelivery> {
        self.lock().deliveries.iter().cloned().collect()
    }

    /// Delivers status changes, one after the other, until the server stops.
    pub(crate) async fn run(self, store: SharedStore, token: Arc<str>) {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
        loop {
            tokio::time::sleep(POLL_INTERVAL).await;
            let Some(url) = self.lock().url.clone() else { continue };
            // A failed read of the store is retried at the next poll.
            for ticket in store.run(|store| store.take_statuses()).await.unwrap_or_default() {
                let delivery = deliver(&client, &url, &key, &ticket).await;
                let deliveries = &mut self.lock().deliveries;
                if deliveries.len() == MAX_DELIVERIES {
                    deliveries.pop_front();
                }
                deliveries.push_back(delivery);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn deliver(client: &Client<HttpConnector, Body>, url: &Uri, key: &hmac::Key, ticket: &Ticket) -> WebhookDelivery {
    let body = Bytes::from(json!({ "eventType": EVENT, "data": ticket }).to_string());
    let signature: String = hmac::sign(key, &body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut delivery =
        WebhookDelivery { time: Time::now(), ticket_id: ticket.id, status: ticket.status, tries: 0, answer: None };
    while delivery.tries < MAX_TRIES && delivery.answer != Some(200) {
        delivery.tries += 1;
        delivery.time = Time::now();
        let request = Request::post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("x-hub-signature", format!("sha1={signature}"))
            .body(Body::from(body.clone()));
        let Ok(request) = request else { break };
        let response = tokio::time::timeout(RESPONSE_TIMEOUT, client.request(request)).await;
        delivery.answer = response.ok().and_then(std::result::Result::ok).map(|response| response.status().as_u16());
    }
    delivery
}
