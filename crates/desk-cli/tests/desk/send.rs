//! `desk send apply` and what is looked at behind it: the ledger, its rules, and what a person decides.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use desk_emulator::{Emulator, FaultPlan, NewCustomer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Ended, begin, desk, interrupt, run, with};

pub(crate) fn message() -> [&'static str; 6] {
    ["--message", "Hello", "--group-key", "sales", "--agent-id", "1"]
}

/// Of a plan whose people got its text before.
pub(crate) const NOT_BEFORE: [&str; 5] = ["--not-sent-before", "--by", "Ann", "--why", "a campaign of its own"];

/// A service with so many customers, and a directory.
pub(crate) fn people(number: usize) -> (Emulator, Vec<i64>, TempDir) {
    let emulator = Emulator::builder().demo(true).start_blocking().unwrap();
    let add = |n: usize| emulator.add_customer(NewCustomer::new(&format!("C{n}"))).unwrap().id;
    let ids = (0..number).map(add).collect();
    (emulator, ids, tempfile::tempdir().unwrap())
}

/// Writes the plan `name`.json, without a canary.
pub(crate) fn plan(dir: &TempDir, ids: &[i64], name: &str, options: &[&str]) -> Ended {
    let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
    fs::write(dir.path().join("list"), list).unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list", "--out", &format!("{name}.json")]);
    command.args(message());
    for default in [["--canary", "0"], ["--per-second", "1000"]] {
        if !options.contains(&default[0]) {
            command.args(default);
        }
    }
    run(command, options).ok()
}

/// Of the one plan there that was begun.
pub(crate) fn mark(dir: &TempDir) -> PathBuf {
    let mut all = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    all.find(|path| path.extension().is_some_and(|extension| extension == "begun")).unwrap()
}

pub(crate) fn send(emulator: &Emulator, dir: &TempDir, verb: &str, name: &str) -> Command {
    let mut command = with(emulator);
    command.current_dir(dir.path()).args(["send", verb, &format!("{name}.json")]);
    command
}

pub(crate) fn apply(emulator: &Emulator, dir: &TempDir, name: &str, options: &[&str]) -> Ended {
    run(send(emulator, dir, "apply", name), options)
}

/// Recipients by state.
pub(crate) fn status(emulator: &Emulator, dir: &TempDir, name: &str) -> BTreeMap<String, u64> {
    let status = run(send(emulator, dir, "status", name), ["--json"]).json();
    let states = status["states"].as_object().unwrap().iter();
    let counts = states.map(|(name, counts)| (name.clone(), counts["recipients"].as_u64().unwrap()));
    counts.filter(|(_, count)| *count > 0).collect()
}

pub(crate) fn faults(emulator: &Emulator, rules: Value) {
    let plan: FaultPlan = serde_json::from_value(json!({ "seed": 1, "rules": rules })).unwrap();
    emulator.set_faults(plan).unwrap();
}

pub(crate) fn states<const N: usize>(pairs: [(&str, u64); N]) -> BTreeMap<String, u64> {
    pairs.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

fn creates(emulator: &Emulator) -> usize {
    emulator.requests().iter().filter(|request| request.method == "POST").count()
}

#[test]
fn everybody_is_messaged_once_and_told_of() {
    let (emulator, ids, dir) = people(7);
    plan(&dir, &ids, "p", &["--batch-size", "3"]);
    let summary = apply(&emulator, &dir, "p", &["--yes-send-to", "7", "--json"]).ok().json();
    assert_eq!(summary["states"]["done"], json!({ "batches": 3, "recipients": 7 }));
    let csv = run(send(&emulator, &dir, "report", "p"), [] as [&str; 0]).ok().out;
    assert_eq!(csv.lines().count(), 8);
    assert!(csv.starts_with("recipient,batch,outcome,id,time,error\n"), "{csv}");
    let rows = run(send(&emulator, &dir, "report", "p"), ["--format", "ndjson"]).ok().lines();
    for (row, id) in rows.iter().zip(&ids) {
        let reached = emulator.deliveries(Some(*id)).unwrap();
        assert_eq!((row["recipient"].as_i64(), &row["outcome"]), (Some(*id), &json!("done")));
        assert_eq!(reached.iter().map(|one| one.proactive_id).collect::<Vec<_>>(), [row["id"].as_i64().unwrap()]);
    }
    // Once more does nothing.
    apply(&emulator, &dir, "p", &["--yes-send-to", "7"]).ok();
    assert_eq!(creates(&emulator), 3);
    for path in [dir.path().join("p.json"), dir.path().join("p.ledger"), mark(&dir)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
    }
    // The list, the plan, its ledger and its mark: nothing else is left.
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
    // A ledger says how it stands without its plan, and nothing of the message.
    let mut alone = desk();
    alone.current_dir(dir.path());
    let alone = run(alone, ["send", "status", "p.ledger", "--json"]).ok().json();
    assert_eq!(alone["states"]["done"]["recipients"], 7);
    assert!(!fs::read(dir.path().join("p.ledger")).unwrap().windows(5).any(|bytes| bytes == b"Hello"));
}

#[test]
fn nothing_is_sent_without_agreement() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &[]);
    let dry = apply(&emulator, &dir, "p", &["--dry-run"]).ok();
    assert_eq!(dry.json()["customerIds"], json!(ids));
    for options in [&[][..], &["--yes-send-to", "2"]] {
        let refused = apply(&emulator, &dir, "p", options);
        assert!(refused.code == 2 && refused.err.contains("nothing was sent"), "{}", refused.err);
    }
    assert_eq!(creates(&emulator), 0);
    assert!(!dir.path().join("p.ledger").exists());
}

/// On a terminal the number is typed.
#[test]
fn a_person_types_how_many() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &[]);
    for (typed, code, sent) in [("yes\n", 2, 0), ("\n", 2, 0), ("3\n", 0, 1)] {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
        let other = fs::OpenOptions::new().read(true).write(true).open(name).unwrap();
        fs::File::from(terminal.try_clone().unwrap()).write_all(typed.as_bytes()).unwrap();
        let mut command = send(&emulator, &dir, "apply", "p");
        let output = command.stdin(Stdio::from(other)).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("This sends to 3 people"), "{text}");
        assert_eq!((output.status.code(), creates(&emulator)), (Some(code), sent), "{typed}: {text}");
    }
}

#[test]
fn a_plan_that_was_changed_is_refused() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &[]);
    let file = dir.path().join("p.json");
    let text = fs::read_to_string(&file).unwrap();
    let changes = [
        ("\"message\":\"Hello\"", "\"message\":\"Hallo\""),
        ("\"batch_size\": 50", "\"batch_size\": 1"),
        ("\"count\": 3", "\"count\": 2"),
        ("\"version\": 1,", "\"version\": 1, \"more\": 1,"),
        ("\"recipients\": [", "\"recipients\": [101,"),
        ("{", "["),
    ];
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        fs::write(&file, text.replacen(old, new, 1)).unwrap();
        let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--json"]);
        assert_eq!((refused.code, refused.error()["kind"].clone()), (7, json!("integrity")), "{new}");
    }
    assert_eq!(creates(&emulator), 0);
}

/// The wrong ledger, none at all, or another service: each could message somebody twice.
#[test]
fn a_plan_keeps_to_its_ledger_and_its_service() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &[]);
    plan(&dir, &ids[..2], "q", &[]);
    apply(&emulator, &dir, "p", &["--yes-send-to", "3"]).ok();
    let refused = apply(&emulator, &dir, "q", &["--yes-send-to", "2", "--ledger", "p.ledger"]);
    assert!(refused.code == 2 && refused.err.contains("of another plan"), "{}", refused.err);
    let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--ledger", "new.ledger"]);
    assert!(refused.code == 2 && refused.err.contains("p.ledger"), "{}", refused.err);
    // Nor one of the same plan that was begun beside it.
    let (begun, hidden) = (mark(&dir), dir.path().join("hidden"));
    fs::rename(&begun, &hidden).unwrap();
    let rejected = json!([{ "method": "POST", "fault": { "answer": { "status": 400 } } }]);
    faults(&emulator, rejected);
    let anyway = [&["--yes-send-to", "3", "--ledger", "new.ledger"][..], &NOT_BEFORE].concat();
    assert_eq!(apply(&emulator, &dir, "p", &anyway).code, 3);
    faults(&emulator, json!([]));
    fs::rename(&hidden, &begun).unwrap();
    let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--ledger", "new.ledger"]);
    assert!(refused.code == 2 && refused.err.contains("another ledger than new.ledger"), "{}", refused.err);
    let other = Emulator::start_blocking().unwrap();
    let refused = apply(&other, &dir, "p", &["--yes-send-to", "3"]);
    assert!(refused.code == 2 && refused.err.contains("another service"), "{}", refused.err);
    // Moved, it is still the same ledger.
    fs::rename(dir.path().join("p.ledger"), dir.path().join("moved")).unwrap();
    for verb in ["apply", "status", "report"] {
        let options: &[&str] = if verb == "apply" { &["--yes-send-to", "3"] } else { &[] };
        let refused = run(send(&emulator, &dir, verb, "p"), options);
        assert!(
            refused.code == 2 && refused.err.contains("only that ledger has the messaged recipients"),
            "{verb}: {}",
            refused.err
        );
    }
    apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--ledger", "moved"]).ok();
    fs::write(dir.path().join("text"), "no database").unwrap();
    let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--ledger", "text"]);
    assert!(refused.code == 2 && refused.err.contains("nothing was sent"), "{}", refused.err);
    let whole = fs::read(dir.path().join("moved")).unwrap();
    fs::write(dir.path().join("cut"), &whole[..4096]).unwrap();
    let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--ledger", "cut"]);
    assert!(refused.code == 7 && refused.err.contains("nothing was sent"), "{}", refused.err);
    assert_eq!((creates(&emulator), creates(&other)), (2, 0));
}

/// One that ends in the middle of a request leaves its batch unknown; meanwhile nobody else can send.
#[test]
fn one_at_a_time_and_what_was_begun_is_not_sent_again() {
    let (emulator, ids, dir) = people(4);
    plan(&dir, &ids, "p", &["--batch-size", "2"]);
    faults(
        &emulator,
        json!([{ "method": "POST", "nth": 1, "fault": { "cut": { "when": "after_commit", "how": "stall" } } }]),
    );
    let mut first = send(&emulator, &dir, "apply", "p");
    first.args(["--yes-send-to", "4"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut first = first.spawn().unwrap();
    while emulator.deliveries(None).unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = apply(&emulator, &dir, "p", &["--yes-send-to", "4", "--json"]);
    assert_eq!((second.code, second.error()["kind"].clone()), (5, json!("busy")), "{}", second.err);
    assert_eq!(status(&emulator, &dir, "p"), states([("in_flight", 2), ("planned", 2)]));
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(status(&emulator, &dir, "p"), states([("unknown", 2), ("planned", 2)]));
    let next = apply(&emulator, &dir, "p", &["--yes-send-to", "4", "--json"]);
    let error = next.error();
    assert_eq!((next.code, &error["may_have_acted"], &error["retryable"]), (6, &json!(true), &json!(false)));
    assert!(error["hint"].as_str().unwrap().contains("desk send reconcile"), "{error}");
    assert_eq!(status(&emulator, &dir, "p"), states([("unknown", 2), ("done", 2)]));
    assert!(emulator.messaged_twice().unwrap().is_empty());
}

#[test]
fn rejections_stop_it() {
    let (emulator, ids, dir) = people(4);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    faults(&emulator, json!([{ "method": "POST", "fault": { "answer": { "status": 400 } } }]));
    let yes = ["--yes-send-to", "4"];
    let stopped = apply(&emulator, &dir, "p", &yes);
    assert!(stopped.code == 3 && stopped.err.contains("1 of 1 batches were rejected"), "{}", stopped.err);
    let stopped = apply(&emulator, &dir, "p", &[&yes[..], &["--stop-rejected", "100%"]].concat());
    assert!(stopped.code == 3 && stopped.err.contains("desk send report"), "{}", stopped.err);
    faults(&emulator, json!([]));
    assert_eq!(apply(&emulator, &dir, "p", &yes).code, 3);
    assert_eq!((status(&emulator, &dir, "p"), creates(&emulator)), (states([("rejected", 4)]), 4));
}

#[test]
fn unknown_outcomes_in_a_row_stop_it() {
    let (emulator, ids, dir) = people(8);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    faults(&emulator, json!([{ "method": "POST", "fault": { "cut": { "when": "after_commit" } } }]));
    let stopped = apply(&emulator, &dir, "p", &["--yes-send-to", "8"]);
    assert!(stopped.code == 6 && stopped.err.contains("3 consecutive outcomes"), "{}", stopped.err);
    assert_eq!(status(&emulator, &dir, "p"), states([("unknown", 3), ("planned", 5)]));
    apply(&emulator, &dir, "p", &["--yes-send-to", "8", "--stop-unknown", "9"]);
    assert_eq!(status(&emulator, &dir, "p"), states([("unknown", 8)]));
    assert!(emulator.messaged_twice().unwrap().is_empty());
}

/// Nothing was done: the same command sends it.
#[test]
fn what_was_certainly_not_sent_is_sent_by_the_next_run() {
    let (emulator, ids, dir) = people(4);
    plan(&dir, &ids, "p", &["--batch-size", "2"]);
    let yes = ["--yes-send-to", "4"];
    let throttle = json!({ "throttle": { "retry_after": { "seconds": 500 } } });
    for (fault, code) in [(throttle, 5), (json!({ "answer": { "status": 401 } }), 4)] {
        faults(&emulator, json!([{ "method": "POST", "fault": fault }]));
        let stopped = apply(&emulator, &dir, "p", &yes);
        assert_eq!(stopped.code, code, "{}", stopped.err);
        assert_eq!(status(&emulator, &dir, "p"), states([("not_sent", 2), ("planned", 2)]));
    }
    faults(&emulator, json!([]));
    apply(&emulator, &dir, "p", &yes).ok();
    assert_eq!(emulator.deliveries(None).unwrap().len(), 4);
}

#[test]
fn fewer_than_were_meant_is_partial() {
    let (emulator, ids, dir) = people(2);
    plan(&dir, &ids, "p", &[]);
    let short = json!({ "id": 1, "sentCount": 1 }).to_string();
    faults(&emulator, json!([{ "method": "POST", "fault": { "answer": { "status": 201, "body": short } } }]));
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "2"]).code, 3);
    let rows = run(send(&emulator, &dir, "report", "p"), ["--format", "ndjson"]).ok().lines();
    assert_eq!((&rows[0]["outcome"], &rows[0]["error"]), (&json!("partial"), &json!("1 of 2 were reached")));
    plan(&dir, &ids, "q", &[]);
    faults(&emulator, json!([{ "method": "POST", "fault": { "answer": { "status": 201, "body": "{\"id\": 1}" } } }]));
    assert_eq!(apply(&emulator, &dir, "q", &["--yes-send-to", "2"]).code, 6);
}

#[test]
fn the_first_batches_are_looked_at_before_the_others() {
    let (emulator, ids, dir) = people(6);
    plan(&dir, &ids, "p", &["--batch-size", "1", "--canary", "2"]);
    let yes = ["--yes-send-to", "6"];
    for _ in 0..2 {
        let stopped = apply(&emulator, &dir, "p", &yes);
        assert!(stopped.code == 3 && stopped.err.contains("--after-canary"), "{}", stopped.err);
        assert_eq!(creates(&emulator), 2);
    }
    apply(&emulator, &dir, "p", &[&yes[..], &["--after-canary"]].concat()).ok();
    assert_eq!(creates(&emulator), 6);

    plan(&dir, &ids, "q", &["--batch-size", "1", "--canary", "2"]);
    apply(&emulator, &dir, "q", &[&yes[..], &["--canary-auto"], &NOT_BEFORE].concat()).ok();
    assert_eq!(creates(&emulator), 12);

    plan(&dir, &ids, "r", &["--batch-size", "1", "--canary", "2"]);
    faults(&emulator, json!([{ "method": "POST", "nth": 2, "fault": { "cut": { "when": "before_commit" } } }]));
    let stopped = apply(&emulator, &dir, "r", &[&yes[..], &["--canary-auto"], &NOT_BEFORE].concat());
    assert!(stopped.code == 6 && stopped.err.contains("did not reach all recipients"), "{}", stopped.err);
    assert_eq!(creates(&emulator), 14);
}

#[test]
fn a_person_decides_what_is_unknown() {
    let (emulator, ids, dir) = people(4);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    // A rule counts the requests that no rule before it has taken.
    let rules = json!([
        { "method": "POST", "nth": 2, "fault": { "cut": { "when": "before_commit" } } },
        { "method": "POST", "nth": 2, "fault": { "cut": { "when": "after_commit" } } }
    ]);
    faults(&emulator, rules);
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "4"]).code, 6);
    let shown = run(send(&emulator, &dir, "reconcile", "p"), ["--json"]);
    let rows = shown.lines();
    assert_eq!((shown.code, rows.len()), (6, 2));
    // One id is missing between those of the neighbours: one of the two was carried out.
    assert_eq!((&rows[0]["batch"], &rows[0]["id_before"], &rows[0]["id_after"]), (&json!(2), &json!(1), &json!(3)));
    let decide = |options: &[&str]| run(send(&emulator, &dir, "reconcile", "p"), options);
    let why = ["--by", "Ann", "--why", "looked into the dashboard"];
    for (batch, decision) in [("1", "not-sent"), ("5", "sent")] {
        let refused = decide(&[&["--batch", batch, "--as", decision][..], &why].concat());
        assert!(refused.code == 2 && refused.err.contains("it needs no decision"), "{}", refused.err);
    }
    assert_eq!(decide(&["--batch", "2", "--as", "sent"]).code, 2);
    decide(&[&["--batch", "3", "--as", "sent"][..], &why].concat()).ok();
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "4"]).code, 6);
    assert_eq!(creates(&emulator), 4);
    let not_sent = [&["--batch", "2", "--as", "not-sent"][..], &why].concat();
    // It may be on its way: a service can carry out what nobody waits for any more.
    let early = decide(&not_sent);
    assert!(early.code == 5 && early.err.contains("batch 2 may still be carried out until 2"), "{}", early.err);
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "4"]).code, 6);
    let settled = [&not_sent[..], &["--settle", "0s"]].concat();
    let first = decide(&[&settled[..], &["--instead-of", "sent"]].concat());
    assert!(first.code == 2 && first.err.contains("batch 2 was not decided yet"), "{}", first.err);
    decide(&[&["--batch", "2", "--as", "skip"][..], &why].concat()).ok();
    // A slip in the number would send what was decided before.
    let twice = decide(&settled);
    assert!(twice.code == 2 && twice.err.contains("was decided already: skip"), "{}", twice.err);
    decide(&[&settled[..], &["--instead-of", "skip"]].concat()).ok();
    apply(&emulator, &dir, "p", &["--yes-send-to", "4"]).ok();
    assert_eq!(status(&emulator, &dir, "p"), states([("done", 3), ("decided_sent", 1)]));
    assert_eq!(emulator.deliveries(None).unwrap().len(), 4);
    assert!(emulator.messaged_twice().unwrap().is_empty());
}

/// The first signal waits for the answer that is on its way; the same command goes on.
#[test]
fn an_interrupt_waits_for_the_batch_in_flight() {
    let (emulator, ids, dir) = people(200);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    faults(&emulator, json!([{ "method": "POST", "fault": { "delay": { "ms": 50 } } }]));
    let mut command = send(&emulator, &dir, "apply", "p");
    command.args(["--yes-send-to", "200", "--json"]);
    let child = begin(command);
    while emulator.deliveries(None).unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let ended = interrupt(child);
    assert_eq!(ended.code, 130, "{}", ended.err);
    let found = status(&emulator, &dir, "p");
    assert!(!found.contains_key("unknown") && found["planned"] > 0, "{found:?}");
    assert_eq!(found["done"], emulator.deliveries(None).unwrap().len() as u64);
    faults(&emulator, json!([]));
    apply(&emulator, &dir, "p", &["--yes-send-to", "200"]).ok();
    assert!(emulator.messaged_twice().unwrap().is_empty());
}
