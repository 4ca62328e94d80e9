//! Exports from C and C++ while rows appear and disappear: no row is lost or duplicated, and
//! windows without proof say so.
//!
//! CI runs these programs under valgrind as well (`DESK_TEST_WRAPPER`).

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::build;
use desk_emulator::{Change, Drift, Emulator, FaultPlan};
use serde_json::json;
use testkit::{Run, Server, Step};

const ROWS: i64 = 2000;
/// The time range that `exports.c` requests: January 2026, in µs.
const MONTH: (i64, i64) = (1_767_225_600_000_000, 1_769_903_999_999_999);

/// A service whose rows appear and disappear during the export, and the ids of the rows that stay.
fn lively() -> (Emulator, BTreeSet<i64>) {
    let emulator = Emulator::builder().seed_rows(ROWS as u64).start_blocking().expect("a free port");
    let gone = |turn: i64| (turn * 13..=ROWS).step_by(97);
    let going = (1..7).map(|turn| Drift::after(turn as u64 * 9, Change::Delete(gone(turn).collect())));
    let coming = [Drift::every(3, Change::Insert(2))];
    emulator.set_drift(coming.into_iter().chain(going).collect()).expect("a script");
    let stay = (1..=ROWS).filter(|id| !(1..7).any(|turn| gone(turn).any(|gone| gone == *id))).collect();
    (emulator, stay)
}

struct Window {
    from: i64,
    until: i64,
    verified: bool,
    rows: Vec<(i64, i64)>,
}

/// The windows and errors that a program printed.
fn told(text: &str) -> (Vec<Window>, Vec<String>) {
    let (mut windows, mut errors) = (Vec::<Window>::new(), Vec::new());
    for line in text.lines() {
        let (kind, rest) = line.split_once(' ').expect("a kind");
        let numbers: Vec<i64> = rest.split(' ').filter_map(|number| number.parse().ok()).collect();
        match (kind, &numbers[..]) {
            ("window", [from, until, verified]) => {
                windows.push(Window { from: *from, until: *until, verified: *verified == 1, rows: Vec::new() });
            }
            ("row", [id, time]) => windows.last_mut().expect("a window").rows.push((*id, *time)),
            ("error", _) => errors.push(rest.to_owned()),
            _ => panic!("{line}"),
        }
    }
    (windows, errors)
}

fn run(program: &Path, emulator: &Emulator, how: &str) -> (Vec<Window>, Vec<String>) {
    told(&Run::of(program, &[&emulator.base_url(), emulator.token(), how], &[]).text())
}

/// Checks that the windows tile the month, that each row is in its own window, and that no row
/// occurs twice.
fn check(windows: &[Window], stay: &BTreeSet<i64>) {
    assert_eq!((windows[0].from, windows.last().map(|last| last.until)), (MONTH.0, Some(MONTH.1)));
    assert!(windows.windows(2).all(|pair| pair[0].until + 1 == pair[1].from));
    for window in windows {
        assert!(window.verified);
        assert!(window.rows.iter().all(|(_, time)| (window.from..=window.until).contains(time)));
        assert!(window.rows.is_sorted_by_key(|(id, time)| (*time, *id)));
    }
    let ids: Vec<i64> = windows.iter().flat_map(|window| window.rows.iter().map(|(id, _)| *id)).collect();
    let all: BTreeSet<i64> = ids.iter().copied().collect();
    assert_eq!(all.len(), ids.len(), "a row came twice");
    assert!(all.is_superset(stay), "lost: {:?}", stay.difference(&all));
    assert!(windows.len() > 3, "{} windows", windows.len());
}

#[test]
fn nothing_is_lost_while_rows_come_and_go() {
    for (source, how) in [
        ("exports.c", "blocking"),
        ("exports.c", "async"),
        ("exports.c", "queue"),
        ("exports.cpp", "blocking"),
        ("exports.cpp", "async"),
    ] {
        let (emulator, stay) = lively();
        let (windows, errors) = run(&build(source), &emulator, how);
        assert!(errors.is_empty(), "{errors:?}");
        check(&windows, &stay);
    }
}

/// Each call has one attempt (`max_attempts`), so that errors reach the program.
#[test]
fn after_an_error_an_export_goes_on_where_it_stood() {
    for (source, how) in [("exports.c", "blocking"), ("exports.c", "async"), ("exports.cpp", "blocking")] {
        let (emulator, stay) = lively();
        let plan = json!({ "rules": [
            { "method": "GET", "nth": 7, "fault": { "answer": { "status": 503 } } },
            { "method": "GET", "nth": 12, "fault": { "cut": { "when": "in_body", "how": "reset" } } },
        ] });
        let plan: FaultPlan = serde_json::from_value(plan).expect("a plan");
        emulator.set_faults(plan).expect("a plan");
        let (windows, errors) = run(&build(source), &emulator, how);
        assert_eq!(errors.len(), 2, "{errors:?}");
        check(&windows, &stay);
    }
}

/// The messages of a ticket are one window.
#[test]
fn a_list_without_times_is_one_window() {
    let emulator = Emulator::builder().demo(true).start_blocking().expect("a free port");
    let (windows, errors) = run(&build("exports.c"), &emulator, "ticket");
    assert!(errors.is_empty() && windows.len() == 1 && windows[0].verified, "{errors:?}");
    assert!(windows[0].rows.len() > 1, "{} rows", windows[0].rows.len());
}

#[test]
fn a_window_stays_until_the_next_one_is_handed_out() {
    let emulator = Emulator::builder().seed_rows(ROWS as u64).start_blocking().expect("a free port");
    Run::of(&build("exports.c"), &[&emulator.base_url(), emulator.token(), "stays"], &[]).text();
}

#[test]
fn misuse_is_told() {
    let silent = Server::start(|_| vec![Step::Hang]);
    Run::of(&build("exports.c"), &[&silent.url(), "t", "misuse"], &[]).text();
}
