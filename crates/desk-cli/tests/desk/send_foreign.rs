//! Files of a campaign that another user made, or can change, in a directory that several users share.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use desk_emulator::Emulator;
use tempfile::TempDir;

use crate::run::{Ended, begin, ended, run};
use crate::send::{apply, mark, people, plan, send};

const NOBODY: u32 = 65534;

/// Makes a file one of another user, who could write to it; without the right to do so, one that all can write to. Gives the
/// words of the error, which names the file as `name`.
fn give_away(path: &Path, name: &str) -> String {
    match chown(path, Some(NOBODY), None) {
        Ok(()) => format!("{name} belongs to user {NOBODY}"),
        Err(_) => {
            fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
            format!("every user can write to {}", path.display())
        }
    }
}

fn take_back(path: &Path) {
    let own = fs::metadata(std::env::current_exe().unwrap().parent().unwrap()).unwrap().uid();
    let _ = chown(path, Some(own), None);
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// A plan whose canary is sent; its user's state is in `home`.
fn canary() -> (Emulator, TempDir, TempDir) {
    let (emulator, ids, dir) = people(3);
    let home = tempfile::tempdir().unwrap();
    plan(&dir, &ids, "p", &["--batch-size", "1", "--canary", "1"]);
    assert_eq!(go_on(&emulator, &dir, &home, &[]).code, 3);
    (emulator, dir, home)
}

fn go_on(emulator: &Emulator, dir: &TempDir, home: &TempDir, more: &[&str]) -> Ended {
    let mut command = send(emulator, dir, "apply", "p");
    command.env("XDG_STATE_HOME", home.path()).args(["--yes-send-to", "3"]);
    run(command, more)
}

fn refused(ended: &Ended, words: &str) {
    assert_eq!(ended.code, 7, "{}{}", ended.out, ended.err);
    assert!(ended.err.contains(words) && ended.err.contains("; nothing was sent"), "{words}: {}", ended.err);
    assert!(ended.err.contains("hint: "), "{}", ended.err);
}

#[test]
fn file_of_another_user_is_not_sent_by() {
    let (emulator, dir, home) = canary();
    let state = fs::read_dir(home.path().join("desk/begun")).unwrap().next().unwrap().unwrap().path();
    let mark = mark(&dir);
    let files = ["p.ledger", "p.ledger-wal", "p.ledger-shm", "p.ledger-journal"].map(|name| dir.path().join(name));
    for path in files.iter().chain([&mark, &state]) {
        let there = path.exists();
        if !there {
            fs::write(path, "").unwrap();
        }
        let name = if *path == state { path.to_str() } else { path.file_name().unwrap().to_str() };
        let words = give_away(path, name.unwrap());
        for more in [&["--after-canary"][..], &["--after-canary", "--dry-run"]] {
            refused(&go_on(&emulator, &dir, &home, more), &words);
        }
        if *path == files[0] {
            let decide = ["--batch", "1", "--as", "skip", "--by", "A", "--why", "b"];
            refused(&run(send(&emulator, &dir, "reconcile", "p"), decide), &words);
            // Whoever only looks may read it.
            run(send(&emulator, &dir, "status", "p"), [] as [&str; 0]).ok();
        }
        if there { take_back(path) } else { fs::remove_file(path).unwrap() }
    }
    // A mark is no link, whoever made it.
    for path in [mark, state] {
        let moved = home.path().join("moved");
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        refused(&go_on(&emulator, &dir, &home, &["--after-canary"]), "is a symbolic link");
        fs::rename(&moved, &path).unwrap();
    }
    assert_eq!(emulator.deliveries(None).unwrap().len(), 1);
    go_on(&emulator, &dir, &home, &["--after-canary"]).ok();
    assert!(emulator.messaged_twice().unwrap().is_empty());
    assert_eq!(emulator.deliveries(None).unwrap().len(), 3);
}

/// Whoever has the name first: what a link leads to is neither read nor written.
#[test]
fn new_ledger_follows_no_link() {
    let (emulator, ids, dir) = people(2);
    plan(&dir, &ids, "p", &[]);
    let victim = dir.path().join("victim");
    symlink(&victim, dir.path().join("p.ledger")).unwrap();
    let ended = apply(&emulator, &dir, "p", &["--yes-send-to", "2"]);
    assert!(ended.code == 1 && ended.err.contains("p.ledger: File exists"), "{}", ended.err);
    assert!(!victim.exists() && emulator.deliveries(None).unwrap().is_empty());
    fs::remove_file(dir.path().join("p.ledger")).unwrap();
    // Under its name from before, which has the number of the process.
    fs::write(&victim, "precious").unwrap();
    let mut shell = Command::new("sh");
    shell.current_dir(dir.path()).env("DESK", env!("CARGO_BIN_EXE_desk")).args([
        "-c",
        "ln -s victim p.ledger.$$; ln -s victim p.ledger.$$-journal; exec $DESK send apply p.json --yes-send-to 2",
    ]);
    shell.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
    shell.env("XDG_STATE_HOME", "/dev/null");
    run(shell, [] as [&str; 0]).ok();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(emulator.deliveries(None).unwrap().len(), 2);
}

/// In a directory as /tmp is, where nobody can remove what is another's.
#[test]
fn shared_directory_takes_nothing_over() {
    let (emulator, ids, dir) = people(2);
    let shared = tempfile::tempdir().unwrap();
    let at = |name: &str| shared.path().join(name);
    plan(&dir, &ids, "p", &[]);
    fs::copy(dir.path().join("p.json"), at("p.json")).unwrap();
    fs::set_permissions(at("p.json"), Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(shared.path(), Permissions::from_mode(0o1777)).unwrap();
    assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_desk")).arg(at("desk")).status().unwrap().success());
    // Root is the other user; a test without its rights plays that part by the mode.
    let root = fs::metadata(shared.path()).unwrap().uid() == 0;
    let words = if root { "belongs to user 0" } else { "every user can write to" };
    let apply = || {
        let mut shell = Command::new("sh");
        let script = "until [ -e go ]; do sleep 0.01; done; exec ./desk send apply p.json --yes-send-to 2";
        shell.current_dir(shared.path()).env_clear().env("PATH", std::env::var("PATH").unwrap()).args(["-c", script]);
        shell.env("DESK_BASE_URL", emulator.base_url()).env("DESK_API_TOKEN", emulator.token());
        shell.env("XDG_STATE_HOME", "/dev/null").stdin(Stdio::null());
        if root {
            shell.uid(NOBODY).gid(NOBODY);
        }
        begin(shell)
    };
    let end = |child: Child| {
        fs::write(at("go"), "").unwrap();
        let ended = ended(child.wait_with_output().unwrap());
        fs::remove_file(at("go")).unwrap();
        ended
    };
    for name in ["p.ledger", "p.ledger-wal", "p.ledger-shm", "p.ledger-journal"] {
        fs::write(at(name), "").unwrap();
        fs::set_permissions(at(name), Permissions::from_mode(0o666)).unwrap();
        let ended = end(apply());
        refused(&ended, words);
        assert!(ended.err.contains(name), "{}", ended.err);
        assert_eq!(fs::read(at(name)).unwrap(), b"");
        fs::remove_file(at(name)).unwrap();
    }
    // The name under which it is made has the number of the process.
    for suffix in ["", "-journal", "-wal"] {
        let child = apply();
        let planted = at(&format!("p.ledger.{}{suffix}", child.id()));
        symlink(at("victim"), &planted).unwrap();
        let ended = end(child);
        // Only root's link cannot be removed.
        if root {
            refused(&ended, if suffix.is_empty() { "exists already, of user 0" } else { "is a symbolic link" });
            fs::remove_file(&planted).unwrap();
        } else {
            assert!([0, 6].contains(&ended.code), "{}", ended.err);
        }
        assert!(!at("victim").exists());
    }
    if root {
        assert!(emulator.deliveries(None).unwrap().is_empty());
        assert_eq!(end(apply()).code, 0);
    }
    assert!(emulator.messaged_twice().unwrap().is_empty());
    assert_eq!(emulator.deliveries(None).unwrap().len(), 2);
    assert_eq!(fs::metadata(at("p.ledger")).unwrap().mode() & 0o777, 0o600);
}
