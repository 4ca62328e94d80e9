//! Files that an export finds under the names it would use: a user's own, and those that another user has put there.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use desk_emulator::{Change, Emulator};

use crate::export::{export, parts, rows, seeded, verify};
use crate::formats;
use crate::run::{Ended, run, with};

const PARQUET: [&str; 8] =
    ["--until", "2026-01-31", "--rows-per-window", "100", "--page-size", "50", "--format", "parquet"];
const SMALL: [&str; 6] = ["--until", "2026-01-31", "--rows-per-window", "100", "--page-size", "50"];

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Gives a file to another user. Only root can; for anybody else every user may write it, which is refused as well.
fn give_away(path: &Path) -> &'static str {
    if is_root() {
        chown(path, Some(65534), None).unwrap();
        return "belongs to user 65534, not to user 0";
    }
    fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
    "every user can write to"
}

fn give_back(path: &Path) {
    if is_root() {
        chown(path, Some(0), None).unwrap();
    }
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// An export that has begun and has nothing yet.
fn begin(emulator: &Emulator, dir: &Path, format: &str) {
    let mut wrong = with(emulator);
    wrong.env("DESK_API_TOKEN", "wrong").arg("export").arg(dir).args(SMALL).args(["--format", format]);
    assert_eq!(run(wrong, [] as [&str; 0]).code, 4);
}

/// All files below, with what they hold.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let all = formats::files(dir).into_iter().filter(|path| !path.is_dir());
    all.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn refused(ended: &Ended, words: &str) {
    assert!(ended.code == 7 && ended.err.contains(words), "{words}: {}: {}", ended.code, ended.err);
    assert!(ended.err.contains("hint") && !ended.err.contains("fix the cause"), "{}", ended.err);
}

#[test]
fn a_file_that_is_no_manifest_is_left_as_it_is() {
    let (emulator, dir) = (seeded(100), tempfile::tempdir().unwrap());
    let own = dir.path().join("manifest.log");
    let texts: [&[u8]; 12] = [
        b"",
        b"buy milk\n",
        b"buy milk",
        b"buy milk\nand bread\n",
        b"1",
        b"deadbeef",
        b"20260101 {}",
        b"20260101 {\"record\":\"window\"",
        b"00000000 {\"record\":\"settings\",\"version\":1}\n",
        b"DEADBEEF {\"record\":\"settings\",",
        b"\0\0\0\0\0\0\0\0",
        b"\xff\xfe",
    ];
    for text in texts {
        fs::write(&own, text).unwrap();
        fs::set_permissions(&own, Permissions::from_mode(0o644)).unwrap();
        for ended in [export(&emulator, dir.path(), &SMALL), verify(&emulator, dir.path())] {
            refused(&ended, "manifest.log is not a manifest: it does not begin with settings; it was not changed");
        }
        assert_eq!(fs::read(&own).unwrap(), text);
        assert_eq!(parts(dir.path()), [] as [String; 0]);
    }
    // Beside the manifest of a share, too.
    fs::remove_file(&own).unwrap();
    let share = ["--since", "2026-01-01", "--until", "2026-01-31", "--partition", "1/2"];
    export(&emulator, dir.path(), &share).ok();
    fs::write(&own, "buy milk").unwrap();
    refused(&verify(&emulator, dir.path()), "is not a manifest");
    assert_eq!(fs::read(&own).unwrap(), b"buy milk");
}

#[test]
fn a_manifest_that_is_a_link_is_not_followed() {
    let (emulator, dir, other) = (seeded(100), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, target) = (dir.path().join("manifest.log"), other.path().join("diary"));
    symlink(&target, &own).unwrap();
    for text in [None, Some(""), Some("dear diary")] {
        if let Some(text) = text {
            fs::write(&target, text).unwrap();
            fs::set_permissions(&target, Permissions::from_mode(0o600)).unwrap();
        }
        for ended in [export(&emulator, dir.path(), &SMALL), verify(&emulator, dir.path())] {
            assert!(ended.code == 2 && ended.err.contains("manifest.log is a symbolic link"), "{}", ended.err);
        }
        assert_eq!(fs::read_to_string(&target).ok().as_deref(), text);
    }
    assert_eq!(parts(dir.path()), [] as [String; 0]);
}

/// A kill may leave any part of the first line. So few bytes that they may be a text of the user's own stay.
#[test]
fn a_manifest_that_a_kill_left_unfinished_is_begun_again() {
    let (emulator, dir) = (seeded(100), tempfile::tempdir().unwrap());
    let (first, own) = (dir.path().join("first"), dir.path().join("again/manifest.log"));
    export(&emulator, &first, &SMALL).ok();
    let text = fs::read_to_string(first.join("manifest.log")).unwrap();
    let line = text.lines().next().unwrap();
    for length in [0, 1, 7, 8, 9, 10, 20, 29, 30, 31, 60, line.len() - 1, line.len()] {
        let _ = fs::remove_dir_all(own.parent().unwrap());
        fs::create_dir(own.parent().unwrap()).unwrap();
        fs::write(&own, &line[..length]).unwrap();
        // As the command creates it.
        fs::set_permissions(&own, Permissions::from_mode(0o600)).unwrap();
        let ended = verify(&emulator, own.parent().unwrap());
        if (1..10).contains(&length) {
            refused(&ended, "is not a manifest");
            refused(&export(&emulator, own.parent().unwrap(), &SMALL), "is not a manifest");
            assert_eq!(fs::read_to_string(&own).unwrap(), line[..length]);
            continue;
        }
        assert!(ended.code == 3 && ended.err.contains("has none yet"), "{length}: {}", ended.err);
        export(&emulator, own.parent().unwrap(), &SMALL).ok();
        assert_eq!(rows(own.parent().unwrap()).len(), 100, "{length}");
    }
}

#[test]
fn a_manifest_of_another_user_is_not_trusted() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &SMALL).ok();
    let (own, before) = (dir.path().join("manifest.log"), parts(dir.path()));
    let text = fs::read(&own).unwrap();
    for mode in [0o700, 0o777, 0o1777] {
        fs::set_permissions(dir.path(), Permissions::from_mode(mode)).unwrap();
        let words = give_away(&own);
        for ended in [export(&emulator, dir.path(), &SMALL), verify(&emulator, dir.path())] {
            refused(&ended, words);
        }
        assert!(fs::read(&own).unwrap() == text && parts(dir.path()) == before);
        give_back(&own);
        // A group may have it, as under umask 002; every user may not.
        for (mode, code) in [(0o660, 0), (0o666, 7), (0o600, 0)] {
            fs::set_permissions(&own, Permissions::from_mode(mode)).unwrap();
            let ended = verify(&emulator, dir.path());
            assert!(ended.code == code, "{mode:o}: {}", ended.err);
            assert_eq!(ended.err.contains("chmod o-w"), code == 7);
        }
    }
}

/// Root may work in the directory of a user; where others can make names too, a file may be theirs.
#[test]
fn a_directory_of_another_user_is_worked_in_unless_it_is_shared() {
    let (emulator, top) = (seeded(300), tempfile::tempdir().unwrap());
    let dir = tempfile::tempdir_in(top.path()).unwrap();
    export(&emulator, dir.path(), &SMALL).ok();
    let own = dir.path().join("manifest.log");
    if !is_root() {
        // Without root: in a shared directory of one's own, one's own manifest is trusted.
        fs::set_permissions(dir.path(), Permissions::from_mode(0o1777)).unwrap();
        verify(&emulator, dir.path()).ok();
        return;
    }
    chown(dir.path(), Some(65534), None).unwrap();
    chown(&own, Some(65534), None).unwrap();
    for (mode, code) in [(0o755, 0), (0o700, 0), (0o775, 7), (0o1777, 7)] {
        fs::set_permissions(dir.path(), Permissions::from_mode(mode)).unwrap();
        let ended = verify(&emulator, dir.path());
        assert!(ended.code == code, "{mode:o}: {}", ended.err);
    }
    // In a place like /tmp a user may have made the directory for others to find.
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(top.path(), Permissions::from_mode(0o1777)).unwrap();
    refused(&verify(&emulator, dir.path()), "belongs to user 65534, not to user 0");
}

/// The name of the first part while it is being written, as another export tells.
fn first_unfinished(emulator: &Emulator) -> String {
    let dir = tempfile::tempdir().unwrap();
    export(emulator, dir.path(), &SMALL).ok();
    format!(".{}.unfinished", parts(dir.path())[0])
}

#[test]
fn an_unfinished_part_of_others_is_not_used() {
    let (emulator, dir, other) = (seeded(300), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (planted, target) = (dir.path().join(first_unfinished(&emulator)), other.path().join("diary"));
    fs::write(&target, "dear diary").unwrap();
    begin(&emulator, dir.path(), "ndjson");
    fs::write(&planted, "theirs").unwrap();
    if is_root() {
        chown(&planted, Some(65534), None).unwrap();
        refused(&export(&emulator, dir.path(), &SMALL), "belongs to user 65534, not to user 0");
        assert_eq!(fs::read(&planted).unwrap(), b"theirs");
    }
    // A link is removed, as what a kill of one's own may leave; what it leads to is not written.
    fs::remove_file(&planted).unwrap();
    symlink(&target, &planted).unwrap();
    export(&emulator, dir.path(), &SMALL).ok();
    assert_eq!(fs::read(&target).unwrap(), b"dear diary");
    assert_eq!(rows(dir.path()).len(), 300);
}

#[test]
fn a_table_of_others_is_not_used() {
    let (emulator, dir, other) = (seeded(300), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = [&SMALL[..], &["--format", "sqlite"]].concat();
    let both = || [export(&emulator, dir.path(), &options), verify(&emulator, dir.path())];
    export(&emulator, dir.path(), &options).ok();
    let (table, target) = (dir.path().join("chat-message.sqlite"), other.path().join("other.sqlite"));
    let words = give_away(&table);
    both().iter().for_each(|ended| refused(ended, words));
    give_back(&table);
    both().into_iter().for_each(|ended| drop(ended.ok()));
    // A journal beside it is taken for its own by SQLite.
    let journal = dir.path().join("chat-message.sqlite-journal");
    fs::write(&journal, "").unwrap();
    let words = give_away(&journal);
    both().iter().for_each(|ended| refused(ended, words));
    fs::remove_file(&journal).unwrap();
    fs::rename(&table, &target).unwrap();
    symlink(&target, &table).unwrap();
    let before = fs::read(&target).unwrap();
    both().iter().for_each(|ended| refused(ended, "chat-message.sqlite is a symbolic link"));
    assert!(fs::read(&target).unwrap() == before);
}

/// A copy of a part that a user keeps in a folder of their own looks like what a kill leaves, but does not lie where that does.
#[test]
fn a_folder_of_the_users_own_is_left_alone() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &PARQUET).ok();
    let part = formats::files(&dir.path().join("chat-message")).remove(0);
    let own = dir.path().join("chat-message/backup");
    fs::create_dir(&own).unwrap();
    let copy = own.join(part.file_name().unwrap());
    fs::copy(part, &copy).unwrap();
    verify(&emulator, dir.path()).ok();
    export(&emulator, dir.path(), &PARQUET).ok();
    assert!(copy.exists());
}

#[test]
fn a_link_in_the_directory_leads_no_file_out_of_it() {
    let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
    let (out, elsewhere) = (dir.path().join("out"), dir.path().join("elsewhere"));
    fs::create_dir(&elsewhere).unwrap();
    // An export that has not begun: its files would be written through the link.
    fs::create_dir(&out).unwrap();
    symlink(&elsewhere, out.join("chat-message")).unwrap();
    let ended = export(&emulator, &out, &PARQUET);
    assert!(ended.code == 7 && ended.err.contains("chat-message is a symbolic link"), "{}", ended.err);
    assert!(ended.err.contains("hint: "), "{}", ended.err);
    assert_eq!(files(&elsewhere), []);
    fs::remove_file(out.join("chat-message")).unwrap();
    export(&emulator, &out, &PARQUET).ok();
    emulator.change_messages(&Change::Delete((1..600).step_by(20).collect())).unwrap();
    // Then the directory, and one of its dates, is another.
    let (list, day) = (PathBuf::from("chat-message"), formats::files(&out.join("chat-message")).remove(0));
    let day = day.parent().unwrap().strip_prefix(&out).unwrap().to_owned();
    for link in [list, day] {
        let (link, there) = (out.join(&link), elsewhere.join(link.file_name().unwrap()));
        fs::rename(&link, &there).unwrap();
        symlink(&there, &link).unwrap();
        let before = files(&there);
        for ended in [verify(&emulator, &out), export(&emulator, &out, &PARQUET)] {
            assert!(ended.code == 7 && ended.err.contains("is a symbolic link"), "{}: {}", ended.code, ended.err);
        }
        assert!(files(&there) == before);
        fs::remove_file(&link).unwrap();
        fs::rename(&there, &link).unwrap();
    }
    verify(&emulator, &out).ok();
}
