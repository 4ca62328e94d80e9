//! The four operations without errors.

use desk_emulator::{Emulator, ProactiveSender};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HOST};
use serde_json::{Value, json};

use crate::api::Api;

#[tokio::test]
async fn create_adds_a_ticket_and_a_message_for_each_customer() {
    let api = Api::people().await;
    let before = api.sizes().await;
    let body = json!({
        "message": "Your order 1042 has shipped.", "groupKey": "sales", "customerIds": [3, 1], "agentId": 2,
        "priority": "URGENT", "somethingNew": {"ignored": true},
    });
    let reply = api.post("/proactive_chats", body.to_string()).await;
    assert_eq!(reply.status, 201);
    let times = [reply.body["createdAt"].clone(), reply.body["updatedAt"].clone()];
    assert_eq!(times[0], times[1]);
    let expected = json!({
        "id": 1, "project": 1, "message": "Your order 1042 has shipped.", "messageCount": 1,
        "createdBy": {
            "id": 2, "displayName": "Ben", "sendbirdId": "sendbird_desk_agent_id_2", "photoThumbnailUrl": null,
        },
        "assignedGroup": {
            "id": 1, "name": "Sales", "key": "sales", "createdAt": reply.body["assignedGroup"]["createdAt"], "description": null,
        },
        "sentCount": 2, "respondedCount": 0, "closedCount": 0, "customersList": "3,1",
        "createdAt": times[0], "updatedAt": times[0], "priority": "URGENT",
    });
    assert_eq!(reply.body, expected);
    assert_eq!(api.get("/proactive_chats/1").await.body, expected);
    assert_eq!(api.sizes().await, [1, before[1] + 2, before[2] + 2]);

    let tickets = api.emulator.tickets(Some(1)).unwrap();
    let customers: Vec<_> = tickets.iter().map(|ticket| ticket.customer.as_ref().unwrap().id).collect();
    assert_eq!(customers, [3, 1]);
    for ticket in tickets {
        assert_eq!((ticket.status.as_str(), ticket.priority.as_str()), ("PROACTIVE", "URGENT"));
        assert_eq!((ticket.group.unwrap().id, ticket.proactive_chat_created_by.unwrap().id), (1, 2));
        let page = api.get(&format!("/tickets/{}/chat_messages", ticket.id)).await.body;
        let row = &page["results"][0];
        let expected = json!({
            "id": row["id"], "messageId": 7_000_000_000_i64 + row["id"].as_i64().unwrap(), "ticket": ticket.id,
            "userSendbirdId": "sendbird_desk_agent_id_2", "userType": "AGENT", "createdAt": times[0],
            "message": "Your order 1042 has shipped.", "data": "", "deletedAt": null, "requestedFrom": null,
            "requestedBy": null,
        });
        assert_eq!(page, json!({"count": 1, "previous": null, "next": null, "results": [expected]}));
    }
}

#[tokio::test]
async fn priority_is_medium_by_default() {
    let api = Api::demo().await;
    assert_eq!(api.create(&[101]).await.body["priority"], "MEDIUM");
}

#[tokio::test]
async fn message_of_a_chat_can_be_an_event() {
    let api = Api::start(Emulator::builder().demo(true).proactive_sender(ProactiveSender::Event)).await;
    assert_eq!(api.create(&[102]).await.status, 201);
    let row = &api.get("/tickets/126/chat_messages?limit=1").await.body["results"][0];
    assert_eq!((&row["userType"], &row["userSendbirdId"]), (&json!("EVENT"), &json!("event")));
}

#[tokio::test]
async fn trailing_slash_is_accepted_on_all_paths() {
    let api = Api::demo().await;
    let body = json!({"message": "Hi", "groupKey": "sales", "customerIds": [101], "agentId": 1});
    assert_eq!(api.post("/proactive_chats/", body.to_string()).await.status, 201);
    for path in ["/proactive_chats/1/", "/chat_messages/", "/chat_messages/?limit=2", "/tickets/1/chat_messages/"] {
        assert_eq!(api.get(path).await.status, 200, "{path}");
    }
    assert_eq!(api.control(Method::GET, "/health/", Value::Null).await.status, 200);
    assert_eq!(api.get("/chat_messages//").await.status, 404);
}

#[tokio::test]
async fn every_spelling_of_the_media_type_is_accepted() {
    let api = Api::demo().await;
    let body = json!({"message": "Hi", "groupKey": "sales", "customerIds": [101], "agentId": 1}).to_string();
    for media_type in [
        "application/json",
        "application/json; charset=utf8",
        "application/json;charset=utf-8",
        "Application/JSON; charset=\"UTF-8\"",
    ] {
        let request = api.request(Method::POST, "/proactive_chats").header(CONTENT_TYPE, media_type);
        assert_eq!(api.send(request.body(body.clone())).await.status, 201, "{media_type}");
        let request = api.request(Method::GET, "/chat_messages").header(CONTENT_TYPE, media_type);
        assert_eq!(api.send(request).await.status, 200, "{media_type}");
    }
}

#[tokio::test]
async fn links_repeat_the_requested_host() {
    let api = Api::demo().await;
    let request = api.request(Method::GET, "/chat_messages?limit=5").header(HOST, "desk-api-x.sendbird.com:81");
    let page = api.send(request).await.body;
    let expected = "http://desk-api-x.sendbird.com:81/platform/v1/chat_messages?limit=5&offset=5";
    assert_eq!(page["next"], expected);
}

#[tokio::test]
async fn head_gets_the_response_of_get_without_body() {
    let api = Api::demo().await;
    let reply = api.request(Method::HEAD, "/chat_messages").send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.text().await.unwrap(), "");
}
