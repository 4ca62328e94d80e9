//! `desk export verify --read`: rows that were replaced or edited in a window of which the count agrees.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use desk_emulator::{Change, Emulator, MessageImport};
use serde_json::{Value, json};

use crate::export::{export, ids, parts, seeded, truth};
use crate::formats::{files, ids_of, with};
use crate::run::{Ended, as_reader, run, writable};

const FORMATS: [&str; 4] = ["ndjson", "csv", "parquet", "sqlite"];
const COUNTED: &str = "compared with the service's counts only, not with its rows (--read compares rows)";

fn verify(emulator: &Emulator, dir: &Path, options: &[&str]) -> Ended {
    let mut command = crate::run::with(emulator);
    command.args(["export", "verify"]).arg(dir);
    run(command, options)
}

fn row(id: Option<i64>, time: &Value, text: &str) -> MessageImport {
    let row = json!({ "id": id, "ticket": 1, "userSendbirdId": "u", "userType": "CUSTOMER", "createdAt": time, "message": text });
    serde_json::from_value(row).unwrap()
}

/// One row goes, and one comes late, at the same time.
fn replace(emulator: &Emulator, id: i64) {
    let time = truth(emulator).into_iter().find(|row| row["id"] == id).unwrap()["createdAt"].clone();
    emulator.change_messages(&Change::Delete(vec![id])).unwrap();
    emulator.import_messages(&[row(None, &time, "late")]).unwrap();
}

fn sorted(emulator: &Emulator) -> Vec<i64> {
    let mut ids = ids(&truth(emulator));
    ids.sort_unstable();
    ids
}

/// Every file with its number and its time.
fn state(dir: &Path) -> Vec<(PathBuf, u64, i64, i64)> {
    let one = |path: PathBuf| {
        let found = fs::metadata(&path).unwrap();
        (path, found.ino(), found.mtime(), found.mtime_nsec())
    };
    files(dir).into_iter().map(one).collect()
}

#[test]
fn rows_replaced_in_the_same_number_are_found_and_read_again() {
    for format in FORMATS {
        let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
        let dir = dir.path();
        export(&emulator, dir, &with(format, &[])).ok();
        replace(&emulator, 700);
        // Counts agree, and that is all that is said.
        let counted = verify(&emulator, dir, &["--json"]).ok().json();
        let figures = [&counted["mended_windows"], &counted["changed_windows"], &counted["compared"]];
        assert_eq!(figures, [&json!(0), &json!(0), &json!("counts")], "{format}");
        assert_eq!(counted["counted_windows"], counted["windows"]);
        let counted = verify(&emulator, dir, &[]).ok().err;
        assert!(counted.contains(COUNTED), "{format}: {counted}");
        assert_eq!(ids_of(dir, format), (1..=2000).collect::<Vec<_>>(), "{format}");
        let read = verify(&emulator, dir, &["--read", "--json"]).ok().json();
        let figures = [&read["mended_windows"], &read["changed_windows"], &read["compared"], &read["rows"]];
        assert_eq!(figures, [&json!(1), &json!(1), &json!("rows"), &json!(2000)], "{format}");
        assert_eq!(ids_of(dir, format), sorted(&emulator), "{format}");
        let again = verify(&emulator, dir, &["--read"]).ok().err;
        assert!(
            again.contains(" 0 downloaded again, 0 still wrong; compared with every row of the service; "),
            "{again}"
        );
        export(&emulator, dir, &with(format, &[])).ok();
    }
}

#[test]
fn rows_replaced_in_the_same_number_are_kept_on_request() {
    for format in FORMATS {
        let (emulator, dir) = (seeded(1000), tempfile::tempdir().unwrap());
        export(&emulator, dir.path(), &with(format, &[])).ok();
        let before = state(dir.path());
        replace(&emulator, 700);
        emulator.change_messages(&Change::Delete(vec![5, 6])).unwrap();
        let kept = verify(&emulator, dir.path(), &["--read", "--keep-deleted", "--json"]);
        assert!(kept.code == 3 && kept.err.contains("an equal number of other rows in 1 window kept"), "{}", kept.err);
        let kept = kept.json();
        let figures = [&kept["rows"], &kept["kept_rows"], &kept["changed_windows"], &kept["mended_windows"]];
        assert_eq!(figures, [&json!(1000), &json!(2), &json!(1), &json!(0)], "{format}");
        assert_eq!(ids_of(dir.path(), format), (1..=1000).collect::<Vec<_>>(), "{format}");
        assert!(format == "sqlite" || state(dir.path()) == before, "{format}");
        verify(&emulator, dir.path(), &["--read"]).ok();
        assert_eq!(ids_of(dir.path(), format), sorted(&emulator), "{format}");
    }
}

#[test]
fn a_row_that_was_edited_is_found() {
    for format in FORMATS {
        let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
        export(&emulator, dir.path(), &with(format, &[])).ok();
        let time = truth(&emulator).into_iter().find(|row| row["id"] == 300).unwrap()["createdAt"].clone();
        emulator.change_messages(&Change::Delete(vec![300])).unwrap();
        emulator.import_messages(&[row(Some(300), &time, "edited-text")]).unwrap();
        let holds = || {
            files(dir.path()).iter().any(|file| {
                let bytes = fs::read(file).unwrap();
                bytes.windows(11).any(|bytes| bytes == b"edited-text")
            })
        };
        assert_eq!(verify(&emulator, dir.path(), &["--json"]).ok().json()["mended_windows"], 0);
        let read = verify(&emulator, dir.path(), &["--read", "--json"]).ok().json();
        assert_eq!([&read["mended_windows"], &read["changed_windows"]], [&json!(1), &json!(1)], "{format}");
        // Parquet compresses it.
        assert!(format == "parquet" || holds(), "{format}");
        assert_eq!(verify(&emulator, dir.path(), &["--read", "--json"]).ok().json()["mended_windows"], 0, "{format}");
    }
}

/// Also where a window was written at once and is read in several pieces, which makes other row groups.
#[test]
fn no_file_of_an_unchanged_export_is_written() {
    for format in FORMATS {
        let (emulator, dir) = (seeded(12_000), tempfile::tempdir().unwrap());
        let options = ["--until", "2026-01-31", "--rows-per-window", "25000", "--format", format, "--drop", "data"];
        export(&emulator, dir.path(), &options).ok();
        let before = state(dir.path());
        let read = verify(&emulator, dir.path(), &["--read", "--json"]).ok().json();
        let figures = [&read["mended_windows"], &read["changed_windows"], &read["rows"]];
        assert_eq!(figures, [&json!(0), &json!(0), &json!(12_000)], "{format}");
        assert_eq!(state(dir.path()), before, "{format}");
    }
}

/// Readers of the directory see no row twice while windows are read again, and a kill leaves no second part.
#[test]
fn what_is_read_is_not_seen_before_it_replaces_a_part() {
    let (emulator, dir) = (seeded(1000), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &with("ndjson", &[])).ok();
    let before = parts(dir.path());
    let plan = json!({ "rules": [{ "method": "GET", "fault": { "delay": { "ms": 10 } } }] });
    emulator.set_faults(serde_json::from_value(plan).unwrap()).unwrap();
    let mut command = crate::run::with(&emulator);
    command.args(["export", "verify", "--read"]).arg(dir.path());
    let mut child = crate::run::begin(command);
    while child.try_wait().unwrap().is_none() {
        let seen: Vec<_> = parts(dir.path()).into_iter().filter(|name| !name.starts_with('.')).collect();
        assert_eq!(seen, before);
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(parts(dir.path()), before);
}

#[test]
fn a_directory_that_cannot_be_written_is_not_read_again() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &with("ndjson", &[])).ok();
    let mut reader = as_reader(dir.path());
    reader.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
    let refused = run(reader, ["export", "verify", ".", "--read"]);
    writable(dir.path());
    assert!(refused.code == 1 && refused.err.contains("nothing was sent"), "{}: {}", refused.code, refused.err);
    assert!(refused.err.contains("--read writes temporary files next to the parts"), "{}", refused.err);
}
