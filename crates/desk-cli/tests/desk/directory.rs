//! The directory of an export: what is of others in it, and what its manifest does not tell of.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
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
    for format in ["ndjson", "parquet", "sqlite"] {
        let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
        let options = [&SMALL[..], &["--format", format]].concat();
        let both = || [export(&emulator, dir.path(), &options), verify(&emulator, dir.path())];
        export(&emulator, dir.path(), &options).ok();
        let own = dir.path().join("manifest.log");
        let (text, before) = (fs::read_to_string(&own).unwrap(), all(dir.path()));
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for kept in [1, 3] {
            fs::write(&own, lines[..kept].concat()).unwrap();
            for refused in both() {
                assert!(
                    refused.code == 7
                        && (refused.err.contains("manifest.log does not record")
                            || refused.err.contains("manifest.log records")),
                    "{format}: {}",
                    refused.err
                );
            }
            assert_eq!(all(dir.path()), before, "{format}");
        }
        // Without its first line, or with a damaged one, it tells of nothing.
        for damaged in [lines[1..].concat(), text.replacen("settings", "sittings", 1)] {
            fs::write(&own, damaged).unwrap();
            for refused in both() {
                assert!(refused.code == 7 && refused.err.contains("does not begin with settings"), "{}", refused.err);
            }
        }
        for torn in ["", &lines[0][..50]] {
            fs::write(&own, torn).unwrap();
            let [refused, unverified] = both();
            assert!(refused.code == 2 && refused.err.contains("but no manifest"), "{}", refused.err);
            assert!(unverified.code == 3 && unverified.err.contains("has none yet"), "{}", unverified.err);
        }
        fs::write(&own, &text).unwrap();
        assert_eq!(verify(&emulator, dir.path()).ok().json()["rows"], 600, "{format}");
        assert_eq!(all(dir.path()), before, "{format}");
    }
}

/// Files and how large they are, without manifests.
fn all(dir: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all(&path));
        } else if !path.display().to_string().contains("manifest") {
            found.push((path.clone(), fs::metadata(&path).unwrap().len()));
        }
    }
    found.sort();
    found
}

/// That of another share is no leave to remove what its own would tell of.
#[test]
fn a_share_without_its_manifest_is_left_alone() {
    for format in ["ndjson", "sqlite"] {
        let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
        share(&emulator, dir.path(), "1/2", &["--format", format]);
        share(&emulator, dir.path(), "2/2", &["--format", format]);
        let (own, before) = (dir.path().join("manifest-2-of-2.log"), all(dir.path()));
        let words = [&SHARED[..], &["--partition", "2/2", "--format", format]].concat();
        let text = fs::read(&own).unwrap();
        fs::remove_file(&own).unwrap();
        let refused = export(&emulator, dir.path(), &words);
        assert!(refused.code == 2 && refused.err.contains("but no manifest"), "{format}: {}", refused.err);
        // Nor is a copy of the other's.
        fs::copy(dir.path().join("manifest-1-of-2.log"), &own).unwrap();
        let refused = export(&emulator, dir.path(), &words);
        assert!(refused.code != 0 && refused.code != 4, "{format}: {}", refused.err);
        assert_eq!(all(dir.path()), before, "{format}");
        fs::write(&own, text).unwrap();
        share(&emulator, dir.path(), "2/2", &["--format", format]);
        assert_eq!(verify(&emulator, dir.path()).ok().json()["rows"], 300);
    }
}

/// What was mended and not recorded, because of a kill or an old manifest, goes only when the window is there.
#[test]
fn a_mended_part_stays_where_the_one_before_is_gone() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &SMALL).ok();
    let own = dir.path().join("manifest.log");
    let (text, part) = (fs::read_to_string(&own).unwrap(), dir.path().join(&parts(dir.path())[0]));
    fs::write(&part, "").unwrap();
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 1);
    fs::write(&own, text).unwrap();
    let before = all(dir.path());
    let refused = export(&emulator, dir.path(), &SMALL);
    assert!(refused.code == 7 && refused.err.contains("run `desk export verify "), "{}", refused.err);
    assert_eq!(all(dir.path()), before);
    let mut keep = with(&emulator);
    keep.args(["export", "verify", "--keep-deleted"]).arg(dir.path());
    let refused = run(keep, [] as [&str; 0]);
    assert!(refused.code == 7 && refused.err.contains("may have the only copy of rows"), "{}", refused.err);
    assert_eq!(all(dir.path()), before);
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 1);
    assert_eq!(parts(dir.path()).iter().filter(|name| name.contains("-r")).count(), 1);
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
    assert_eq!((rows(dir.path()).len(), all(dir.path()).len()), (300, before.len()));
    // A file with a name like that of a part is a person's.
    let mine = part.with_extension("").display().to_string() + "-mine.ndjson";
    fs::write(&mine, "mine").unwrap();
    verify(&emulator, dir.path()).ok();
    assert_eq!(fs::read(&mine).unwrap(), b"mine");
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
    for format in ["ndjson", "sqlite"] {
        let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
        export(&emulator, dir.path(), &[&SMALL[..], &["--format", format]].concat()).ok();
        let verify = || {
            let mut reader = as_reader(dir.path());
            reader.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
            run(reader, ["export", "verify", ".", "--json"])
        };
        assert_eq!(verify().ok().json()["rows"], 300);
        let write = |path: &Path, bytes: &[u8]| {
            writable(dir.path());
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
            fs::write(path, bytes).unwrap();
        };
        // Killed while its last line was being written.
        let own = dir.path().join("manifest.log");
        let text = fs::read(&own).unwrap();
        write(&own, &text[..text.len() - 5]);
        assert_eq!(verify().ok().json()["rows"], 300);
        let mut files = all(dir.path()).into_iter().map(|(path, _)| path);
        let part = files.find(|path| path.extension().is_some_and(|extension| extension == format)).unwrap();
        write(&part, b"");
        let refused = verify();
        assert!(refused.code == 7 && refused.err.contains(" differs: cannot write to "), "{}", refused.err);
        writable(dir.path());
    }
}
