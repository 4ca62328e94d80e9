//! The tree of commands as users see it, completions, manual pages, and the emulator inside.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::Value;

use crate::run::{desk, run};

/// The help of a command and of all below it.
fn tree(path: &[String], all: &mut String) {
    let help = run(desk(), path.iter().cloned().chain(["--help".to_owned()])).ok().out;
    all.push_str(&format!("$ desk {}\n{help}\n", [path, &["--help".to_owned()]].concat().join(" ")));
    let commands = help.split("Commands:\n").nth(1).unwrap_or_default().lines().take_while(|line| !line.is_empty());
    let names = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    for name in names.into_iter().filter(|name| *name != "help") {
        tree(&[path, &[name.to_owned()]].concat(), all);
    }
}

#[test]
fn all_help() {
    let mut all = String::new();
    tree(&[], &mut all);
    let all: Vec<&str> = all.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("help", all.join("\n"));
}

#[test]
fn completions_and_manual_pages_are_written() {
    for shell in ["bash", "zsh", "fish"] {
        let text = run(desk(), ["completions", shell]).ok().out;
        assert!(text.contains("proactive-chat") && text.contains("customer-ids"), "{shell}");
    }
    let dir = tempfile::tempdir().unwrap();
    run(desk(), ["man", dir.path().join("new").to_str().unwrap()]).ok();
    for page in ["desk.1", "desk-chat-message-list.1", "desk-emulator.1"] {
        assert!(std::fs::read_to_string(dir.path().join("new").join(page)).unwrap().contains(".TH"), "{page}");
    }
    let refused = run(desk(), ["man", "/dev/null/x", "--json"]);
    assert!(refused.code == 1 && refused.error()["hint"].is_string());
}

#[test]
fn the_emulator_is_inside() {
    let here = tempfile::tempdir().unwrap();
    let start = || {
        let mut child = desk()
            .env("XDG_RUNTIME_DIR", here.path())
            .args(["emulator", "--demo", "--exit-on-stdin-close"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (child, serde_json::from_str::<Value>(&line).unwrap())
    };
    let (mut child, ready) = start();
    let mut command = desk();
    command.env("DESK_BASE_URL", ready["base_url"].as_str().unwrap());
    command.env("DESK_API_TOKEN", ready["token"].as_str().unwrap());
    assert_eq!(run(command, ["chat-message", "list", "--limit", "1"]).ok().json()["count"], 1000);

    // It is found by who has nothing else, and knows only who may read the file.
    let nothing_else = || {
        let mut command = desk();
        command.env("XDG_RUNTIME_DIR", here.path());
        command
    };
    let found = run(nothing_else(), ["chat-message", "list", "--limit", "1"]).ok();
    assert_eq!(found.json()["count"], 1000);
    assert!(found.err.contains("using the emulator at http://127.0.0.1:"), "{}", found.err);
    let note = here.path().join("desk-emulator.json");
    let open = |mode| std::fs::set_permissions(&note, std::fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(std::fs::metadata(&note).unwrap().permissions().mode() & 0o777, 0o600);
    open(0o644);
    assert_eq!(run(nothing_else(), ["chat-message", "list"]).code, 4);
    open(0o600);
    // The youngest is found, and behind it the one before.
    let found_at = || run(nothing_else(), ["chat-message", "list", "--limit", "1"]).ok().err;
    let ((second, _), (youngest, its)) = (start(), start());
    assert!(found_at().contains(its["base_url"].as_str().unwrap()));
    for mut younger in [second, youngest] {
        drop(younger.stdin.take());
        assert!(younger.wait().unwrap().success());
    }
    assert!(found_at().contains(ready["base_url"].as_str().unwrap()));
    // Anything that is said comes before it.
    assert_eq!(run(nothing_else(), ["chat-message", "list", "--application-id", "x"]).code, 4);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(!note.exists());
    assert_eq!(run(nothing_else(), ["chat-message", "list"]).code, 4);
}
