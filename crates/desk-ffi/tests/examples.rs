//! Runs the C and C++ examples against the emulator.
#![allow(missing_docs, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use desk_emulator::{CustomerChannel, Emulator, NewCustomer};
use support::{library_dir, out_dir, program, root};
use testkit::{Language, Run, compilers};

/// Builds an example with each compiler.
fn built(source: &str) -> Vec<PathBuf> {
    let (language, standard) = if source.ends_with(".cpp") { (Language::Cpp, "c++17") } else { (Language::C, "c11") };
    let name = source.replace(['/', '.'], "-");
    let build = |compiler: &str| {
        let example = program(compiler, standard).flag("-D_POSIX_C_SOURCE=200809L");
        let example = example.source(root().join("examples").join(source)).link(&library_dir(), "desk");
        example.build(&out_dir().join(format!("{name}-{compiler}")))
    };
    compilers(language).into_iter().map(build).collect()
}

/// Runs an example against its own service.
fn run(example: &Path, arguments: &[&str]) -> Run {
    run_on(&Emulator::builder().demo(true).start_blocking().expect("a free port"), example, arguments)
}

fn run_on(emulator: &Emulator, example: &Path, arguments: &[&str]) -> Run {
    let env = [("DESK_BASE_URL", emulator.base_url()), ("DESK_API_TOKEN", emulator.token().to_owned())];
    Run::of(example, arguments, &env.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// Checks that an example prints the story that all languages print.
fn tells_the_story(source: &str) {
    let expected = fs::read_to_string(root().join("examples/expected.txt")).expect("the expected text");
    for example in built(source) {
        assert_eq!(run(&example, &[]).text(), expected);
    }
}

#[test]
fn c() {
    tells_the_story("c/main.c");
}

#[test]
fn cpp() {
    tells_the_story("cpp/main.cpp");
}

#[test]
fn an_event_loop_reads_three_days_at_once() {
    for example in built("c/event_loop.c") {
        let text = run(&example, &[]).text();
        assert_eq!(text, "2026-01-01: 90 messages\n2026-01-02: 97 messages\n2026-01-03: 126 messages\n");
    }
}

#[test]
fn an_export_is_complete_or_not_there() {
    for example in built("c/export_messages.c") {
        let file = out_dir().join("messages.ndjson");
        let name = file.to_str().expect("UTF-8");
        fs::remove_file(&file).ok();
        assert_eq!(run(&example, &[name]).text(), "97 messages\n");
        let lines = fs::read_to_string(&file).expect("the messages");
        let ids: Vec<i64> = lines
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["id"].as_i64().expect("an id"))
            .collect();
        assert_eq!(ids.len(), 97);
        fs::remove_file(&file).expect("it is there");
        // No service listens there.
        let refused = Run::of(&example, &[name], &[("DESK_BASE_URL", "http://127.0.0.1:9"), ("DESK_API_TOKEN", "t")]);
        assert!(refused.code == Some(1) && refused.stderr.contains("nothing was sent"), "{}", refused.stderr);
        assert!(!file.exists());
    }
}

#[test]
fn a_bulk_sender_messages_each_customer_once() {
    let list = |name: &str, lines: &str| {
        let file = out_dir().join(name);
        fs::write(&file, lines).expect("a file");
        file
    };
    let bad = list("no-customers.txt", "101\n10x\n");
    for example in built("cpp/bulk_send.cpp") {
        let emulator = Emulator::builder().demo(true).start_blocking().expect("a free port");
        let add = |number| {
            let customer = NewCustomer {
                display_name: format!("Customer {number}"),
                sendbird_id: None,
                channel_type: CustomerChannel::Sendbird,
            };
            emulator.add_customer(customer).expect("a customer").id
        };
        let ids: Vec<i64> = (0..100).map(add).collect();
        let lines: String = ids.iter().chain(&ids[..10]).map(|id| format!("{id}\n")).collect();
        let good = list("customers.txt", &lines);
        let sent = run_on(&emulator, &example, &["hello", good.to_str().expect("UTF-8")]);
        assert_eq!(sent.text(), "100 sent, 0 not sent, 0 unknown\n");
        let tickets = emulator.tickets(None).expect("tickets");
        let proactive = tickets.iter().filter(|ticket| ticket.proactive_id.is_some());
        let mut messaged: Vec<i64> = proactive.filter_map(|ticket| Some(ticket.customer.as_ref()?.id)).collect();
        messaged.sort_unstable();
        assert_eq!(messaged, ids);
        let refused = run(&example, &["hello", bad.to_str().expect("UTF-8")]);
        // Under valgrind, messages about debug information come first.
        let said = refused.stderr.ends_with("line 2 is no customer id; nothing was sent\n");
        assert!(refused.code == Some(1) && said, "{}", refused.stderr);
    }
}
