//! Hostile and malformed input: the emulator responds and keeps working.

use std::collections::HashSet;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::api::{Api, TOKEN_HEADER};

#[tokio::test]
async fn numbers_of_any_size_get_a_response() {
    let api = Api::demo().await;
    let long = "9".repeat(5_000);
    let giant = i64::MAX.to_string();
    for offset in [&giant, "9223372036854775808", &long, "-9223372036854775809"] {
        for list in ["/chat_messages", "/tickets/1/chat_messages", "/chat_messages?ticket__channel_type=SENDBIRD"] {
            let joint = if list.contains('?') { '&' } else { '?' };
            for window in ["", "&created_at__gte=2026-01-03T00:00:00Z&created_at__lte=0000-01-01T00:00:00Z"] {
                let reply = api.get(&format!("{list}{joint}limit={long}&offset={offset}{window}")).await;
                assert_eq!(reply.status, 200, "{list} {offset}");
            }
        }
    }
    assert_eq!(api.get(&format!("/tickets/{long}/chat_messages")).await.status, 400);
    assert_eq!(api.get(&format!("/proactive_chats/{giant}")).await.status, 404);
}

#[tokio::test]
async fn large_body_gets_a_readable_413() {
    let api = Api::demo().await;
    let body =
        |size: usize| json!({"message": "x".repeat(size), "groupKey": "sales", "customerIds": [101], "agentId": 1});
    assert_eq!(api.post("/proactive_chats", body(2_000_000).to_string()).await.code(), (413, "request_too_large"));
    assert_eq!(api.post("/proactive_chats", body(900_000).to_string()).await.status, 201);
    let control = api.control(Method::POST, "/tickets/126/customer_reply", body(2_000_000)).await;
    assert_eq!(control.code(), (413, "request_too_large"));

    // The same without a declared length.
    let head = format!(
        "POST /platform/v1/proactive_chats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{TOKEN_HEADER}: {}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        api.emulator.token()
    );
    let chunk = format!("{:x}\r\n{}\r\n", 500_000, "x".repeat(500_000));
    let answer = api.raw(format!("{head}{}0\r\n\r\n", chunk.repeat(4)).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("request_too_large"), "{answer}");
}

#[tokio::test]
async fn invalid_utf_8_is_refused_or_ignored() {
    let api = Api::demo().await;
    let mut body = br#"{"message":""#.to_vec();
    body.extend_from_slice(b"\xff\xfe");
    body.extend_from_slice(br#"","groupKey":"sales","customerIds":[101],"agentId":1}"#);
    assert_eq!(api.post("/proactive_chats", body).await.code(), (400, "parse_error"));
    assert_eq!(api.get("/chat_messages?ticket__channel_type=%FF").await.status, 400);
    assert_eq!(api.get("/chat_messages?limit=%FF&%FE=%FD").await.status, 200);
    assert_eq!(api.get("/tickets/%FF/chat_messages").await.status, 400);
    let request = format!(
        "GET /platform/v1/chat_messages?x=\u{e9} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{TOKEN_HEADER}: {}\r\n\r\n",
        api.emulator.token()
    );
    let latin1: Vec<u8> = request.chars().map(|c| c as u8).collect();
    let answer = api.raw(&latin1);
    assert!(answer.starts_with("HTTP/1.1 200 ") || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(api.sizes().await[0], 0);
}

#[tokio::test]
async fn deep_json_is_refused() {
    let api = Api::demo().await;
    for body in ["[".repeat(400_000), format!("{{\"message\":{}1{}}}", "[".repeat(200), "]".repeat(200))] {
        assert_eq!(api.post("/proactive_chats", body).await.code(), (400, "parse_error"));
    }
    assert_eq!(api.sizes().await[0], 0);
}

#[tokio::test]
async fn any_text_is_returned_unchanged() {
    let api = Api::demo().await;
    let texts =
        ["a\0b", "\u{1}\u{7f}\u{2028}", "'); DROP TABLE messages; --", "👨‍👩‍👧‍👦 \u{202e}ltr", "\u{fffe}\u{10ffff}", " "];
    for (text, ticket) in texts.into_iter().zip(126..) {
        let body = json!({"message": text, "groupKey": "sales", "customerIds": [102], "agentId": 1});
        assert_eq!(api.post("/proactive_chats", body.to_string()).await.body["message"], text);
        let page = api.get(&format!("/tickets/{ticket}/chat_messages?limit=1")).await.body;
        assert_eq!(page["results"][0]["message"], text);
    }
}

#[tokio::test]
async fn last_of_equal_keys_counts() {
    let api = Api::demo().await;
    let body = r#"{"message":"a","message":"b","groupKey":"none","groupKey":"sales","customerIds":[104],
                   "customerIds":[101],"agentId":1}"#;
    let reply = api.post("/proactive_chats", body).await;
    assert_eq!((reply.status, &reply.body["message"], &reply.body["customersList"]), (201, &json!("b"), &json!("101")));
    assert_eq!(api.get("/chat_messages?limit=2&limit=3").await.ids().len(), 3);
}

#[tokio::test]
async fn parallel_creates_get_different_ids() {
    let api = Arc::new(Api::demo().await);
    let mut creates = JoinSet::new();
    for _ in 0..50 {
        let api = api.clone();
        creates.spawn(async move { api.create(&[101, 102]).await.body["id"].as_i64().unwrap() });
    }
    let ids: HashSet<i64> = creates.join_all().await.into_iter().collect();
    assert_eq!(ids, (1..=50).collect());
    let messages: HashSet<i64> = api.emulator.tickets(None).unwrap().iter().map(|ticket| ticket.id).collect();
    assert_eq!(messages.len(), 125 + 100);
}

#[tokio::test]
async fn malformed_and_partial_requests_do_not_block_others() {
    let api = Api::demo().await;
    assert!(api.raw(b"\x16\x03\x01 not http\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert!(api.raw(b"GET /platform/v1/chat_messages HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 401 "));
    assert!(api.raw(b"POST /_emulator/reset HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 403 "));
    // A client that never sends the rest of its request delays neither other clients nor the
    // shutdown.
    let mut stuck = TcpStream::connect(api.emulator.url().trim_start_matches("http://")).unwrap();
    stuck.write_all(b"POST /_emulator/groups HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{").unwrap();
    assert_eq!(api.control(Method::GET, "/health", Value::Null).await.status, 200);
    api.emulator.shutdown().await;
}
