//! What others do to an export while it runs, and what they had done to it when it ended.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use desk_emulator::{Change, Emulator, FaultPlan, MessageImport, Time};
use serde_json::json;
use testkit::{Server, reply};

use crate::export::{export, ids, parts, rows, seeded, truth, verify};
use crate::flow::{FLOW, ROWS};
use crate::run::{Ended, begin, desk, ended, with};

/// A service whose answers take a while.
fn slow() -> Emulator {
    let emulator = seeded(ROWS);
    let plan = json!({ "rules": [{ "method": "GET", "fault": { "delay": { "ms": 20 } } }] });
    emulator.set_faults(serde_json::from_value(plan).unwrap()).unwrap();
    emulator
}

/// Begins to export, and waits until a window is on its way to the disk.
fn begun(mut command: Command, dir: &Path) -> (Child, std::path::PathBuf) {
    command.arg("export").arg(dir).args(FLOW);
    at_work(begin(command), dir)
}

fn at_work(mut child: Child, dir: &Path) -> (Child, std::path::PathBuf) {
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none());
        let names = if dir.is_dir() { parts(dir) } else { Vec::new() };
        let unfinished = names.iter().find(|name| name.ends_with(".unfinished")).map(|name| dir.join(name));
        // Behind the first window.
        if let Some(path) = unfinished
            && names.len() > 1
            && fs::metadata(&path).is_ok_and(|file| file.len() > 0)
        {
            return (child, path);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

fn wait(child: Child) -> Ended {
    ended(child.wait_with_output().unwrap())
}

fn goes_on(emulator: &Emulator, dir: &Path) {
    emulator.set_faults(FaultPlan::default()).unwrap();
    export(emulator, dir, &FLOW).ok();
    assert_eq!(rows(dir), truth(emulator));
    assert!(parts(dir).iter().all(|name| !name.starts_with('.')), "{:?}", parts(dir));
    assert_eq!(verify(emulator, dir).ok().json()["mended_windows"], 0);
}

/// As if it had been killed before its last word, or that had been that rows are missing.
fn unsay(dir: &Path) {
    let manifest = dir.join("manifest.log");
    let text = fs::read_to_string(&manifest).unwrap();
    let last = text.lines().last().unwrap();
    assert!(last.contains("\"end\""));
    fs::write(&manifest, text.strip_suffix(&format!("{last}\n")).unwrap()).unwrap();
}

/// Waits until some windows are recorded.
fn recorded(dir: &Path) {
    let started = Instant::now();
    while !fs::metadata(dir.join("manifest.log")).is_ok_and(|file| file.len() > 800) {
        assert!(started.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_manifest_that_is_gone_is_missed() {
    let (emulator, dir) = (slow(), tempfile::tempdir().unwrap());
    let (child, _) = begun(with(&emulator), dir.path());
    fs::remove_file(dir.path().join("manifest.log")).unwrap();
    let ended = wait(child);
    assert!(ended.code == 7 && ended.err.contains("manifest.log was removed or changed"), "{}", ended.err);
    assert!(!ended.err.contains("are stored"), "{}", ended.err);
}

#[test]
fn a_directory_that_is_gone_is_not_made_anew() {
    for format in ["ndjson", "csv", "parquet", "sqlite"] {
        let (emulator, dir) = (slow(), tempfile::tempdir().unwrap());
        let (here, there) = (dir.path().join("here"), dir.path().join("there"));
        let mut command = with(&emulator);
        command.arg("export").arg(&here).args(FLOW).args(["--format", format]);
        let child = begin(command);
        recorded(&here);
        fs::rename(&here, &there).unwrap();
        let ended = wait(child);
        assert!(ended.code == 7 && ended.err.contains("was removed or changed"), "{format}: {}", ended.err);
        assert!(!here.exists());
        // What was moved is whole, and goes on where it is.
        emulator.set_faults(FaultPlan::default()).unwrap();
        export(&emulator, &there, &[&FLOW[..], &["--format", format]].concat()).ok();
        assert_eq!(verify(&emulator, &there).ok().json()["rows"], ROWS);
    }
}

#[test]
fn a_part_that_is_not_as_it_was_written_is_none() {
    let disturb: [fn(&Path); 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, "").unwrap(),
        |path| {
            fs::remove_file(path).unwrap();
            fs::write(path, "{}\n").unwrap();
        },
    ];
    for disturb in disturb {
        let (emulator, dir) = (slow(), tempfile::tempdir().unwrap());
        let (child, path) = begun(with(&emulator), dir.path());
        disturb(&path);
        let ended = wait(child);
        assert!(ended.code == 7 && ended.err.contains(".unfinished was removed or changed"), "{}", ended.err);
        goes_on(&emulator, dir.path());
    }
}

/// Another program that is to become `desk`, with its environment.
fn through(desk: &Command, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.envs(desk.get_envs().filter_map(|(name, value)| Some((name, value?)))).args(args);
    command
}

#[test]
fn a_terminal_that_hangs_up_ends_it_in_order() {
    let (emulator, dir) = (slow(), tempfile::tempdir().unwrap());
    let desk = with(&emulator);
    // The tests may run under `nohup`.
    let mut command = through(&desk, "env", &["--default-signal=HUP"]);
    command.arg(desk.get_program());
    let (child, _) = begun(command, dir.path());
    signal(&child, "-HUP");
    signal(&child, "-HUP");
    let ended = wait(child);
    assert_eq!(ended.code, 130, "{}", ended.err);
    assert!(parts(dir.path()).iter().all(|name| !name.starts_with('.')), "{:?}", parts(dir.path()));
    goes_on(&emulator, dir.path());
}

#[test]
fn a_hangup_that_is_ignored_is() {
    let (emulator, dir) = (slow(), tempfile::tempdir().unwrap());
    let desk = with(&emulator);
    let mut shell = through(&desk, "sh", &["-c", "trap '' HUP; exec \"$@\"", "sh"]);
    shell.arg(desk.get_program());
    let (child, _) = begun(shell, dir.path());
    signal(&child, "-HUP");
    wait(child).ok();
    goes_on(&emulator, dir.path());
}

/// Rows that came too late are missed by the run that has read their time, and by those behind it until they are read.
#[test]
fn what_was_found_missing_is_not_forgotten() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let at = |time| Time::parse(time).unwrap();
    emulator.set_clock(at("2026-02-10T00:00:00Z"), true).unwrap();
    let open = ["--page-size", "50", "--rows-per-window", "100"];
    export(&emulator, dir.path(), &open).ok();
    unsay(dir.path());
    let late = Change::Late { rows: 5, from: at("2026-01-05T00:00:00Z"), to: at("2026-01-06T00:00:00Z") };
    emulator.change_messages(&late).unwrap();
    for options in [&open[..], &[&open[..], &["--follow", "--every", "1s"]].concat(), &open[..]] {
        let ended = export(&emulator, dir.path(), options);
        assert!(ended.code == 3 && ended.err.contains("5 more rows"), "{}: {}", ended.code, ended.err);
        assert!(ended.err.contains("desk export verify"), "{}", ended.err);
    }
    verify(&emulator, dir.path());
    export(&emulator, dir.path(), &open).ok();
    let mut own = ids(&rows(dir.path()));
    own.sort_unstable();
    assert_eq!(own.len(), 505);
    own.dedup();
    assert_eq!(own.len(), 505);
    verify(&emulator, dir.path()).ok();
}

/// A service that cuts the times it is asked for to seconds counts a row before the first moment; no row is missing.
#[test]
fn what_lies_before_in_the_first_second_is_not_missing() {
    let times = ["10:00:00.100000", "10:00:00.600000", "10:00:05.000000"];
    let rows = (1..).zip(times).map(|(id, time)| {
        let row = format!(
            r#"{{"id":{id},"ticket":1,"userSendbirdId":"u","userType":"AGENT","createdAt":"2026-01-01T{time}Z","message":"m"}}"#
        );
        (time, row)
    });
    let rows: Vec<(&str, String)> = rows.collect();
    let server = Server::start(move |request| {
        let target = request.target.replace("%3A", ":");
        let value = |name: &str| target.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let second = |name| value(name).map(|time: &str| time["2026-01-01T".len()..][..8].to_owned());
        let (from, until) = (second("created_at__gte"), second("created_at__lte"));
        let is_in = |time: &str| {
            from.as_ref().is_none_or(|from| **from <= time[..8])
                && until.as_ref().is_none_or(|until| *time <= *format!("{until}.000000"))
        };
        let found: Vec<&str> = rows.iter().filter(|(time, _)| is_in(time)).map(|(_, row)| row.as_str()).collect();
        let count = found.len();
        let number = |name, else_: usize| value(name).map_or(else_, |text: &str| text.parse().unwrap());
        let page: Vec<&str> = found.into_iter().skip(number("offset", 0)).take(number("limit", 50)).collect();
        vec![reply(200, &[], format!(r#"{{"count":{count},"results":[{}]}}"#, page.join(",")).as_bytes())]
    });
    let dir = tempfile::tempdir().unwrap();
    let run = || {
        let span = ["--since", "2026-01-01T10:00:00.5Z", "--until", "2026-01-01T10:00:10Z", "--json"];
        let mut command = desk();
        command.env("DESK_BASE_URL", server.url()).env("DESK_API_TOKEN", "t").arg("export").arg(dir.path());
        crate::run::run(command, span).ok().json()
    };
    assert_eq!(run()["rows"], 2);
    unsay(dir.path());
    assert_eq!(run()["rows"], 2);
}

/// A table in the place of the one that windows were written to has not got them.
#[test]
fn a_table_that_is_gone_is_missed() {
    let (emulator, dir) = (slow(), tempfile::tempdir().unwrap());
    let options = [&FLOW[..], &["--format", "sqlite"]].concat();
    let mut command = with(&emulator);
    command.arg("export").arg(dir.path()).args(&options);
    let child = begin(command);
    recorded(dir.path());
    for name in parts(dir.path()) {
        let _ = fs::remove_file(dir.path().join(name));
    }
    let ended = wait(child);
    assert!(ended.code == 7 && ended.err.contains(".sqlite was removed or changed"), "{}", ended.err);
    emulator.set_faults(FaultPlan::default()).unwrap();
    let again = || export(&emulator, dir.path(), &options);
    assert!(again().code == 7 && again().err.contains("desk export verify"));
    verify(&emulator, dir.path());
    again().ok();
    assert_eq!(verify(&emulator, dir.path()).ok().json()["rows"], ROWS);
    // One that was made anew by others, say: it counts fewer windows.
    let table = rusqlite::Connection::open(dir.path().join("chat-message.sqlite")).unwrap();
    table.execute_batch("UPDATE desk_export SET windows = 1; DELETE FROM chat_message WHERE id < 100").unwrap();
    drop(table);
    assert!(again().code == 7 && again().err.contains("desk export verify"));
    verify(&emulator, dir.path()).ok();
    again().ok();
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
}

/// An export that was not told where to begin begins in 2000; what lies before is not missing from it.
#[test]
fn what_lies_before_the_beginning_is_not_missing() {
    let (emulator, dir) = (seeded(200), tempfile::tempdir().unwrap());
    let old: MessageImport = serde_json::from_value(json!({
        "ticket": 1, "userSendbirdId": "u", "userType": "CUSTOMER", "createdAt": "1999-12-31T23:59:59Z", "message": "old"
    }))
    .unwrap();
    emulator.import_messages(&[old]).unwrap();
    export(&emulator, dir.path(), &FLOW).ok();
    unsay(dir.path());
    verify(&emulator, dir.path()).ok();
    unsay(dir.path());
    export(&emulator, dir.path(), &FLOW).ok();
    assert_eq!(rows(dir.path()).len(), 200);
}

/// A table that `verify` was making anew when it was killed; the last window has no rows, and so agrees with any.
#[test]
fn a_table_that_is_half_made_anew_is_missed() {
    let (emulator, dir) = (seeded(1000), tempfile::tempdir().unwrap());
    let at = |time| emulator.set_clock(Time::parse(time).unwrap(), true).unwrap();
    let options = ["--format", "sqlite", "--page-size", "50", "--rows-per-window", "100"];
    for time in ["2026-02-10T00:00:00Z", "2026-02-12T00:00:00Z"] {
        at(time);
        export(&emulator, dir.path(), &options).ok();
    }
    let table = dir.path().join("chat-message.sqlite");
    fs::remove_file(&table).unwrap();
    let plan = json!({ "rules": [{ "method": "GET", "fault": { "delay": { "ms": 30 } } }] });
    emulator.set_faults(serde_json::from_value(plan).unwrap()).unwrap();
    let mut command = with(&emulator);
    command.args(["export", "verify"]).arg(dir.path());
    let mut child = begin(command);
    let (started, rows) = (Instant::now(), || {
        let table = rusqlite::Connection::open(&table)
            .and_then(|table| table.query_row("SELECT COUNT(*) FROM chat_message", [], |row| row.get::<_, i64>(0)));
        table.unwrap_or_default()
    });
    while !table.exists() || rows() == 0 {
        assert!(started.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(rows() < 1000);
    emulator.set_faults(FaultPlan::default()).unwrap();
    for _ in 0..2 {
        let ended = export(&emulator, dir.path(), &options);
        assert!(ended.code == 7 && ended.err.contains("desk export verify"), "{}: {}", ended.code, ended.err);
    }
    verify(&emulator, dir.path()).ok();
    export(&emulator, dir.path(), &options).ok();
    assert_eq!(rows(), 1000);
}
