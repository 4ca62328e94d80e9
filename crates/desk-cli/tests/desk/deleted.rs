//! `desk export verify` of rows that the service has no more.

use std::fs;

use desk_emulator::{Change, Emulator};
use serde_json::json;

use crate::export::{export, ids, message, parts, seeded, truth};
use crate::formats::{files, ids_of, with};
use crate::run::{Ended, run};

fn verify(emulator: &Emulator, dir: &tempfile::TempDir, options: &[&str]) -> Ended {
    ended(emulator, dir, options).ok()
}

fn ended(emulator: &Emulator, dir: &tempfile::TempDir, options: &[&str]) -> Ended {
    let mut command = crate::run::with(emulator);
    command.args(["export", "verify"]).arg(dir.path());
    run(command, options)
}

#[test]
fn they_are_kept_or_removed_and_said() {
    for format in ["ndjson", "csv", "parquet", "sqlite"] {
        let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
        export(&emulator, dir.path(), &with(format, &[])).ok();
        emulator.change_messages(&Change::Delete(vec![5, 6, 300])).unwrap();
        let kept = verify(&emulator, &dir, &["--keep-deleted", "--json"]).json();
        let figures = [&kept["rows"], &kept["kept_rows"], &kept["mended_windows"]];
        assert_eq!(figures, [&json!(500), &json!(3), &json!(0)], "{format}");
        let kept = verify(&emulator, &dir, &["--keep-deleted"]).err;
        assert!(kept.contains(", at least 3 rows gone from the service kept; "), "{format}: {kept}");
        assert_eq!(ids_of(dir.path(), format), (1..=500).collect::<Vec<_>>(), "{format}");
        // The export goes on behind them.
        export(&emulator, dir.path(), &with(format, &[])).ok();
        let removed = verify(&emulator, &dir, &[]).err;
        let words = ["497 rows in ", ", at least 3 rows gone from the service removed here too; "];
        assert!(words.iter().all(|words| removed.contains(words)), "{format}: {removed}");
        let mut left = ids(&truth(&emulator));
        left.sort_unstable();
        assert_eq!(ids_of(dir.path(), format), left, "{format}");
        let again = verify(&emulator, &dir, &["--json"]).json();
        assert_eq!((&again["kept_rows"], &again["removed_rows"]), (&json!(0), &json!(0)));
    }
}

/// Rows that came late beside those that are gone: what is read anew would be without the latter.
#[test]
fn they_are_kept_where_others_came() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &with("ndjson", &[])).ok();
    emulator.change_messages(&Change::Delete(vec![5])).unwrap();
    // On the day before that is the last of the export.
    emulator.import_messages(&[message("a"), message("b"), message("c")]).unwrap();
    let kept = ended(&emulator, &dir, &["--keep-deleted", "--json"]);
    assert!(kept.code == 3 && kept.err.contains("at least 2 more rows than the kept windows"), "{}", kept.err);
    assert_eq!(kept.json()["unread_rows"], 2);
    // Nor is it called whole where it was killed before its last word.
    let own = dir.path().join("manifest.log");
    let text = fs::read_to_string(&own).unwrap();
    let end = text.trim_end().rfind('\n').unwrap();
    assert!(text[end..].contains("\"end\""), "{text}");
    fs::write(&own, &text[..=end]).unwrap();
    let kept = ended(&emulator, &dir, &["--keep-deleted", "--json"]);
    assert!(kept.code == 3 && kept.err.contains("at least 2 more rows than the kept windows"), "{}", kept.err);
    assert_eq!(fs::read_to_string(&own).unwrap(), text[..=end]);
    assert_eq!(ids_of(dir.path(), "ndjson"), (1..=500).collect::<Vec<_>>());
}

/// Of a part that is damaged nothing can be kept: what the service still has of it is read anew.
#[test]
fn what_is_damaged_cannot_be_kept() {
    let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &with("ndjson", &[])).ok();
    emulator.change_messages(&Change::Delete(vec![5, 1900])).unwrap();
    let first = files(dir.path()).into_iter().find(|path| path.ends_with(&parts(dir.path())[0])).unwrap();
    fs::write(first, "damaged").unwrap();
    let mended = verify(&emulator, &dir, &["--keep-deleted", "--json"]).json();
    let figures = [&mended["rows"], &mended["kept_rows"], &mended["removed_rows"], &mended["mended_windows"]];
    assert_eq!(figures, [&json!(1999), &json!(1), &json!(1), &json!(1)]);
}

/// As many rows may be others there: what is gone is known only once all is read.
#[test]
fn a_list_without_times_cannot_be_kept() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &["--list", "ticket-chat-message", "--ticket-id", "1"]).ok();
    let refused = ended(&emulator, &dir, &["--keep-deleted"]);
    assert!(
        refused.code == 2 && refused.err.contains("--keep-deleted: ticket-chat-message has no time filter"),
        "{}",
        refused.err
    );
}
