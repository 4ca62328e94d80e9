//! Tests of requests: every operation on the wire, and arguments that the client refuses before it
//! sends a request.
#![allow(deprecated, reason = "all operations are tested")]

use chrono::{DateTime, Utc};
use desk_client::types::{ChannelType, ChatMessageListParams, NewProactiveChat, Priority, TicketChatMessageListParams};
use desk_client::{Client, Error, ErrorKind, Outcome};
use testkit::{Request, Server, reply};

const PAGE: &[u8] = br#"{"count":0,"previous":null,"next":null,"results":[]}"#;
const CHAT: &[u8] = br#"{"id":7,"project":1,"message":"hi","messageCount":1,"createdBy":{"id":1},"assignedGroup":null,
    "sentCount":2,"respondedCount":0,"closedCount":0,"customersList":"1,2","createdAt":"2026-01-31T09:30:00.123456Z",
    "updatedAt":"2026-01-31T09:30:00Z","priority":"HIGH"}"#;

fn server() -> Server {
    Server::start(|request| {
        let body = if request.target.contains("messages") { PAGE } else { CHAT };
        vec![reply(200, &[("x-request-id", "r-1")], body)]
    })
}

fn client(server: &Server) -> Client {
    let client = Client::builder("").api_token("t0ken").base_url(format!("{}/platform/v1/", server.url())).build();
    client.expect("settings are right")
}

fn chat() -> NewProactiveChat {
    NewProactiveChat::builder().message("hi \u{1F44B}").group_key("sales").customer_ids([1, 2]).agent_id(3).build()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn only(server: &Server) -> Request {
    let [request] = &server.requests()[..] else { panic!("one request was to arrive") };
    request.clone()
}

#[tokio::test]
async fn create_sends_json_once() {
    let server = server();
    let mut body = chat();
    body.priority = Some(Priority::High);
    let chat = client(&server).proactive_chat_create(&body).await.expect("a chat");
    assert_eq!((chat.id, chat.sent_count, &chat.priority), (7, 2, &Priority::High));
    assert_eq!((chat.status(), chat.attempts(), chat.request_id()), (200, 1, Some("r-1")));
    let request = only(&server);
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/platform/v1/proactive_chats"));
    assert_eq!(request.header("sendbirddeskapitoken"), Some("t0ken"));
    assert_eq!(request.header("content-type"), Some("application/json; charset=utf8"));
    assert_eq!(request.header("accept-encoding"), Some("gzip"));
    assert_eq!(request.header("api-version"), None);
    assert_eq!(request.header("user-agent"), Some("desk-sdk/0.1.0"));
    let sent: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    let wanted = serde_json::json!({
        "message": "hi \u{1F44B}", "groupKey": "sales", "customerIds": [1, 2], "agentId": 3, "priority": "HIGH"
    });
    assert_eq!(sent, wanted);
}

#[tokio::test]
async fn absent_options_are_not_sent() {
    let server = server();
    client(&server).proactive_chat_create(&chat()).await.expect("a chat");
    assert!(!String::from_utf8_lossy(&only(&server).body).contains("priority"));
}

#[tokio::test]
async fn lists_send_their_parameters() {
    let server = server();
    let client = client(&server);
    let params = ChatMessageListParams::builder()
        .limit(500)
        .offset(i64::MAX)
        .created_at_gte(time("2019-03-12T05:25:41.000001Z"))
        .created_at_lte(time("2019-03-12T14:25:41.5+09:00"))
        .ticket_channel_type(ChannelType::from("NEW_CHANNEL"))
        .build();
    client.chat_message_list(&params).await.expect("a page");
    client
        .ticket_chat_message_list(325, &TicketChatMessageListParams::builder().limit(1).build())
        .await
        .expect("a page");
    client.chat_message_list(&ChatMessageListParams::default()).await.expect("a page");
    client.proactive_chat_get(i64::MAX).await.expect("a chat");
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    let wanted = [
        "/platform/v1/chat_messages?created_at__gte=2019-03-12T05%3A25%3A41.000001Z\
         &created_at__lte=2019-03-12T05%3A25%3A41.500Z&limit=500&offset=9223372036854775807\
         &ticket__channel_type=NEW_CHANNEL",
        "/platform/v1/tickets/325/chat_messages?limit=1",
        "/platform/v1/chat_messages",
        "/platform/v1/proactive_chats/9223372036854775807",
    ];
    assert_eq!(targets, wanted);
}

#[tokio::test]
async fn bounds_are_checked_before_sending() {
    let server = server();
    let client = client(&server);
    let list = async |params: ChatMessageListParams| client.chat_message_list(&params).await.map(drop);
    let create = async |change: fn(&mut NewProactiveChat)| {
        let mut body = chat();
        change(&mut body);
        client.proactive_chat_create(&body).await.map(drop)
    };
    let refusals: Vec<(Result<(), Error>, &str)> = vec![
        (list(ChatMessageListParams::builder().limit(0).build()).await, "limit is 0; it must be 1 to 500"),
        (list(ChatMessageListParams::builder().limit(501).build()).await, "limit is 501; it must be 1 to 500"),
        (list(ChatMessageListParams::builder().offset(-1).build()).await, "offset is -1; it must be 0 or more"),
        (client.proactive_chat_get(0).await.map(drop), "proactive_id is 0; it must be 1 or more"),
        (create(|body| body.customer_ids.clear()).await, "customer_ids has 0 items; it must not be empty"),
        (create(|body| body.customer_ids.push(-4)).await, "customer_ids[2] is -4; it must be 1 or more"),
        (create(|body| body.message.clear()).await, "message has 0 characters; it must not be empty"),
        (create(|body| body.group_key.clear()).await, "group_key has 0 characters; it must not be empty"),
        (create(|body| body.agent_id = 0).await, "agent_id is 0; it must be 1 or more"),
    ];
    for (result, text) in refusals {
        let error = result.expect_err(text);
        assert_eq!(
            (error.kind(), error.outcome(), error.attempts()),
            (ErrorKind::InvalidArgument, Outcome::NotSent, 0)
        );
        let operation = error.operation().expect("an operation");
        assert_eq!(error.to_string(), format!("{operation}: {text}; nothing was sent"));
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn settings_are_checked() {
    let build = |id: &str, token: &str, url: Option<&str>| {
        let builder = Client::builder(id).api_token(token);
        url.into_iter().fold(builder, |builder, url| builder.base_url(url)).build()
    };
    let cases = [
        ("app", "", None, "api_token is empty"),
        ("app", "a\nb", None, "api_token holds a space"),
        ("app", "a b", None, "api_token holds a space"),
        ("app", "\u{e4}", None, "api_token holds a space"),
        ("", "t", None, "application_id must be"),
        ("a/b", "t", None, "application_id must be"),
        ("a@b", "t", None, "application_id must be"),
        ("a.b", "t", None, "application_id must be"),
        ("a/b", "t", Some("https://desk.example/v1"), "application_id must be"),
        ("app", "t", Some("http://desk.example/v1"), "base_url is plain http"),
        ("app", "t", Some("nonsense"), "base_url is not a URL"),
    ];
    for (id, token, url, text) in cases {
        let error = build(id, token, url).expect_err(text);
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::InvalidArgument, Outcome::NotSent));
        assert!(error.to_string().starts_with(text), "{error}");
        assert!(token.is_empty() || !error.to_string().contains(&format!("{token}\"")), "{error}");
    }
    assert!(build("12345678-ABCD-1234-ABCD-123456789ABC", "t", None).is_ok());
    let zero = Client::builder("app").api_token("t").timeout(std::time::Duration::ZERO).build();
    assert_eq!(zero.expect_err("no time").to_string(), "timeout is 0; it must be longer");
}

#[test]
fn debug_output_hides_the_token() {
    let builder = Client::builder("app").api_token("t0ken");
    assert!(!format!("{builder:?}").contains("t0ken"));
    let client = builder.build().expect("settings are right");
    assert!(!format!("{client:?}").contains("t0ken"));
}
