//! Lists, facts about calls, raw calls and logs, from C and C++.
//!
//! CI runs these programs under valgrind as well (`DESK_TEST_WRAPPER`).

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::support::{build, build_as, flaky_list, page};
use testkit::{Run, Server, Step, reply};

/// Iterations in pages of three, in one page, and over five items: the client silently repeats a
/// prefetch that fails, and reports an error of the repeated request.
const WALKS: &str = " 0 1 2 3 4 5 DESK_SERVICE 6 7\n 0 1 2 3 4 5 6 7\n DESK_SERVICE DESK_SERVICE 0 1 2 3 4\n";

#[test]
fn c_walks_over_a_list_that_fails_now_and_then() {
    assert_eq!(Run::of(&build("lists.c"), &[&flaky_list().url()], &[]).text(), WALKS);
}

#[test]
fn cpp_walks_over_a_list_that_fails_now_and_then() {
    // In C++20 the range is also a range of `std::ranges`.
    for standard in ["c++17", "c++20"] {
        assert_eq!(Run::of(&build_as("lists.cpp", standard), &[&flaky_list().url()], &[]).text(), WALKS, "{standard}");
    }
}

#[test]
fn the_next_page_is_asked_for_while_one_is_read() {
    let server = Server::start(page);
    Run::of(&build("lists.c"), &[&server.url(), "first"], &[]).text();
    // The request was sent before the program ended; the server may read it later.
    let patience = Instant::now() + Duration::from_secs(30);
    while server.requests().len() < 2 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(1));
    }
    let targets: Vec<_> = server.requests().into_iter().map(|request| request.target).collect();
    assert_eq!(targets, ["/chat_messages?limit=3&offset=0", "/chat_messages?limit=3&offset=3"]);
}

/// The time that a program works on a page does not count as the service's: the client requests
/// each page once.
#[test]
fn a_slow_caller_asks_for_no_page_twice() {
    let server = Server::start(page);
    Run::of(&build("lists.c"), &[&server.url(), "slow"], &[]).text();
    assert_eq!(server.requests().len(), 3);
}

/// Echoes raw calls; refuses chat 5 after one failure, and chat 6 with every detail of an error
/// response.
fn echo_server() -> Server {
    let failed = Mutex::new(false);
    Server::start(move |request| {
        let known = [("x-request-id", "r-1"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        if request.target.starts_with("/echo") {
            let (trace, body) = (request.header("x-trace").unwrap_or("-"), String::from_utf8_lossy(&request.body));
            let echo = format!("{} {} {trace} {body}", request.method, request.target);
            return vec![reply(202, &known, echo.as_bytes())];
        }
        if request.target == "/proactive_chats/5" {
            let before = std::mem::replace(&mut *failed.lock().expect("no panic holds it"), true);
            return vec![reply(if before { 404 } else { 503 }, &[], b"")];
        }
        if request.target == "/proactive_chats/6" {
            let known = [known[0], known[1], ("retry-after-ms", "1500")];
            return vec![reply(429, &known, br#"{"code":"t0ken","detail":"no t0ken"}"#)];
        }
        assert_eq!(request.header("user-agent"), Some("desk-sdk/0.1.0 runtime/1"));
        vec![reply(200, &known, br#"{"count":0,"results":[]}"#)]
    })
}

#[test]
fn c_knows_its_calls() {
    Run::of(&build("runtime.c"), &[&echo_server().url()], &[]).text();
}

#[test]
fn cpp_knows_its_calls() {
    Run::of(&build("runtime.cpp"), &[&echo_server().url()], &[]).text();
}

#[test]
fn c_cancels_calls_from_other_threads() {
    let silent = Server::start(|_| vec![Step::Hang]);
    let list = Server::start(page);
    Run::of(&build("cancel.c"), &[&silent.url(), &list.url()], &[]).text();
    // Each thread sends one create, twice; the create after the trigger is not sent.
    let sent = silent.requests().len();
    assert!((1..=16).contains(&sent), "{sent} creates");
}
