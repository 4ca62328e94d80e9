//! `desk send apply` between two batches: the rate is kept by all runs together, and whoever ends it there leaves nobody in doubt;
//! and what it says when it ends.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use desk_emulator::Emulator;
use rusqlite::OpenFlags;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{begin, desk, ended, interrupt, run};
use crate::send::{NOT_BEFORE, apply, faults, people, plan, send, states, status};

/// When batches were begun that came to an end, and how many there are.
fn begun(dir: &Path) -> (Vec<DateTime<Utc>>, usize) {
    let db = rusqlite::Connection::open_with_flags(dir.join("p.ledger"), OpenFlags::SQLITE_OPEN_READ_WRITE);
    let query = db.as_ref().map(|db| db.prepare("SELECT begun, outcome FROM attempts ORDER BY n"));
    let Ok(Ok(mut query)) = query else { return (Vec::new(), 0) };
    let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))).unwrap();
    let rows: Vec<_> = rows.map(Result::unwrap).collect();
    let ended = rows.iter().filter(|(_, outcome)| outcome.is_some()).map(|(begun, _)| begun.parse().unwrap());
    (ended.collect(), rows.len())
}

/// Whether it has its handlers of signals.
fn listens(child: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0");
    u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 2 != 0)
}

/// Begins to send by ones, and waits until the first batch has come to its end, and so many were begun.
fn waiting(emulator: &Emulator, dir: &TempDir, (number, rows): (usize, usize)) -> Child {
    let mut command = send(emulator, dir, "apply", "p");
    command.args(["--json", "--yes-send-to", &number.to_string()]);
    let mut child = begin(command);
    let started = Instant::now();
    while begun(dir.path()).0.is_empty() || begun(dir.path()).1 < rows || !listens(&child) {
        assert!(started.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(2));
    }
    // So that a next one could have begun.
    std::thread::sleep(Duration::from_millis(300));
    child
}

#[test]
fn whoever_ends_it_between_two_batches_leaves_nobody_in_doubt() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1", "--per-second", "0.001"]);
    let mut child = waiting(&emulator, &dir, (3, 1));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(status(&emulator, &dir, "p"), [("done".to_owned(), 1), ("planned".to_owned(), 2)].into());
    // The next run waits as long.
    let stopped = interrupt(waiting(&emulator, &dir, (3, 1)));
    let error = stopped.error();
    assert_eq!((stopped.code, &error["may_have_acted"]), (130, &json!(false)), "{error}");
    assert_eq!((begun(dir.path()).1, emulator.deliveries(None).unwrap().len()), (1, 1));
}

/// The same while it waits because the service wants it to.
#[test]
fn a_wait_after_a_429_leaves_nobody_in_doubt() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    let throttle = json!({ "throttle": { "retry_after": { "seconds": 100 } } });
    faults(&emulator, json!([{ "method": "POST", "nth": 2, "fault": throttle }]));
    let stopped = interrupt(waiting(&emulator, &dir, (3, 2)));
    assert_eq!((stopped.code, &stopped.error()["may_have_acted"]), (130, &json!(true)), "{}", stopped.err);
    assert!(stopped.error()["outcome"].is_null(), "{}", stopped.err);
    let left = [("done".to_owned(), 1), ("not_sent".to_owned(), 1), ("planned".to_owned(), 1)];
    assert_eq!(status(&emulator, &dir, "p"), left.into());
    apply(&emulator, &dir, "p", &["--yes-send-to", "3"]).ok();
    assert_eq!(emulator.deliveries(None).unwrap().len(), 3);
}

#[test]
fn a_rate_is_kept_by_all_runs_together() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1", "--per-second", "1", "--canary", "1"]);
    assert_eq!(apply(&emulator, &dir, "p", &["--yes-send-to", "3"]).code, 3);
    apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--after-canary"]).ok();
    let (begun, _) = begun(dir.path());
    assert!(begun.windows(2).all(|pair| pair[1] - pair[0] >= TimeDelta::milliseconds(500)), "{begun:?}");
}

/// The person who ends it does not know what is in doubt.
#[test]
fn an_interrupt_says_what_is_in_doubt() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1", "--per-second", "0.001"]);
    faults(&emulator, json!([{ "method": "POST", "nth": 1, "fault": { "cut": { "when": "after_commit" } } }]));
    let stopped = interrupt(waiting(&emulator, &dir, (3, 1)));
    let error = stopped.error();
    assert_eq!((stopped.code, &error["outcome"], &error["may_have_acted"]), (130, &json!("unknown"), &json!(true)));
    assert!(error["hint"].as_str().unwrap().contains("desk send reconcile p.json"), "{error}");
    assert!(error["message"].as_str().unwrap().contains("1 recipient in 1 batch may have been messaged"), "{error}");
}

#[test]
fn what_was_sent_before_an_error_is_not_denied() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1", "--per-second", "0.5"]);
    let child = waiting(&emulator, &dir, (3, 1));
    drop(emulator);
    let stopped = ended(child.wait_with_output().unwrap());
    let error = stopped.error();
    assert_eq!((stopped.code, &error["may_have_acted"]), (5, &json!(true)), "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("this batch was not sent") && !message.contains("nothing was sent"), "{message}");
}

/// The second signal ends it at once; what it leaves is said.
#[test]
fn two_interrupts_leave_the_batch_in_flight_unknown() {
    let (emulator, ids, dir) = people(3);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    faults(&emulator, json!([{ "method": "POST", "nth": 2, "fault": { "delay": { "ms": 30_000 } } }]));
    let child = waiting(&emulator, &dir, (3, 2));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    std::thread::sleep(Duration::from_millis(300));
    let stopped = interrupt(child);
    let error = stopped.error();
    assert_eq!((stopped.code, &error["outcome"], &error["may_have_acted"]), (130, &json!("unknown"), &json!(true)));
    assert!(error["hint"].as_str().unwrap().contains("desk send status p.json"), "{error}");
    assert_eq!(status(&emulator, &dir, "p").get("unknown"), Some(&1));
}

/// Which service, why a batch was rejected, and that a plan may be taken for new elsewhere.
#[test]
fn what_an_operator_has_to_know_is_said() {
    let (emulator, ids, dir) = people(2);
    plan(&dir, &ids, "p", &["--batch-size", "1"]);
    let body = json!({ "detail": "customer 7 has no channel" }).to_string();
    faults(&emulator, json!([{ "method": "POST", "nth": 1, "fault": { "answer": { "status": 400, "body": body } } }]));
    let ended = apply(&emulator, &dir, "p", &["--yes-send-to", "2", "--stop-rejected", "100%"]);
    assert_eq!(ended.code, 3);
    for words in ["batch 1: rejected (", "customer 7 has no channel", &format!("; by {}", emulator.base_url())] {
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    }
    assert!(ended.err.contains("will not recognise a copy of this plan"), "{}", ended.err);
    let state = run(send(&emulator, &dir, "status", "p"), ["--json"]);
    assert_eq!(state.json()["service"], emulator.base_url());
    let mut marked = send(&emulator, &dir, "apply", "p");
    marked.env("XDG_STATE_HOME", dir.path());
    assert!(!run(marked, ["--yes-send-to", "2"]).err.contains("will not recognise"));
}

/// Somebody does not want any more messages while they are being sent.
#[test]
fn who_is_to_be_left_out_by_then_ends_it() {
    let (emulator, ids, dir) = people(3);
    fs::write(dir.path().join("stop"), "customerIds\n").unwrap();
    plan(&dir, &ids, "p", &["--batch-size", "1", "--per-second", "0.5", "--suppress", "stop"]);
    let child = waiting(&emulator, &dir, (3, 1));
    fs::write(dir.path().join("stop"), format!("{}\n", ids[2])).unwrap();
    let stopped = ended(child.wait_with_output().unwrap());
    let error = stopped.error();
    assert_eq!(
        (stopped.code, &error["kind"], &error["may_have_acted"]),
        (1, &json!("stopped"), &json!(true)),
        "{error}"
    );
    assert!(error["message"].as_str().unwrap().contains("1 recipient came onto --suppress"), "{error}");
    assert_eq!(status(&emulator, &dir, "p"), [("done".to_owned(), 1), ("planned".to_owned(), 2)].into());
}

/// Another version may make another request of the same plan.
#[test]
fn a_plan_is_sent_as_it_shows() {
    let (emulator, ids, dir) = people(1);
    plan(&dir, &ids, "p", &[]);
    let file = dir.path().join("p.json");
    let mut plan: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let own = plan.as_object_mut().unwrap();
    own["first_body"] = json!(own["first_body"].as_str().unwrap().replace("Hello", "Goodbye"));
    own.remove("sha256");
    let hash = ring::digest::digest(&ring::digest::SHA256, own_text(own).as_bytes());
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    own.insert("sha256".into(), hash.into());
    fs::write(&file, plan.to_string()).unwrap();
    let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "1"]);
    assert!(
        refused.code == 2 && refused.err.contains("a different request from the one in the plan"),
        "{}",
        refused.err
    );
    assert!(emulator.deliveries(None).unwrap().is_empty());
}

fn own_text(plan: &serde_json::Map<String, Value>) -> String {
    Value::from(plan.clone()).to_string()
}

/// White space in front, which services strip, hides no text.
#[test]
fn the_text_is_not_told_however_it_begins() {
    let (emulator, ids, dir) = people(1);
    fs::write(dir.path().join("list"), ids[0].to_string()).unwrap();
    let mut command = desk();
    command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list", "--out", "p.json", "--canary", "0"]);
    let planned =
        run(command, ["--message", "\n Secret offer, {{name}}", "--group-key", "sales", "--agent-id", "1"]).ok();
    assert!(planned.err.contains("the message has `{{`"), "{}", planned.err);
    let body = json!({ "detail": "not allowed: Secret offer" }).to_string();
    faults(&emulator, json!([{ "method": "POST", "fault": { "answer": { "status": 400, "body": body } } }]));
    let refused = apply(&emulator, &dir, "p", &["--yes-send-to", "1"]).err;
    assert!(refused.contains("the service repeats the message") && !refused.contains("Secret"), "{refused}");
}

/// What cannot be told is sent all the same, and the service's words are not the message's.
#[test]
fn it_says_what_was_sent_and_not_what() {
    let (emulator, ids, dir) = people(2);
    plan(&dir, &ids, "p", &[]);
    let mut command = send(&emulator, &dir, "apply", "p");
    command
        .args(["--yes-send-to", "2", "--json"])
        .stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let told = command.stderr(Stdio::piped()).output().unwrap();
    let text = String::from_utf8(told.stderr).unwrap();
    assert!(
        told.status.code() == Some(1) && text.contains("but every batch is sent: of 2 recipients: 2 done"),
        "{text}"
    );
    assert!(text.contains("\"may_have_acted\":true"), "{text}");
    assert_eq!(status(&emulator, &dir, "p"), states([("done", 2)]));
    plan(&dir, &ids, "q", &[]);
    let body = json!({ "detail": "Hello is no message" }).to_string();
    faults(&emulator, json!([{ "method": "POST", "fault": { "answer": { "status": 400, "body": body } } }]));
    let refused = apply(&emulator, &dir, "q", &[&["--yes-send-to", "2"][..], &NOT_BEFORE].concat()).err;
    assert!(refused.contains("the service repeats the message") && !refused.contains("Hello"), "{refused}");
}
