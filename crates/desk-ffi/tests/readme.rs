//! Compiles the C and C++ blocks of the README and runs them against the local service.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use desk_client::Client;
use desk_client::types::NewProactiveChat;
use desk_emulator::Emulator;
use support::{library_dir, out_dir, program, root};
use testkit::{Language, Run, compilers};

/// The code around a block that is not a whole program; it provides a client.
const C: [&str; 2] = [
    r#"#include <desk.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  desk_client_options settings = DESK_CLIENT_OPTIONS_INIT;
  settings.base_url = desk_str_from_cstr(getenv("DESK_BASE_URL"));
  settings.api_token = desk_str_from_cstr(getenv("DESK_API_TOKEN"));
  desk_client *client = NULL;
  if (desk_client_new(&settings, &client, NULL) != DESK_OK) return 1;
"#,
    "desk_client_free(client);\nreturn desk_debug_live_objects() == 0 ? 0 : 1;\n}\n",
];
const CPP: [&str; 2] = [
    r#"#include <desk.hpp>
#include <cstdlib>
#include <iostream>
int main() {
  const desk::Client client(
      desk::ClientOptions().base_url(std::getenv("DESK_BASE_URL")).api_token(std::getenv("DESK_API_TOKEN")));
"#,
    "}\n",
];

/// Creates the chat that the blocks use.
fn first_chat(url: &str, token: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = Client::builder("").base_url(url).api_token(token).build().expect("settings are right");
    let chat = NewProactiveChat::builder().message("m").group_key("sales").customer_ids([101, 102]).agent_id(1).build();
    assert_eq!(runtime.block_on(client.proactive_chat_create(&chat)).expect("a chat").id, 1);
}

/// Builds the programs of the blocks of a language.
fn programs(fence: &str, language: Language, standard: &str, [before, after]: [&str; 2]) -> Vec<PathBuf> {
    static BUILDING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = BUILDING.lock().expect("a build that failed has said why");
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let fence_line = format!("```{fence}\n");
    let blocks = readme.split(&fence_line).skip(1).filter_map(|rest| rest.split("```").next());
    let build = |(number, block): (usize, &str)| {
        let text = if block.contains("int main") { block.to_owned() } else { [before, block, after].concat() };
        let source = out_dir().join(format!("readme-{number}.{fence}"));
        fs::write(&source, text).expect("a file");
        let program = program(compilers(language)[0], standard).flag("-D_POSIX_C_SOURCE=200809L").source(source);
        program.link(&library_dir(), "desk").build(&out_dir().join(format!("readme-{fence}-{number}")))
    };
    blocks.enumerate().map(build).collect()
}

/// The output of the programs.
fn printed(programs: &[PathBuf]) -> Vec<String> {
    let run = |program: &PathBuf| {
        let emulator = Emulator::builder().demo(true).start_blocking().expect("a free port");
        let (url, token) = (emulator.base_url(), emulator.token());
        first_chat(&url, token);
        let url_and_token = [("DESK_BASE_URL", url.as_str()), ("DESK_API_TOKEN", token)];
        Run::of(program, &[], &url_and_token).text()
    };
    programs.iter().map(run).collect()
}

/// Checks that a whole program reports unset variables.
fn refuses(program: &Path) {
    for (unset, set) in [("DESK_BASE_URL", "DESK_API_TOKEN"), ("DESK_API_TOKEN", "DESK_BASE_URL")] {
        for value in [None, Some("http://127.0.0.1:9")] {
            let mut command = Command::new(program);
            command.env_remove(unset).env_remove(set).envs(value.map(|value| (set, value)));
            let output = command.output().expect("the program runs");
            let said = String::from_utf8(output.stderr).expect("text");
            assert_eq!(output.status.code(), Some(1), "{said}");
            let missing = said.contains("api_token") || said.contains("application_id");
            assert!(missing && said.lines().count() == 1, "{said}");
        }
    }
}

#[test]
fn c() {
    let programs = programs("c", Language::C, "c11", C);
    let printed = printed(&programs);
    let [list, export, queue] = &printed[..] else { panic!("{} blocks", printed.len()) };
    assert!(list.lines().count() >= 1002, "{list}");
    assert!(export.lines().count() == 98 && export.ends_with("97 messages, verified: 1\n"), "{export}");
    assert!(queue.ends_with(" answered\n"), "{queue}");
}

#[test]
fn cpp() {
    let programs = programs("cpp", Language::Cpp, "c++17", CPP);
    let printed = printed(&programs);
    let [list, asynchronous] = &printed[..] else { panic!("{} blocks", printed.len()) };
    assert!(list.lines().count() >= 1003 && list.ends_with("messages, verified: 1\n"), "{list}");
    assert!(asynchronous.starts_with("2 sent, ") && asynchronous.ends_with(" answered\n"), "{asynchronous}");
}

#[test]
fn unset_variable_is_an_error() {
    refuses(&programs("c", Language::C, "c11", C)[0]);
    refuses(&programs("cpp", Language::Cpp, "c++17", CPP)[0]);
}
