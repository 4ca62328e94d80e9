//! A host that takes the file descriptors of clients away. libdesk then leaks on purpose, so that CI does not look for leaks
//! here.

use crate::support::{build, chat};
use testkit::{Run, Server, Step};

#[test]
fn client_without_descriptors_can_be_freed() {
    let (chats, silent) = (Server::start(chat), Server::start(|_| vec![Step::Hang]));
    Run::of(&build("broken.c"), &[&chats.url(), &silent.url()], &[]).text();
}
