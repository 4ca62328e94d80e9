//! Demo mode: its content, the automatic reply, and the reset.

use std::time::Duration;

use desk_emulator::{Emulator, NewCustomer};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Api, until};

/// The pages of all messages.
async fn messages(api: &Api) -> Vec<Value> {
    let mut rows = Vec::new();
    for offset in [0, 500, 1000] {
        rows.push(api.get(&format!("/chat_messages?limit=500&offset={offset}")).await.body["results"].clone());
    }
    rows
}

/// Creates one chat and waits for its reply; returns the messages of the first ticket.
async fn first_chat(api: &Api) -> Vec<[Value; 4]> {
    assert_eq!(api.create(&[101, 102, 103]).await.body["id"], 1);
    let rows = until(async || {
        let page = api.get("/tickets/126/chat_messages").await.body;
        (page["count"] == 3).then(|| page["results"].clone())
    });
    let rows = rows.await;
    let pick = |row: &Value| ["id", "userType", "userSendbirdId", "message"].map(|name| row[name].clone());
    rows.as_array().unwrap().iter().map(pick).collect()
}

fn expected_rows() -> Vec<[Value; 4]> {
    vec![
        [json!(1001), json!("AGENT"), json!("sendbird_desk_agent_id_1"), json!("Hello!")],
        [json!(1004), json!("CUSTOMER"), json!("customer_101"), json!("Yes, please!")],
        [json!(1005), json!("EVENT"), json!("event"), json!("Assigned to Ann.")],
    ]
}

#[tokio::test]
async fn demo_has_a_thousand_messages_in_ten_days() {
    let api = Api::demo().await;
    assert_eq!(api.sizes().await, [0, 125, 1000]);
    let rows: Vec<Value> = messages(&api).await.iter().flat_map(|page| page.as_array().unwrap().clone()).collect();
    let times: Vec<_> = rows.iter().map(|row| row["createdAt"].as_str().unwrap()).collect();
    assert!(times.is_sorted());
    assert!(times[0] >= "2026-01-01T00:00:00.000000Z" && times[999] < "2026-01-11T00:00:00.000000Z");
    assert!(times.windows(2).any(|pair| pair[0] == pair[1]), "ties");
    for user_type in ["AGENT", "CUSTOMER", "EVENT"] {
        assert!(rows.iter().any(|row| row["userType"] == user_type), "{user_type}");
    }
    let text: String = rows.iter().map(|row| row["message"].as_str().unwrap()).collect();
    for piece in ["\n", "\t", "\"", "\\", "ß", "注文", "订单", "주문", "مرحبا", "שלום", "नमस्ते", "🙏🏽", "👨‍👩‍👧‍👦", "𠮷"]
    {
        assert!(text.contains(piece), "{piece:?}");
    }
}

#[tokio::test]
async fn first_customer_replies_automatically() {
    let api = Api::demo().await;
    assert_eq!(first_chat(&api).await, expected_rows());
    let chat = api.get("/proactive_chats/1").await.body;
    let counters = ["sentCount", "respondedCount", "closedCount", "messageCount"].map(|name| chat[name].clone());
    assert_eq!(counters, [3, 1, 0, 1]);
    for ticket_id in [127, 128] {
        assert_eq!(api.emulator.ticket(ticket_id).unwrap().message_count, 1);
    }
}

#[tokio::test]
async fn reset_restores_the_initial_state() {
    let api = Api::demo().await;
    let before = messages(&api).await;
    assert_eq!(first_chat(&api).await, expected_rows());
    api.emulator.add_customer(NewCustomer::new("Uma")).unwrap();
    assert_eq!(api.control(Method::POST, "/reset", Value::Null).await.status, 200);
    assert_eq!(api.sizes().await, [0, 125, 1000]);
    assert_eq!(messages(&api).await, before);
    assert_eq!(api.emulator.add_customer(NewCustomer::new("Uma")).unwrap().id, 105);
    assert_eq!(first_chat(&api).await, expected_rows());
    assert_eq!(messages(&Api::demo().await).await, before, "another demo has the same content");
}

#[tokio::test]
async fn pending_reply_is_dropped_by_a_reset() {
    let api = Api::demo().await;
    assert_eq!(api.create(&[102]).await.status, 201);
    api.emulator.reset().unwrap();
    assert_eq!(api.create(&[101]).await.status, 201);
    until(async || (api.emulator.ticket(126).unwrap().message_count > 1).then_some(())).await;
    // Longer than the demo's delay: the reply to the first chat is due by now.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(api.emulator.ticket(126).unwrap().message_count, 3);
}

#[tokio::test]
async fn emulator_without_demo_starts_empty_with_ids_from_one() {
    let api = Api::start(Emulator::builder()).await;
    assert_eq!(api.sizes().await, [0, 0, 0]);
    let ids = [
        api.emulator.add_group("a", "A").unwrap().id,
        api.emulator.add_customer(NewCustomer::new("Mia")).unwrap().id,
        api.emulator.seed(desk_emulator::SeedRequest::rows(1)).unwrap().first_message_id,
    ];
    assert_eq!(ids, [1, 1, 1]);
    api.emulator.reset().unwrap();
    assert_eq!(api.sizes().await, [0, 0, 0]);
    assert_eq!(api.emulator.add_group("a", "A").unwrap().id, 1);
}
