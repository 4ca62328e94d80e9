//! `desk export --follow`: it reads what comes, over a service that is away for a while, until it is told to end.

use std::fs;
use std::time::Duration;

use desk_emulator::FaultPlan;
use serde_json::json;

use crate::export::{export, ids, parts, rows, seeded};
use crate::run::{begin, interrupt, run, with};

#[test]
fn what_comes_is_read_until_it_is_told_to_end() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let at = |time: &str| emulator.set_clock(desk_emulator::Time::parse(time).unwrap(), true).unwrap();
    let lines = || {
        let whole = parts(dir.path()).into_iter().filter(|name| !name.starts_with('.'));
        whole.map(|name| fs::read_to_string(dir.path().join(name)).unwrap().lines().count()).sum::<usize>()
    };
    at("2026-01-10T00:00:00Z");
    let mut command = with(&emulator);
    command.args(["export", dir.path().to_str().unwrap(), "--follow", "--every", "1s", "--json"]);
    let child = begin(command);
    while lines() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let first = lines();
    assert!(first < 500, "{first}");
    let down = json!({ "rules": [{ "fault": { "answer": { "status": 503 } } }] });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(down).unwrap()).unwrap();
    at("2026-02-10T00:00:00Z");
    let before = emulator.requests().len();
    while emulator.requests().len() < before + 5 {
        std::thread::sleep(Duration::from_millis(10));
    }
    emulator.set_faults(FaultPlan::default()).unwrap();
    while lines() < 500 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let ended = interrupt(child);
    let text = &ended.err;
    assert_eq!(ended.code, 130, "{text}");
    assert!(text.contains("500 rows are kept"), "{text}");
    assert_eq!(ids(&rows(dir.path())), (1..=500).collect::<Vec<_>>());
    // The same export without --follow goes on behind it.
    let again = export(&emulator, dir.path(), &["--json"]).ok().json();
    assert_eq!((&again["rows"], &again["new_rows"]), (&json!(500), &json!(0)));
}

/// Between two stretches others may work in the directory: what they change is gone on from.
#[test]
fn what_is_there_is_verified_and_mended_while_it_follows() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let at = |time: &str| emulator.set_clock(desk_emulator::Time::parse(time).unwrap(), true).unwrap();
    let kept = || rows(dir.path()).len();
    at("2026-01-10T00:00:00Z");
    let mut command = with(&emulator);
    command.args(["export", dir.path().to_str().unwrap(), "--follow", "--every", "1s", "--json"]);
    let child = begin(command);
    // While it is at work itself, others are told to try later.
    let verified = || loop {
        let ended = run(with(&emulator), ["export", "verify", dir.path().to_str().unwrap(), "--json"]);
        if ended.code != 5 && ended.code != 2 && !ended.err.contains("tells of no export yet") {
            return ended.ok().json();
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let first = verified();
    assert_eq!((&first["mended_windows"], first["rows"].as_u64()), (&json!(0), Some(kept() as u64)));
    let before = kept();
    assert!(before > 0 && before < 500, "{before}");
    // What was removed is read anew by the one, and gone on from by the other.
    for part in parts(dir.path()) {
        fs::remove_file(dir.path().join(part)).unwrap();
    }
    let mended = verified();
    assert!(mended["mended_windows"].as_u64() > Some(0), "{mended}");
    assert_eq!(kept(), before);
    at("2026-02-10T00:00:00Z");
    while kept() < 500 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let last = verified();
    assert_eq!((&last["rows"], &last["mended_windows"]), (&json!(500), &json!(0)));
    let ended = interrupt(child);
    assert!(ended.code == 130 && ended.err.contains("500 rows are kept"), "{}", ended.err);
    assert_eq!(ids(&rows(dir.path())), (1..=500).collect::<Vec<_>>());
}

#[test]
fn a_service_is_left_alone_for_a_while() {
    let (emulator, dir) = (seeded(1), tempfile::tempdir().unwrap());
    let refused = export(&emulator, dir.path(), &["--follow", "--every", "0s"]);
    assert!(refused.code == 2 && refused.err.contains("write a second or more"), "{}", refused.err);
}
