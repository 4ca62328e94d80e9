//! What looks at a campaign without sending: `status`, `report`, `--dry-run`, `reconcile`, wherever the ledger is and whoever reads.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::run::{desk, run};
use crate::send::{apply, faults, people, plan, send, status};

/// What an old copy says is not so: planned may be sent.
#[test]
fn an_old_ledger_is_not_looked_at() {
    let (emulator, ids, dir) = people(3);
    let at = |name: &str| dir.path().join(name);
    plan(&dir, &ids, "p", &["--batch-size", "1", "--canary", "1"]);
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "3"]).code, 3);
    fs::copy(at("p.ledger"), at("old")).unwrap();
    apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--after-canary"]).ok();
    for (verb, options) in
        [("status", &[][..]), ("report", &[]), ("reconcile", &["--offline"]), ("apply", &["--dry-run"])]
    {
        let words = |ledger| [&["--ledger", ledger, "--json"], options].concat();
        let refused = run(send(&emulator, &dir, verb, "p"), words("old"));
        assert_eq!((refused.code, &refused.error()["kind"]), (7, &json!("integrity")), "{verb}: {}", refused.err);
        assert!(refused.out.is_empty() && refused.err.contains("lacks the last 2 notes"), "{verb}: {}", refused.err);
        run(send(&emulator, &dir, verb, "p"), words("p.ledger")).ok();
    }
    let mut alone = desk();
    alone.current_dir(dir.path()).args(["send", "status"]);
    assert_eq!(run(alone, ["old"]).code, 7);
    fs::copy(at("list"), at("more")).unwrap();
    let mut next = desk();
    next.current_dir(dir.path()).args(["send", "plan", "--recipients", "more", "--out", "next.json"]);
    let next = run(next, [&crate::send::message()[..], &["--min-gap", "7d", "--ledger", "old"]].concat());
    assert!(next.code == 7 && next.err.contains("; nothing was sent"), "{}", next.err);
}

#[test]
fn a_ledger_that_is_not_there_is_said() {
    let (emulator, ids, dir) = people(1);
    plan(&dir, &ids, "p", &[]);
    for verb in ["status", "report", "reconcile"] {
        let refused = run(send(&emulator, &dir, verb, "p"), ["--ledger", "typo"]);
        assert!(refused.code == 2 && refused.err.contains("cannot read typo: No such file"), "{}", refused.err);
    }
    // The first run makes it.
    run(send(&emulator, &dir, "apply", "p"), ["--dry-run", "--ledger", "new.ledger"]).ok();
}

/// Somebody who may read it, in a directory that they may not write.
fn as_reader(dir: &Path) -> Command {
    let copy = dir.join("desk");
    if !copy.exists() {
        fs::copy(env!("CARGO_BIN_EXE_desk"), &copy).unwrap();
    }
    let mut command = Command::new(copy);
    command.current_dir(dir).stdin(Stdio::null()).env_clear();
    for entry in fs::read_dir(dir).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o555)).unwrap();
    }
    fs::set_permissions(dir, Permissions::from_mode(0o555)).unwrap();
    // What root may is told by nothing in the directory.
    if fs::write(dir.join("probe"), "").is_ok() {
        fs::remove_file(dir.join("probe")).unwrap();
        command.uid(65534).gid(65534);
    }
    command
}

fn writable(dir: &TempDir) {
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_ledger_is_read_where_nothing_can_be_written() {
    let (emulator, ids, dir) = people(2);
    // A name that would have to be written otherwise in an address.
    let place = dir.path().join("Q1 50%?#");
    fs::create_dir(&place).unwrap();
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    faults(&emulator, json!([{ "method": "POST", "nth": 2, "fault": { "cut": { "when": "after_commit" } } }]));
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "2"]).code, 6);
    for name in ["p.json", "p.ledger"] {
        fs::copy(dir.path().join(name), place.join(name)).unwrap();
    }
    writable(&dir);
    for words in [&["status", "p.ledger"][..], &["status", "p.json"], &["report", "p.json"]] {
        let read = run(as_reader(&place), [&["send"], words].concat());
        assert_eq!(read.code, 6, "{words:?}: {}{}", read.out, read.err);
        assert!(read.out.contains("unknown") && read.out.contains("done"), "{words:?}: {}", read.out);
    }
    // It is not written either.
    let refused = run(
        as_reader(&place),
        ["send", "reconcile", "p.json", "--batch", "2", "--as", "sent", "--by", "A", "--why", "b"],
    );
    assert!(refused.code == 1 && refused.err.contains("p.ledger"), "{}", refused.err);
    fs::set_permissions(&place, Permissions::from_mode(0o755)).unwrap();
}

/// Who reads only the first lines is told by the exit code all the same.
#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let (emulator, ids, dir) = people(3000);
    plan(&dir, &ids, "p", &["--batch-size", "3000"]);
    faults(&emulator, json!([{ "method": "POST", "fault": { "cut": { "when": "after_commit" } } }]));
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "3000"]).code, 6);
    for (verb, options) in [("report", &[][..]), ("status", &["--json"]), ("reconcile", &["--offline", "--json"])] {
        let mut child = send(&emulator, &dir, verb, "p");
        let mut child = child.args(options).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(6), "{verb}");
    }
    assert_eq!(status(&emulator, &dir, "p").get("unknown"), Some(&3000));
}
