//! Rows with every kind of property, complete and hostile, to the formats with columns and back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};

use super::format::NewWindow;
use super::formats::{self, form_of};
use super::part::PartDir;
use super::privacy::{Privacy, Private};
use super::settings::{FormatName, Settings};
use super::target::ExportTarget;
use crate::api::{Column, Kind};
use crate::rows::{Key, Row};

const COLUMNS: &[Column] = &[
    Column { name: "on", kind: Kind::Bool },
    Column { name: "id", kind: Kind::Int64 },
    Column { name: "small", kind: Kind::Int32 },
    Column { name: "large", kind: Kind::Int64 },
    Column { name: "part", kind: Kind::Double },
    Column { name: "text", kind: Kind::Text },
    Column { name: "word", kind: Kind::Enum(&["A", "B"]) },
    Column { name: "day", kind: Kind::Date },
    Column { name: "at", kind: Kind::Time },
    Column { name: "any", kind: Kind::Json },
    // Names that the formats use themselves.
    Column { name: "Other", kind: Kind::Text },
    Column { name: "DATE", kind: Kind::Text },
];

/// Rows with their times, in order, and the values of their columns without nulls.
fn rows() -> Vec<(Option<&'static str>, &'static str, Value)> {
    let complete = r#"{"on": true, "id": 1, "small": -5, "large": 9007199254740993, "part": 1.5, "text": "a\"b\n😀", "word": "B",
        "day": "2026-01-31", "at": "2026-01-31T23:59:59.5Z", "any": {"k": [1.50,
        null]}, "Other": "", "DATE": "x"}"#;
    vec![
        (None, r#"{"id": 9, "at": null, "text": "undated"}"#, json!({ "id": 9, "text": "undated" })),
        (
            Some("2026-01-31T23:59:59.5Z"),
            complete,
            json!({
                "on": true, "id": 1, "small": -5, "large": 9_007_199_254_740_993_i64, "part": 1.5, "text": "a\"b\n😀",
                "word": "B", "day": "2026-01-31", "at": "2026-01-31T23:59:59.500000Z",
                "any": "{\"k\": [1.50,         null]}", "Other": "", "DATE": "x",
            }),
        ),
        (
            Some("2026-02-01T00:00:00Z"),
            r#"{"id": 2, "at": "2026-02-01T09:00:00+09:00", "word": "NEW", "any": [], "part": 2, "on": false}"#,
            json!({ "id": 2, "at": "2026-02-01T00:00:00.000000Z", "word": "NEW", "any": "[]", "part": 2.0, "on": false }),
        ),
        (
            Some("2026-02-01T00:00:01.000001Z"),
            r#"{"at": "2026-02-01T00:00:01.0000019Z", "on": "yes", "id": 3, "small": 2147483648, "large": 9223372036854775808,
            "part": "1", "text": "half \ud800", "word": 7, "day": "2026-02-30", "new": {"a": "\u0041"}, "newer": null}"#,
            json!({
                "id": 3, "at": "2026-02-01T00:00:01.000001Z", "text": "half \u{FFFD}\u{FFFD}\u{FFFD}",
                "other_": "{\"at\":\"2026-02-01T00:00:01.0000019Z\",\"on\":\"yes\",\"small\":2147483648,\
                    \"large\":9223372036854775808,\"part\":\"1\",\"text\":\"half \\ud800\",\"word\":7,\
                    \"day\":\"2026-02-30\",\"new\":{\"a\": \"\\u0041\"},\"newer\":null}",
            }),
        ),
    ]
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn all() -> Vec<Row> {
    let id = |wanted: &Value| wanted["id"].as_i64().expect("an id");
    let row = |(time, json, wanted): (Option<&str>, &str, Value)| {
        Row::alone(Key { id: id(&wanted), time: time.map(|time| self::time(time).timestamp_micros()) }, json)
    };
    rows().into_iter().map(row).collect()
}

/// Writes the pieces of a window and returns the files.
fn written(dir: &Path, format: FormatName, private: &Private, pieces: &[&[Row]]) -> Vec<String> {
    let privacy = Privacy::new(private, None).expect("privacy");
    let span = (time("2026-01-01T00:00:00Z"), time("2026-03-01T00:00:00Z"));
    let (bounds, none) = ((Some(span.0), Some(span.1)), (private.clone(), None));
    let settings = Settings::new(String::new(), "a-list", format, bounds, BTreeMap::new(), none, None);
    let settings = settings.expect("settings");
    let begun = dir.join("a-list.sqlite").exists().into();
    let (table, names) = form_of(&settings, COLUMNS, ("id", "at"), true);
    let target = ExportTarget { dir: PartDir::new(dir), settings, names, table, begun };
    let window = NewWindow { target: Arc::new(target), privacy: Arc::new(privacy), span, revision: 0 };
    let mut sink = formats::of(format).begin(window).expect("a sink");
    pieces.iter().for_each(|rows| sink.rows(rows.to_vec()).expect("rows"));
    sink.finish().expect("parts").publish().expect("parts").into_iter().map(|part| part.file).collect()
}

fn json_of(field: &Field) -> Option<Value> {
    let micros = |micros| DateTime::from_timestamp_micros(micros).expect("a time");
    Some(match field {
        Field::Null => return None,
        Field::Bool(value) => json!(value),
        Field::Int(value) => json!(value),
        Field::Long(value) => json!(value),
        Field::Double(value) => json!(value),
        Field::Str(value) => json!(value),
        Field::Date(days) => json!(micros(i64::from(*days) * 86_400_000_000).date_naive()),
        Field::TimestampMicros(value) => json!(micros(*value).to_rfc3339_opts(chrono::SecondsFormat::Micros, true)),
        other => unreachable!("{other:?}"),
    })
}

fn of_parquet(path: &Path) -> Vec<Value> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).expect("a file")).expect("Parquet");
    let rows = reader.get_row_iter(None).expect("rows");
    let row = |row: parquet::record::Row| {
        row.get_column_iter().filter_map(|(name, field)| Some((name.clone(), json_of(field)?))).collect::<Value>()
    };
    rows.map(|read| row(read.expect("a row"))).collect()
}

fn of_sqlite(path: &Path) -> Vec<Value> {
    let db = rusqlite::Connection::open(path).expect("SQLite");
    let mut select = db.prepare("SELECT * FROM a_list ORDER BY at, id").expect("a table");
    let names: Vec<String> = select.column_names().map(str::to_owned).collect();
    let rows = select.query_map([], |row| {
        let mut object = serde_json::Map::new();
        for (at, name) in names.iter().enumerate() {
            let value = match row.get(at)? {
                rusqlite::types::Value::Null => continue,
                // SQLite has no type for booleans.
                rusqlite::types::Value::Integer(value) if name == "on" => json!(value == 1),
                rusqlite::types::Value::Integer(value) => json!(value),
                rusqlite::types::Value::Real(value) => json!(value),
                rusqlite::types::Value::Text(value) => json!(value),
                rusqlite::types::Value::Blob(value) => json!(value),
            };
            object.insert(name.clone(), value);
        }
        Ok(Value::Object(object))
    });
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

#[test]
fn every_kind_of_value_comes_back() {
    let wanted: Vec<Value> = rows().into_iter().map(|(_, _, wanted)| wanted).collect();
    let (all, none) = (all(), Private::default());
    let pieces = [&all[..3], &[], &all[3..], &all[..1]];
    let dir = tempfile::tempdir().expect("a directory");
    let files = written(dir.path(), FormatName::Parquet, &none, &pieces);
    let name = "a-list-20260101T000000000000Z-20260301T000000000000Z";
    let (undated, days) = ("a-list/date_=__HIVE_DEFAULT_PARTITION__", ["01-31", "02-01"]);
    let mut wanted_files = vec![format!("{undated}/{name}.parquet")];
    wanted_files.extend(days.map(|day| format!("a-list/date_=2026-{day}/{name}.parquet")));
    // A date to which rows return has another file.
    wanted_files.push(format!("{undated}/{name}-r1.parquet"));
    assert_eq!(files, wanted_files);
    let mut read: Vec<Value> = files.iter().flat_map(|file| of_parquet(&dir.path().join(file))).collect();
    assert_eq!(read.pop().as_ref(), wanted.first());
    assert_eq!(read, wanted);
    // A row that was written twice is stored once.
    for pieces in [&pieces[..], &pieces[..3]] {
        assert_eq!(written(dir.path(), FormatName::Sqlite, &none, pieces), ["a-list.sqlite"]);
        assert_eq!(of_sqlite(&dir.path().join("a-list.sqlite")), wanted);
    }
    // Rows that the service no longer has are removed.
    written(dir.path(), FormatName::Sqlite, &none, &[&all[..2]]);
    assert_eq!(of_sqlite(&dir.path().join("a-list.sqlite")), wanted[..2]);
}

/// The promises to readers of a file: types, compression, order and statistics.
#[test]
fn a_file_says_what_it_has() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = written(dir.path(), FormatName::Parquet, &Private::default(), &[&all()[2..]]);
    let file = std::fs::File::open(dir.path().join(&files[0])).expect("a file");
    let metadata = SerializedFileReader::new(file).expect("Parquet").metadata().clone();
    let types = metadata.file_metadata().schema_descr().columns().iter().map(|column| {
        let ty = column.self_type();
        let logical = ty.get_basic_info().logical_type_ref().map_or(String::new(), |ty| format!(" {ty:?}"));
        format!("{} {}{logical}", column.name(), column.physical_type())
    });
    let group = metadata.row_group(0);
    let order = group.sorting_columns().expect("an order");
    let order: Vec<_> = order.iter().map(|by| (by.column_idx, by.descending)).collect();
    assert_eq!(order, [(8, false), (1, false)]);
    let id = group.column(1).statistics().expect("statistics");
    assert_eq!(
        (id.min_bytes_opt(), id.max_bytes_opt()),
        (Some(&2_i64.to_le_bytes()[..]), Some(&3_i64.to_le_bytes()[..]))
    );
    assert!(group.columns().iter().all(|column| matches!(column.compression(), parquet::basic::Compression::ZSTD(_))));
    let wanted = [
        "on BOOLEAN",
        "id INT64",
        "small INT32",
        "large INT64",
        "part DOUBLE",
        "text BYTE_ARRAY String",
        "word BYTE_ARRAY String",
        "day INT32 Date",
        "at INT64 Timestamp(TimestampType { is_adjusted_to_u_t_c: true, unit: MICROS })",
        "any BYTE_ARRAY Json",
        "Other BYTE_ARRAY String",
        "DATE BYTE_ARRAY String",
        "other_ BYTE_ARRAY Json",
    ];
    assert_eq!(types.collect::<Vec<_>>(), wanted);
}

/// Dropped and redacted columns, with values of any kind, leave no trace in the column for other
/// properties.
#[test]
fn what_is_private_is_in_no_column() {
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let drop = all(&["text", "word", "on"]);
    let redact = all(&["small", "large=[0-9]{5}", "any=1", "DATE=x", "day", "part=."]);
    let private = Private { drop, redact, ..Private::default() };
    let dir = tempfile::tempdir().expect("a directory");
    let files = written(dir.path(), FormatName::Parquet, &private, &[&self::all()]);
    let read: Vec<Value> = files.iter().flat_map(|file| of_parquet(&dir.path().join(file))).collect();
    assert_eq!(
        read,
        [
            json!({ "id": 9 }),
            json!({
                "id": 1, "small": "[redacted]", "large": "[redacted][redacted][redacted]3", "part": "[redacted][redacted][redacted]",
                "day": "[redacted]", "at": "2026-01-31T23:59:59.500000Z",
                "any": "{\"k\":[\"[redacted].50\",null]}", "Other": "", "DATE": "[redacted]",
            }),
            json!({ "id": 2, "at": "2026-02-01T00:00:00.000000Z", "any": "[]", "part": "[redacted]" }),
            json!({
                "id": 3, "at": "2026-02-01T00:00:01.000001Z", "small": "[redacted]",
                "large": "[redacted][redacted][redacted]5808", "part": "[redacted]", "day": "[redacted]",
                "other_": "{\"at\":\"2026-02-01T00:00:01.0000019Z\",\"new\":{\"a\": \"\\u0041\"},\"newer\":null}",
            }),
        ]
    );
    written(dir.path(), FormatName::Sqlite, &private, &[&self::all()]);
    assert_eq!(of_sqlite(&dir.path().join("a-list.sqlite")), read);
}
