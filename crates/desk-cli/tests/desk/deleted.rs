//! `desk export verify` of rows that the service has no more.

use std::fs;

use desk_emulator::{Change, Emulator};
use serde_json::json;

use crate::export::{export, ids, parts, seeded, truth};
use crate::formats::{files, ids_of, with};
use crate::run::{Ended, run};

fn verify(emulator: &Emulator, dir: &tempfile::TempDir, options: &[&str]) -> Ended {
    let mut command = crate::run::with(emulator);
    command.args(["export", "verify"]).arg(dir.path());
    run(command, options).ok()
}

#[test]
fn they_are_kept_or_removed_and_said() {
    for format in ["ndjson", "csv", "parquet", "sqlite"] {
        let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
        export(&emulator, dir.path(), &with(format, &[])).ok();
        emulator.change_messages(&Change::Delete(vec![5, 6, 300])).unwrap();
        let kept = verify(&emulator, &dir, &["--keep-deleted", "--json"]).json();
        let figures = [&kept["rows"], &kept["gone_rows"], &kept["mended_windows"]];
        assert_eq!(figures, [&json!(500), &json!(3), &json!(0)], "{format}");
        let kept = verify(&emulator, &dir, &["--keep-deleted"]).err;
        assert!(kept.contains(", 3 rows gone from the service, kept here; "), "{format}: {kept}");
        assert_eq!(ids_of(dir.path(), format), (1..=500).collect::<Vec<_>>(), "{format}");
        // The export goes on behind them.
        export(&emulator, dir.path(), &with(format, &[])).ok();
        let removed = verify(&emulator, &dir, &[]).err;
        let words = ["497 rows in ", ", 3 rows gone from the service, removed here as well; "];
        assert!(words.iter().all(|words| removed.contains(words)), "{format}: {removed}");
        let mut left = ids(&truth(&emulator));
        left.sort_unstable();
        assert_eq!(ids_of(dir.path(), format), left, "{format}");
        assert_eq!(verify(&emulator, &dir, &["--json"]).json()["gone_rows"], 0);
    }
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
    let figures = [&mended["rows"], &mended["gone_rows"], &mended["mended_windows"]];
    assert_eq!(figures, [&json!(1999), &json!(2), &json!(1)]);
}
