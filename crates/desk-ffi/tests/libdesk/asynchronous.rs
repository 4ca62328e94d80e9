//! Asynchronous calls from C and C++: callbacks, handles, queues, and clients freed under them.
//!
//! CI runs these programs under valgrind as well (`DESK_TEST_WRAPPER`).

use crate::support::{build, build_as, chat, flaky_list};
use testkit::{Run, Server, Step};

#[test]
fn c_starts_calls_and_is_told_their_end_once() {
    let (chats, silent) = (Server::start(chat), Server::start(|_| vec![Step::Hang]));
    Run::of(&build("async.c"), &[&chats.url(), &silent.url()], &[]).text();
}

/// Iterations by queue, by callback, and with blocking steps in between.
const WALKS: &str = " 0 1 2 3 4 5 DESK_SERVICE 6 7\n 0 1 2 DESK_SERVICE 3 4 5 6 7\n 0 1 2 3 4 5 6 7\n";

#[test]
fn c_walks_over_a_list_without_blocking() {
    let (list, silent) = (flaky_list(), Server::start(|_| vec![Step::Hang]));
    assert_eq!(Run::of(&build("async_lists.c"), &[&list.url(), &silent.url()], &[]).text(), WALKS);
}

#[test]
fn cpp_has_futures_callbacks_and_queues() {
    let (chats, list) = (Server::start(chat), flaky_list());
    Run::of(&build("async.cpp"), &[&chats.url(), &list.url()], &[]).text();
}

#[test]
fn cpp_has_coroutines() {
    let (chats, list) = (Server::start(chat), flaky_list());
    Run::of(&build_as("async.cpp", "c++20"), &[&chats.url(), &list.url()], &[]).text();
}

/// Number of threads on one client, of calls per thread, and of clients; CI sets larger numbers in
/// `DESK_TEST_STORM` for an optimised build.
#[test]
fn nothing_leaks_or_hangs_in_a_storm() {
    let size = std::env::var("DESK_TEST_STORM").unwrap_or_else(|_| "64 40 200".to_owned());
    let server = Server::start(chat);
    let url = server.url();
    let arguments: Vec<_> = [url.as_str()].into_iter().chain(size.split(' ')).collect();
    Run::of(&build("async_storm.c"), &arguments, &[]).text();
}
