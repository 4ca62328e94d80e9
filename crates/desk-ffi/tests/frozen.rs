//! Runs a program that was compiled against an older desk.h (`abi/frozen`) with the current
//! library.
//!
//! CI runs it under valgrind as well (`DESK_TEST_WRAPPER`): the library must read no byte beyond
//! the structs of that version.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{library_dir, out_dir, root};
use testkit::{Language, Program, Request, Run, Server, Step, compilers, reply};

const CHAT: &str = r#"{"id":7,"project":1,"message":"hello","messageCount":1,"sentCount":2,"respondedCount":0,"closedCount":0,
  "customersList":"101,102","createdAt":"2026-01-31T09:30:00Z","updatedAt":"2026-01-31T09:30:00Z","priority":"HIGH"}"#;

const PAGE: &str = r#"{"count":2,"results":[
  {"id":1,"ticket":126,"userSendbirdId":"u","userType":"CUSTOMER","createdAt":"2026-01-31T09:30:00Z","message":"a"},
  {"id":2,"ticket":126,"userSendbirdId":"u","userType":"AGENT","createdAt":"2026-01-31T09:30:00Z","message":"b"}]}"#;

fn answer(request: &Request) -> Vec<Step> {
    let page = request.target.contains("chat_messages");
    vec![reply(200, &[], if page { PAGE } else { CHAT }.as_bytes())]
}

fn frozen() -> PathBuf {
    root().join("abi/frozen")
}

fn program(include: &Path, name: &str) -> PathBuf {
    let program = Program::new(compilers(Language::C)[0], "c99", include).source(frozen().join("main.c"));
    program.link(&library_dir(), "desk").build(&out_dir().join(name))
}

#[test]
fn an_old_program_runs_with_this_library() {
    let server = Server::start(answer);
    let text = Run::of(&program(&frozen(), "frozen"), &[&server.url()], &[]).text();
    assert!(text.starts_with("compiled with 0.1.0\n") && text.ends_with("ran to its end\n"), "{text}");

    let requests = server.requests();
    let lines: Vec<String> = requests.iter().map(|request| format!("{} {}", request.method, request.target)).collect();
    let list = |limit: u8| {
        format!(
            "GET /chat_messages?created_at__gte=1970-01-01T00%3A00%3A00Z&limit={limit}&offset=0&ticket__channel_type=SENDBIRD"
        )
    };
    assert_eq!(
        lines,
        [
            "POST /proactive_chats",
            "GET /proactive_chats/9007199254740993",
            &list(2),
            "GET /tickets/126/chat_messages?limit=2",
            &list(1),
            "GET /tickets/126/chat_messages?limit=1&offset=0",
            "PUT /agents/5?limit=7",
        ]
    );
    for request in &requests {
        assert_eq!(request.header("x-frozen"), Some("yes"));
        assert!(request.header("user-agent").is_some_and(|agent| agent.ends_with(" frozen/1")));
    }
    let sent = String::from_utf8_lossy(&requests[0].body).into_owned();
    for part in [r#""message":"hello""#, r#""groupKey":"sales""#, "[101,102]", r#""agentId":3"#, r#""priority":"HIGH""#]
    {
        assert!(sent.contains(part), "{part} in {sent}");
    }
}

/// Proves that the program detects a changed layout: with two members exchanged it fails early.
#[test]
fn a_program_of_another_layout_fails() {
    let include = out_dir().join("frozen-other");
    fs::create_dir_all(&include).expect("a folder");
    let header = fs::read_to_string(frozen().join("desk.h")).expect("the header");
    let (one, two) = ("  struct desk_str base_url;\n", "  struct desk_str user_agent;\n");
    let other = header.replace(one, "\0").replace(two, one).replace('\0', two);
    assert_ne!(other, header);
    fs::write(include.join("desk.h"), other).expect("a file");
    let run = Run::of(&program(&include, "frozen-other-program"), &["http://127.0.0.1:9"], &[]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("desk_client_new"), "{}", run.stderr);
}
