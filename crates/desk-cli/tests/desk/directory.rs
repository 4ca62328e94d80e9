//! The directory of an export: what is of others in it, and what its manifest does not tell of.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use desk_emulator::Emulator;

use crate::export::{export, parts, rows, seeded, verify};
use crate::run::{as_reader, begin, run, with, writable};

const SMALL: [&str; 6] = ["--until", "2026-01-31", "--rows-per-window", "100", "--page-size", "50"];
const SHARED: [&str; 4] = ["--since", "2026-01-01", "--until", "2026-01-31"];

fn share(emulator: &Emulator, dir: &Path, share: &str, options: &[&str]) {
    export(emulator, dir, &[&SHARED[..], &["--partition", share], options].concat()).ok();
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// The parts of one would be what a kill left of the other.
#[test]
fn another_export_in_it_is_seen_before_anything_is_changed() {
    let emulator = seeded(600);
    let others: [&[&str]; 4] = [
        &[],
        &["--partition", "2/2", "--until", "2026-01-15"],
        &["--partition", "2/2", "--drop", "message"],
        &["--partition", "2/2", "--format", "csv"],
    ];
    for options in others {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        share(&emulator, dir.path(), "1/2", &[]);
        let words = if options.contains(&"--until") { &SHARED[..2] } else { &SHARED[..] };
        export(&emulator, other.path(), &[words, options].concat()).ok();
        copy(other.path(), dir.path());
        let before = parts(dir.path());
        let refused = verify(&emulator, dir.path());
        assert!(refused.code == 7 && refused.err.contains("with other settings: "), "{options:?}: {}", refused.err);
        assert_eq!(parts(dir.path()), before, "{options:?}");
    }
}

#[test]
fn two_that_differ_and_begin_at_once_are_not_both_taken() {
    let emulator = seeded(60);
    let others: [&[&str]; 3] =
        [&["--until", "2026-01-15", "--partition", "2/2"], &["--partition", "2/2", "--format", "csv"], &[]];
    for round in 0..12 {
        let dir = tempfile::tempdir().unwrap();
        let run = |options: &[&str]| {
            let words = if options.contains(&"--until") { &SHARED[..2] } else { &SHARED[..] };
            let mut command = with(&emulator);
            command.arg("export").arg(dir.path()).args(words).args(options);
            begin(command)
        };
        let both = [run(&["--partition", "1/2"]), run(others[round % others.len()])];
        let codes = both.map(|child| child.wait_with_output().unwrap().status.code());
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 2))), "{codes:?}");
        assert_ne!(codes, [Some(0); 2]);
    }
}

/// Of what a kill leaves there is one window; more is there because the manifest is not the newest.
#[test]
fn what_an_old_manifest_does_not_tell_of_stays() {
    let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &SMALL).ok();
    let own = dir.path().join("manifest.log");
    let (text, before) = (fs::read_to_string(&own).unwrap(), parts(dir.path()));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for kept in [1, 3] {
        fs::write(&own, lines[..kept].concat()).unwrap();
        for refused in [export(&emulator, dir.path(), &SMALL), verify(&emulator, dir.path())] {
            assert!(
                refused.code == 7 && refused.err.contains("that its manifest does not tell of: "),
                "{}",
                refused.err
            );
        }
        assert_eq!(parts(dir.path()), before);
    }
    // Without its first line it tells of nothing.
    fs::write(&own, lines[1..].concat()).unwrap();
    let refused = verify(&emulator, dir.path());
    assert!(refused.code == 7 && refused.err.contains("does not begin with its settings"), "{}", refused.err);
    assert_eq!(export(&emulator, dir.path(), &SMALL).code, 2);
    for torn in ["", &lines[0][..50]] {
        fs::write(&own, torn).unwrap();
        let refused = export(&emulator, dir.path(), &SMALL);
        assert!(
            refused.code == 2 && refused.err.contains("has parts of an export, but no manifest"),
            "{}",
            refused.err
        );
        let verified = verify(&emulator, dir.path());
        assert!(verified.code == 3 && verified.err.contains("manifest.log was not begun"), "{}", verified.err);
    }
    fs::write(&own, &text).unwrap();
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
    assert_eq!((parts(dir.path()), rows(dir.path()).len()), (before, 600));
}

#[test]
fn what_is_there_is_not_lost_to_one_that_begins_anew() {
    for format in ["csv", "sqlite"] {
        let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
        let own = [&SMALL[..], &["--format", format]].concat();
        export(&emulator, dir.path(), &own).ok();
        let first = parts(dir.path());
        fs::remove_file(dir.path().join("manifest.log")).unwrap();
        // One with other settings that came to nothing.
        let mut wrong = with(&emulator);
        wrong.env("DESK_API_TOKEN", "wrong").arg("export").arg(dir.path()).args(SMALL);
        assert_eq!(wrong.output().unwrap().status.code(), Some(4));
        let refused = export(&emulator, dir.path(), &own);
        assert!(refused.code == 2 && refused.err.contains("with other settings: format"), "{}", refused.err);
        let left = parts(dir.path());
        assert!(!first.is_empty() && first.iter().all(|part| left.contains(part)), "{left:?}");
    }
}

#[test]
fn a_pipe_is_no_part() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &SMALL).ok();
    let part = dir.path().join(&parts(dir.path())[0]);
    fs::remove_file(&part).unwrap();
    assert!(Command::new("mkfifo").arg(&part).status().unwrap().success());
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 1);
    assert_eq!(rows(dir.path()).len(), 300);
}

#[test]
fn a_directory_that_cannot_be_written_is_verified() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &SMALL).ok();
    let verify = || {
        let mut reader = as_reader(dir.path());
        reader.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
        run(reader, ["export", "verify", ".", "--json"])
    };
    assert_eq!(verify().ok().json()["rows"], 300);
    writable(dir.path());
    let part = dir.path().join(parts(dir.path()).into_iter().find(|name| name.ends_with(".ndjson")).unwrap());
    fs::set_permissions(&part, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&part, "").unwrap();
    let refused = verify();
    assert!(refused.code == 1 && refused.err.contains("Permission denied"), "{}", refused.err);
    writable(dir.path());
}
