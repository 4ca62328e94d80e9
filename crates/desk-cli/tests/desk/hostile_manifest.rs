//! A manifest that was not written by an export of this version: no file that it names is touched.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use desk_emulator::{Change, Emulator};
use serde_json::{Value, json};

use crate::export::{export, seeded, verify};
use crate::formats;

const FORMATS: [&str; 4] = ["ndjson", "csv", "parquet", "sqlite"];

fn options(format: &str) -> Vec<&str> {
    vec!["--until", "2026-01-31", "--rows-per-window", "100", "--page-size", "50", "--format", format]
}

/// All files below, with what they hold and which they are.
fn files(dir: &Path) -> BTreeMap<PathBuf, (u64, Vec<u8>)> {
    let all = formats::files(dir).into_iter();
    all.map(|path| (path.clone(), (fs::symlink_metadata(&path).unwrap().ino(), fs::read(&path).unwrap()))).collect()
}

/// Changes a record, and makes its sum again.
fn forge(text: &str, line: usize, change: &dyn Fn(&mut Value)) -> String {
    let lines = text.lines().enumerate().map(|(at, own)| {
        if at != line {
            return format!("{own}\n");
        }
        let mut record: Value = serde_json::from_str(own.split_once(' ').unwrap().1).unwrap();
        change(&mut record);
        let json = record.to_string();
        format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))
    });
    lines.collect()
}

/// Runs both commands, and sees that they refuse what the record says and change no file.
fn refused(emulator: &Emulator, (dir, out): (&Path, &Path), format: &str, words: &[&str]) {
    let before = files(dir);
    for ended in [verify(emulator, out), export(emulator, out, &options(format))] {
        assert_eq!(ended.code, 7, "{format}: {}{}", ended.out, ended.err);
        assert!(words.iter().all(|word| ended.err.contains(word)), "{format}: {}", ended.err);
    }
    assert!(files(dir) == before, "{format}: {words:?}");
}

#[test]
fn only_a_name_that_the_part_would_get_is_accepted() {
    for format in FORMATS {
        let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
        let (out, mine) = (dir.path().join("out"), dir.path().join("mine.txt"));
        export(&emulator, &out, &options(format)).ok();
        fs::write(&mine, "mine").unwrap();
        // Every window differs now: without the check, its parts would be replaced and removed.
        emulator.change_messages(&Change::Delete((1..600).step_by(20).collect())).unwrap();
        let own = out.join("manifest.log");
        let text = fs::read_to_string(&own).unwrap();
        let record = |line: usize| -> Value {
            serde_json::from_str(text.lines().nth(line).unwrap().split_once(' ').unwrap().1).unwrap()
        };
        let name = record(2)["parts"][0]["file"].as_str().unwrap().to_owned();
        let (stem, extension) = name.rsplit_once('.').unwrap();
        let (place, base) =
            name.rsplit_once('/').map_or((String::new(), &*name), |(dir, base)| (format!("{dir}/"), base));
        let evil = [
            mine.to_str().unwrap().to_owned(),
            "../mine.txt".to_owned(),
            format!("{place}../../../mine.txt"),
            format!("./{name}"),
            format!("{place}./{base}"),
            format!("/{name}"),
            format!("x/{name}"),
            format!("{place}x/{base}"),
            format!("{place}.{base}.unfinished"),
            "manifest.log".to_owned(),
            String::new(),
            format!("{name}\0"),
            format!("{stem}-r0.{extension}"),
            format!("{stem}-r01.{extension}"),
            format!("{stem}-r+1.{extension}"),
            format!("{stem}-r99999999999.{extension}"),
            format!("{stem}-r1-r2.{extension}"),
            format!("{stem}-1-of-2.{extension}"),
            format!("{stem}.txt"),
            format!("{}{base}", place.replace("2026", "2025")),
            format!("{}{base}", place.replace("date=", "day=")),
            format!("{place}{}", base.replace("chat-message", "ticket-chat-message")),
            record(3)["parts"][0]["file"].as_str().unwrap().replace(&place, ""),
        ];
        for evil in evil.iter().filter(|evil| **evil != name && !(format == "sqlite" && name == ***evil)) {
            let change = |record: &mut Value| record["parts"][0]["file"] = json!(evil);
            fs::write(&own, forge(&text, 2, &change)).unwrap();
            refused(
                &emulator,
                (dir.path(), &out),
                format,
                &["manifest.log line 3 names a file", "no file was changed"],
            );
        }
        fs::write(&own, &text).unwrap();
        assert_eq!(verify(&emulator, &out).ok().json()["wrong_windows"], 0, "{format}");
        // The names of parts that were read again are accepted too.
        assert_eq!(verify(&emulator, &out).ok().json()["mended_windows"], 0, "{format}");
        export(&emulator, &out, &options(format)).ok();
        assert_eq!(fs::read(&mine).unwrap(), b"mine");
    }
}

#[test]
fn a_record_that_no_export_writes_is_refused() {
    type Forged<'a> = (usize, &'a dyn Fn(&mut Value), &'a str);
    for format in ["ndjson", "parquet", "sqlite"] {
        let (emulator, dir) = (seeded(600), tempfile::tempdir().unwrap());
        export(&emulator, dir.path(), &options(format)).ok();
        let own = dir.path().join("manifest.log");
        let text = fs::read_to_string(&own).unwrap();
        let far = |record: &mut Value| record["until"] = json!("2027-01-01T00:00:00Z");
        let endless = |record: &mut Value| record["until"] = json!("+262142-12-31T23:59:59.999999Z");
        let backwards = |record: &mut Value| record["until"] = json!("1990-01-01T00:00:00Z");
        let fine = |record: &mut Value| record["from"] = json!("2026-01-02T00:00:00.000000001Z");
        let twice = |record: &mut Value| {
            let part = record["parts"][0].clone();
            record["parts"].as_array_mut().unwrap().push(part);
        };
        let none = |record: &mut Value| record["parts"] = json!([]);
        let settings: Value = serde_json::from_str(text.lines().next().unwrap().split_once(' ').unwrap().1).unwrap();
        let again = |record: &mut Value| *record = settings.clone();
        let share = |record: &mut Value| {
            (record["since"], record["partition"]) = (json!("2026-01-01T00:00:00Z"), json!({ "index": 0, "of": 0 }));
        };
        let forged: [Forged<'_>; 7] = [
            (2, &far, "line 3 has a window of another export"),
            (2, &endless, "line 3 has a window of another export"),
            (2, &backwards, "line 3 has a window of another export"),
            (2, &fine, "line 3 has a window of another export"),
            (2, &twice, "line 3 "),
            (2, &none, "line 3 records"),
            (2, &again, "line 3 has settings again"),
        ];
        for (line, change, words) in forged {
            fs::write(&own, forge(&text, line, change)).unwrap();
            refused(&emulator, (dir.path(), dir.path()), format, &[words]);
        }
        fs::write(&own, forge(&text, 0, &share)).unwrap();
        let ended = verify(&emulator, dir.path());
        assert!(ended.code == 7 && !ended.err.contains("panicked"), "{}: {}", ended.code, ended.err);
        fs::write(&own, &text).unwrap();
        assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 0);
    }
}

/// A manifest of one share names nothing before all of them are checked.
#[test]
fn no_share_is_changed_beside_a_forged_one() {
    let (emulator, dir) = (seeded(300), tempfile::tempdir().unwrap());
    let shared = ["--since", "2026-01-01", "--until", "2026-01-31", "--partition"];
    for share in ["1/2", "2/2"] {
        export(&emulator, dir.path(), &[&shared[..], &[share]].concat()).ok();
    }
    emulator.change_messages(&Change::Delete(vec![5])).unwrap();
    let other = dir.path().join("manifest-2-of-2.log");
    let text = fs::read_to_string(&other).unwrap();
    let change = |record: &mut Value| record["parts"][0]["file"] = json!("../mine.txt");
    fs::write(&other, forge(&text, 1, &change)).unwrap();
    let before = files(dir.path());
    let ended = verify(&emulator, dir.path());
    assert!(ended.code == 7 && ended.err.contains("manifest-2-of-2.log line 2"), "{}", ended.err);
    assert!(files(dir.path()) == before);
    fs::write(&other, text).unwrap();
    assert_eq!(verify(&emulator, dir.path()).ok().json()["mended_windows"], 1);
}
