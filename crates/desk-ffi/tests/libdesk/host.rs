//! A host that is short of threads, and a host whose name lookups hang.
//!
//! CI runs these programs under valgrind as well (`DESK_TEST_WRAPPER`).

use crate::support::{build, chat};
use testkit::{Run, Server};

fn by_name(server: &Server) -> String {
    server.url().replace("127.0.0.1", "localhost")
}

#[test]
fn thread_shortage_is_a_passing_error() {
    let chats = Server::start(chat);
    Run::of(&build("shortage.c"), &[&by_name(&chats)], &[]).text();
}

#[test]
fn hanging_look_up_takes_one_thread() {
    let chats = Server::start(chat);
    Run::of(&build("names.c"), &[&by_name(&chats)], &[]).text();
}
