//! `desk export` of a list that has no time filter: all of it, and again what has changed.

use std::path::Path;

use desk_emulator::Emulator;
use serde_json::{Value, json};

use crate::export::{export, ids, message, seeded, truth, verify};
use crate::formats::ids_of;
use crate::run::Ended;

const TICKET: i64 = 1;

fn of_ticket(emulator: &Emulator, dir: &Path, more: &[&str]) -> Ended {
    let own = ["--list", "ticket-chat-message", "--ticket-id", "1", "--json"];
    export(emulator, dir, &[&own[..], more].concat())
}

/// The ids of its rows as the app-wide list has them.
fn wanted(emulator: &Emulator) -> Vec<i64> {
    let mut ids = ids(&truth(emulator).into_iter().filter(|row| row["ticket"] == TICKET).collect::<Vec<Value>>());
    ids.sort_unstable();
    ids
}

#[test]
fn all_of_it_is_one_window_in_every_format() {
    let emulator = seeded(3000);
    emulator.import_messages(&[(); 1200].map(|()| message("more"))).unwrap();
    for format in ["ndjson", "csv", "parquet", "sqlite"] {
        let dir = tempfile::tempdir().unwrap();
        let found = || ids_of(dir.path(), format);
        let summary = of_ticket(&emulator, dir.path(), &["--format", format]).ok().json();
        assert_eq!((&summary["windows"], &summary["unproven_windows"]), (&json!(1), &json!(0)), "{format}");
        assert_eq!(found(), wanted(&emulator), "{format}");
        assert!(found().len() > 1000);
        // Nothing has changed.
        let again = of_ticket(&emulator, dir.path(), &["--format", format]).ok().json();
        assert_eq!((&again["mended_windows"], &again["wrong_windows"]), (&json!(0), &json!(0)), "{format}");
        // As many rows may be others: it has looked at them.
        assert!(again["requests"].as_i64() > Some(3), "{again}");
        emulator.import_messages(&[message("new")]).unwrap();
        let again = of_ticket(&emulator, dir.path(), &["--format", format]).ok().json();
        assert_eq!((&again["mended_windows"], &again["missing"]), (&json!(1), &json!([])), "{format}");
        assert_eq!(found(), wanted(&emulator), "{format}");
        assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0, "{format}");
    }
}

#[test]
fn what_it_cannot_do_is_refused() {
    let (emulator, dir) = (seeded(10), tempfile::tempdir().unwrap());
    for (option, value) in [("--since", "2026-01-01"), ("--until", "2026-01-31"), ("--rows-per-window", "500")] {
        let refused = of_ticket(&emulator, dir.path(), &[option, value]);
        assert!(refused.code == 2 && refused.err.contains("has no time filter"), "{}", refused.err);
        assert!(refused.err.contains(option), "{}", refused.err);
    }
    let refused = of_ticket(&emulator, dir.path(), &["--follow"]);
    assert!(refused.code == 2 && refused.err.contains("--follow"), "{}", refused.err);
    let refused = export(&emulator, dir.path(), &["--list", "ticket-chat-message"]);
    assert!(refused.code == 2 && refused.err.contains("needs --ticket-id; nothing was sent"), "{}", refused.err);
    let refused = export(&emulator, dir.path(), &["--ticket-id", "1"]);
    assert!(refused.code == 2 && refused.err.contains("--ticket-id is not for"), "{}", refused.err);
    assert!(emulator.requests().is_empty());
    // The other list is what is exported if none is named.
    assert_eq!(export(&emulator, dir.path(), &["--until", "2026-01-31", "--json"]).ok().json()["rows"], 10);
}
