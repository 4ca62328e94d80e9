//! Asynchronous calls from C and C++: callbacks, handles, queues, and clients freed under them.
//!
//! CI runs these programs under valgrind as well (`DESK_TEST_WRAPPER`).
#![allow(missing_docs, reason = "tests")]

mod support;

use support::build;
use testkit::{Request, Run, Server, Step, reply};

/// A chat with the id that was asked for; 500 never comes.
fn chat(request: &Request) -> Vec<Step> {
    let id = request.target.rsplit('/').next().unwrap_or_default();
    if id == "500" {
        return vec![Step::Hang];
    }
    let chat = format!(
        r#"{{"id":{id},"project":1,"message":"hi","messageCount":1,"sentCount":0,"respondedCount":0,"closedCount":0,
            "customersList":"1","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"LOW"}}"#
    );
    vec![reply(200, &[], chat.as_bytes())]
}

#[test]
fn c_starts_calls_and_is_told_their_end_once() {
    let (chats, silent) = (Server::start(chat), Server::start(|_| vec![Step::Hang]));
    Run::of(&build("async.c"), &[&chats.url(), &silent.url()], &[]).text();
}
