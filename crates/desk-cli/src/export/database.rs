//! Rows → a table of SQLite. A window is one transaction that puts its rows in the place of what the table has in that time.
//!
//! Invariants: a window is durable in the table before the manifest tells of it; one that was written twice is there once,
//! since what lies in its time goes first and what has its id is replaced. The manifest knows a digest of the rows of each window,
//! which can be made again from the table.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use blake3::Hasher;
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};

use super::format::Encoder;
use super::settings::Settings;
use super::table::{Table, Type, Value};
use super::target::ExportTarget;
use super::window::{Part, Span, Window};
use crate::error::{Error, Exit, Result};
use crate::files;
use crate::rows::Row;

/// A table of its own says how many windows were added.
const COUNTER: &str = "
    CREATE TABLE IF NOT EXISTS desk_export (windows INTEGER NOT NULL);
    INSERT INTO desk_export SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM desk_export);";

/// A window on its way into the table: a transaction.
pub(crate) struct Open {
    db: Connection,
    path: PathBuf,
    part: String,
    keys: Keys,
    span: Span,
    insert: String,
    types: Vec<Type>,
    /// What the name led to. Closed last: the system takes SQLite's locks away with any handle of the file.
    file: File,
}

/// How the table and its columns are written in SQL.
#[derive(Clone)]
struct Keys {
    table: String,
    /// In order; others may have added more.
    columns: String,
    id: String,
    time: String,
}

impl Keys {
    fn new(table: &Table, settings: &Settings) -> Result<Keys> {
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
            _ => Err(Error::usage("a table of SQLite needs the id and the time of its rows")
                .unsent()
                .hint("do not drop, hash or redact them, or choose another --format")),
        }
    }
}

impl Open {
    /// `revision` is 0 for a new window. A table that has windows must exist.
    pub(crate) fn new(target: &ExportTarget, span: Span, revision: u32) -> Result<Open> {
        let (table, part) = (&target.table, target.names.table());
        let begun = target.begun.load(Ordering::Relaxed);
        let path = target.dir.path().join(&part);
        let keys = Keys::new(table, &target.settings)?;
        // SQLite gives its other files the mode and the owner of this one.
        let created = if begun { Err(ErrorKind::AlreadyExists.into()) } else { files::create_own(&path) };
        let file = created.or_else(|error: io::Error| match error.kind() {
            ErrorKind::AlreadyExists if begun || revision > 0 => {
                files::open_own(&path, OpenOptions::new().read(true).write(true))
            }
            _ => Err(error),
        });
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => files::taken(&path),
            _ => files::unwritten(&path, &error),
        })?;
        let path = own(target)?.ok_or_else(|| files::removed(&path))?;
        let open = || {
            let db = connect(&path)?;
            db.execute_batch(&columns(table, &keys))?;
            db.execute_batch("BEGIN IMMEDIATE")?;
            db.execute_batch(COUNTER)?;
            remove(&db, &keys, span)?;
            if revision == 0 {
                count(&db, windows(&db)? + 1)?;
            }
            Ok(db)
        };
        let db =
            open().map_err(|error| files::is_still(&file, &path).err().unwrap_or_else(|| failed(&path, &error)))?;
        let types: Vec<Type> = table.columns.iter().map(|column| column.ty).chain([Type::Json]).collect();
        let places = vec!["?"; types.len()].join(", ");
        let insert = format!("INSERT OR REPLACE INTO {} ({}) VALUES ({places})", keys.table, keys.columns);
        Ok(Open { db, path, part, keys, span, insert, types, file })
    }

    pub(crate) fn rows(&mut self, rows: &[Row], encoder: &Encoder) -> Result<()> {
        let failed = |error| failed(&self.path, &error);
        let mut insert = self.db.prepare_cached(&self.insert).map_err(failed)?;
        for row in rows {
            let cells = encoder.cells(row)?.into_iter().zip(&self.types).map(|(value, ty)| Cell { value, ty: *ty });
            insert.execute(params_from_iter(cells)).map_err(failed)?;
        }
        Ok(())
    }

    /// What the table will have of the window.
    pub(crate) fn part(&self) -> Result<Part> {
        let (bytes, blake3) = digest(&self.db, &self.keys, self.span).map_err(|error| failed(&self.path, &error))?;
        Ok(Part { file: self.part.clone(), bytes, blake3 })
    }

    /// Makes it durable; without that nothing has changed.
    pub(crate) fn commit(self) -> Result<()> {
        let committed = self.db.execute_batch("COMMIT");
        let closed = committed.and_then(|()| self.db.close().map_err(|(_, error)| error));
        closed.map_err(|error| failed(&self.path, &error))?;
        files::is_still(&self.file, &self.path)?;
        // Its name, too.
        files::sync(files::parent(&self.path)).map_err(|error| files::unwritten(&self.path, &error))
    }
}

/// Whether a table can be made; else it says what to do.
pub(crate) fn check(table: &Table, settings: &Settings) -> Result<()> {
    Keys::new(table, settings).map(|_| ())
}

/// The file of the table, if it exists. Refuses links and files of another user, also for the journal, whose contents SQLite
/// trusts. The path has no links in it, because SQLite follows none.
fn own(target: &ExportTarget) -> Result<Option<PathBuf>> {
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

/// Windows that a table has more than `recorded` ones. One of a version that did not count them has none.
pub(crate) fn beyond(target: &ExportTarget, recorded: usize) -> Result<usize> {
    let Some(path) = own(target)? else { return Ok(0) };
    let keys = Keys::new(&target.table, &target.settings)?;
    let count = || {
        let db = reading(&path)?;
        match windows(&db)? {
            // Rows that were not counted are more than one window, for all that is known.
            0 if recorded == 0 && has_rows(&db, &keys)? => Ok(usize::MAX),
            windows => Ok(usize::try_from(windows).unwrap_or_default().saturating_sub(recorded)),
        }
    };
    match count() {
        // What is damaged is found when it is looked at; without windows nobody looks.
        Err(error) if damaged(&error) && recorded > 0 => Ok(0),
        counted => counted.map_err(|error| failed(&path, &error)),
    }
}

/// Whether a table has fewer windows than `recorded` ones: it is not the one that they were written to. One of a version that did not
/// count them may have all.
pub(crate) fn is_short(target: &ExportTarget, recorded: usize) -> Result<bool> {
    let Some(path) = own(target)? else { return Ok(false) };
    let counted = reading(&path).and_then(|db| windows(&db));
    // What cannot be read is found when it is looked at.
    Ok(counted.is_ok_and(|windows| (1..recorded as i64).contains(&windows)))
}

/// Takes out what lies behind the last recorded window: rows of one that was not recorded.
pub(crate) fn trim(target: &ExportTarget, (recorded, until): (usize, DateTime<Utc>)) -> Result<()> {
    let Some(path) = own(target)? else { return Ok(()) };
    let keys = Keys::new(&target.table, &target.settings)?;
    let trim = || {
        let db = reading(&path)?;
        let behind = format!("SELECT EXISTS (SELECT 1 FROM {} WHERE {} > ?1)", keys.table, keys.time);
        if windows(&db)? == recorded as i64 && !db.query_row(&behind, [stamp(until)], |row| row.get(0))? {
            return Ok(());
        }
        let db = connect(&path)?;
        db.execute_batch("BEGIN IMMEDIATE")?;
        db.execute_batch(COUNTER)?;
        db.execute(&format!("DELETE FROM {} WHERE {} > ?1", keys.table, keys.time), [stamp(until)])?;
        count(&db, recorded as i64)?;
        db.execute_batch("COMMIT")
    };
    match trim() {
        Err(error) if !damaged(&error) => Err(failed(&path, &error)),
        // What is damaged is found when it is looked at.
        _ => Ok(()),
    }
}

/// How many windows were added to the table.
fn windows(db: &Connection) -> rusqlite::Result<i64> {
    match has_table(db, "desk_export")? {
        true => db.query_row("SELECT COALESCE(MAX(windows), 0) FROM desk_export", [], |row| row.get(0)),
        false => Ok(0),
    }
}

fn count(db: &Connection, windows: i64) -> rusqlite::Result<()> {
    db.execute("UPDATE desk_export SET windows = ?1", [windows]).map(|_| ())
}

fn has_table(db: &Connection, name: &str) -> rusqlite::Result<bool> {
    db.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?1)", [name], |row| row.get(0))
}

fn has_rows(db: &Connection, keys: &Keys) -> rusqlite::Result<bool> {
    match has_table(db, keys.table.trim_matches('"'))? {
        true => db.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {})", keys.table), [], |row| row.get(0)),
        false => Ok(false),
    }
}

/// Whether the table has of a window what was recorded.
pub(crate) fn holds(target: &ExportTarget, window: &Window) -> Result<bool> {
    let Some(path) = own(target)? else { return Ok(false) };
    let keys = Keys::new(&target.table, &target.settings)?;
    let read = || digest(&reading(&path)?, &keys, (window.from, window.until));
    match read() {
        Ok((_, blake3)) => Ok(window.parts.iter().all(|part| part.blake3 == blake3)),
        // Damaged, or another file.
        Err(error) if damaged(&error) => Ok(false),
        Err(error) => Err(failed(&path, &error)),
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(Duration::from_secs(10))?;
    // Others may read while an export runs.
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // As FULL, and as durable where a file system cannot do that.
    db.pragma_update(None, "synchronous", "EXTRA")?;
    Ok(db)
}

/// To read, where nothing can be written as well.
fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let connected = connect(path);
    if connected.as_ref().is_err_and(files::is_fixed)
        && let Some(name) = files::unchanging(path)
    {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        return Connection::open_with_flags(name, flags);
    }
    connected
}

/// The table and its index, made if they are not there.
fn columns(table: &Table, keys: &Keys) -> String {
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

fn remove(db: &Connection, Keys { table, time, .. }: &Keys, (from, until): Span) -> rusqlite::Result<()> {
    let delete = format!("DELETE FROM {table} WHERE {time} BETWEEN ?1 AND ?2");
    db.execute(&delete, [stamp(from), stamp(until)]).map(|_| ())
}

/// Bytes and BLAKE3 of the rows of a window, by time and id: of each value its type, its length and its bytes.
fn digest(db: &Connection, keys: &Keys, (from, until): Span) -> rusqlite::Result<(u64, String)> {
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

/// A value as SQLite has it.
struct Cell<'a> {
    value: Value<'a>,
    ty: Type,
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

/// A time as the table has it: later ones sort later, and SQLite's own functions take it.
fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn date(days: i64) -> NaiveDate {
    NaiveDate::default().checked_add_signed(TimeDelta::days(days)).unwrap_or_default()
}

/// A name in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn damaged(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    // Also a table or a column that is not there.
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown))
}

fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    let hint = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            "make room, then type the same command again: what is there is kept".to_owned()
        }
        Some(ErrorCode::DatabaseBusy) => "wait until others have ended their work in it, then type it again".to_owned(),
        _ if damaged(error) => {
            let (dir, path) = (files::quoted(files::parent(path)), files::quoted(path));
            format!("remove {path}, then type `desk export verify {dir}`: it reads anew what was there")
        }
        _ => "mend it, then type the same command again".to_owned(),
    };
    Error::new(Exit::Error, "io", format!("cannot write to {}: {error}", path.display())).hint(hint)
}
