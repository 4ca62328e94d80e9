//! `desk export --format parquet` and `sqlite`: what is there for readers of these formats, how it goes on and mends.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use desk_emulator::{Change, Emulator, FaultPlan, MessageImport};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Map, Value, json};

use crate::export::{ALL, export, ids, message, seeded, truth, verify};

/// All files in a directory and below, in order.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return vec![dir.to_owned()] };
    let mut all: Vec<PathBuf> = entries.flat_map(|entry| files(&entry.unwrap().path())).collect();
    all.sort();
    all
}

/// The rows of Parquet files, by time and id, without nulls.
pub(crate) fn of_parquet(dir: &Path) -> Vec<Value> {
    let all = files(dir);
    let parts = all.iter().filter(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    sorted(parts.flat_map(|part| of_part(part)).collect())
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn of_part(path: &Path) -> Vec<Value> {
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let date = path.parent().unwrap().file_name().unwrap().to_str().unwrap().strip_prefix("date=").unwrap();
    let row = |row: parquet::record::Row| {
        let fields = row.get_column_iter().filter_map(|(name, field)| {
            let value = match field {
                Field::Null => return None,
                Field::Long(value) => json!(value),
                Field::Str(value) => json!(value),
                Field::TimestampMicros(value) => {
                    let time = stamp(DateTime::from_timestamp_micros(*value).unwrap());
                    assert!(*name != "createdAt" || time.starts_with(date), "{time} on {date}");
                    json!(time)
                }
                other => panic!("{other:?}"),
            };
            Some((name.clone(), value))
        });
        Value::Object(fields.collect())
    };
    reader.get_row_iter(None).unwrap().map(|read| row(read.unwrap())).collect()
}

/// The rows of tables, by time and id, without nulls.
pub(crate) fn of_sqlite(dir: &Path) -> Vec<Value> {
    let all = files(dir);
    let tables = all.iter().filter(|path| path.extension().is_some_and(|extension| extension == "sqlite"));
    sorted(tables.flat_map(|file| of_table(file)).collect())
}

fn of_table(file: &Path) -> Vec<Value> {
    let db = rusqlite::Connection::open(file).unwrap();
    // Of a share: `chat-message-1-of-3`.
    let list = file.file_stem().unwrap().to_str().unwrap().trim_end_matches(|c: char| !c.is_alphabetic());
    let table = list.trim_end_matches("of").trim_end_matches(|c: char| !c.is_alphabetic()).replace('-', "_");
    let mut select = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let names: Vec<String> = select.column_names().map(str::to_owned).collect();
    let rows = select.query_map([], |row| {
        let mut object = Map::new();
        for (at, name) in names.iter().enumerate() {
            match row.get(at)? {
                rusqlite::types::Value::Null => {}
                rusqlite::types::Value::Integer(value) => drop(object.insert(name.clone(), json!(value))),
                rusqlite::types::Value::Text(value) => drop(object.insert(name.clone(), json!(value))),
                other => panic!("{other:?}"),
            }
        }
        Ok(Value::Object(object))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

pub(crate) fn read(dir: &Path, format: &str) -> Vec<Value> {
    if format == "parquet" { of_parquet(dir) } else { of_sqlite(dir) }
}

/// The rows as both formats have them: no nulls, times with all digits, objects as text.
fn flat(rows: &[Value]) -> Vec<Value> {
    let flat = |row: &Value| {
        let fields = row.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
        let fields = fields.map(|(name, value)| {
            let value = match value {
                Value::Object(_) => json!(value.to_string()),
                Value::String(text) if name.ends_with("At") => {
                    json!(stamp(text.parse().unwrap()))
                }
                value => value.clone(),
            };
            (name.clone(), value)
        });
        Value::Object(fields.collect())
    };
    sorted(rows.iter().map(flat).collect())
}

fn sorted(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_key(|row| (row["createdAt"].to_string(), row["id"].as_i64()));
    rows
}

/// Whether the export has what the emulator has.
fn is_whole(dir: &Path, format: &str, emulator: &Emulator) {
    let (own, truth) = (read(dir, format), flat(&truth(emulator)));
    let first = own.iter().zip(&truth).find(|(own, truth)| own != truth);
    assert!(first.is_none() && own.len() == truth.len(), "{format}: {} of {} rows, {first:?}", own.len(), truth.len());
}

/// The ids of all rows, in order.
pub(crate) fn ids_of(dir: &Path, format: &str) -> Vec<i64> {
    let mut found = match format {
        "ndjson" => ids(&crate::export::rows(dir)),
        "csv" => crate::export::records(dir).iter().map(|record| record[0].parse().unwrap()).collect(),
        "parquet" => ids(&of_parquet(dir)),
        _ => ids(&of_sqlite(dir)),
    };
    found.sort_unstable();
    found
}

pub(crate) fn with<'a>(format: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [&ALL[..], &["--format", format], options].concat()
}

#[test]
fn every_row_is_there_once_and_typed() {
    for format in ["parquet", "sqlite"] {
        let (emulator, dir) = (seeded(3000), tempfile::tempdir().unwrap());
        let out = dir.path().join("new/deep");
        let summary = export(&emulator, &out, &with(format, &["--json"])).ok().json();
        assert_eq!((&summary["rows"], &summary["unproven_windows"]), (&json!(3000), &json!(0)));
        is_whole(&out, format, &emulator);
        for file in files(&out) {
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        }
        let again = export(&emulator, &out, &with(format, &["--json"])).ok().json();
        assert_eq!((&again["new_rows"], &again["requests"]), (&json!(0), &json!(0)));
        assert_eq!(verify(&emulator, &out).ok().json()["mended_windows"], 0);
        let other = if format == "parquet" { "sqlite" } else { "parquet" };
        let refused = export(&emulator, &out, &with(other, &[]));
        assert!(refused.code == 2 && refused.err.contains("format"), "{}", refused.err);
        fs::remove_file(out.join("manifest.log")).unwrap();
        let refused = export(&emulator, &out, &with(format, &[]));
        assert!(refused.code == 2 && refused.err.contains("no manifest"), "{}", refused.err);
        assert_eq!(read(&out, format).len(), 3000);
    }
}

/// A service that keeps to nothing: all it says is there.
#[test]
fn what_does_not_fit_is_kept() {
    let rows = r#"[
        {"createdAt": "2026-01-01T00:00:00Z", "id": 1, "ticket": null, "userType": 5, "message": {"a": "\u0041"}},
        {"id": 2, "createdAt": "2026-01-01T00:00:00.000001Z", "ticket": 99999999999999999999, "message": "\ud83d", "requestedBy":
          [1.50], "new": {"k": [null]}, "messageId": "7", "userSendbirdId": "a\u0000b", "userType": "ROBOT", "deletedAt": "soon"},
        {"id": 9223372036854775807, "createdAt": "2026-01-01T00:00:00.000002Z"}]"#;
    let page = format!("{{\"count\": 3, \"next\": null, \"previous\": null, \"results\": {rows}}}");
    for format in ["parquet", "sqlite"] {
        let (emulator, dir) = (seeded(1), tempfile::tempdir().unwrap());
        let fault = json!({ "rules": [{ "fault": { "answer": { "status": 200, "body": page } } }] });
        emulator.set_faults(serde_json::from_value::<FaultPlan>(fault).unwrap()).unwrap();
        let time = ["--since", "2026-01-01", "--until", "2026-01-01", "--format", format];
        export(&emulator, dir.path(), &time).ok();
        let wanted = [
            json!({ "id": 1, "createdAt": "2026-01-01T00:00:00.000000Z", "other": r#"{"userType":5,"message":{"a": "\u0041"}}"# }),
            json!({
                "id": 2, "createdAt": "2026-01-01T00:00:00.000001Z", "message": "\u{FFFD}\u{FFFD}\u{FFFD}",
                "requestedBy": "[1.50]", "userSendbirdId": "a\0b", "userType": "ROBOT",
                "other": r#"{"ticket":99999999999999999999,"message":"\ud83d","new":{"k": [null]},"messageId":"7","deletedAt":"soon"}"#,
            }),
            json!({ "id": i64::MAX, "createdAt": "2026-01-01T00:00:00.000002Z" }),
        ];
        assert_eq!(read(dir.path(), format), wanted);
        verify(&emulator, dir.path()).ok();
    }
}

/// Nothing but whole parts is where readers look, each day in a place of its own.
#[test]
fn days_are_partitions() {
    let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &["--until", "2026-01-31", "--format", "parquet"]).ok();
    let mut days = BTreeMap::new();
    for row in truth(&emulator) {
        *days.entry(row["createdAt"].as_str().unwrap()[..10].to_owned()).or_insert(0) += 1;
    }
    let mut found = BTreeMap::new();
    for file in files(&dir.path().join("chat-message")) {
        let place = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        assert!(file.to_str().unwrap().ends_with("Z.parquet"), "{file:?}");
        let rows = of_part(&file);
        assert!(rows.is_sorted_by_key(|row| (row["createdAt"].to_string(), row["id"].as_i64())));
        found.insert(place.strip_prefix("date=").unwrap().to_owned(), rows.len());
    }
    assert_eq!(found, days);
}

#[test]
fn shares_make_the_whole() {
    for format in ["parquet", "sqlite"] {
        let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
        for share in ["2/3", "1/3", "3/3"] {
            export(&emulator, dir.path(), &with(format, &["--since", "2026-01-01", "--partition", share])).ok();
        }
        is_whole(dir.path(), format, &emulator);
        assert_eq!(verify(&emulator, dir.path()).ok().json()["rows"], 2000);
        if format == "sqlite" {
            let tables = ["1-of-3", "2-of-3", "3-of-3"].map(|share| format!("chat-message-{share}.sqlite"));
            assert!(tables.iter().all(|table| dir.path().join(table).exists()));
        }
    }
}

#[test]
fn verify_finds_and_mends() {
    for format in ["parquet", "sqlite"] {
        let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
        export(&emulator, dir.path(), &with(format, &[])).ok();
        let damaged = match format {
            "parquet" => {
                let all = files(&dir.path().join("chat-message"));
                fs::write(&all[1], "damaged").unwrap();
                fs::remove_file(&all[all.len() / 2]).unwrap();
                2
            }
            _ => {
                let db = rusqlite::Connection::open(dir.path().join("chat-message.sqlite")).unwrap();
                db.execute("UPDATE chat_message SET message = 'other' WHERE id = 700", []).unwrap();
                db.execute("DELETE FROM chat_message WHERE id = 1100", []).unwrap();
                2
            }
        };
        emulator.change_messages(&Change::Delete(vec![5, 6])).unwrap();
        emulator.import_messages(&[message("late")]).unwrap();
        let mended = verify(&emulator, dir.path()).ok().json();
        assert_eq!((&mended["wrong_windows"], &mended["rows"]), (&json!(0), &json!(1999)), "{format}");
        let windows = mended["mended_windows"].as_u64().unwrap();
        assert!((damaged..=damaged + 2).contains(&windows), "{format}: {windows}");
        is_whole(dir.path(), format, &emulator);
        assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
        // What was written last is looked at before an export goes on.
        match format {
            "parquet" => fs::write(files(&dir.path().join("chat-message")).last().unwrap(), "damaged").unwrap(),
            _ => fs::write(dir.path().join("chat-message.sqlite"), "damaged").unwrap(),
        }
        let refused = export(&emulator, dir.path(), &with(format, &[]));
        assert!(refused.code == 7 && refused.err.contains("desk export verify"), "{}", refused.err);
        if format == "sqlite" {
            // A file that is none of SQLite is left to its owner.
            let refused = verify(&emulator, dir.path());
            assert!(refused.code == 1 && refused.err.contains("remove "), "{}", refused.err);
            fs::remove_file(dir.path().join("chat-message.sqlite")).unwrap();
        }
        verify(&emulator, dir.path()).ok();
        export(&emulator, dir.path(), &with(format, &[])).ok();
        is_whole(dir.path(), format, &emulator);
    }
}

/// A window that a process wrote and did not record, and a row that has vanished since.
#[test]
fn a_table_has_nothing_that_is_not_recorded() {
    let (emulator, dir) = (seeded(1000), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &with("sqlite", &[])).ok();
    let manifest = dir.path().join("manifest.log");
    let text = fs::read_to_string(&manifest).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert!(lines.len() > 4);
    emulator.change_messages(&Change::Delete(vec![999])).unwrap();
    fs::write(&manifest, lines[..lines.len() - 2].concat()).unwrap();
    // Others may read it while it grows.
    let reader = rusqlite::Connection::open(dir.path().join("chat-message.sqlite")).unwrap();
    let count = || reader.query_row("SELECT count(*) FROM chat_message", [], |row| row.get::<_, i64>(0)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(), 1000);
    let summary = export(&emulator, dir.path(), &with("sqlite", &["--json"])).ok().json();
    assert_eq!(summary["rows"], 999);
    assert_eq!(count(), 1000);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 999);
    drop(reader);
    is_whole(dir.path(), "sqlite", &emulator);
    assert_eq!(files(dir.path()).len(), 2, "{:?}", files(dir.path()));
}

/// Who owns the table may add to it.
#[test]
fn a_table_with_more_columns_goes_on() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    export(&emulator, dir.path(), &with("sqlite", &[])).ok();
    let table = rusqlite::Connection::open(dir.path().join("chat-message.sqlite")).unwrap();
    table.execute_batch("ALTER TABLE chat_message ADD COLUMN mine; UPDATE chat_message SET mine = 1").unwrap();
    drop(table);
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
    emulator.change_messages(&Change::Delete(vec![3])).unwrap();
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 1);
}

#[test]
fn a_full_disk_says_what_to_do() {
    for format in ["parquet", "sqlite"] {
        let (emulator, dir) = (seeded(2000), tempfile::tempdir().unwrap());
        // No file may grow beyond 8 blocks; then there is room again.
        let mut limited = std::process::Command::new("bash");
        limited.arg("-c").arg("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"").arg(env!("CARGO_BIN_EXE_desk"));
        let own = crate::run::with(&emulator);
        own.get_envs().filter_map(|(name, value)| Some((name, value?))).for_each(|(name, value)| {
            limited.env(name, value);
        });
        let time = ["--since", "2026-01-01", "--until", "2026-01-01", "--format", format, "--drop", "userType"];
        let arguments = ["export", dir.path().to_str().unwrap()].into_iter().chain(time).chain(["--json"]);
        emulator.import_messages(&(0..40).map(large).collect::<Vec<_>>()).unwrap();
        let full = crate::run::run(limited, arguments.clone());
        let error = full.error();
        assert!(full.code == 1 && error["hint"].as_str().unwrap().contains("free disk space"), "{format}: {error}");
        let summary = crate::run::run(crate::run::with(&emulator), arguments).ok().json();
        assert_eq!(summary["rows"].as_u64().unwrap() as usize, read(dir.path(), format).len());
        verify(&emulator, dir.path()).ok();
    }
}

/// A message that does not get small.
fn large(seed: u64) -> MessageImport {
    let mut random = fastrand::Rng::with_seed(seed);
    let text: String = std::iter::repeat_with(|| random.alphanumeric()).take(1000).collect();
    serde_json::from_value(json!({
        "ticket": 1, "userSendbirdId": "u", "userType": "CUSTOMER", "createdAt": "2026-01-01T20:00:00Z", "message": text
    }))
    .unwrap()
}

#[test]
fn what_is_private_never_reaches_the_disk() {
    let key = tempfile::NamedTempFile::new().unwrap();
    fs::write(key.path(), "0123456789abcdef\n").unwrap();
    for format in ["ndjson", "csv", "parquet", "sqlite"] {
        let (emulator, dir) = (seeded(200), tempfile::tempdir().unwrap());
        emulator.import_messages(&[message("my number is 555-0199, 555-0111")]).unwrap();
        let options = [
            "--drop",
            "data",
            "--hmac",
            "userSendbirdId",
            "--hmac-key-file",
            key.path().to_str().unwrap(),
            "--redact",
            "userType",
            "--redact",
            "message=[0-9]{3}-0[0-9]{3}",
            "--redact",
            "message=(?i)refund\\w*",
        ];
        let options = with(format, &options);
        export(&emulator, dir.path(), &options).ok();
        let bytes: Vec<u8> = files(dir.path()).iter().flat_map(|file| fs::read(file).unwrap()).collect();
        let has = |text: &str| bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes());
        let truth = truth(&emulator);
        let user =
            truth.iter().map(|row| row["userSendbirdId"].as_str().unwrap()).find(|user| user.starts_with("user_"));
        assert!(!has(user.unwrap()) && !has("555-01") && !has("CUSTOMER"), "{format}");
        if format == "parquet" || format == "sqlite" {
            let rows = read(dir.path(), format);
            assert_eq!(ids(&rows).into_iter().collect::<BTreeSet<_>>(), ids(&truth).into_iter().collect());
            assert!(rows.iter().all(|row| row.get("data").is_none() && row.get("other").is_none()));
            assert!(rows.iter().all(|row| row["userSendbirdId"].as_str().unwrap().len() == 64));
            assert!(rows.iter().all(|row| row["userType"] == "[redacted]"));
            let messages: BTreeSet<&str> = rows.iter().map(|row| row["message"].as_str().unwrap()).collect();
            assert!(messages.contains("my number is [redacted], [redacted]"));
            assert!(messages.iter().all(|text| !text.to_lowercase().contains("refund")));
            assert!(messages.iter().any(|text| text.contains("I've [redacted] ")));
        }
        // It stays as it was begun.
        let mut other = options.clone();
        *other.last_mut().unwrap() = "message=x";
        let refused = export(&emulator, dir.path(), &other);
        assert!(refused.code == 2 && refused.err.contains("redact"), "{}", refused.err);
        let verified = crate::run::run(
            crate::run::with(&emulator),
            ["export", "verify", dir.path().to_str().unwrap(), "--hmac-key-file", key.path().to_str().unwrap()],
        );
        verified.ok();
    }
}

#[test]
fn redactions_that_cannot_be_are_refused() {
    let (emulator, dir) = (seeded(1), tempfile::tempdir().unwrap());
    let out = dir.path().join("out");
    for (options, words) in [
        (&["--redact", "mesage=x"][..], "it has: id, messageId"),
        (&["--redact", "message=(x"], "unclosed group; nothing was sent"),
        (&["--redact", "message", "--hmac", "message"], "conflict"),
        (&["--format", "sqlite", "--drop", "createdAt"], "needs the id and the time"),
        (&["--format", "sqlite", "--redact", "id=1"], "choose another --format"),
    ] {
        let refused = export(&emulator, &out, options);
        assert!(refused.code == 2 && refused.err.contains(words) && refused.err.contains("hint: "), "{}", refused.err);
        assert!(!out.exists());
    }
}
