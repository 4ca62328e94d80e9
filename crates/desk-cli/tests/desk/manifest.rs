//! The manifest of an export: what it does not tell, and what is none.

use std::fs;
use std::process::Command;

use crate::export::{ALL, export, parts, rows, seeded, verify};
use crate::run::{run, with};

#[test]
fn what_is_private_is_not_in_it() {
    let emulator = seeded(300);
    let key = tempfile::NamedTempFile::new().unwrap();
    fs::write(key.path(), "0123456789abcdef").unwrap();
    for private in [&["--drop", "id"][..], &["--redact", "id"], &["--hmac", "id", "--hmac-key-file"]] {
        let dir = tempfile::tempdir().unwrap();
        let mut options = [&ALL[..], private].concat();
        if private.len() > 2 {
            options.push(key.path().to_str().unwrap());
        }
        export(&emulator, dir.path(), &options).ok();
        let text = fs::read_to_string(dir.path().join("manifest.log")).unwrap();
        assert!(text.contains("\"id_min\":null") && !text.contains("\"id_min\":1"), "{text}");
    }
    // Directories of Parquet tell the day.
    let dir = tempfile::tempdir().unwrap();
    let refused = export(&emulator, dir.path(), &[&ALL[..], &["--format", "parquet", "--drop", "createdAt"]].concat());
    assert!(
        refused.code == 2 && refused.err.contains("reveal the date of createdAt; nothing was sent"),
        "{}",
        refused.err
    );
}

/// Under a name of its own it is no manifest; under that of a share it is refused before anything is removed.
#[test]
fn a_copy_of_it_removes_nothing() {
    let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &["--until", "2026-01-10", "--rows-per-window", "500", "--page-size", "50"]).ok();
    let own = dir.path().join("manifest.log");
    let text = fs::read_to_string(&own).unwrap();
    // Of an export that had only begun.
    let first = text.lines().next().unwrap().to_owned() + "\n";
    fs::write(dir.path().join("manifest-old.log"), &first).unwrap();
    let (before, found) = (parts(dir.path()), rows(dir.path()).len());
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
    assert_eq!((parts(dir.path()), rows(dir.path()).len()), (before.clone(), found));
    fs::write(dir.path().join("manifest-1-of-2.log"), &first).unwrap();
    let refused = verify(&emulator, dir.path());
    assert!(refused.code == 7 && refused.err.contains("is a copy of manifest.log"), "{}", refused.err);
    assert_eq!((parts(dir.path()), rows(dir.path()).len()), (before, found));
}

const SMALL: [&str; 6] = ["--until", "2026-01-31", "--rows-per-window", "100", "--page-size", "50"];

/// A window whose line is gone would be rows that nobody misses.
#[test]
fn a_line_that_is_missing_is_missed() {
    let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &SMALL).ok();
    let own = dir.path().join("manifest.log");
    let text = fs::read_to_string(&own).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert!(lines.len() > 5 && lines[1].contains("\"window\""), "{text}");
    let before = parts(dir.path());
    for line in [1, 3] {
        fs::write(&own, [&lines[..line], &lines[line + 1..]].concat().concat()).unwrap();
        for refused in [export(&emulator, dir.path(), &SMALL), verify(&emulator, dir.path())] {
            assert!(refused.code == 7 && refused.err.contains("has a gap before 202"), "{}", refused.err);
        }
        assert_eq!(parts(dir.path()), before);
    }
    fs::write(&own, &text).unwrap();
    export(&emulator, dir.path(), &SMALL).ok();
}

#[test]
fn a_part_that_is_missing_or_short_is_missed() {
    let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &SMALL).ok();
    for short in [false, true] {
        let first = dir.path().join(&parts(dir.path())[0]);
        match short {
            false => fs::remove_file(&first).unwrap(),
            true => fs::write(&first, &fs::read(&first).unwrap()[1..]).unwrap(),
        }
        let refused = export(&emulator, dir.path(), &SMALL);
        assert!(refused.code == 7 && refused.err.contains("`desk export verify"), "{}", refused.err);
        assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 1);
        export(&emulator, dir.path(), &SMALL).ok();
        assert_eq!(rows(dir.path()).len(), 600);
    }
}

/// What was begun by mistake is in nobody's way.
#[test]
fn an_export_without_rows_begins_anew() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    let mut wrong = with(&emulator);
    wrong.env("DESK_API_TOKEN", "wrong").args(["export", "--format", "csv"]).args(SMALL).arg(dir.path());
    let failed = run(wrong, [] as [&str; 0]);
    assert!(failed.code == 4 && dir.path().join("manifest.log").exists(), "{}", failed.err);
    let abandoned = dir.path().join(".chat-message-20260101T000000000000Z-20260102T000000000000Z.csv.unfinished");
    fs::write(&abandoned, "half").unwrap();
    export(&emulator, dir.path(), &SMALL).ok();
    assert!(rows(dir.path()).len() == 300 && !abandoned.exists());
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
    // With rows it does not.
    assert_eq!(export(&emulator, dir.path(), &[&SMALL[..], &["--format", "csv"]].concat()).code, 2);
}

#[test]
fn what_is_no_file_is_no_manifest() {
    let (emulator, dir) = (seeded(1), tempfile::tempdir().unwrap());
    let place = dir.path().join("manifest.log");
    assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
    for refused in [export(&emulator, dir.path(), &SMALL), verify(&emulator, dir.path())] {
        assert!(refused.code == 2 && refused.err.contains("manifest.log is not a regular file"), "{}", refused.err);
    }
    fs::remove_file(&place).unwrap();
    fs::write(&place, "").unwrap();
    let refused = export(&emulator, &place, &SMALL);
    assert!(refused.code == 1 && refused.err.contains("the path exists already"), "{}", refused.err);
}
