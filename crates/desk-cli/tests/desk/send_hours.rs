//! `desk send plan --only-between`: nothing is begun outside the hours, and it goes on within them.

use std::io::{BufRead, BufReader};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::json;
use tempfile::TempDir;

use crate::run::{begin, desk, interrupt, run};
use crate::send::{apply, faults, message, people, plan, send, status};

/// A plan for hours that begin and end so long from now, and when they do.
fn within(dir: &TempDir, ids: &[i64], name: &str, from: TimeDelta, until: TimeDelta) -> (DateTime<Utc>, DateTime<Utc>) {
    let zone = FixedOffset::west_opt(5 * 3600).unwrap();
    // They are told in whole seconds.
    let now = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
    let time = |at: DateTime<Utc>| at.with_timezone(&zone).time().format("%H:%M:%S").to_string();
    let (from, until) = (now + from, now + until);
    let span = format!("{}-{}", time(from), time(until));
    plan(dir, ids, name, &["--batch-size", "1", "--only-between", &span, "--utc-offset", "-05:00"]);
    (from, until)
}

/// When each batch was begun.
fn begun(dir: &TempDir, name: &str) -> Vec<DateTime<Utc>> {
    let db = rusqlite::Connection::open(dir.path().join(format!("{name}.ledger"))).unwrap();
    let mut query = db.prepare("SELECT begun FROM attempts").unwrap();
    let rows = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|row| row.unwrap().parse().unwrap()).collect()
}

#[test]
fn outside_its_hours_it_says_when_it_goes_on() {
    let (emulator, ids, dir) = people(3);
    let (opens, _) = within(&dir, &ids, "p", TimeDelta::hours(2), TimeDelta::hours(3));
    let yes = ["--yes-send-to", "3"];
    let early = apply(&emulator, &dir, "p", &[&yes[..], &["--json"]].concat());
    let error = early.error();
    assert_eq!((early.code, &error["kind"], &error["retryable"]), (5, &json!("stopped"), &json!(true)), "{error}");
    let hint = error["hint"].as_str().unwrap();
    let opens = opens.with_timezone(&FixedOffset::west_opt(5 * 3600).unwrap()).to_rfc3339();
    assert!(hint.contains(&opens) && hint.contains("--wait"), "{hint}");
    assert_eq!(status(&emulator, &dir, "p").get("planned"), Some(&3));
    assert!(emulator.deliveries(None).unwrap().is_empty());

    within(&dir, &ids, "q", -TimeDelta::hours(1), TimeDelta::hours(1));
    apply(&emulator, &dir, "q", &yes).ok();
    assert_eq!(emulator.deliveries(None).unwrap().len(), 3);
}

#[test]
fn it_waits_for_its_hours_if_told_to() {
    let (emulator, ids, dir) = people(3);
    let (opens, _) = within(&dir, &ids, "p", TimeDelta::seconds(3), TimeDelta::hours(1));
    apply(&emulator, &dir, "p", &["--yes-send-to", "3", "--wait"]).ok();
    let begun = begun(&dir, "p");
    assert!(begun.len() == 3 && begun.iter().all(|at| *at >= opens), "{opens}: {begun:?}");
}

#[test]
fn it_ends_with_its_hours() {
    let (emulator, ids, dir) = people(400);
    faults(&emulator, json!([{ "method": "POST", "fault": { "delay": { "ms": 50 } } }]));
    let (_, ends) = within(&dir, &ids, "p", -TimeDelta::hours(1), TimeDelta::seconds(3));
    let stopped = apply(&emulator, &dir, "p", &["--yes-send-to", "400"]);
    assert!(stopped.code == 5 && stopped.err.contains("recipients are not sent yet"), "{}", stopped.err);
    assert!(begun(&dir, "p").iter().all(|at| *at < ends));
    let found = status(&emulator, &dir, "p");
    let done = found.get("done").copied().unwrap_or_default();
    assert_eq!((found["planned"] + done, done), (400, emulator.deliveries(None).unwrap().len() as u64));
}

#[test]
fn an_interrupt_ends_the_wait() {
    let (emulator, ids, dir) = people(1);
    within(&dir, &ids, "p", TimeDelta::hours(2), TimeDelta::hours(3));
    let mut command = send(&emulator, &dir, "apply", "p");
    command.args(["--yes-send-to", "1", "--wait"]);
    let mut child = begin(command);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told = lines.find(|line| line.starts_with("waiting for ")).unwrap();
    assert!(told.contains("-05:00"), "{told}");
    assert_eq!(interrupt(child).code, 130);
    assert!(emulator.deliveries(None).unwrap().is_empty());
}

#[test]
fn hours_are_whole_and_somebodys() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("list"), "1\n").unwrap();
    let refused = |options: &[&str]| {
        let mut command = desk();
        command.current_dir(dir.path()).args(["send", "plan", "--recipients", "list", "--out", "p.json"]);
        command.args(message()).args(options);
        let ended = run(command, [] as [&str; 0]);
        assert_eq!(ended.code, 2, "{options:?}: {}", ended.err);
    };
    refused(&["--only-between", "09:00-20:00"]);
    refused(&["--utc-offset", "+09:00"]);
    refused(&["--only-between", "9-20", "--utc-offset", "+09:00"]);
    refused(&["--only-between", "09:00-20:00", "--utc-offset", "Tokyo"]);
}
