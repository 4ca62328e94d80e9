//! The C ABI with hostile callers and many threads, and every fault vector in C and C++.
//!
//! CI runs these programs under valgrind as well (`DESK_TEST_WRAPPER`).

use std::net::TcpListener;
use std::thread;

use crate::support::build;
use testkit::{Fault, Run, Server, faults, reply, serve};

/// Three messages: in the oldest form, with all properties, and with odd values.
const PAGE: &str = r#"{
  "count": 3, "previous": null, "next": "https://elsewhere.example/next", "extra": 1,
  "results": [
    {"id": 10933, "ticket": 3351, "userSendbirdId": "Jeff", "userType": "AGENT",
     "createdAt": "2019-03-12T05:25:41.032000Z", "message": "hi"},
    {"id": 2, "messageId": 9223372036854775807, "ticket": 1, "userSendbirdId": "u", "userType": "CUSTOMER",
     "createdAt": "2019-03-12T05:25:41Z", "message": "", "data": "", "deletedAt": "2019-03-12T14:25:41.5+09:00",
     "requestedFrom": "DASHBOARD", "requestedBy": {"id": 1}},
    {"id": 3, "messageId": null, "ticket": 1, "userSendbirdId": "event", "userType": "BOT",
     "createdAt": "2019-03-12T05:25:41Z", "message": "\ud83d\ude00 \u4f60 \u0000 \" \\ \n", "data": null,
     "deletedAt": null, "requestedFrom": null, "requestedBy": null, "brandNew": {"a": [1]}}
  ]
}"#;

fn page_server() -> Server {
    Server::start(|_| vec![reply(200, &[], PAGE.as_bytes())])
}

#[test]
fn a_hostile_caller_gets_errors_and_nothing_is_sent() {
    let server = page_server();
    Run::of(&build("abi.c"), &[&server.url()], &[]).text();
    assert_eq!(server.requests().len(), 1, "only the list that succeeds is sent");
}

#[test]
fn cpp_owns_moves_and_borrows() {
    Run::of(&build("results.cpp"), &[&page_server().url()], &[]).text();
}

#[test]
fn cpp_text_from_a_null_pointer_is_not_set() {
    let server = page_server();
    Run::of(&build("texts.cpp"), &[&server.url()], &[]).text();
    assert_eq!(server.requests().len(), 1, "only the raw call that is whole is sent");
}

#[test]
fn many_threads_share_a_client() {
    let server = page_server();
    Run::of(&build("threads.c"), &[&server.url()], &[]).text();
    assert_eq!(server.requests().len(), 16 * 50);
}

/// Closes each connection at once: data that arrives later is answered by a reset, and further
/// writes raise SIGPIPE.
fn resetting_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || listener.incoming().for_each(drop));
    url
}

#[test]
fn the_host_process_is_left_alone() {
    let server = page_server();
    let run = Run::of(&build("process.c"), &[&server.url(), &resetting_server()], &[]);
    // The last client is freed when the process exits: a panic would print.
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    assert!(server.requests().len() >= 2);
}

#[test]
fn every_fault_in_c() {
    every_fault("fault.c");
}

#[test]
fn every_fault_in_cpp() {
    every_fault("fault.cpp");
}

fn every_fault(source: &str) {
    const OPERATIONS: [&str; 4] =
        ["proactive_chat_create", "proactive_chat_get", "chat_message_list", "ticket_chat_message_list"];
    let program = build(source);
    let server = serve();
    let check = |faults: &[Fault]| {
        let service = |fault: &Fault| {
            let timeout = fault.client_timeout().as_millis().to_string();
            [format!("{}/{}", server.url(), fault.name), timeout, "1".to_owned()]
        };
        let arguments: Vec<String> = faults.iter().flat_map(service).collect();
        let text = Run::of(&program, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[]).text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), faults.len() * OPERATIONS.len(), "{text}");
        for (fault, lines) in faults.iter().zip(lines.chunks(OPERATIONS.len())) {
            let expect = &fault.expect;
            let outcome = ["", "NotSent", "Rejected", "Unknown"].iter().position(|name| *name == expect.outcome);
            let service_code = if expect.service_code.is_empty() { "-" } else { &expect.service_code };
            let line = format!("{} {} {} {service_code} 1", expect.code, outcome.expect("an outcome"), expect.http);
            let wanted = OPERATIONS.map(|operation| format!("{operation} {line}"));
            assert_eq!(lines, wanted, "{}", fault.name);
        }
    };
    // Two processes, because each one takes long to start under valgrind.
    let faults = faults();
    let check = &check;
    thread::scope(|scope| faults.chunks(24).for_each(|some| drop(scope.spawn(move || check(some)))));
}

#[test]
fn nobody_listens() {
    // Port 9 of this machine (discard) is closed.
    for source in ["fault.c", "fault.cpp"] {
        let text = Run::of(&build(source), &["http://127.0.0.1:9", "5000", "1"], &[]).text();
        assert!(text.lines().all(|line| line.ends_with(" DESK_CONNECT 1 0 - 1")), "{text}");
    }
}
