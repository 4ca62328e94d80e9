//! Tests of every fault vector against every operation: kind, outcome, status, and number of
//! requests received.
#![allow(deprecated, reason = "all operations are tested")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use desk_client::types::{ChatMessageListParams, NewProactiveChat, TicketChatMessageListParams};
use desk_client::{CallOptions, Client, Error, ErrorKind, Outcome};
use testkit::{Fault, Server, Step, faults, serve};

const SECRET: &str = "token-that-must-not-leak";
const TEXT: &str = "message-that-must-not-leak";

fn client(base_url: &str) -> Client {
    let client = Client::builder("").api_token(SECRET).base_url(base_url).build().expect("settings are right");
    client.with(once())
}

/// Options of a single attempt; `retry.rs` tests several attempts.
fn once() -> CallOptions {
    CallOptions::new().max_attempts(1)
}

fn new_chat() -> NewProactiveChat {
    NewProactiveChat::builder().message(TEXT).group_key("sales").customer_ids([1]).agent_id(1).build()
}

async fn call(client: &Client, operation: &str) -> Result<(), Error> {
    match operation {
        "proactive_chat_create" => client.proactive_chat_create(&new_chat()).await.map(drop),
        "proactive_chat_get" => client.proactive_chat_get(1).await.map(drop),
        "chat_message_list" => client.chat_message_list(&ChatMessageListParams::default()).await.map(drop),
        "ticket_chat_message_list" => {
            client.ticket_chat_message_list(1, &TicketChatMessageListParams::default()).await.map(drop)
        }
        other => panic!("no operation is named {other}"),
    }
}

const OPERATIONS: [&str; 4] =
    ["proactive_chat_create", "proactive_chat_get", "chat_message_list", "ticket_chat_message_list"];

#[tokio::test]
async fn every_fault_has_its_outcome() {
    let server = serve();
    for fault in faults() {
        let client = client(&format!("{}/{}", server.url(), fault.name));
        let client = client.with(once().timeout(fault.client_timeout()));
        for operation in OPERATIONS {
            let before = server.requests().len();
            let error = call(&client, operation).await.expect_err(&fault.name);
            let at = format!("{operation} on {}: {error}", fault.name);
            let code = format!("DESK_{}", upper(&format!("{:?}", error.kind())));
            assert_eq!(code, fault.expect.code, "{at}");
            assert_eq!(format!("{:?}", error.outcome()), fault.expect.outcome, "{at}");
            assert_eq!(error.status().unwrap_or(0), fault.expect.http, "{at}");
            assert_eq!(error.service_code().unwrap_or(""), fault.expect.service_code, "{at}");
            assert_eq!(error.attempts(), 1, "{at}");
            assert_eq!(error.operation(), Some(operation), "{at}");
            assert_eq!(server.requests().len() - before, 1, "{at}");
            for shown in [error.to_string(), format!("{error:?}")] {
                for hidden in [SECRET, TEXT, "a secret", "127.0.0.1:9/", &server.url()] {
                    assert!(!shown.contains(hidden), "{at} shows {hidden}");
                }
                assert!(!error.to_string().contains('\n'), "{at}");
            }
        }
    }
}

/// With two attempts: the client retries a read after a transient fault and a create only after a
/// 429, and sends the same request again.
#[tokio::test]
async fn what_is_sent_again_is_told_by_method_and_evidence() {
    let server = Arc::new(serve());
    // A fault that ends by a timeout leaves no time for a second attempt.
    let lasting = faults().into_iter().filter(|fault| fault.client_timeout() >= Duration::from_secs(1));
    let clients: Vec<_> = lasting.map(|fault| (client(&format!("{}/{}", server.url(), fault.name)), fault)).collect();
    let mut runs = Vec::new();
    for (client, fault) in clients {
        let client = client.with(CallOptions::new().max_attempts(2).timeout(Duration::from_secs(100)));
        for operation in OPERATIONS {
            let (client, fault, server) = (client.clone(), fault.clone(), server.clone());
            runs.push(tokio::spawn(async move {
                let error = call(&client, operation).await.expect_err(&fault.name);
                arrived_as_often_as_it_may(&server, &fault, operation, &error);
            }));
        }
    }
    for run in runs {
        run.await.expect("no assertion fails");
    }
}

fn arrived_as_often_as_it_may(server: &Server, fault: &Fault, operation: &str, error: &Error) {
    let at = format!("{operation} on {}: {error}", fault.name);
    let (method, path) = match operation {
        "proactive_chat_create" => ("POST", "proactive_chats"),
        "proactive_chat_get" => ("GET", "proactive_chats/1"),
        "chat_message_list" => ("GET", "chat_messages"),
        _ => ("GET", "tickets/1/chat_messages"),
    };
    let passes = match fault.expect.http {
        429 => true,
        408 | 425 | 500 | 502 | 503 | 504 => method == "GET",
        // The client retries a read once after incomplete JSON, and never after JSON of another
        // shape.
        _ if ["ok_empty", "ok_no_content", "ok_html", "ok_cut_json"].contains(&fault.name.as_str()) => method == "GET",
        _ => fault.expect.code == "DESK_TRANSPORT" && method == "GET",
    };
    let target = format!("/{}/{path}", fault.name);
    let requests: Vec<_> = server.requests().into_iter().filter(|request| request.target == target).collect();
    let wanted = if passes { 2 } else { 1 };
    assert_eq!((error.attempts(), requests.len()), (wanted, wanted as usize), "{at}");
    for request in &requests {
        assert_eq!((request.method.as_str(), &request.body), (method, &requests[0].body), "{at}");
        assert_eq!(request.header("sendbirddeskapitoken"), Some(SECRET), "{at}");
    }
    assert_eq!(String::from_utf8_lossy(&requests[0].body).contains(TEXT), method == "POST", "{at}");
}

/// Converts the name of a kind: `TooLarge` → `TOO_LARGE`.
fn upper(kind: &str) -> String {
    let mut out = String::new();
    for letter in kind.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_uppercase());
    }
    out
}

#[tokio::test]
async fn the_text_says_what_to_do_next() {
    let server = serve();
    let text = async |fault: &str, operation: &str| {
        let client = client(&format!("{}/{fault}", server.url()));
        call(&client, operation).await.expect_err(fault).to_string()
    };
    assert_eq!(
        text("502_html", "proactive_chat_create").await,
        "proactive_chat_create: the service answered 502 bad gateway; \
         it may have been carried out: find out before sending it again"
    );
    assert_eq!(
        text("502_html", "proactive_chat_get").await,
        "proactive_chat_get: the service answered 502 bad gateway; asking again is safe"
    );
    assert_eq!(
        text("400_json", "proactive_chat_create").await,
        "proactive_chat_create: the service answered 400 bad request (service code invalid); nothing was done"
    );
    assert_eq!(
        text("redirect_301", "chat_message_list").await,
        "chat_message_list: the service answered 301 with a redirect to http://127.0.0.1:9, which is not followed; \
         asking again is safe"
    );
}

#[tokio::test]
async fn an_error_keeps_what_the_service_said() {
    let server = serve();
    let error = async |fault: &str| {
        let client = client(&format!("{}/{fault}", server.url()));
        call(&client, "proactive_chat_create").await.expect_err(fault)
    };
    let limited = error("429_json").await;
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(3)));
    assert_eq!(limited.service_text(), Some("Too many requests"));
    let page = error("502_html").await;
    assert_eq!(page.body(), b"<html><h1>502 Bad Gateway</h1></html>");
    assert_eq!(error("500_2mb").await.body().len(), 1 << 20);
    assert_eq!(error("ok_cut_json").await.body(), b"{\"id\": 1, \"message\": \"a secret");
    assert_eq!(error("400_field_map").await.service_text(), Some("groupKey: unknown"));
}

#[tokio::test]
async fn nobody_listens() {
    let url = {
        let server = Server::start(|_| vec![Step::Close]);
        server.url()
    };
    // The port is free again after the listener thread has ended.
    while std::net::TcpStream::connect(url.trim_start_matches("http://")).is_ok() {}
    for operation in OPERATIONS {
        let error = call(&client(&url), operation).await.expect_err("nobody is there");
        assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 1));
        assert!(error.to_string().ends_with("connection refused (os error 111); nothing was sent"), "{error}");
    }
}

/// A label of 64 letters is too long for DNS, so the look-up fails on this machine.
#[tokio::test]
async fn a_name_that_cannot_be_looked_up() {
    let url = format!("https://{}.invalid", "a".repeat(64));
    let error = call(&client(&url), "proactive_chat_create").await.expect_err("no such name");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connect, Outcome::NotSent), "{error}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
        }
    });
    let error = call(&client(&url), "proactive_chat_create").await.expect_err("no TLS");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connect, Outcome::NotSent), "{error}");
}

/// The server closes the connection before it reads the request, or in the middle of the body. The
/// outcome must fit each case, and the client must not retry a create that the server may have
/// read.
#[tokio::test]
async fn a_connection_that_is_cut_before_the_request_was_read() {
    for read in [0, 1000] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::<AtomicU32>::default();
        let count = connections.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                // Closing a connection with unread bytes resets it.
                std::io::Read::read_exact(&mut stream, &mut vec![0; read]).ok();
            }
        });
        let client = Client::builder("").api_token(SECRET).base_url(&url).build().expect("settings are right");
        let large =
            NewProactiveChat::builder().message("x".repeat(4 << 20)).group_key("g").customer_ids([1]).agent_id(1);
        let error = client.proactive_chat_create(&large.build()).await.expect_err("it is cut");
        assert!(matches!(error.kind(), ErrorKind::Transport | ErrorKind::Connect), "{error}");
        assert_eq!(error.attempts(), connections.load(Ordering::SeqCst), "{error}");
        match error.outcome() {
            Outcome::Unknown => assert!(error.attempts() <= 5),
            // Each attempt proves it: the connection read no byte of the body.
            Outcome::NotSent => assert_eq!((read, error.attempts()), (0, 5)),
            other => panic!("{other:?}"),
        }
        if read > 0 {
            assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 1), "{error}");
        }
    }
}

/// The test drops the future of a call before its connection is open.
#[tokio::test]
async fn a_call_dropped_before_its_first_byte_sends_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let client = client(&url);
    let dropped = tokio::time::timeout(Duration::from_millis(30), call(&client, "proactive_chat_create")).await;
    assert!(dropped.is_err());
    drop(client);
    let (mut stream, _) = listener.accept().expect("a connection");
    let mut seen = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut seen).ok();
    // The server receives at most a TLS greeting, which cannot contain a request.
    assert!(seen.is_empty() || seen[0] == 0x16, "{seen:?}");
}

/// The listener accepts connections and never sends a byte: no TLS handshake ends.
#[tokio::test]
async fn a_deadline_before_anything_could_be_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let client = client(&url).with(once().timeout(Duration::from_millis(100)));
    let create = call(&client, "proactive_chat_create").await.expect_err("nobody answers");
    assert_eq!((create.kind(), create.outcome()), (ErrorKind::Timeout, Outcome::NotSent));
    assert_eq!(create.to_string(), "proactive_chat_create: no complete answer within 100 ms; nothing was sent");
    // A request without a body has no guard that could prove it, and retrying a read is safe.
    let read = call(&client, "proactive_chat_get").await.expect_err("nobody answers");
    assert_eq!((read.kind(), read.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays() {
    let elsewhere = Server::start(|_| vec![Step::Close]);
    let target = format!("{}/chat_messages", elsewhere.url());
    let server = Server::start(move |_| vec![testkit::reply(307, &[("location", &target)], b"")]);
    for operation in OPERATIONS {
        call(&client(&server.url()), operation).await.expect_err("a redirect is an error");
    }
    assert_eq!(elsewhere.requests().len(), 0);
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_deadline_of_one_call() {
    let server = serve();
    let client = client(&format!("{}/silent", server.url()));
    let start = std::time::Instant::now();
    let short = client.with(once().timeout(Duration::from_millis(50)));
    let error = call(&short, "proactive_chat_create").await.expect_err("nobody answers");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(start.elapsed() < Duration::from_secs(50), "the client's own timeout was used");
}

#[test]
fn vectors_are_distinct() {
    let names: BTreeSet<_> = faults().into_iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), faults().len());
    assert!(names.len() >= 40);
}
