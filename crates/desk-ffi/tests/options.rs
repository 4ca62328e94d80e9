//! Every option of a client, set from C and from C++, has its documented effect.
//!
//! The tests set no time limit for success: they tell a call that ends from a call that would never
//! end.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use support::build;
use testkit::{Run, Server, Step, reply};

const CHAT: &str = r#"{"id":1,"project":1,"message":"m","messageCount":1,"sentCount":1,"respondedCount":0,"closedCount":0,
    "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"LOW"}"#;

/// The statuses that both programs print, and whether both took long.
fn run(arguments: &[&str]) -> (String, bool) {
    let [c, cpp] = ["options.c", "options.cpp"].map(|source| {
        let text = Run::of(&build(source), arguments, &[]).text();
        let (statuses, took) = text.trim_end().rsplit_once(' ').expect("two words at least");
        (statuses.to_owned(), took == "long")
    });
    assert_eq!(c.0, cpp.0, "{arguments:?}");
    (c.0, c.1 && cpp.1)
}

#[test]
fn times_end_what_would_never_end() {
    let silent = Server::start(|_| vec![Step::Hang]);
    for option in ["timeout_ms=100", "attempt_timeout_ms=100", "idle_timeout_ms=100"] {
        assert_eq!(run(&[&silent.url(), "1", "1", option]).0, "DESK_TIMEOUT", "{option}");
    }
    // Only the system accepts the connections: no TLS handshake gets a response.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    assert_eq!(run(&[&url, "1", "1", "connect_timeout_ms=100"]).0, "DESK_TIMEOUT");
}

/// The second read waits half a second or more.
#[test]
fn reads_keep_their_rate_and_writes_theirs() {
    let server = Server::start(|_| vec![reply(200, &[], CHAT.as_bytes())]);
    assert_eq!(run(&[&server.url(), "2", "1", "reads_per_second=1"]), ("DESK_OK DESK_OK".to_owned(), true));
    // At that rate the second of two writes could not begin.
    assert_eq!(run(&[&server.url(), "2", "1", "writes_per_second=0.001"]).0, "DESK_OK DESK_OK");
}

#[test]
fn the_name_of_the_program_is_sent() {
    let server = Server::start(|request| {
        assert_eq!(request.header("user-agent"), Some("desk-sdk/0.1.0 options/1"));
        vec![reply(200, &[], CHAT.as_bytes())]
    });
    assert_eq!(run(&[&server.url(), "1", "1", "user_agent=options/1"]).0, "DESK_OK");
}

/// Two calls at once, twice: only the allowed number of their connections is reused the second
/// time.
#[test]
fn as_many_connections_are_kept_as_may_be() {
    for (option, wanted) in [("max_idle_connections=2", 2), ("max_idle_connections=1", 3)] {
        let (url, connections) = pairs();
        // Once per program.
        assert_eq!(run(&[&url, "2", "2", option]).0, "DESK_OK DESK_OK DESK_OK DESK_OK", "{option}");
        assert_eq!(connections.load(Ordering::SeqCst), 2 * wanted, "{option}");
    }
}

/// Responds to requests in pairs, and counts connections.
fn pairs() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (connections, both) = (Arc::<AtomicUsize>::default(), Arc::new(Barrier::new(2)));
    let count = connections.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            let both = both.clone();
            thread::spawn(move || answer(stream, &both));
        }
    });
    (url, connections)
}

/// Serves one connection; every request here is one small packet.
fn answer(mut stream: TcpStream, both: &Barrier) {
    let mut request = [0; 4096];
    while stream.read(&mut request).is_ok_and(|length| length > 0) {
        both.wait();
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{CHAT}", CHAT.len());
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
