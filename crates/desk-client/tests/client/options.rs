//! Tests of the options of clients and calls: time limits, headers, certificates, proxies,
//! connections, rates.
#![allow(deprecated, reason = "all operations are tested")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use desk_client::types::{ChatMessageListParams, NewProactiveChat};
use desk_client::{Builder, CallOptions, Client, ErrorKind, Outcome};
use testkit::{Server, Step, reply};

const PAGE: &[u8] = br#"{"count":0,"results":[]}"#;
const CHAT: &[u8] =
    br#"{"id":7,"project":1,"message":"m","messageCount":1,"sentCount":1,"respondedCount":0,"closedCount":0,
    "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"HIGH"}"#;

fn builder(url: &str) -> Builder {
    Client::builder("").api_token("t").base_url(url)
}

fn chat() -> NewProactiveChat {
    NewProactiveChat::builder().message("m").group_key("g").customer_ids([1]).agent_id(1).build()
}

fn list() -> ChatMessageListParams {
    ChatMessageListParams::default()
}

/// Never responds to the first `silent` requests, and responds to the others at once.
fn slow(silent: usize) -> Server {
    let turn = AtomicUsize::new(0);
    Server::start(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
        turn if turn < silent => vec![Step::Hang],
        _ => vec![reply(200, &[("date", "Sun, 06 Nov 1994 08:49:37 GMT")], PAGE)],
    })
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_given_up_and_a_read_goes_on() {
    let server = slow(1);
    let client = builder(&server.url()).attempt_timeout(Duration::from_millis(50)).build().expect("settings are right");
    let page = client.chat_message_list(&list()).await.expect("the second answers");
    assert_eq!(page.attempts(), 2);
    assert_eq!(page.server_date().map(|date| date.timestamp()), Some(784_111_777));
    let server = slow(9);
    let client = builder(&server.url()).build().expect("settings are right");
    let hasty = CallOptions::new().attempt_timeout(Duration::from_millis(20)).max_attempts(2);
    let error = client.with(hasty).chat_message_list(&list()).await.expect_err("nobody answers");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2));
    assert!(error.to_string().contains("no complete answer within 20 ms"), "{error}");
}

#[tokio::test]
async fn silence_ends_an_attempt_but_slowness_does_not() {
    let server = slow(9);
    let client = builder(&server.url()).idle_timeout(Duration::from_millis(50)).build().expect("settings are right");
    let error = client.with(CallOptions::new().max_attempts(1)).chat_message_list(&list()).await;
    assert_eq!(error.expect_err("silence").kind(), ErrorKind::Timeout);
    let drip = |_: &testkit::Request| {
        let mut steps = vec![Step::Send(format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", PAGE.len()).into())];
        steps.extend(PAGE.chunks(3).flat_map(|part| [Step::Pause(Duration::from_millis(10)), Step::Send(part.into())]));
        steps
    };
    let server = Server::start(drip);
    let client = builder(&server.url()).idle_timeout(Duration::from_millis(60)).build().expect("settings are right");
    assert_eq!(client.chat_message_list(&list()).await.expect("slow but steady").attempts(), 1);
}

#[tokio::test]
async fn headers_and_the_program_s_name_are_sent() {
    let server = slow(0);
    let client = builder(&server.url()).user_agent("shop/1.2").build().expect("settings are right");
    let traced = client.with(CallOptions::new().header("X-Trace", "a").header("x-trace", "b"));
    traced.chat_message_list(&list()).await.expect("a page");
    let request = &server.requests()[0];
    assert_eq!(request.header("user-agent"), Some("desk-sdk/0.1.0 shop/1.2"));
    let traces: Vec<_> = request.headers.iter().filter(|(name, _)| name == "x-trace").collect();
    assert_eq!(traces.len(), 2);
}

#[tokio::test]
async fn headers_that_cannot_or_must_not_be_sent_are_named() {
    let server = slow(0);
    let client = builder(&server.url()).build().expect("settings are right");
    let cases = [
        ("SENDBIRDDESKAPITOKEN", "x", "is set by the client"),
        ("Content-Length", "5", "is set by the client"),
        ("host", "evil", "is set by the client"),
        ("X-HTTP-Method-Override", "POST", "is set by the client"),
        ("a b", "x", "has a name that no header can have"),
        ("", "x", "has a name that no header can have"),
        ("x-a", "a\r\nx-b: s3cret", "has a value that no header can carry"),
    ];
    for (name, value, why) in cases {
        let error = client.with(CallOptions::new().header(name, value)).chat_message_list(&list()).await;
        let error = error.expect_err(name);
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::InvalidArgument, Outcome::NotSent));
        assert!(error.to_string().contains(why) && !error.to_string().contains("s3cret"), "{error}");
    }
    assert!(server.requests().is_empty());
    let shown = format!("{:?}", CallOptions::new().header("x-key", "s3cret"));
    assert!(shown.contains("x-key") && !shown.contains("s3cret"), "{shown}");
}

#[test]
fn settings_that_mean_nothing_are_named() {
    let refused = |builder: Builder| builder.build().expect_err("settings are wrong").to_string();
    let good = || builder("https://localhost");
    assert!(refused(good().attempt_timeout(Duration::ZERO)).starts_with("attempt_timeout is 0"));
    assert!(refused(good().idle_timeout(Duration::ZERO)).starts_with("idle_timeout is 0"));
    assert!(refused(good().user_agent("a\nb")).starts_with("user_agent "));
    assert!(refused(good().ca_pem("none")).contains("there is none in it"));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(refused(good().ca_pem(broken)).starts_with("the ca certificates cannot be used"));
    assert!(refused(good().ca_file("/nowhere/ca.pem")).starts_with("ca_file cannot be read"));
    assert!(refused(good().ca_file("/nowhere/ca.pem").ca_pem("x")).starts_with("ca_pem and ca_file are both set"));
    let secret = refused(good().proxy("http://user:pass word@ /"));
    assert!(secret.starts_with("proxy is not a URL") && !secret.contains("pass"), "{secret}");
    assert!(refused(good().reads_per_second(0.0)).starts_with("reads_per_second is 0"));
}

/// A proxy that counts the tunnels that a client requests, and refuses them.
fn proxy() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::<AtomicUsize>::default();
    let count = asked.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 1024];
            let length = stream.read(&mut head).unwrap_or(0);
            if head[..length].starts_with(b"CONNECT desk.invalid:443 ") {
                count.fetch_add(1, Ordering::SeqCst);
            }
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").ok();
        }
    });
    (url, asked)
}

#[tokio::test]
async fn a_proxy_that_refuses_lets_nothing_through() {
    let (url, asked) = proxy();
    let client = builder("https://desk.invalid").proxy(&url).build().expect("settings are right");
    let client = client.with(CallOptions::new().max_attempts(2));
    let error = client.proactive_chat_create(&chat()).await.expect_err("the proxy refuses");
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Connect, Outcome::NotSent, 2));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let (url, asked) = proxy();
    let server = slow(0);
    let client = builder(&server.url()).proxy(&url).build().expect("settings are right");
    client.chat_message_list(&list()).await.expect("a page");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

/// Serves one connection after the other, and counts them.
fn counting() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let connections = Arc::<AtomicUsize>::default();
    let count = connections.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || answer_all(stream));
        }
    });
    (url, connections)
}

/// Responds to all requests of a connection; each request is one small packet.
fn answer_all(mut stream: TcpStream) {
    let mut request = [0; 4096];
    while stream.read(&mut request).is_ok_and(|length| length > 0) {
        let body = if request.starts_with(b"POST") { CHAT } else { PAGE };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all(&[head.as_bytes(), body].concat()).is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_create_uses_a_connection_that_is_new_or_was_just_used() {
    let (url, connections) = counting();
    let client = builder(&url).build().expect("settings are right");
    let create = async || client.proactive_chat_create(&chat()).await.expect("a chat");
    let read = async || client.chat_message_list(&list()).await.expect("a page");
    create().await;
    create().await;
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    read().await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    read().await;
    assert_eq!(connections.load(Ordering::SeqCst), 2, "reads keep theirs");
    create().await;
    assert_eq!(connections.load(Ordering::SeqCst), 3, "a create takes no connection that may be closing");
}

#[tokio::test]
async fn as_many_connections_are_kept_as_may_be() {
    for (kept, wanted) in [(0, 3), (1, 1)] {
        let (url, connections) = counting();
        let client = builder(&url).max_idle_connections(kept).build().expect("settings are right");
        for _ in 0..3 {
            client.chat_message_list(&list()).await.expect("a page");
        }
        assert_eq!(connections.load(Ordering::SeqCst), wanted, "{kept} kept");
    }
}

/// The listener accepts connections and never responds to the TLS greeting.
#[tokio::test]
async fn a_connection_that_does_not_stand_in_time_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let client = builder(&url).connect_timeout(Duration::from_millis(50)).build().expect("settings are right");
    let client = client.with(CallOptions::new().max_attempts(2));
    let error = client.proactive_chat_create(&chat()).await.expect_err("nobody answers");
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Timeout, Outcome::NotSent, 2));
}

#[tokio::test]
async fn one_429_pauses_all_calls_of_a_limited_client() {
    let turn = AtomicUsize::new(0);
    let server = Server::start(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => vec![reply(429, &[("retry-after", "0.4")], b"")],
        _ => vec![reply(200, &[], PAGE)],
    });
    let client = builder(&server.url()).reads_per_second(1000.0).build().expect("settings are right");
    let once = client.with(CallOptions::new().max_attempts(1));
    once.chat_message_list(&list()).await.expect_err("too fast");
    // The pause also holds a call that got no 429. A call whose timeout is shorter than the pause
    // fails as `NotSent`.
    let hasty = once.with(CallOptions::new().timeout(Duration::from_millis(20)));
    let error = hasty.chat_message_list(&list()).await.expect_err("paused");
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Timeout, Outcome::NotSent, 0));
    assert_eq!(server.requests().len(), 1);
    let start = Instant::now();
    once.chat_message_list(&list()).await.expect("after the pause");
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_429_that_asks_for_an_age_is_an_error_and_no_more() {
    for wait in ["1000000000", "10000000000000000000"] {
        let server = Server::start(move |_| vec![reply(429, &[("retry-after", wait)], b"")]);
        let client = builder(&server.url())
            .writes_per_second(1000.0)
            .timeout(Duration::from_secs(60))
            .build()
            .expect("settings are right");
        let error = client.proactive_chat_create(&chat()).await.expect_err("too fast");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::RateLimited, Outcome::Rejected));
        // The pause is limited, and a call whose timeout is shorter fails at once.
        let error = client.proactive_chat_create(&chat()).await.expect_err("paused");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 0));
    }
}

/// The limiter leaves no time for a second attempt: the call returns the error of the first one.
#[tokio::test]
async fn a_turn_that_never_comes_hides_no_error() {
    let server = Server::start(|_| vec![reply(503, &[("retry-after", "0")], b"")]);
    let client = builder(&server.url())
        .reads_per_second(0.01)
        .timeout(Duration::from_secs(60))
        .build()
        .expect("settings are right");
    let error = client.chat_message_list(&list()).await.expect_err("503");
    assert_eq!((error.status(), error.attempts(), error.outcome()), (Some(503), 1, Outcome::Unknown));
}

#[tokio::test]
async fn a_time_without_end_is_none() {
    let server = slow(0);
    let client =
        builder(&server.url()).timeout(Duration::MAX).attempt_timeout(Duration::MAX).idle_timeout(Duration::MAX);
    let client = client.build().expect("settings are right");
    client.chat_message_list(&list()).await.expect("a page");
}
