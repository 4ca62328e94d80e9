//! The file of an SQLite table: its SQL, and the connections to it. A counter table records how
//! many windows were added.

use std::path::{Path, PathBuf};
use std::time::Duration;

use blake3::Hasher;
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use super::super::settings::Settings;
use super::super::table::{Table, Type, Value};
use super::super::target::ExportTarget;
use super::super::window::Span;
use crate::error::{Error, Exit, Result};
use crate::files;

/// Creates the counter of windows unless it exists.
pub(super) const COUNTER: &str = "
    CREATE TABLE IF NOT EXISTS desk_export (windows INTEGER NOT NULL);
    INSERT INTO desk_export SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM desk_export);";

/// The names of the table and its columns in SQL.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) table: String,
    /// In order; the owner may have added more columns.
    pub(super) columns: String,
    id: String,
    pub(super) time: String,
}

impl Keys {
    pub(super) fn new(table: &Table, settings: &Settings) -> Result<Keys> {
        let columns: Vec<_> = table.order().filter_map(|at| table.columns.get(at)).collect();
        match columns.as_slice() {
            [time, id] => Ok(Keys {
                table: quoted(&settings.list.replace('-', "_")),
                columns: {
                    let names = table.columns.iter().map(|column| &column.name).chain([&table.other]);
                    names.map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
                },
                id: quoted(&id.name),
                time: quoted(&time.name),
            }),
            _ => Err(Error::usage("an SQLite table needs the id and the time of its rows")
                .unsent()
                .hint("do not drop, hash or redact them, or choose another --format")),
        }
    }
}

/// The path of the table, if the file exists. Refuses links and files of another user, also for the
/// journal, because SQLite trusts its contents. The path has no links in it, because SQLite follows
/// none.
pub(super) fn path_of(target: &ExportTarget) -> Result<Option<PathBuf>> {
    let (dir, name) = (target.dir.path(), target.names.table());
    let named = dir.join(&name);
    let checked = ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let path = files::with(&named, suffix);
        files::check_own(&path).map_err(|error| files::failed("open", &path, &error))
    });
    let [table, others @ ..] = checked;
    others.into_iter().try_for_each(|other| other.map(|_| ()))?;
    if !table? {
        return Ok(None);
    }
    let dir = dir.canonicalize().map_err(|error| files::unwritten(dir, &error))?;
    Ok(Some(dir.join(name)))
}

/// The number of windows that were added to the table.
pub(super) fn windows(db: &Connection) -> rusqlite::Result<i64> {
    match has_table(db, "desk_export")? {
        true => db.query_row("SELECT COALESCE(MAX(windows), 0) FROM desk_export", [], |row| row.get(0)),
        false => Ok(0),
    }
}

pub(super) fn count(db: &Connection, windows: i64) -> rusqlite::Result<()> {
    db.execute("UPDATE desk_export SET windows = ?1", [windows]).map(|_| ())
}

fn has_table(db: &Connection, name: &str) -> rusqlite::Result<bool> {
    db.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?1)", [name], |row| row.get(0))
}

pub(super) fn has_rows(db: &Connection, keys: &Keys) -> rusqlite::Result<bool> {
    match has_table(db, keys.table.trim_matches('"'))? {
        true => db.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {})", keys.table), [], |row| row.get(0)),
        false => Ok(false),
    }
}

pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(Duration::from_secs(10))?;
    // Other processes may read during an export.
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // Durable also on file systems for which FULL is not enough.
    db.pragma_update(None, "synchronous", "EXTRA")?;
    Ok(db)
}

/// Connects to read, also on a read-only disk.
pub(super) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let connected = connect(path);
    if connected.as_ref().is_err_and(files::is_read_only)
        && let Some(name) = files::immutable_uri(path)
    {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        return Connection::open_with_flags(name, flags);
    }
    connected
}

/// Creates the table and its index unless they exist.
pub(super) fn columns(table: &Table, keys: &Keys) -> String {
    let columns = table.columns.iter().map(|column| {
        let ty = match column.ty {
            Type::Bool | Type::Int32 | Type::Int64 => "INTEGER",
            Type::Double => "REAL",
            Type::Date | Type::Time | Type::Text | Type::Json | Type::Any => "TEXT",
        };
        format!("{} {ty}{}", quoted(&column.name), if column.required { " PRIMARY KEY" } else { "" })
    });
    let columns: Vec<String> = columns.chain([format!("{} TEXT", quoted(&table.other))]).collect();
    let Keys { table, id, time, .. } = keys;
    let index = quoted(&format!("{}_by_time", table.trim_matches('"')));
    format!(
        "CREATE TABLE IF NOT EXISTS {table} ({});
         CREATE INDEX IF NOT EXISTS {index} ON {table} ({time}, {id});",
        columns.join(", ")
    )
}

pub(super) fn remove(db: &Connection, Keys { table, time, .. }: &Keys, (from, until): Span) -> rusqlite::Result<()> {
    let delete = format!("DELETE FROM {table} WHERE {time} BETWEEN ?1 AND ?2");
    db.execute(&delete, [stamp(from), stamp(until)]).map(|_| ())
}

/// The size and the BLAKE3 of the rows of a window, by time and id: the type, the length and the
/// bytes of each value.
pub(super) fn digest(db: &Connection, keys: &Keys, (from, until): Span) -> rusqlite::Result<(u64, String)> {
    let Keys { table, columns, id, time } = keys;
    let select = format!("SELECT {columns} FROM {table} WHERE {time} BETWEEN ?1 AND ?2 ORDER BY {time}, {id}");
    let mut select = db.prepare(&select)?;
    let columns = select.column_count();
    let mut rows = select.query([stamp(from), stamp(until)])?;
    let (mut digest, mut bytes) = (Hasher::new(), 0);
    while let Some(row) = rows.next()? {
        for at in 0..columns {
            let mut add = |tag: u8, value: &[u8]| {
                digest.update(&[tag]);
                digest.update(&(value.len() as u64).to_le_bytes());
                digest.update(value);
                bytes += value.len() as u64;
            };
            match row.get_ref(at)? {
                ValueRef::Null => add(0, &[]),
                ValueRef::Integer(value) => add(1, &value.to_le_bytes()),
                ValueRef::Real(value) => add(2, &value.to_le_bytes()),
                ValueRef::Text(value) => add(3, value),
                ValueRef::Blob(value) => add(4, value),
            }
        }
    }
    Ok((bytes, digest.finalize().to_hex().to_string()))
}

/// A value in the form that SQLite stores.
pub(super) struct Cell<'a> {
    pub(super) value: Value<'a>,
    pub(super) ty: Type,
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match (&self.value, self.ty) {
            (Value::Null, _) => ToSqlOutput::Borrowed(ValueRef::Null),
            (Value::Bool(value), _) => i64::from(*value).into(),
            (Value::Int(micros), Type::Time) => {
                stamp(DateTime::from_timestamp_micros(*micros).unwrap_or_default()).into()
            }
            (Value::Int(days), Type::Date) => date(*days).to_string().into(),
            (Value::Int(value), _) => (*value).into(),
            (Value::Double(value), _) => (*value).into(),
            (Value::Text(text), _) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// A time as text: later times sort later, and SQLite's own functions accept it.
pub(super) fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn date(days: i64) -> NaiveDate {
    NaiveDate::default().checked_add_signed(TimeDelta::days(days)).unwrap_or_default()
}

/// A name as SQL quotes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn damaged(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    // `Unknown` includes a missing table or column.
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown))
}

pub(super) fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            "free disk space, then run the same command again; stored data is kept".to_owned()
        }
        Some(ErrorCode::DatabaseBusy) => {
            "wait until other programs have closed the database, then run the same command again".to_owned()
        }
        _ if damaged(error) => {
            let (dir, path) = (files::quoted(files::parent(path)), files::quoted(path));
            format!("remove {path}, then run `desk export verify {dir}`: it re-downloads the rows")
        }
        _ => "fix the cause, then run the same command again".to_owned(),
    };
    Error::new(Exit::Error, "io", format!("cannot write to {}: {error}", path.display())).hint(hint)
}
