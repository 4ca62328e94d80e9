//! kill -9 at random moments, with faults and drift, then the same command again: nothing lost, nothing doubled.
//!
//! `DESK_TEST_KILLS` says how many kills of each format; `DESK_TEST_SEED` which moments.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use desk_emulator::{Change, Drift, Emulator, FaultPlan};
use fastrand::Rng;
use serde_json::json;

use crate::export::{ids, parts, records, rows, seeded, truth, verify};
use crate::formats;
use crate::run::{begin, interrupt, run, with};

const ROWS: i64 = 1500;

pub(crate) fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// 5 % faults of several kinds, and rows that come and go behind answers.
fn trouble(emulator: &Emulator, seed: u64) {
    let kinds = [
        json!({ "cut": { "when": "in_body", "how": "reset" } }),
        json!({ "cut": { "when": "after_commit" } }),
        json!({ "answer": { "status": 503 } }),
        json!({ "wrong_length": { "by": -3 } }),
        json!({ "throttle": { "retry_after": { "seconds": 0 } } }),
    ];
    let rules: Vec<_> =
        kinds.iter().map(|fault| json!({ "method": "GET", "probability": 0.01, "fault": fault })).collect();
    let plan: FaultPlan = serde_json::from_value(json!({ "seed": seed, "rules": rules })).unwrap();
    emulator.set_faults(plan).unwrap();
    let coming = [Drift::every(3, Change::Insert(2)), Drift::every(11, Change::DeleteOldest(1))];
    // One of each window, whichever is being read.
    let going = (1..8).map(|time| Drift::after(time * 17, Change::Delete((time as i64..ROWS).step_by(97).collect())));
    emulator.set_drift(coming.into_iter().chain(going).collect()).unwrap();
}

/// Kills a run at a moment that `random` chooses: after so many more windows, and a little later. Gives whether it was at work
/// then.
fn kill(mut command: Command, dir: &Path, random: &mut Rng) -> bool {
    let manifest = dir.join("manifest.log");
    let length = || fs::metadata(&manifest).map_or(0, |found| found.len());
    // Half of the runs are killed at once, others after some windows of about 300 bytes.
    let goal = length() + if random.bool() { 0 } else { random.u64(1..1200) };
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() && length() < goal {
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(Duration::from_micros(random.u64(0..40_000)));
    let at_work = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    at_work
}

fn storm(format: &str) {
    let (kills, seed) = (number("DESK_TEST_KILLS", 8), number("DESK_TEST_SEED", 7));
    let mut random = Rng::with_seed(seed);
    let (mut killed, mut mending, mut rounds) = (0, 0, 0);
    while killed < kills {
        rounds += 1;
        assert!(rounds < 50 + kills, "exports end before they are killed");
        let (emulator, dir) = (seeded(ROWS as u64), tempfile::tempdir().unwrap());
        trouble(&emulator, seed + rounds);
        let command = || {
            let mut command = with(&emulator);
            command.args(["export", dir.path().to_str().unwrap(), "--until", "2026-01-31", "--format", format]);
            command.args(["--rows-per-window", "100", "--page-size", "50"]);
            command
        };
        // Some rounds see many kills, some few.
        for _ in 0..random.u64(2..16) {
            killed += u64::from(kill(command(), dir.path(), &mut random));
        }
        let mut tries = 0;
        loop {
            let ended = run(command(), [] as [&str; 0]);
            tries += 1;
            match ended.code {
                0 => break,
                // Five attempts in a row may all meet a fault.
                5 => assert!(tries < 20, "{}", ended.err),
                code => panic!("{code}: {}", ended.err),
            }
        }
        emulator.set_faults(FaultPlan::default()).unwrap();
        emulator.set_drift(Vec::new()).unwrap();
        check(&emulator, dir.path(), format);
        // What is gone since is mended in many windows; a kill may come between any two steps of that.
        let gone = ids(&truth(&emulator)).into_iter().filter(|id| *id <= ROWS).step_by(150).collect();
        emulator.change_messages(&Change::Delete(gone)).unwrap();
        let files = formats::files(dir.path());
        let lost = files.into_iter().find(|file| file.extension().is_some_and(|extension| extension == format));
        if random.bool() && format != "sqlite" {
            fs::remove_file(lost.unwrap()).unwrap();
        }
        for _ in 0..random.u64(0..6) {
            let mut command = with(&emulator);
            command.args(["export", "verify", dir.path().to_str().unwrap()]);
            mending += u64::from(kill(command, dir.path(), &mut random));
        }
        verify(&emulator, dir.path()).ok();
        check(&emulator, dir.path(), format);
    }
    println!("{killed} kills of {format} in {rounds} exports, and {mending} of what mends them");
}

/// The ids that are in the directory, each as often as it is there.
fn kept(dir: &Path, format: &str) -> Vec<i64> {
    match format {
        "csv" => records(dir).iter().map(|record| record[0].parse().unwrap()).collect(),
        "ndjson" => ids(&rows(dir)),
        _ => ids(&formats::read(dir, format)),
    }
}

fn check(emulator: &Emulator, dir: &Path, format: &str) {
    let found = kept(dir, format);
    let once: BTreeSet<i64> = found.iter().copied().collect();
    assert_eq!(once.len(), found.len(), "doubled");
    assert!(once.iter().all(|id| (1..=ROWS).contains(id)), "of another time");
    // What was deleted meanwhile may be there or not.
    let truth: BTreeSet<i64> = ids(&truth(emulator)).into_iter().filter(|id| *id <= ROWS).collect();
    let lost: Vec<_> = truth.difference(&once).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let left = formats::files(dir).into_iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned());
    let left: Vec<String> = left.filter(|name| name.starts_with('.') || name.contains("sqlite-")).collect();
    assert!(left.is_empty(), "{left:?}");
    let verified = verify(emulator, dir).ok().json();
    assert_eq!(verified["wrong_windows"], 0);
    let after: Vec<i64> = kept(dir, format);
    assert_eq!(after.len(), truth.len());
    assert_eq!(after.into_iter().collect::<BTreeSet<_>>(), truth, "verify takes out what was deleted");
}

#[test]
fn ndjson_survives_kills() {
    storm("ndjson");
}

#[test]
fn csv_survives_kills() {
    storm("csv");
}

#[test]
fn parquet_survives_kills() {
    storm("parquet");
}

#[test]
fn sqlite_survives_kills() {
    storm("sqlite");
}

/// The first signal ends after the window in flight; the same command goes on.
#[test]
fn an_interrupt_ends_in_order() {
    let (emulator, dir) = (seeded(ROWS as u64), tempfile::tempdir().unwrap());
    let fault = json!({ "rules": [{ "fault": { "delay": { "ms": 20 } } }] });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(fault).unwrap()).unwrap();
    let command = || {
        let mut command = with(&emulator);
        command.args(["export", dir.path().to_str().unwrap(), "--until", "2026-01-31", "--json"]);
        command.args(["--rows-per-window", "100", "--page-size", "50"]);
        command
    };
    let child = begin(command());
    while parts(dir.path()).len() < 3 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let ended = interrupt(child);
    let text = &ended.err;
    assert_eq!(ended.code, 130, "{text}");
    assert!(text.contains("\"kind\":\"interrupted\"") && text.contains("same command again"), "{text}");
    let kept = rows(dir.path()).len();
    assert!(kept > 0 && kept < ROWS as usize, "{kept}");
    emulator.set_faults(FaultPlan::default()).unwrap();
    let summary = run(command(), [] as [&str; 0]).ok().json();
    assert_eq!((&summary["rows"], &summary["new_rows"]), (&json!(ROWS), &json!(ROWS - kept as i64)));
    assert_eq!(ids(&rows(dir.path())), (1..=ROWS).collect::<Vec<_>>());
}
