//! `desk export --follow`: it reads what comes, over a service that is away for a while, until it is told to end.

use std::fs::{self, File};
use std::path::Path;
use std::process::Child;
use std::time::Duration;

use desk_emulator::{Emulator, FaultPlan};
use serde_json::json;

use crate::export::{export, ids, parts, rows, seeded};
use crate::run::{begin, ended, interrupt, run, with};
use crate::send::faults;

/// Rows in parts that have their name, while others may come and go.
fn whole(dir: &Path) -> usize {
    let parts = parts(dir).into_iter().filter(|name| !name.starts_with('.'));
    parts.filter_map(|name| Some(fs::read_to_string(dir.join(name)).ok()?.lines().count())).sum()
}

fn following(emulator: &Emulator, dir: &Path, options: &[&str]) -> Child {
    let mut command = with(emulator);
    command.args(["export", dir.to_str().unwrap(), "--follow", "--every", "1s", "--json"]).args(options);
    begin(command)
}

/// A service that is away.
fn down(emulator: &Emulator) {
    faults(emulator, json!([{ "fault": { "answer": { "status": 503 } } }]));
}

#[test]
fn what_comes_is_read_until_it_is_told_to_end() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let at = |time: &str| emulator.set_clock(desk_emulator::Time::parse(time).unwrap(), true).unwrap();
    let lines = || whole(dir.path());
    at("2026-01-10T00:00:00Z");
    let child = following(&emulator, dir.path(), &[]);
    while lines() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let first = lines();
    assert!(first < 500, "{first}");
    down(&emulator);
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
    assert!(text.contains("500 rows are stored"), "{text}");
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
    let kept = || whole(dir.path());
    at("2026-01-10T00:00:00Z");
    let child = following(&emulator, dir.path(), &[]);
    // While it is at work itself, others are told to try later.
    let verified = || loop {
        let ended = run(with(&emulator), ["export", "verify", dir.path().to_str().unwrap(), "--json"]);
        if ended.code != 5 && ended.code != 2 && !ended.err.contains("has none yet") {
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
    assert!(ended.code == 130 && ended.err.contains("500 rows are stored"), "{}", ended.err);
    assert_eq!(ids(&rows(dir.path())), (1..=500).collect::<Vec<_>>());
}

/// Its log, locked while it rests, once there is a window.
fn resting(dir: &Path) -> File {
    loop {
        let log = File::options().read(true).write(true).open(dir.join("manifest.log"));
        let window = fs::read_to_string(dir.join("manifest.log")).is_ok_and(|log| log.contains(r#""window""#));
        if let Some(log) = log.ok().filter(|log| window && log.try_lock().is_ok()) {
            return log;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What is left of somebody else who was killed before the log told of it is seen, though the log is as long as it was.
#[test]
fn what_a_kill_of_others_leaves_is_removed() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let child = following(&emulator, dir.path(), &[]);
    let log = resting(dir.path());
    let part = dir.path().join(&parts(dir.path())[0]);
    let left = part.with_extension("").display().to_string() + "-r1.ndjson";
    fs::copy(&part, &left).unwrap();
    drop(log);
    while Path::new(&left).exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    interrupt(child);
    assert_eq!(ids(&rows(dir.path())), (1..=500).collect::<Vec<_>>());
}

/// An export that has nothing yet may be begun anew with other settings; each writes by its own.
#[test]
fn settings_that_others_have_left_are_not_those_it_writes_by() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    down(&emulator);
    let child = following(&emulator, dir.path(), &["--drop", "deletedAt"]);
    while emulator.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    // While it asks, it is busy.
    while !fs::read_to_string(dir.path().join("manifest.log")).unwrap().contains("messageId") {
        assert_eq!(export(&emulator, dir.path(), &["--drop", "messageId"]).code, 5);
    }
    emulator.set_faults(FaultPlan::default()).unwrap();
    while whole(dir.path()) < 500 {
        std::thread::sleep(Duration::from_millis(10));
    }
    interrupt(child);
    assert!(rows(dir.path()).iter().all(|row| row.get("messageId").is_some() && row.get("deletedAt").is_none()));
    export(&emulator, dir.path(), &["--drop", "deletedAt"]).ok();
    assert_eq!(export(&emulator, dir.path(), &["--drop", "messageId"]).code, 2);
}

/// Parts of which the log tells no longer are not taken for what a kill leaves.
#[test]
fn a_log_that_was_emptied_ends_it_and_takes_nothing_along() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let child = following(&emulator, dir.path(), &["--since", "2026-01-01"]);
    resting(dir.path()).set_len(0).unwrap();
    let ended = ended(child.wait_with_output().unwrap());
    assert!(ended.code == 2 && ended.err.contains("parts of an export, but no manifest"), "{}", ended.err);
    assert_eq!(ids(&rows(dir.path())), (1..=500).collect::<Vec<_>>());
}

#[test]
fn a_service_is_left_alone_for_a_while() {
    let (emulator, dir) = (seeded(1), tempfile::tempdir().unwrap());
    let refused = export(&emulator, dir.path(), &["--follow", "--every", "0s"]);
    assert!(refused.code == 2 && refused.err.contains("write 1s or more"), "{}", refused.err);
}
