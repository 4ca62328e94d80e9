//! What looks at a campaign without sending: `status`, `report`, `--dry-run`, `reconcile`, wherever the ledger is and whoever reads.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::run::{Ended, as_reader, desk, run, writable};
use crate::send::{NOT_BEFORE, apply, faults, people, plan, send, status};

/// What an old copy says is shown, and that it is old.
#[test]
fn an_old_ledger_is_called_old() {
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
        let old = run(send(&emulator, &dir, verb, "p"), words("old"));
        assert_eq!((old.code, &old.error()["kind"]), (7, &json!("integrity")), "{verb}: {}", old.err);
        assert!(old.err.contains("old is an old copy: it lacks the last 2 records of its plan"), "{verb}: {}", old.err);
        assert_eq!(old.out.is_empty(), verb == "apply" || verb == "reconcile", "{verb}: {}", old.out);
        run(send(&emulator, &dir, verb, "p"), words("p.ledger")).ok();
    }
    let mut alone = desk();
    alone.current_dir(dir.path()).args(["send", "status"]);
    assert_eq!(run(alone, ["old"]).code, 7);
    let next = next(&dir, &["old"]);
    assert!(
        next.code == 7 && next.err.contains("; nothing was sent") && next.err.contains("--suppress"),
        "{}",
        next.err
    );
}

/// Plans for the same people, less those of other ledgers.
fn next(dir: &TempDir, ledgers: &[&str]) -> Ended {
    let mut next = desk();
    next.current_dir(dir.path()).args([
        "send",
        "plan",
        "--recipients",
        "list",
        "--out",
        "next.json",
        "--min-gap",
        "7d",
    ]);
    next.args(crate::send::message());
    run(next, ledgers.iter().flat_map(|ledger| ["--ledger", ledger]))
}

/// A plan that was copied before it was begun has two ledgers: both tell who was messaged.
#[test]
fn a_ledger_of_somebody_else_is_read() {
    let (emulator, ids, dir) = people(2);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(dir.path().join("p.json"), elsewhere.path().join("p.json")).unwrap();
    for dir in [&dir, &elsewhere] {
        apply(&emulator, dir, "p", &[&["--yes-send-to", "2"][..], &NOT_BEFORE].concat()).ok();
    }
    fs::copy(elsewhere.path().join("p.ledger"), dir.path().join("other")).unwrap();
    run(send(&emulator, &dir, "report", "p"), ["--ledger", "other"]).ok();
    let left = next(&dir, &["other", "p.ledger"]);
    assert!(left.code == 2 && left.err.contains("no recipient is left"), "{}", left.err);
    // It is not sent by.
    let refused = run(send(&emulator, &dir, "apply", "p"), ["--dry-run", "--ledger", "other"]);
    assert!(refused.code == 2 && refused.err.contains("another ledger than other"), "{}", refused.err);
}

#[test]
fn a_ledger_that_is_not_there_is_said() {
    let (emulator, ids, dir) = people(1);
    plan(&dir, &ids, "p", &[]);
    for verb in ["status", "report", "reconcile"] {
        let refused = run(send(&emulator, &dir, verb, "p"), ["--ledger", "typo"]);
        assert!(refused.code == 2 && refused.err.contains("cannot read typo: No such file"), "{}", refused.err);
    }
    assert!(Command::new("mkfifo").arg(dir.path().join("pipe")).status().unwrap().success());
    fs::create_dir(dir.path().join("folder")).unwrap();
    for (verb, ledger) in [("status", "pipe"), ("apply", "pipe"), ("report", "folder")] {
        let refused = run(
            send(&emulator, &dir, verb, "p"),
            ["--ledger", ledger].iter().chain(if verb == "apply" { &["--yes-send-to", "1"][..] } else { &[] }),
        );
        assert!(
            refused.code == 1 && refused.err.contains(&format!("cannot read {ledger}: it is not a regular file")),
            "{}",
            refused.err
        );
    }
    // The first run makes it.
    run(send(&emulator, &dir, "apply", "p"), ["--dry-run", "--ledger", "new.ledger"]).ok();
}

#[test]
fn a_ledger_is_read_where_nothing_can_be_written() {
    let (emulator, ids, dir) = people(2);
    // A name that would have to be written otherwise in an address.
    let place = PathBuf::from(format!("/{}", dir.path().join("Q1 50%?#").display()));
    fs::create_dir(&place).unwrap();
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    faults(&emulator, json!([{ "method": "POST", "nth": 2, "fault": { "cut": { "when": "after_commit" } } }]));
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "2"]).code, 6);
    for name in ["p.json", "p.ledger"] {
        fs::copy(dir.path().join(name), place.join(name)).unwrap();
    }
    writable(dir.path());
    let whole = place.join("p.ledger");
    for words in [
        &["status", "p.ledger"][..],
        &["status", whole.to_str().unwrap()],
        &["status", "p.json"],
        &["report", "p.json"],
    ] {
        let read = run(as_reader(&place), [&["send"], words].concat());
        assert_eq!(read.code, 6, "{words:?}: {}{}", read.out, read.err);
        assert!(read.out.contains("unknown") && read.out.contains("done"), "{words:?}: {}", read.out);
    }
    // Others who only read do not matter.
    let other = fs::File::open(&whole).unwrap();
    other.lock_shared().unwrap();
    assert_eq!(run(as_reader(&place), ["send", "status", "p.ledger"]).code, 6);
    drop(other);
    // A journal is not passed over.
    writable(&place);
    fs::write(place.join("p.ledger-wal"), "x").unwrap();
    std::os::unix::fs::symlink("p.ledger", place.join("link")).unwrap();
    for name in ["p.ledger", "link"] {
        let refused = run(as_reader(&place), ["send", "status", name]);
        assert!(refused.code == 1 && refused.err.contains("copy it with the files next to it"), "{}", refused.err);
    }
    // It is not written either.
    let refused = run(
        as_reader(&place),
        ["send", "reconcile", "p.json", "--batch", "2", "--as", "sent", "--by", "A", "--why", "b"],
    );
    assert!(refused.code == 1 && refused.err.contains("p.ledger"), "{}", refused.err);
    writable(&place);
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
