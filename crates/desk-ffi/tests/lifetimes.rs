//! C++ objects that are destroyed at any moment, and calls that end because of a stop request.
//!
//! The programs also run with the address sanitizer, unless `DESK_TEST_CFLAGS` or
//! `DESK_TEST_WRAPPER` add their own checks.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::fs;
use std::path::PathBuf;

use support::{build_with, chat, flaky_list, out_dir, program};
use testkit::{Language, Run, Server, Step, compilers};

const SANITIZED: &[&str] = &["-fsanitize=address", "-fno-omit-frame-pointer"];

/// Whether the system's compiler has the address sanitizer and no other tool checks memory.
fn sanitizes() -> bool {
    if ["DESK_TEST_CFLAGS", "DESK_TEST_WRAPPER"].iter().any(|name| std::env::var_os(name).is_some()) {
        return false;
    }
    let source = out_dir().join("sanitized.cpp");
    fs::write(&source, "int main() { return 0; }\n").expect("a file");
    let program = program(compilers(Language::Cpp)[0], "c++20").source(source);
    SANITIZED.iter().fold(program, |program, flag| program.flag(flag)).compiles(&out_dir().join("sanitized"))
}

fn builds(source: &str) -> Vec<PathBuf> {
    let mut builds = vec![build_with(source, "c++20", &[])];
    if sanitizes() {
        builds.push(build_with(source, "c++20", SANITIZED));
    }
    builds
}

#[test]
fn object_destroyed_at_any_moment_is_safe() {
    let (chats, silent) = (Server::start(chat), Server::start(|_| vec![Step::Hang]));
    for program in builds("lifetimes.cpp") {
        let list = flaky_list();
        Run::of(&program, &[&chats.url(), &silent.url(), &list.url()], &[]).text();
    }
}

#[test]
fn requested_stop_ends_every_kind_of_call() {
    let (chats, silent) = (Server::start(chat), Server::start(|_| vec![Step::Hang]));
    for program in builds("stop.cpp") {
        Run::of(&program, &[&silent.url(), &chats.url()], &[]).text();
    }
}
