//! A host that closes the file descriptors of clients. libdesk then leaks on purpose, so CI does
//! not check this test for leaks.
#![allow(missing_docs, reason = "tests")]

mod support;

use support::{build, chat};
use testkit::{Run, Server, Step};

#[test]
fn client_without_descriptors_can_be_freed() {
    let (chats, silent) = (Server::start(chat), Server::start(|_| vec![Step::Hang]));
    Run::of(&build("broken.c"), &[&chats.url(), &silent.url()], &[]).text();
}
