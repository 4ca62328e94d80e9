//! `desk export`: what it writes, what it refuses, how it goes on and mends.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use desk_emulator::{Behaviour, Change, Emulator, FaultPlan, MessageImport, Order};
use serde_json::{Value, json};

use crate::formats;
use crate::run::{Ended, desk, run, with};

pub(crate) const ALL: [&str; 4] = ["--until", "2026-01-31", "--rows-per-window", "200"];

pub(crate) fn seeded(rows: u64) -> Emulator {
    Emulator::builder().seed_rows(rows).start_blocking().unwrap()
}

/// `desk export DIR OPTIONS…`.
pub(crate) fn export(emulator: &Emulator, dir: &Path, options: &[&str]) -> Ended {
    let arguments = ["export", dir.to_str().unwrap()].into_iter().chain(options.iter().copied());
    run(with(emulator), arguments)
}

pub(crate) fn verify(emulator: &Emulator, dir: &Path) -> Ended {
    run(with(emulator), ["export", "verify", dir.to_str().unwrap(), "--json"])
}

/// The parts, in order.
pub(crate) fn parts(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with("manifest")).collect();
    names.sort();
    names
}

/// The rows of NDJSON parts, in order.
pub(crate) fn rows(dir: &Path) -> Vec<Value> {
    let texts = parts(dir).into_iter().map(|name| fs::read_to_string(dir.join(name)).unwrap());
    texts.flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()).collect()
}

pub(crate) fn ids(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// All rows as the emulator has them.
pub(crate) fn truth(emulator: &Emulator) -> Vec<Value> {
    run(with(emulator), ["chat-message", "list", "--all"]).ok().lines()
}

pub(crate) fn message(text: &str) -> MessageImport {
    serde_json::from_value(json!({
        "ticket": 1, "userSendbirdId": "u", "userType": "CUSTOMER", "createdAt": "2026-01-31T20:00:00Z", "message": text
    }))
    .unwrap()
}

#[test]
fn every_row_comes_once_as_the_service_wrote_it() {
    let (emulator, dir) = (seeded(3000), tempfile::tempdir().unwrap());
    let dir = dir.path().join("new/deep");
    let ended = export(&emulator, &dir, &[&ALL[..], &["--json"]].concat()).ok();
    let summary = ended.json();
    assert_eq!(
        (&summary["rows"], &summary["new_rows"], &summary["unproven_windows"]),
        (&json!(3000), &json!(3000), &json!(0))
    );
    assert_eq!(rows(&dir), truth(&emulator));
    assert!(parts(&dir).len() > 5);
    for name in parts(&dir).into_iter().chain(["manifest.log".to_owned()]) {
        assert_eq!(fs::metadata(dir.join(&name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let again = export(&emulator, &dir, &[&ALL[..], &["--json"]].concat()).ok().json();
    assert_eq!((&again["rows"], &again["new_rows"], &again["requests"]), (&json!(3000), &json!(0), &json!(0)));
    assert_eq!(verify(&emulator, &dir).ok().json()["mended_windows"], 0);
}

/// Without an end it goes on where it was.
#[test]
fn new_rows_come_with_the_next_run() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let at = |time: &str| emulator.set_clock(desk_emulator::Time::parse(time).unwrap(), true).unwrap();
    at("2026-01-10T00:00:00Z");
    export(&emulator, dir.path(), &[]).ok();
    let first = rows(dir.path()).len();
    assert!((1..500).contains(&first), "{first}");
    at("2026-02-10T00:00:00Z");
    export(&emulator, dir.path(), &[]).ok();
    assert_eq!(ids(&rows(dir.path())), (1..=500).collect::<Vec<_>>());
}

/// An end that the service's clock has not passed.
#[test]
fn what_can_still_come_is_not_called_complete() {
    let (emulator, dir) = (seeded(500), tempfile::tempdir().unwrap());
    let at = |time: &str| emulator.set_clock(desk_emulator::Time::parse(time).unwrap(), true).unwrap();
    at("2026-01-10T00:00:00Z");
    let early = export(&emulator, dir.path(), &ALL);
    assert!(early.code == 3 && early.err.contains("can still appear"), "{}", early.err);
    assert_eq!(verify(&emulator, dir.path()).code, 3);
    at("2026-02-10T00:00:00Z");
    export(&emulator, dir.path(), &ALL).ok();
    assert_eq!(ids(&rows(dir.path())), (1..=500).collect::<Vec<_>>());
    verify(&emulator, dir.path()).ok();
}

#[test]
fn time_and_channel_choose_rows() {
    let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
    let options = ["--since", "2026-01-05", "--until", "2026-01-10", "--ticket-channel-type", "WHATSAPP_MESSAGE"];
    export(&emulator, dir.path(), &options).ok();
    let list = [
        "chat-message",
        "list",
        "--all",
        "--ticket-channel-type",
        "WHATSAPP_MESSAGE",
        "--created-at-gte",
        "2026-01-05T00:00:00Z",
        "--created-at-lte",
        "2026-01-10T23:59:59.999999Z",
    ];
    let wanted = run(with(&emulator), list).ok().lines();
    assert!(!wanted.is_empty());
    assert_eq!(rows(dir.path()), wanted);
}

#[test]
fn csv_is_read_back_by_its_rules() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    let texts = ["=HYPERLINK(\"x\",\"y\")", "+1", "-1", "@x", "\ttab", "\rcr", "a\"b,c\r\nd", "plain", ""];
    emulator.import_messages(&texts.map(message)).unwrap();
    let guarded = dir.path().join("guarded");
    export(&emulator, &guarded, &[&ALL[..], &["--format", "csv"]].concat()).ok();
    let table = records(&guarded);
    assert_eq!(table.len(), 309);
    let table = by_id(table);
    for (row, text) in table[300..].iter().zip(texts) {
        let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        assert_eq!(row[6], format!("{guard}{text}"));
    }
    let raw = dir.path().join("raw");
    export(&emulator, &raw, &[&ALL[..], &["--format", "csv", "--csv-raw"]].concat()).ok();
    let table = by_id(records(&raw));
    let truth = truth(&emulator);
    assert!(
        table
            .iter()
            .zip(&truth)
            .all(|(row, own)| own["message"] == row[6] && own["id"].as_i64() == row[0].parse().ok())
    );
    assert_eq!(export(&emulator, &raw, &["--csv-raw"]).code, 2);
}

fn by_id(mut table: Vec<Vec<String>>) -> Vec<Vec<String>> {
    table.sort_by_key(|row| row[0].parse::<i64>().unwrap());
    table
}

/// The records of CSV parts, in order, by RFC 4180.
pub(crate) fn records(dir: &Path) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for name in parts(dir) {
        let text = fs::read_to_string(dir.join(name)).unwrap();
        let (mut record, mut field, mut quoted, mut first) = (Vec::new(), String::new(), false, true);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => record.push(std::mem::take(&mut field)),
                '\r' if !quoted => {
                    assert_eq!(chars.next(), Some('\n'));
                    record.push(std::mem::take(&mut field));
                    let record = std::mem::take(&mut record);
                    // Every part begins with the names.
                    if !std::mem::take(&mut first) {
                        all.push(record);
                    }
                }
                c => field.push(c),
            }
        }
        assert!(!quoted && field.is_empty() && record.is_empty());
    }
    all
}

#[test]
fn what_is_private_never_reaches_the_disk() {
    let (emulator, dir) = (seeded(200), tempfile::tempdir().unwrap());
    let key = dir.path().join("key");
    fs::write(&key, "0123456789abcdef\n").unwrap();
    let out = dir.path().join("out");
    let key = key.to_str().unwrap();
    let options = [&ALL[..], &["--drop", "message,data", "--hmac", "userSendbirdId", "--hmac-key-file", key]].concat();
    export(&emulator, &out, &options).ok();
    let (kept, truth) = (rows(&out), truth(&emulator));
    assert_eq!(ids(&kept), ids(&truth));
    for (kept, own) in kept.iter().zip(&truth) {
        assert!(kept.get("message").is_none() && kept.get("data").is_none());
        assert_eq!(kept["userSendbirdId"].as_str().unwrap().len(), 64);
        assert_eq!(kept["createdAt"], own["createdAt"]);
    }
    let users =
        |rows: &[Value]| rows.iter().map(|row| row["userSendbirdId"].to_string()).collect::<BTreeSet<_>>().len();
    assert_eq!(users(&kept), users(&truth));
    let all: Vec<u8> = fs::read_dir(&out).unwrap().flat_map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    let own =
        truth.iter().map(|row| row["userSendbirdId"].as_str().unwrap()).find(|user| user.starts_with("user_")).unwrap();
    assert!(!all.windows(own.len()).any(|bytes| bytes == own.as_bytes()));
    // Another key, or a misspelled name, is refused.
    let other = dir.path().join("other");
    fs::write(&other, "fedcba9876543210").unwrap();
    let changed = [&options[..8], &["--hmac-key-file", other.to_str().unwrap()]].concat();
    let refused = export(&emulator, &out, &changed);
    assert!(refused.code == 2 && refused.err.contains("hmac-key"), "{}", refused.err);
    let misspelled = export(&emulator, &dir.path().join("x"), &["--drop", "mesage"]);
    assert!(misspelled.code == 2 && misspelled.err.contains("userSendbirdId"), "{}", misspelled.err);
    assert!(!dir.path().join("x").exists());
}

#[test]
fn other_settings_and_foreign_directories_are_refused() {
    let (emulator, dir) = (seeded(100), tempfile::tempdir().unwrap());
    let out = dir.path().join("out");
    export(&emulator, &out, &ALL).ok();
    let before: Vec<_> = parts(&out);
    for (options, name) in [
        (&["--until", "2026-01-30"][..], "until"),
        (&["--until", "2026-01-31", "--since", "2026-01-01"], "since"),
        (&["--until", "2026-01-31", "--format", "csv"], "format"),
        (&["--until", "2026-01-31", "--ticket-channel-type", "SENDBIRD"], "arguments"),
        (&["--until", "2026-01-31", "--drop", "message"], "drop"),
        (&["--since", "2026-01-01", "--until", "2026-01-31", "--partition", "1/2"], "partition"),
    ] {
        let refused = export(&emulator, &out, options);
        assert!(
            refused.code == 2 && refused.err.contains(name) && refused.err.contains("hint: "),
            "{name}: {}",
            refused.err
        );
    }
    assert_eq!(parts(&out), before);
    fs::remove_file(out.join("manifest.log")).unwrap();
    let refused = export(&emulator, &out, &ALL);
    assert!(refused.code == 2 && refused.err.contains("no manifest"), "{}", refused.err);
    assert_eq!(parts(&out), before);
    assert_eq!(verify(&emulator, &out).code, 2);
}

/// Bytes of memory do not grow with rows: those of one window are held. What is mapped of the program counts for nothing: it
/// differs by megabytes, as the system holds the file.
#[test]
fn memory_is_flat() {
    let peak = |rows: u64, format: &str| {
        let (emulator, dir) = (seeded(rows), tempfile::tempdir().unwrap());
        let mut child = with(&emulator)
            .args(["export", dir.path().to_str().unwrap(), "--until", "2026-01-31", "--rows-per-window", "1000"])
            .args(["--format", format])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        while child.try_wait().unwrap().is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
            peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0_u64));
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        assert!(child.wait().unwrap().success());
        let kept = if format == "ndjson" { self::rows(dir.path()) } else { formats::read(dir.path(), format) };
        assert_eq!(rows, kept.len() as u64);
        peak
    };
    for format in ["ndjson", "parquet", "sqlite"] {
        let (few, many) = (peak(3_000, format), peak(60_000, format));
        println!("{format}: {few} kB for 3,000 rows, {many} kB for 60,000");
        assert!(many < few + 8_000, "{format}: {few} kB, then {many} kB");
    }
}

#[test]
fn two_at_once_are_refused() {
    let (emulator, dir) = (seeded(100), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &ALL).ok();
    let file = fs::File::open(dir.path().join("manifest.log")).unwrap();
    file.lock().unwrap();
    let second = export(&emulator, dir.path(), &[&ALL[..], &["--json"]].concat());
    let error = second.error();
    assert_eq!((second.code, &error["kind"], &error["retryable"]), (5, &json!("busy"), &json!(true)), "{error}");
    drop(file);
    export(&emulator, dir.path(), &ALL).ok();
}

#[test]
fn shares_make_the_whole() {
    let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
    let time = ["--since", "2026-01-01", "--until", "2026-01-31", "--rows-per-window", "200"];
    assert_eq!(export(&emulator, dir.path(), &["--until", "2026-01-31", "--partition", "1/3"]).code, 2);
    for share in ["2/3", "3/3"] {
        export(&emulator, dir.path(), &[&time[..], &["--partition", share]].concat()).ok();
    }
    let incomplete = verify(&emulator, dir.path());
    assert_eq!((incomplete.code, &incomplete.json()["missing"]), (3, &json!(["share 1/3"])));
    assert_eq!(export(&emulator, dir.path(), &[&time[..], &["--partition", "1/4"]].concat()).code, 2);
    export(&emulator, dir.path(), &[&time[..], &["--partition", "1/3"]].concat()).ok();
    assert_eq!(rows(dir.path()), truth(&emulator));
    assert_eq!(verify(&emulator, dir.path()).ok().json()["rows"], 2000);
}

#[test]
fn verify_finds_and_mends() {
    let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &ALL).ok();
    let all = parts(dir.path());
    fs::write(dir.path().join(&all[1]), "damaged").unwrap();
    fs::remove_file(dir.path().join(&all[3])).unwrap();
    emulator.change_messages(&Change::Delete(vec![5, 6])).unwrap();
    emulator.import_messages(&[message("late")]).unwrap();
    let mended = verify(&emulator, dir.path()).ok().json();
    assert_eq!(
        (&mended["mended_windows"], &mended["wrong_windows"], &mended["rows"]),
        (&json!(4), &json!(0), &json!(1999))
    );
    let (own, truth): (BTreeSet<_>, BTreeSet<_>) =
        (ids(&rows(dir.path())).into_iter().collect(), ids(&truth(&emulator)).into_iter().collect());
    assert!(own == truth && rows(dir.path()).len() == 1999);
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
    // The last part is looked at before an export goes on.
    fs::write(dir.path().join(parts(dir.path()).last().unwrap()), "damaged").unwrap();
    let refused = export(&emulator, dir.path(), &ALL);
    assert!(refused.code == 7 && refused.err.contains("desk export verify"), "{}", refused.err);
    verify(&emulator, dir.path()).ok();
    export(&emulator, dir.path(), &ALL).ok();
    // A line of the manifest that is wrong is said; half a line at its end is not.
    let manifest = dir.path().join("manifest.log");
    let good = fs::read(&manifest).unwrap();
    fs::write(&manifest, [&good[..], b"0000"].concat()).unwrap();
    export(&emulator, dir.path(), &ALL).ok();
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    fs::write(&manifest, bad).unwrap();
    let refused = export(&emulator, dir.path(), &ALL);
    assert!(refused.code == 7 && refused.err.contains("damaged"), "{}", refused.err);
}

/// Rows that the service counts and does not give: said, and never called proven.
#[test]
fn what_is_not_proven_is_said() {
    let (emulator, dir) = (seeded(50), tempfile::tempdir().unwrap());
    let page = json!({ "count": 3, "next": null, "previous": null, "results": [] }).to_string();
    let fault = json!({ "rules": [{ "fault": { "answer": { "status": 200, "body": page } } }] });
    emulator.set_faults(serde_json::from_value::<FaultPlan>(fault).unwrap()).unwrap();
    let time = ["--since", "2026-01-01T00:00:00Z", "--until", "2026-01-01T00:00:00.000009Z", "--json"];
    let ended = export(&emulator, dir.path(), &time);
    assert_eq!((ended.code, &ended.error()["kind"]), (3, &json!("inconsistent")), "{}", ended.err);
    assert_eq!(verify(&emulator, dir.path()).code, 7);
    emulator.set_faults(FaultPlan::default()).unwrap();
    verify(&emulator, dir.path()).ok();
    export(&emulator, dir.path(), &time).ok();
}

#[test]
fn disks_that_refuse_say_what_to_do() {
    let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = export(&emulator, &file.join("out"), &[&ALL[..], &["--json"]].concat());
    let error = refused.error();
    assert!(refused.code == 1 && error["kind"] == "io" && error["hint"].is_string(), "{error}");
    // No file may grow beyond 16 blocks, as on a disk that is full; then there is room again.
    let out = dir.path().join("out");
    let mut limited = Command::new("bash");
    limited.arg("-c").arg("trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"").arg(env!("CARGO_BIN_EXE_desk"));
    for (name, value) in with(&emulator).get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let arguments = ["export", out.to_str().unwrap(), "--until", "2026-01-31", "--json"];
    let full = run(limited, arguments);
    let error = full.error();
    assert!(full.code == 1 && error["hint"].as_str().unwrap().contains("free disk space"), "{error}");
    run(with(&emulator), arguments).ok();
    assert_eq!(ids(&rows(&out)), (1..=2000).collect::<Vec<_>>());
}

#[test]
fn a_service_without_an_order_is_exported_all_the_same() {
    let mut behaviour = Behaviour::default();
    behaviour.order = Order::None;
    let emulator = Emulator::builder().seed_rows(1500).behaviour(behaviour).start_blocking().unwrap();
    let dir = tempfile::tempdir().unwrap();
    export(&emulator, dir.path(), &[&ALL[..], &["--page-size", "100"]].concat()).ok();
    let mut own = ids(&rows(dir.path()));
    own.sort_unstable();
    assert_eq!(own, (1..=1500).collect::<Vec<_>>());
}

#[test]
fn an_address_without_a_service_leaves_nothing_half_done() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = desk();
    command.env("DESK_BASE_URL", "http://127.0.0.1:9/v1").env("DESK_API_TOKEN", "t");
    let closed = run(command, ["export", dir.path().to_str().unwrap(), "--json"]);
    assert_eq!((closed.code, &closed.error()["retryable"]), (5, &json!(true)));
    assert!(parts(dir.path()).is_empty());
}
