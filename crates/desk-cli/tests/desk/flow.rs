//! Rows of NDJSON that are written while their window is read: what breaks in the middle leaves nothing and loses nothing.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use desk_emulator::{Behaviour, Change, Drift, Emulator, FaultPlan, Order, Time};
use serde_json::json;

use crate::export::{export, ids, parts, rows, seeded, truth, verify};
use crate::run::{begin, with};

pub(crate) const ROWS: u64 = 3000;
/// Windows of twenty pages, one request after the other.
pub(crate) const FLOW: [&str; 8] =
    ["--until", "2026-01-31", "--rows-per-window", "1000", "--page-size", "50", "--in-flight", "1"];

/// What a window that is being read has on the disk, bytes.
fn unfinished(dir: &Path) -> Option<u64> {
    let name = parts(dir).into_iter().find(|name| name.ends_with(".unfinished"))?;
    fs::metadata(dir.join(name)).ok().map(|file| file.len())
}

fn whole(emulator: &Emulator, dir: &Path) {
    assert_eq!(rows(dir), truth(emulator));
    assert!(parts(dir).iter().all(|name| !name.starts_with('.')), "{:?}", parts(dir));
    let verified = verify(emulator, dir).ok().json();
    assert_eq!((&verified["mended_windows"], &verified["wrong_windows"]), (&json!(0), &json!(0)));
}

#[test]
fn rows_that_go_in_the_middle_of_a_window_leave_no_gap() {
    for answers in [6, 12, 20, 40] {
        let (emulator, dir) = (seeded(ROWS), tempfile::tempdir().unwrap());
        // Of each thousand one, behind the same answer: whichever window is being read has lost a row.
        let gone = (1..=ROWS as i64).step_by(100).collect();
        emulator.set_drift(vec![Drift::after(answers, Change::Delete(gone))]).unwrap();
        let summary = export(&emulator, dir.path(), &[&FLOW[..], &["--json"]].concat()).ok().json();
        // Windows before it had these rows.
        let left = ids(&truth(&emulator)).into_iter();
        let own = ids(&rows(dir.path()));
        assert!(own.windows(2).all(|pair| pair[0] < pair[1]) && own.len() as i64 == summary["rows"], "{answers}");
        assert!(left.clone().all(|id| own.binary_search(&id).is_ok()), "{answers}");
        let least = summary["rows"].as_u64().unwrap() / 50;
        assert!(summary["requests"].as_u64().unwrap() > least + 2, "{answers}: {summary}");
        verify(&emulator, dir.path()).ok();
        whole(&emulator, dir.path());
    }
}

#[test]
fn what_ends_in_the_middle_of_a_window_leaves_no_part_of_it() {
    let (emulator, dir) = (seeded(ROWS), tempfile::tempdir().unwrap());
    let refuse = json!({ "rules": [{ "method": "GET", "nth": 30, "fault": { "answer": { "status": 401 } } }] });
    let plan: FaultPlan = serde_json::from_value(refuse).unwrap();
    emulator.set_faults(plan).unwrap();
    let ended = export(&emulator, dir.path(), &FLOW);
    assert_eq!(ended.code, 4, "{}", ended.err);
    let kept = rows(dir.path()).len();
    assert!(ended.err.contains(&format!("{kept} rows are stored")), "{}", ended.err);
    assert!(unfinished(dir.path()).is_none(), "{:?}", parts(dir.path()));
    emulator.set_faults(FaultPlan::default()).unwrap();
    export(&emulator, dir.path(), &FLOW).ok();
    whole(&emulator, dir.path());
}

#[test]
fn a_window_is_on_the_disk_before_it_is_whole() {
    let mut behaviour = Behaviour::default();
    behaviour.order = Order::IdAscending;
    let emulator = Emulator::builder().seed_rows(ROWS).behaviour(behaviour).start_blocking().unwrap();
    let slow = json!({ "rules": [{ "method": "GET", "fault": { "delay": { "ms": 30 } } }] });
    emulator.set_faults(serde_json::from_value(slow).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut command = with(&emulator);
    command.arg("export").arg(dir.path()).args(FLOW);
    let mut child = begin(command);
    let started = Instant::now();
    while unfinished(dir.path()).is_none_or(|bytes| bytes == 0) {
        assert!(started.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(unfinished(dir.path()).is_some());
    emulator.set_faults(FaultPlan::default()).unwrap();
    export(&emulator, dir.path(), &FLOW).ok();
    whole(&emulator, dir.path());
}

/// Rows of another time than their ids say end the flow; other orders never begin it.
#[test]
fn rows_in_another_order_are_sorted() {
    let at = |time| Time::parse(time).unwrap();
    let late = Change::Late { rows: 40, from: at("2026-01-05T00:00:00Z"), to: at("2026-01-25T00:00:00Z") };
    for order in [Order::IdAscending, Order::IdDescending, Order::Time, Order::None] {
        let mut behaviour = Behaviour::default();
        behaviour.order = order;
        let emulator = Emulator::builder().seed_rows(ROWS).behaviour(behaviour).start_blocking().unwrap();
        emulator.change_messages(&late).unwrap();
        let dir = tempfile::tempdir().unwrap();
        export(&emulator, dir.path(), &FLOW).ok();
        let key = |row: &serde_json::Value| (row["createdAt"].as_str().unwrap().to_owned(), row["id"].as_i64());
        verify(&emulator, dir.path()).ok();
        emulator.set_behaviour(Behaviour::default()).unwrap();
        let (own, mut truth) = (rows(dir.path()), truth(&emulator));
        truth.sort_by_key(key);
        assert!(own == truth, "{order:?}");
        assert_eq!(own.len() as u64, ROWS + 40);
    }
}
