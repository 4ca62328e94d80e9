//! Invalid requests: status, code and text of the error, and an unchanged state.

use desk_emulator::Emulator;
use reqwest::Method;
use reqwest::header::{ALLOW, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::api::{Api, TOKEN_HEADER};

/// A valid create body with one property changed; `null` removes the property.
fn body_with(property: &str, value: Value) -> String {
    let mut body = json!({
        "message": "Hi", "groupKey": "sales", "customerIds": [101, 102], "agentId": 1, "priority": "LOW",
    });
    match value {
        Value::Null => drop(body.as_object_mut().unwrap().remove(property)),
        value => body[property] = value,
    }
    body.to_string()
}

#[tokio::test]
async fn invalid_create_is_refused_and_leaves_the_state_unchanged() {
    let api = Api::demo().await;
    let before = api.sizes().await;
    let unreachable = "customerIds: customer 104 is of the channel FACEBOOK_PAGE; \
                       only SENDBIRD customers can be messaged first";
    for (property, value, detail) in [
        ("message", Value::Null, "message: is required"),
        ("message", json!(7), "message: must be a string, not 7"),
        ("message", json!(""), "message: has 0 characters; at least 1 needed"),
        ("groupKey", Value::Null, "groupKey: is required"),
        ("groupKey", json!(["sales"]), "groupKey: must be a string, not an array"),
        ("groupKey", json!(""), "groupKey: has 0 characters; at least 1 needed"),
        ("groupKey", json!("sale"), "groupKey: no group has the key 'sale'"),
        ("customerIds", Value::Null, "customerIds: is required"),
        ("customerIds", json!([]), "customerIds: has 0 items; at least 1 needed"),
        ("customerIds", json!(101), "customerIds: must be an array, not 101"),
        ("customerIds", json!("101,102"), "customerIds: must be an array, not \"101,102\""),
        ("customerIds", json!([101, "102"]), "customerIds[1]: must be a 64-bit integer, not \"102\""),
        ("customerIds", json!([101.5]), "customerIds[0]: must be a 64-bit integer, not 101.5"),
        ("customerIds", json!([null]), "customerIds[0]: must be a 64-bit integer, not null"),
        ("customerIds", json!([0]), "customerIds[0]: must be at least 1, not 0"),
        ("customerIds", json!([u64::MAX]), "customerIds[0]: must be a 64-bit integer, not 18446744073709551615"),
        ("customerIds", json!([101, 999]), "customerIds: there is no customer 999"),
        ("customerIds", json!([101, 102, 101]), "customerIds: 101 is listed twice; list each customer once"),
        ("customerIds", json!([101, 104]), unreachable),
        ("agentId", Value::Null, "agentId: is required"),
        ("agentId", json!("1"), "agentId: must be a 64-bit integer, not \"1\""),
        ("agentId", json!(-1), "agentId: must be at least 1, not -1"),
        ("agentId", json!(3), "agentId: there is no agent 3"),
        ("priority", json!("low"), "priority: \"low\" is not one of LOW, MEDIUM, HIGH, URGENT"),
        ("priority", json!(1), "priority: must be a string, not 1"),
    ] {
        let reply = api.post("/proactive_chats", body_with(property, value)).await;
        assert_eq!((reply.code(), reply.detail()), ((400, "invalid"), detail));
    }
    for (body, code) in [
        ("", "parse_error"),
        ("{\"message\":", "parse_error"),
        ("{\"message\": \"\\ud800\"}", "parse_error"),
        ("[]", "invalid"),
        ("null", "invalid"),
    ] {
        assert_eq!(api.post("/proactive_chats", body).await.code(), (400, code), "{body}");
    }
    assert_eq!(api.sizes().await, before);
    assert_eq!(api.post("/proactive_chats", body_with("priority", Value::Null)).await.status, 201);
}

#[tokio::test]
async fn every_operation_requires_the_token() {
    let api = Api::demo().await;
    let good = body_with("priority", Value::Null);
    for (method, path) in [
        (Method::POST, "/proactive_chats"),
        (Method::GET, "/proactive_chats/1"),
        (Method::GET, "/chat_messages"),
        (Method::GET, "/tickets/1/chat_messages"),
    ] {
        let url = format!("{}{path}", api.emulator.base_url());
        let request = |token: Option<&[u8]>| {
            let request = api.http.request(method.clone(), &url).header(CONTENT_TYPE, "application/json");
            let request = request.body(good.clone());
            match token {
                Some(token) => request.header(TOKEN_HEADER, token),
                None => request,
            }
        };
        assert_eq!(api.send(request(None)).await.code(), (401, "not_authenticated"), "{path}");
        for wrong in [b"".as_slice(), b"emu_", b"\xff\xfe"] {
            assert_eq!(api.send(request(Some(wrong))).await.code(), (401, "authentication_failed"), "{path}");
        }
    }
    assert_eq!(api.get("/proactive_chats/1").await.status, 404);
}

#[tokio::test]
async fn media_types_other_than_json_are_refused() {
    let api = Api::demo().await;
    let good = body_with("priority", Value::Null);
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=latin1",
        "",
    ] {
        let request = api.request(Method::POST, "/proactive_chats").header(CONTENT_TYPE, media_type);
        let reply = api.send(request.body(good.clone())).await;
        assert_eq!(reply.code(), (415, "unsupported_media_type"), "{media_type}");
    }
    let without = api.send(api.request(Method::POST, "/proactive_chats").body(good)).await;
    assert_eq!(without.code(), (415, "unsupported_media_type"));
    assert_eq!(api.sizes().await[0], 0);
}

#[tokio::test]
async fn unknown_paths_and_ids_are_404() {
    let api = Api::demo().await;
    for path in ["/proactive_chats/1", "/tickets/999/chat_messages", "/tickets", "/tickets/1", "/agents", "", "/"] {
        assert_eq!(api.get(path).await.code(), (404, "not_found"), "{path}");
    }
    let elsewhere = api.send(api.http.get(format!("{}/platform/v2/chat_messages", api.emulator.url()))).await;
    assert_eq!(elsewhere.code(), (404, "not_found"));
    assert_eq!(api.send(api.http.get(api.emulator.url())).await.code(), (404, "not_found"));
}

#[tokio::test]
async fn wrong_method_is_405_with_the_allowed_methods() {
    let api = Api::demo().await;
    for (method, path, allow) in [
        (Method::GET, "/proactive_chats", "POST"),
        (Method::PUT, "/proactive_chats", "POST"),
        (Method::DELETE, "/proactive_chats/1", "GET,HEAD"),
        (Method::POST, "/chat_messages", "GET,HEAD"),
        (Method::PATCH, "/tickets/1/chat_messages/", "GET,HEAD"),
    ] {
        let reply = api.send(api.request(method, path)).await;
        assert_eq!(reply.code(), (405, "method_not_allowed"), "{path}");
        assert_eq!(reply.headers[ALLOW], allow, "{path}");
    }
    let control = api.control(Method::GET, "/reset", Value::Null).await;
    assert_eq!((control.status, &control.headers[ALLOW]), (405, &"POST".parse().unwrap()));
}

#[tokio::test]
async fn parameters_are_checked_against_the_spec() {
    let api = Api::demo().await;
    for (path, name) in [
        ("/proactive_chats/0", "proactive_id"),
        ("/proactive_chats/abc", "proactive_id"),
        ("/proactive_chats/9223372036854775808", "proactive_id"),
        ("/tickets/-1/chat_messages", "ticket_id"),
        ("/tickets/1.0/chat_messages", "ticket_id"),
        ("/chat_messages?created_at__gte=yesterday", "created_at__gte"),
        ("/chat_messages?created_at__gte=2026-01-01", "created_at__gte"),
        ("/chat_messages?created_at__lte=", "created_at__lte"),
        ("/chat_messages?created_at__lte=2026-01-01T00:00:00+09:00", "created_at__lte"),
        ("/chat_messages?ticket__channel_type=SENDIBIRD", "ticket__channel_type"),
        ("/chat_messages?ticket_channel_type=sendbird", "ticket__channel_type"),
    ] {
        let reply = api.get(path).await;
        assert_eq!(reply.code(), (400, "invalid"), "{path}");
        assert!(reply.detail().starts_with(&format!("{name}: ")), "{path}: {}", reply.detail());
    }
    for path in ["/chat_messages?created_at=yesterday&x=%00", "/tickets/1/chat_messages?ticket__channel_type=none"] {
        assert_eq!(api.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn strict_paging_refuses_values_out_of_range() {
    let api = Api::start(Emulator::builder().demo(true).strict_paging(true)).await;
    for query in ["limit=0", "limit=501", "limit=x", "limit=", "offset=-1", "offset=x", "offset=9223372036854775808"] {
        for list in ["/chat_messages", "/tickets/1/chat_messages"] {
            assert_eq!(api.get(&format!("{list}?{query}")).await.code(), (400, "invalid"), "{query}");
        }
    }
    assert_eq!(api.get("/chat_messages?limit=500&offset=9223372036854775807").await.status, 200);
}
