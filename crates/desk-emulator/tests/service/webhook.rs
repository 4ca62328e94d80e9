//! Webhooks: content, signature and retries.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use ring::hmac;
use serde_json::{Value, json};
use testkit::{Request, Server, Step, reply};

use crate::api::{Api, until};

/// The event, the ticket id and the status of a webhook request, after a check of its signature.
fn event(api: &Api, request: &Request) -> (String, i64, String) {
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/hook"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let signature = request.header("x-hub-signature").and_then(|value| value.strip_prefix("sha1=")).unwrap();
    let bytes: Vec<u8> =
        (0..signature.len()).step_by(2).map(|at| u8::from_str_radix(&signature[at..at + 2], 16).unwrap()).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, api.emulator.token().as_bytes());
    hmac::verify(&key, &request.body, &bytes).unwrap();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&body["eventType"]), body["data"]["id"].as_i64().unwrap(), text(&body["data"]["status2"]))
}

#[tokio::test]
async fn each_change_is_delivered_once_in_order() {
    let receiver = Server::start(|_| vec![reply(200, &[], b"")]);
    let api = Api::people().await;
    api.create(&[1, 2]).await;
    api.emulator.close_ticket(2, None).unwrap();
    // Earlier changes are not delivered.
    api.emulator.set_webhook(Some(&format!("{}/hook", receiver.url()))).unwrap();
    let first = api.emulator.tickets(Some(1)).unwrap()[0].id;
    api.emulator.customer_reply(first, "Yes").unwrap();
    api.emulator.agent_reply(first, None, "Good").unwrap();
    api.emulator.close_ticket(first, None).unwrap();
    let wanted = ["PENDING", "ACTIVE", "CLOSED"];
    let delivered = until(async || Some(receiver.requests()).filter(|requests| requests.len() >= wanted.len())).await;
    let delivered: Vec<_> = delivered.iter().map(|request| event(&api, request)).collect();
    let expected = wanted.map(|status| ("TICKET.STATUS.UPDATED".to_owned(), first, status.to_owned()));
    assert_eq!(delivered, expected);
    let noted = until(async || Some(api.emulator.webhook_deliveries()).filter(|noted| noted.len() == 3)).await;
    assert!(noted.iter().all(|delivery| (delivery.tries, delivery.answer) == (1, Some(200))), "{noted:?}");
}

#[tokio::test]
async fn failing_receiver_gets_three_tries() {
    let asked = Arc::<AtomicUsize>::default();
    let count = asked.clone();
    let receiver = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => vec![reply(500, &[], b"")],
        1 => vec![Step::Reset],
        2 => vec![reply(200, &[], b"")],
        // From then on, no response.
        _ => vec![Step::Hang],
    });
    let api = Api::people().await;
    api.create(&[1, 2]).await;
    let hook = json!({ "url": format!("{}/hook", receiver.url()) });
    assert_eq!(api.control(Method::PUT, "/webhook", hook).await.status, 200);
    let tickets = api.emulator.tickets(Some(1)).unwrap();
    api.emulator.close_ticket(tickets[0].id, None).unwrap();
    let noted = until(async || api.emulator.webhook_deliveries().pop()).await;
    assert_eq!((noted.tries, noted.answer), (3, Some(200)));
    let bodies: Vec<_> = receiver.requests().into_iter().map(|request| request.body).collect();
    assert!(bodies.len() == 3 && bodies.iter().all(|body| *body == bodies[0]), "the same request each time");
    api.emulator.close_ticket(tickets[1].id, None).unwrap();
    let noted = until(async || api.emulator.webhook_deliveries().get(1).cloned()).await;
    assert_eq!((noted.tries, noted.answer), (3, None));
    let listed = api.control(Method::GET, "/webhook", Value::Null).await.body;
    assert_eq!(listed["deliveries"].as_array().map(Vec::len), Some(2));
}

/// A receiver is a setting of the emulator, not part of its data.
#[tokio::test]
async fn receiver_survives_a_restore() {
    let receiver = Server::start(|_| vec![reply(200, &[], b"")]);
    let api = Api::people().await;
    api.create(&[1, 2]).await;
    api.emulator.snapshot("before").unwrap();
    api.emulator.set_webhook(Some(&format!("{}/hook", receiver.url()))).unwrap();
    api.emulator.restore("before").unwrap();
    api.emulator.close_ticket(1, None).unwrap();
    until(async || Some(()).filter(|()| receiver.requests().len() == 1)).await;
    api.emulator.snapshot("watched").unwrap();
    api.emulator.set_webhook(None).unwrap();
    api.emulator.restore("watched").unwrap();
    api.emulator.close_ticket(2, None).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(receiver.requests().len(), 1);
}

#[tokio::test]
async fn receivers_on_other_machines_are_refused() {
    let receiver = Server::start(|_| vec![reply(200, &[], b"")]);
    let api = Api::people().await;
    for url in [
        "https://127.0.0.1:1/",
        "http://example.com/",
        "http://127.0.0.1@evil.example/",
        "/hook",
        "",
        "http://10.0.0.1/",
    ] {
        let refused = api.control(Method::PUT, "/webhook", json!({ "url": url })).await;
        assert_eq!(
            (refused.status, refused.detail()),
            (400, "url: must be http:// and an address of this machine"),
            "{url}"
        );
    }
    api.emulator.set_webhook(Some(&format!("{}/hook", receiver.url()))).unwrap();
    assert_eq!(api.control(Method::DELETE, "/webhook", Value::Null).await.body["url"], Value::Null);
    api.create(&[1]).await;
    api.emulator.close_ticket(1, None).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(receiver.requests().is_empty() && api.emulator.webhook_deliveries().is_empty());
}
