//! An emulator that is starting: commands wait for it, and for nothing else; one in the background leaves its caller alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::run::{Ended, begin, desk, ended, run};

/// `desk` of a user whose notice is there.
fn at(dir: &TempDir) -> Command {
    let mut command = desk();
    command.env("XDG_RUNTIME_DIR", dir.path()).current_dir(dir.path());
    command
}

fn shell(dir: &TempDir, script: &str) -> Ended {
    let mut command = Command::new("sh");
    let desk = Path::new(env!("CARGO_BIN_EXE_desk")).parent().unwrap();
    command.env_clear().env("PATH", format!("{}:{}", desk.display(), std::env::var("PATH").unwrap()));
    command.env("XDG_RUNTIME_DIR", dir.path()).env("HOME", "/nonexistent").current_dir(dir.path());
    ended(command.args(["-c", script]).stdin(Stdio::null()).output().unwrap())
}

fn list(dir: &TempDir) -> Ended {
    run(at(dir), ["chat-message", "list", "--limit", "1"])
}

fn note(dir: &TempDir) -> std::path::PathBuf {
    dir.path().join("desk-emulator.json")
}

/// The numbers of the processes in the notice, the youngest first.
fn noted(dir: &TempDir) -> Vec<i64> {
    in_notice(&note(dir))
}

pub(crate) fn in_notice(path: &Path) -> Vec<i64> {
    let mut entry: Value = fs::read(path).map_or(Value::Null, |text| serde_json::from_slice(&text).unwrap());
    let mut pids = Vec::new();
    while let Some(pid) = entry["pid"].as_i64() {
        pids.push(pid);
        entry = entry["before"].take();
    }
    pids
}

fn signal(name: &str, pid: i64) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().unwrap().success());
}

fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_gone(pid: i64) -> bool {
    !Path::new(&format!("/proc/{pid}")).exists()
}

/// An emulator that ends when its test does.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(dir: &TempDir, more: &[&str]) -> Running {
    let mut command = at(dir);
    command.args(["emulator", "--demo"]).args(more);
    Running(begin(command))
}

/// No instruction of the emulator is executed yet: there is only a copy of the shell, which takes its time.
#[test]
fn command_before_the_emulator_is_executed_waits() {
    let busy = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; exec desk emulator --demo";
    let list = "desk chat-message list --limit 1";
    for script in [
        format!("({busy}) & {list}; code=$?; kill $!; exit $code"),
        format!("({busy}) & exec {list}"),
        format!("trap 'kill $!' EXIT; ({busy}) & sh -c '{list}; exit $?'"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        // The last line of a shell may be executed in its place: then the emulator is to be ended here.
        let output = shell(&dir, &format!("{{ {script}; }} >out 2>err"));
        let told = fs::read_to_string(dir.path().join("err")).unwrap();
        for pid in noted(&dir).into_iter().filter(|pid| !is_gone(*pid)) {
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
        assert_eq!(output.code, 0, "{script}: {told}");
        let out = fs::read_to_string(dir.path().join("out")).unwrap();
        assert!(out.contains("\"count\": 1000"), "{out}{told}");
    }
}

/// It has said that it is starting, and takes its time.
#[test]
fn command_while_the_emulator_starts_waits() {
    let dir = tempfile::tempdir().unwrap();
    let _running = start(&dir, &["--seed-rows", "60k"]);
    until(|| !noted(&dir).is_empty());
    let text = fs::read_to_string(note(&dir)).unwrap();
    assert!(text.contains("\"base_url\":null"), "it was ready at once: {text}");
    assert_eq!(fs::metadata(note(&dir)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(list(&dir).ok().json()["count"], 61_000);
}

/// Without an emulator nothing is waited for, whatever else runs.
#[test]
fn command_without_an_emulator_is_refused_at_once() {
    let refused = |dir: &TempDir| {
        let begun = Instant::now();
        let refused = list(dir);
        assert!(refused.code == 4 && refused.err.contains("there is no API token"), "{}", refused.err);
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    };
    let dir = tempfile::tempdir().unwrap();
    refused(&dir);
    // One of another place.
    let other = tempfile::tempdir().unwrap();
    let mut running = start(&other, &[]);
    until(|| !noted(&other).is_empty());
    refused(&dir);
    // Killed while it was starting, or afterwards.
    for more in [&["--seed-rows", "200k"][..], &[]] {
        let killed = start(&dir, more);
        until(|| !noted(&dir).is_empty());
        drop(killed);
        refused(&dir);
    }
    // Its number is another's by now, which runs.
    let mut sleep = Command::new("sleep").arg("60").spawn().unwrap();
    let stale = json!({ "pid": sleep.id(), "base_url": null, "token": null }).to_string();
    fs::write(note(&dir), stale).unwrap();
    fs::set_permissions(note(&dir), fs::Permissions::from_mode(0o600)).unwrap();
    refused(&dir);
    sleep.kill().unwrap();
    sleep.wait().unwrap();
    // One that cannot begin.
    let port = running.0.id().to_string();
    assert_eq!(run(at(&dir), ["emulator", "--data", "/nowhere/x", "--seed", &port]).code, 1);
    assert!(!note(&dir).exists());
    refused(&dir);
    running.0.kill().unwrap();
}

/// One that looks like an emulator and never posts a notice is not waited for without end.
#[test]
fn emulator_that_never_posts_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.env("XDG_RUNTIME_DIR", dir.path()).args(["-c", "read line", "emulator"]).stdin(Stdio::piped());
    let mute = Running(begin(command));
    let begun = Instant::now();
    let given_up = list(&dir);
    assert!(given_up.code == 4 && begun.elapsed() < Duration::from_secs(60), "{}", given_up.err);
    assert!(begun.elapsed() >= Duration::from_secs(1), "it was not waited for");
    drop(mute);
}

/// Several that begin at once are all noted; each is found when the younger ones have ended.
#[test]
fn emulators_that_begin_at_once_are_all_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut all: Vec<Running> = (0..4).map(|_| start(&dir, &[])).collect();
    until(|| noted(&dir).len() == 4 && !fs::read_to_string(note(&dir)).unwrap().contains("null"));
    while let Some(youngest) = noted(&dir).first().copied() {
        list(&dir).ok();
        signal("-TERM", youngest);
        let place = all.iter().position(|running| i64::from(running.0.id()) == youngest).unwrap();
        let mut ended = all.remove(place);
        assert!(ended.0.wait().unwrap().success());
    }
    assert!(all.is_empty() && !note(&dir).exists());
    assert_eq!(list(&dir).code, 4);
}

#[test]
fn detached_emulator_answers_and_leaves_its_caller_alone() {
    let dir = tempfile::tempdir().unwrap();
    // Its output ends, and the lock of the script is free, while it runs.
    let begun = shell(&dir, "exec 9>lock; flock -n 9 || exit 9; desk emulator --demo --detach").ok();
    let ready = begun.json();
    let names: Vec<_> = ready.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((names, begun.out.lines().count()), (vec!["base_url", "url", "token", "application_id"], 1));
    let pid = noted(&dir)[0];
    assert!(begun.err.contains(&format!("to stop it, run `kill {pid}`")), "{}", begun.err);
    shell(&dir, "exec 9>lock; flock -n 9").ok();
    assert_eq!(list(&dir).ok().json()["count"], 1000);
    // A session of its own, whose descriptors are its own.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let session = stat[stat.rfind(')').unwrap()..].split(' ').nth(4).unwrap().to_owned();
    assert_eq!(session, pid.to_string());
    for fd in 0..3 {
        let leads = fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap();
        let leads = leads.display().to_string();
        assert!(leads == "/dev/null" || leads.starts_with("pipe:"), "{fd}: {leads}");
    }
    signal("-TERM", pid);
    until(|| !note(&dir).exists());
    until(|| fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z ")));

    // Its error is told as if it ran here, for programs too.
    for json in [&["--json"][..], &[]] {
        let failed = run(at(&dir), [&["emulator", "--detach", "--data", "/nowhere/desk.db"][..], json].concat());
        assert!(failed.code == 1 && failed.err.contains("/nowhere/desk.db") && failed.out.is_empty(), "{}", failed.err);
        if json.is_empty() {
            assert!(failed.err.starts_with("error: cannot run the emulator"), "{}", failed.err);
        } else {
            assert_eq!(failed.error()["kind"], "io");
        }
    }
    assert!(!note(&dir).exists());
    assert_eq!(run(at(&dir), ["emulator", "--detach", "--exit-on-stdin-close"]).code, 2);
    let told = run(at(&dir), ["emulator", "--detach", "--json"]).ok();
    let stop: Value = serde_json::from_str(&told.err).unwrap();
    assert_eq!(stop["stop"], format!("kill {}", stop["pid"]));
    signal("-TERM", stop["pid"].as_i64().unwrap());
    until(|| !note(&dir).exists());
}
