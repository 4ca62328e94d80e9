//! Whatever the files of a campaign are called, copied or put back as: nobody is messaged twice.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::time::Duration;

use desk_emulator::{Emulator, FaultPlan};
use serde_json::json;
use tempfile::TempDir;

use crate::run::{Ended, begin, interrupt, run};
use crate::send::{apply, mark, people, plan, send};

fn nobody_twice(emulator: &Emulator, people: usize) {
    assert!(emulator.messaged_twice().unwrap().is_empty());
    assert_eq!(emulator.deliveries(None).unwrap().len(), people);
}

/// Plans with a canary, and sends that.
fn canary() -> (Emulator, TempDir) {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1", "--canary", "1"]);
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "3"]).code, 3);
    (emulator, dir)
}

fn rest(emulator: &Emulator, dir: &TempDir, name: &str, more: &[&str]) -> Ended {
    apply(emulator, dir, name, &[&["--yes-send-to", "3", "--after-canary"], more].concat())
}

/// Sends the plan to three, as a user whose state is there.
fn at_home(emulator: &Emulator, home: &TempDir, dir: &TempDir, more: &[&str]) -> Ended {
    let mut command = send(emulator, dir, "apply", "p");
    command.env("XDG_STATE_HOME", home.path()).args(["--yes-send-to", "3"]);
    run(command, more)
}

#[test]
fn another_name_for_a_ledger_is_locked_as_well() {
    let (emulator, ids, dir) = people(200);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    let slow = json!({ "rules": [{ "method": "POST", "fault": { "delay": { "ms": 20 } } }] });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(slow).unwrap()).unwrap();
    let mut first = send(&emulator, &dir, "apply", "p");
    first.args(["--yes-send-to", "200"]);
    let first = begin(first);
    while emulator.deliveries(None).unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    symlink("p.ledger", dir.path().join("alias")).unwrap();
    fs::hard_link(dir.path().join("p.ledger"), dir.path().join("twin")).unwrap();
    fs::copy(dir.path().join("p.json"), dir.path().join("q.json")).unwrap();
    for (plan, ledger) in [("p", "alias"), ("p", "twin"), ("q", "p.ledger"), ("q", "alias")] {
        let second = apply(&emulator, &dir, plan, &["--yes-send-to", "200", "--ledger", ledger, "--json"]);
        assert_eq!((second.code, &second.error()["kind"]), (5, &json!("busy")), "{plan} {ledger}: {}", second.err);
    }
    assert_eq!(interrupt(first).code, 130);
    emulator.set_faults(FaultPlan::default()).unwrap();
    apply(&emulator, &dir, "p", &["--yes-send-to", "200", "--ledger", "alias"]).ok();
    nobody_twice(&emulator, 200);
}

#[test]
fn a_plan_of_another_name_has_the_same_ledger() {
    let (emulator, dir) = canary();
    let at = |name: &str| dir.path().join(name);
    symlink("p.json", at("link.json")).unwrap();
    rest(&emulator, &dir, "link", &[]).ok();
    nobody_twice(&emulator, 3);
    fs::copy(at("p.json"), at("copy.json")).unwrap();
    fs::rename(at("p.json"), at("moved.json")).unwrap();
    for name in ["copy", "moved"] {
        let refused = rest(&emulator, &dir, name, &[]);
        assert!(refused.code == 2 && refused.err.contains("p.ledger"), "{name}: {}", refused.err);
        rest(&emulator, &dir, name, &["--ledger", "p.ledger"]).ok();
    }
    nobody_twice(&emulator, 3);
}

#[test]
fn a_plan_that_is_copied_elsewhere_is_known_to_its_user() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    let (elsewhere, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::copy(dir.path().join("p.json"), elsewhere.path().join("p.json")).unwrap();
    let apply = |dir: &TempDir, more: &[&str]| at_home(&emulator, &home, dir, more);
    apply(&dir, &[]).ok();
    let refused = apply(&elsewhere, &[]);
    assert!(refused.code == 2 && refused.err.contains("p.ledger"), "{}", refused.err);
    let ledger = dir.path().join("p.ledger");
    apply(&elsewhere, &["--ledger", ledger.to_str().unwrap()]).ok();
    nobody_twice(&emulator, 3);
}

#[test]
fn an_old_ledger_is_not_taken_for_the_newest() {
    let (emulator, dir) = canary();
    let at = |name: &str| dir.path().join(name);
    fs::copy(at("p.ledger"), at("old")).unwrap();
    rest(&emulator, &dir, "p", &[]).ok();
    fs::rename(at("p.ledger"), at("newest")).unwrap();
    fs::copy(at("old"), at("p.ledger")).unwrap();
    let refused = rest(&emulator, &dir, "p", &["--json"]);
    assert_eq!((refused.code, &refused.error()["kind"]), (7, &json!("integrity")), "{}", refused.err);
    assert!(refused.err.contains("lacks the last 2 records of its plan"), "{}", refused.err);
    fs::rename(at("newest"), at("p.ledger")).unwrap();
    rest(&emulator, &dir, "p", &[]).ok();
    nobody_twice(&emulator, 3);
}

/// What a directory was before is put back, marks and all: the user's own mark knows better.
#[test]
fn an_old_directory_is_not_taken_for_the_newest() {
    let (emulator, ids, dir) = people(3);
    let (home, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    plan(&dir, &ids, "p", &["--batch-size", "1", "--canary", "1"]);
    let apply = |dir: &TempDir, more: &[&str]| at_home(&emulator, &home, dir, more);
    assert_eq!(apply(&dir, &[]).code, 3);
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, old.path().join(path.file_name().unwrap())).unwrap();
    }
    apply(&dir, &["--after-canary"]).ok();
    let refused = apply(&old, &["--after-canary"]);
    assert!(refused.code == 7 && refused.err.contains("lacks the last 2 records"), "{}", refused.err);
    nobody_twice(&emulator, 3);
}

/// Of a run that was killed SQLite has left a journal, which is forgotten where the plan and its ledger are moved.
#[test]
fn the_ledger_alone_knows_of_every_batch() {
    let (emulator, ids, dir) = people(4);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    let stall = json!({ "method": "POST", "nth": 3, "fault": { "cut": { "when": "after_commit", "how": "stall" } } });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(json!({ "rules": [stall] })).unwrap()).unwrap();
    let mut first = send(&emulator, &dir, "apply", "p");
    first.args(["--yes-send-to", "4"]);
    let mut first = begin(first);
    while emulator.deliveries(None).unwrap().len() < 3 {
        std::thread::sleep(Duration::from_millis(1));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let moved = tempfile::tempdir().unwrap();
    for name in ["p.json", "p.ledger"] {
        fs::copy(dir.path().join(name), moved.path().join(name)).unwrap();
    }
    let rest = apply(&emulator, &moved, "p", &["--yes-send-to", "4"]);
    assert_eq!(rest.code, 6, "{}", rest.err);
    nobody_twice(&emulator, 4);
}

#[test]
fn a_mark_that_cannot_be_read_is_no_leave_to_begin() {
    let (emulator, ids, dir) = people(1);
    plan(&dir, &ids, "p", &[]);
    apply(&emulator, &dir, "p", &["--yes-send-to", "1"]).ok();
    let mark = mark(&dir);
    fs::write(&mark, b"\xff").unwrap();
    for ledger in ["p.ledger", "new.ledger"] {
        let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "1", "--ledger", ledger]);
        assert!(refused.code == 1 && refused.err.contains("; nothing was sent"), "{}", refused.err);
    }
    nobody_twice(&emulator, 1);
}

/// A backup is gone on with under another home, while the ledger that it was made of is there.
#[test]
fn a_copy_is_not_gone_on_with_beside_its_original() {
    let (emulator, dir) = canary();
    let backup = tempfile::tempdir().unwrap();
    let copy = |name: &str| fs::copy(dir.path().join(name), backup.path().join(name)).unwrap();
    for name in ["p.json", "p.ledger", mark(&dir).file_name().unwrap().to_str().unwrap()] {
        copy(name);
    }
    let refused = rest(&emulator, &backup, "p", &[]);
    assert!(refused.code == 2 && refused.err.contains("p.ledger is a copy of "), "{}", refused.err);
    rest(&emulator, &dir, "p", &[]).ok();
    let refused = rest(&emulator, &backup, "p", &[]);
    assert!(refused.code == 7 && refused.err.contains("lacks the last 2 records"), "{}", refused.err);
    let looked = run(send(&emulator, &backup, "status", "p"), [] as [&str; 0]);
    assert!(looked.code == 7 && looked.err.contains("lacks the last 2 records"), "{}", looked.err);
    // Moved, it is the only one.
    copy("p.ledger");
    fs::remove_file(dir.path().join("p.ledger")).unwrap();
    rest(&emulator, &backup, "p", &[]).ok();
    nobody_twice(&emulator, 3);
}

/// Another sends its last batch while this one waits for the marks.
#[test]
fn what_is_noted_while_one_waits_is_seen() {
    let (emulator, dir) = canary();
    for wait in [0, 30, 60, 90] {
        let path = mark(&dir);
        let text = fs::read(&path).unwrap();
        let mut held = fs::OpenOptions::new().append(true).open(&path).unwrap();
        held.lock().unwrap();
        let mut waiting = send(&emulator, &dir, "apply", "p");
        waiting.args(["--yes-send-to", "3", "--after-canary"]);
        let waiting = begin(waiting);
        std::thread::sleep(Duration::from_millis(wait));
        held.write_all(b".").unwrap();
        drop(held);
        let code = waiting.wait_with_output().unwrap().status.code();
        assert!(matches!(code, Some(5 | 7)), "{wait}: {code:?}");
        assert_eq!(emulator.deliveries(None).unwrap().len(), 1);
        fs::write(&path, text).unwrap();
    }
    rest(&emulator, &dir, "p", &[]).ok();
    nobody_twice(&emulator, 3);
}

/// What is to be typed next names the files as they were named, and a shell takes it.
#[test]
fn hints_can_be_typed() {
    let (emulator, ids, dir) = people(2);
    plan(&dir, &ids, "my plan", &["--batch-size", "1"]);
    let cut = json!({ "method": "POST", "nth": 1, "fault": { "cut": { "when": "after_commit" } } });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(json!({ "rules": [cut] })).unwrap()).unwrap();
    let typed = |line: &str| {
        let mut shell = std::process::Command::new("sh");
        let bin = std::path::Path::new(env!("CARGO_BIN_EXE_desk")).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        shell.current_dir(dir.path()).env("PATH", path).args(["-c", line]);
        shell.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
        shell.env_remove("HOME").env_remove("XDG_STATE_HOME");
        run(shell, [] as [&str; 0])
    };
    let doubt = typed("desk send apply 'my plan.json' --ledger 'its ledger' --yes-send-to 2");
    assert_eq!(doubt.code, 6, "{}", doubt.err);
    let hint = doubt.err.split('`').nth(1).unwrap();
    let shown = typed(&format!("{hint} --settle 0s"));
    assert_eq!(shown.code, 6, "{}", shown.err);
    let line = shown.out.lines().find_map(|line| line.strip_prefix("  likely-sent: ")).unwrap();
    typed(&line.replace("NAME", "Ann").replace("TEXT", "seen")).ok();
    typed("desk send status 'my plan.json' --ledger 'its ledger'").ok();
    // Its name is taken, as long as its ledger is there.
    fs::rename(dir.path().join("its ledger"), dir.path().join("next.ledger")).unwrap();
    let taken = typed("desk send plan --recipients list --out next.json --message a --group-key b --agent-id 1");
    assert!(taken.code == 2 && taken.err.contains("next.ledger is the ledger of an earlier plan"), "{}", taken.err);
}
