//! Tests of cancelled calls: each call ends at once in any state, with the outcome that the
//! evidence allows, and only once.
#![allow(deprecated, reason = "all operations are tested")]

use std::net::TcpListener;
use std::time::{Duration, Instant};

use desk_client::types::{ChatMessageListParams, NewProactiveChat};
use desk_client::{CallOptions, CancelToken, Client, Error, ErrorKind, Outcome};
use testkit::{Server, Step, reply};

fn client(url: &str) -> Client {
    Client::builder("").api_token("t").base_url(url).build().expect("settings are right")
}

async fn create(client: &Client) -> Result<(), Error> {
    let chat = NewProactiveChat::builder().message("m").group_key("g").customer_ids([1]).agent_id(1).build();
    client.proactive_chat_create(&chat).await.map(drop)
}

async fn list(client: &Client) -> Result<(), Error> {
    client.chat_message_list(&ChatMessageListParams::default()).await.map(drop)
}

/// Makes both calls and cancels them after `time`; returns kind, outcome and number of attempts of
/// each.
async fn cancelled(url: &str, time: Duration) -> [(ErrorKind, Outcome, u32); 2] {
    let token = CancelToken::new();
    let client = client(url).with(CallOptions::new().cancel(CancelToken::new()).cancel(token.clone()));
    let start = Instant::now();
    let stop = async {
        tokio::time::sleep(time).await;
        token.cancel();
    };
    let (created, listed, ()) = tokio::join!(create(&client), list(&client), stop);
    assert!(start.elapsed() < Duration::from_secs(20), "it was not cancelled");
    [created, listed].map(|result| {
        let error = result.expect_err("cancelled");
        (error.kind(), error.outcome(), error.attempts())
    })
}

#[tokio::test]
async fn before_it_begins_nothing_is_sent() {
    let server = Server::start(|_| vec![reply(200, &[], b"{}")]);
    let token = CancelToken::new();
    token.cancel();
    let client = client(&server.url()).with(CallOptions::new().cancel(token.clone()));
    for result in [create(&client).await, list(&client).await] {
        let error = result.expect_err("cancelled");
        assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Cancelled, Outcome::NotSent, 0));
    }
    assert!(token.is_cancelled() && server.requests().is_empty());
}

#[tokio::test]
async fn while_connecting_a_create_is_not_sent() {
    // The listener accepts connections and never responds to the TLS greeting.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let results = cancelled(&url, Duration::from_millis(50)).await;
    assert_eq!(results, [(ErrorKind::Cancelled, Outcome::NotSent, 1), (ErrorKind::Cancelled, Outcome::Unknown, 1)]);
}

#[tokio::test]
async fn while_the_answer_is_awaited_or_read_a_create_may_be_done() {
    let head = Step::Send(b"HTTP/1.1 201 X\r\ncontent-length: 99\r\n\r\n{".to_vec());
    for steps in [vec![Step::Hang], vec![head, Step::Hang]] {
        let server = Server::start(move |_| steps.clone());
        let results = cancelled(&server.url(), Duration::from_millis(100)).await;
        assert_eq!(results, [(ErrorKind::Cancelled, Outcome::Unknown, 1); 2]);
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn while_it_waits_to_try_again_a_refused_create_stays_undone() {
    let server = Server::start(|_| vec![reply(429, &[("retry-after", "30")], b"")]);
    let results = cancelled(&server.url(), Duration::from_millis(100)).await;
    assert_eq!(results, [(ErrorKind::Cancelled, Outcome::NotSent, 1), (ErrorKind::Cancelled, Outcome::Unknown, 1)]);
}

#[tokio::test]
async fn while_it_waits_for_its_turn_nothing_is_sent() {
    let server = Server::start(|_| vec![reply(200, &[], br#"{"count":0,"results":[]}"#)]);
    let client = Client::builder("").api_token("t").base_url(server.url()).reads_per_second(0.05);
    let client = client.build().expect("settings are right");
    list(&client).await.expect("the first");
    let token = CancelToken::new();
    let waiting = client.with(CallOptions::new().cancel(token.clone()));
    let (result, ()) = tokio::join!(list(&waiting), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        token.cancel();
    });
    let error = result.expect_err("cancelled");
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Cancelled, Outcome::NotSent, 0));
    assert_eq!(error.to_string(), "chat_message_list: the call was cancelled; nothing was sent");
}

#[tokio::test]
async fn a_result_that_is_there_counts() {
    let server = Server::start(|_| vec![reply(200, &[], br#"{"count":0,"results":[]}"#)]);
    let token = CancelToken::new();
    let client = client(&server.url()).with(CallOptions::new().cancel(token.clone()));
    list(&client).await.expect("in time");
    token.cancel();
    list(&client).await.expect_err("too late");
}
