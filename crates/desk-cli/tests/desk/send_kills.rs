//! kill -9 at random moments of a campaign, with faults, then the same command again: nobody is messaged twice, and what the
//! ledger says is true.
//!
//! `DESK_TEST_KILLS` says how many kills; `DESK_TEST_SEED` which moments.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use desk_emulator::Emulator;
use fastrand::Rng;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kills::number;
use crate::run::run;
use crate::send::{apply, people, plan, send, status};

const PEOPLE: usize = 400;
const BATCH: &str = "4";

/// 5 % faults of all kinds; the answers among them are those of a service that keeps to its statuses.
fn trouble(emulator: &Emulator, seed: u64) {
    let kinds = [
        json!({ "cut": { "when": "before_commit" } }),
        json!({ "cut": { "when": "before_commit", "how": "reset" } }),
        json!({ "cut": { "when": "after_commit" } }),
        json!({ "cut": { "when": "after_commit", "how": "reset" } }),
        json!({ "cut": { "when": "in_head" } }),
        json!({ "cut": { "when": "in_body", "how": "reset" } }),
        json!({ "answer": { "status": 503 } }),
        json!({ "answer": { "status": 502, "carried_out": true } }),
        json!({ "answer": { "status": 409, "carried_out": true } }),
        json!({ "answer": { "status": 400 } }),
        json!({ "answer": { "status": 403 } }),
        json!({ "throttle": { "retry_after": { "seconds": 0 } } }),
        json!({ "throttle": { "retry_after": { "seconds": 500 } } }),
        json!({ "delay": { "ms": 5, "jitter_ms": 20 } }),
        json!({ "drip": { "bytes": 200, "every_ms": 1 } }),
        json!({ "wrong_length": { "by": -3 } }),
        json!("bad_chunk"),
        json!({ "gzip_bomb": { "megabytes": 20 } }),
        json!({ "huge_body": { "megabytes": 1 } }),
        json!({ "deep_json": { "levels": 2000 } }),
        json!("invalid_utf8"),
        json!("lone_surrogate"),
        json!({ "redirect": { "to": "http://127.0.0.1:9/" } }),
    ];
    let share = 0.05 / kinds.len() as f64;
    let mut rules: Vec<Value> =
        kinds.iter().map(|fault| json!({ "method": "POST", "probability": share, "fault": fault })).collect();
    // Whatever the dice say, there is one of each fate.
    rules.push(json!({ "method": "POST", "nth": 11, "fault": { "cut": { "when": "after_commit" } } }));
    rules.push(json!({ "method": "POST", "nth": 17, "fault": { "cut": { "when": "before_commit" } } }));
    rules.push(json!({ "method": "POST", "nth": 23, "fault": { "answer": { "status": 400 } } }));
    let plan = json!({ "seed": seed, "rules": rules });
    emulator.set_faults(serde_json::from_value(plan).unwrap()).unwrap();
}

const YES: [&str; 6] = ["--yes-send-to", "400", "--stop-rejected", "100%", "--stop-unknown", "50"];

/// Kills a run after so many more requests as `random` says, and a little later. Gives whether it was at work then.
fn kill(emulator: &Emulator, dir: &TempDir, random: &mut Rng) -> bool {
    let goal = emulator.requests().len() + random.usize(0..9);
    let mut command = send(emulator, dir, "apply", "p");
    let mut child = command.args(YES).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() && emulator.requests().len() < goal {
        std::thread::sleep(Duration::from_micros(200));
    }
    std::thread::sleep(Duration::from_micros(random.u64(0..25_000)));
    let at_work = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    at_work
}

/// How often each was messaged.
fn reached(emulator: &Emulator) -> BTreeMap<i64, Vec<i64>> {
    let mut reached: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for one in emulator.deliveries(None).unwrap() {
        reached.entry(one.customer_id).or_default().push(one.proactive_id);
    }
    reached
}

/// Runs the command until nothing is left to send.
fn to_the_end(emulator: &Emulator, dir: &TempDir) {
    for _ in 0..50 {
        let ended = apply(emulator, dir, "p", &YES);
        assert!([0, 3, 4, 5, 6].contains(&ended.code), "{}: {}", ended.code, ended.err);
        let found = status(emulator, dir, "p");
        if !["planned", "not_sent", "decided_not_sent"].iter().any(|state| found.contains_key(*state)) {
            return;
        }
    }
    panic!("it does not come to its end");
}

/// The report is true; gives the batches that are not done, with whether they were carried out.
fn check(emulator: &Emulator, dir: &TempDir, ids: &[i64]) -> BTreeMap<i64, (String, bool)> {
    assert!(emulator.messaged_twice().unwrap().is_empty());
    let reached = reached(emulator);
    let rows = run(send(emulator, dir, "report", "p"), ["--format", "ndjson"]).lines();
    assert_eq!(rows.iter().map(|row| row["recipient"].as_i64().unwrap()).collect::<Vec<_>>(), ids);
    let mut open = BTreeMap::new();
    for row in rows {
        let times = reached.get(&row["recipient"].as_i64().unwrap()).map_or(&[][..], Vec::as_slice);
        let outcome = row["outcome"].as_str().unwrap();
        match outcome {
            "done" => assert_eq!(times, [row["id"].as_i64().unwrap()], "{row}"),
            "decided_sent" => assert_eq!(times.len(), 1, "{row}"),
            "unknown" | "partial" => assert!(times.len() <= 1, "{row}"),
            "rejected" | "not_sent" | "planned" => assert!(times.is_empty(), "{row}"),
            _ => panic!("{row}"),
        }
        if !["done", "decided_sent"].contains(&outcome) {
            open.insert(row["batch"].as_i64().unwrap(), (outcome.to_owned(), !times.is_empty()));
        }
    }
    open
}

/// What the evidence says is true, or that it is unclear. Gives of how many it says something.
fn evidence(emulator: &Emulator, dir: &TempDir, open: &BTreeMap<i64, (String, bool)>) -> usize {
    let rows = run(send(emulator, dir, "reconcile", "p"), ["--settle", "0s", "--json"]).lines();
    assert_eq!(rows.len(), open.values().filter(|(outcome, _)| outcome == "unknown").count());
    let clear = rows.iter().filter(|row| {
        let reached = open[&row["batch"].as_i64().unwrap()].1;
        match row["verdict"].as_str().unwrap() {
            "likely-sent" => assert!(reached, "{row}"),
            "likely-not-sent" => assert!(!reached, "{row}"),
            "unclear" => return false,
            _ => panic!("{row}"),
        }
        true
    });
    clear.count()
}

#[test]
fn nobody_is_messaged_twice() {
    let (kills, seed) = (number("DESK_TEST_KILLS", 16), number("DESK_TEST_SEED", 7));
    let mut random = Rng::with_seed(seed);
    let (mut killed, mut rounds, mut unknown, mut clear) = (0, 0, 0, 0);
    while killed < kills {
        rounds += 1;
        assert!(rounds < 50 + kills, "campaigns end before they are killed");
        let (emulator, ids, dir) = people(PEOPLE);
        plan(&dir, &ids, "p", &["--batch-size", BATCH]);
        trouble(&emulator, seed + rounds);
        for _ in 0..random.u64(2..16) {
            killed += u64::from(kill(&emulator, &dir, &mut random));
        }
        to_the_end(&emulator, &dir);
        let open = check(&emulator, &dir, &ids);
        let (carried_out, left): (Vec<_>, Vec<_>) = open.values().partition(|(_, reached)| *reached);
        assert!(!carried_out.is_empty() && !left.is_empty(), "{open:?}");
        unknown += open.values().filter(|(outcome, _)| outcome == "unknown").count();

        emulator.set_faults(Default::default()).unwrap();
        clear += evidence(&emulator, &dir, &open);

        // A person who knows the truth brings it to its end.
        for (batch, (_, reached)) in open {
            let decision = if reached { "sent" } else { "not-sent" };
            let number = batch.to_string();
            let options =
                ["--batch", &number, "--as", decision, "--by", "test", "--why", "the oracle", "--settle", "0s"];
            run(send(&emulator, &dir, "reconcile", "p"), options).ok();
        }
        apply(&emulator, &dir, "p", &YES).ok();
        assert!(check(&emulator, &dir, &ids).is_empty());
        let reached = reached(&emulator);
        assert!(ids.iter().all(|id| reached[id].len() == 1));
    }
    println!("{killed} kills in {rounds} campaigns, {unknown} batches unknown, of {clear} the evidence was clear");
    assert!(clear * 10 >= unknown * 9, "{clear} of {unknown} are clear");
}
