//! Tests of retries over real connections: requests that the client retries, and requests that it
//! never retries.
#![allow(deprecated, reason = "all operations are tested")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use desk_client::types::{ChatMessageListParams, NewProactiveChat};
use desk_client::{CallOptions, Client, ErrorKind, Outcome};
use testkit::{Server, Step, reply};

const PAGE: &[u8] = br#"{"count":9,"results":[]}"#;
const CHAT: &[u8] =
    br#"{"id":7,"project":1,"message":"m","messageCount":1,"sentCount":1,"respondedCount":0,"closedCount":0,
    "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"HIGH"}"#;

/// Responds with `failures` in turn, then with success.
fn server(failures: Vec<Vec<Step>>) -> Server {
    let turn = AtomicUsize::new(0);
    Server::start(move |request| {
        let body = if request.method == "POST" { CHAT } else { PAGE };
        let turn = turn.fetch_add(1, Ordering::SeqCst);
        failures.get(turn).cloned().unwrap_or_else(|| vec![reply(200, &[], body)])
    })
}

fn client(server: &Server) -> Client {
    Client::builder("").api_token("t").base_url(server.url()).build().expect("settings are right")
}

fn chat() -> NewProactiveChat {
    NewProactiveChat::builder().message("m").group_key("g").customer_ids([1]).agent_id(1).build()
}

fn status(status: u16) -> Vec<Step> {
    vec![reply(status, &[("retry-after", "0")], b"")]
}

#[tokio::test]
async fn a_read_goes_on_after_passing_trouble() {
    let truncated = vec![Step::Send(b"HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\n{".to_vec()), Step::Close];
    let troubles = vec![status(503), truncated, vec![Step::Reset], status(429)];
    let server = server(troubles);
    let page = client(&server).chat_message_list(&ChatMessageListParams::default()).await.expect("the fifth succeeds");
    assert_eq!((page.count, page.attempts()), (9, 5));
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn five_attempts_are_all_and_the_last_error_counts() {
    let server = server(vec![status(500), status(502), status(503), status(504), status(500), status(500)]);
    let error = client(&server).proactive_chat_get(1).await.expect_err("five failures");
    assert_eq!((error.status(), error.attempts()), (Some(500), 5));
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn attempts_can_be_limited() {
    let server = server(vec![status(503), status(503), status(503)]);
    let client = client(&server).with(CallOptions::new().max_attempts(2));
    let error = client.proactive_chat_get(1).await.expect_err("two failures");
    assert_eq!((error.attempts(), server.requests().len()), (2, 2));
}

#[tokio::test]
async fn a_create_is_never_sent_twice_once_it_may_have_arrived() {
    let troubles = [
        status(408),
        status(409),
        status(500),
        status(502),
        status(503),
        status(504),
        status(302),
        vec![Step::Close],
        vec![Step::Reset],
        vec![Step::Send(b"HTTP/1.1 201 X\r\ncontent-length: 99\r\n\r\n{".to_vec()), Step::Close],
        vec![reply(201, &[], b"not json")],
    ];
    for trouble in troubles {
        let server = server(vec![trouble.clone()]);
        let error = client(&server).proactive_chat_create(&chat()).await.expect_err("trouble");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1), "{trouble:?}");
        assert_eq!(server.requests().len(), 1, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_create_that_was_refused_for_coming_too_fast_waits_and_is_sent_whole() {
    let server = server(vec![status(429)]);
    let made = client(&server).proactive_chat_create(&chat()).await.expect("the second succeeds");
    assert_eq!((made.id, made.attempts()), (7, 2));
    let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
    assert!(bodies.len() == 2 && bodies[0] == bodies[1] && !bodies[0].is_empty());
}

#[tokio::test]
async fn a_create_without_a_connection_is_tried_again() {
    let client = Client::builder("").api_token("t").base_url("http://127.0.0.1:9").build().expect("settings are right");
    let error = client.with(CallOptions::new().max_attempts(3)).proactive_chat_create(&chat()).await;
    let error = error.expect_err("port 9 is closed");
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Connect, Outcome::NotSent, 3));
}

#[tokio::test]
async fn a_wait_that_cannot_end_in_time_is_not_begun() {
    let server = server(vec![vec![reply(503, &[("retry-after", "30")], b"")]]);
    let client = client(&server).with(CallOptions::new().timeout(Duration::from_secs(20)));
    let error = client.proactive_chat_get(1).await.expect_err("half a minute is too long");
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(Duration::from_secs(30))));
}

#[tokio::test]
async fn a_wait_of_more_than_two_minutes_is_told_and_not_waited_for() {
    let server = server(vec![vec![reply(429, &[("retry-after", "121")], b"")]]);
    let client = client(&server).with(CallOptions::new().timeout(Duration::from_secs(600)));
    let error = client.proactive_chat_create(&chat()).await.expect_err("two minutes are too long");
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(Duration::from_secs(121))));
    assert!(error.to_string().contains("; the service asks to wait 121 s; nothing was done"), "{error}");
}

/// All calls of a client share its retry budget.
#[tokio::test]
async fn the_budget_is_shared_by_all_calls_of_a_client() {
    let server = Server::start(|_| vec![reply(503, &[("retry-after-ms", "1")], b"")]);
    let client = client(&server);
    let mut calls = Vec::new();
    for _ in 0..60 {
        let client = client.clone().with(CallOptions::new().timeout(Duration::from_secs(100)));
        calls.push(tokio::spawn(async move { client.proactive_chat_get(1).await.expect_err("never well").attempts() }));
    }
    let mut attempts = 0;
    for call in calls {
        attempts += call.await.expect("no panic");
    }
    // A budget of 500 pays for 100 retries, at 5 each; the first attempt of a call costs no unit.
    assert_eq!((attempts, server.requests().len()), (60 + 100, 60 + 100));
}

/// The service closes each connection after its response. A create that meets a closing connection
/// goes over another one, or its outcome is `Unknown`; it must never go over both.
#[tokio::test]
async fn a_create_meets_a_connection_that_is_being_closed() {
    let server = Server::start(|_| vec![reply(200, &[], CHAT), Step::Close]);
    let client = client(&server);
    for turn in 0..200 {
        let before = server.requests().len();
        let result = client.proactive_chat_create(&chat()).await;
        let arrived = server.requests().len() - before;
        match result {
            Ok(_) => assert_eq!(arrived, 1, "create {turn}"),
            Err(error) => assert!(arrived <= 1 && error.outcome() == Outcome::Unknown, "create {turn}: {error}"),
        }
    }
}
