//! SQLite: one table for all windows. A window is one transaction that replaces the rows of its
//! time.
//!
//! A window must be durable in the table before the manifest records it. A window that was written
//! twice is stored once: the rows of its time are removed first, and rows with its ids are
//! replaced. The manifest has a digest of the rows of each window, which can be recomputed from the
//! table.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params_from_iter};

use super::super::format::{Format, NewWindow, WindowSink};
use super::super::names::Layout;
use super::super::settings::Settings;
use super::super::table::{Table, Type};
use super::super::target::ExportTarget;
use super::super::window::{Part, Window};
use super::super::written::Written;
use super::sqlite_file::{
    COUNTER, Cell, Keys, columns, connect, count, damaged, digest, failed, has_rows, path_of, reading, remove, stamp,
    windows,
};
use crate::error::Result;
use crate::files;
use crate::rows::Row;

pub(super) struct Sqlite;

impl Format for Sqlite {
    fn extension(&self) -> &'static str {
        "sqlite"
    }

    fn layout(&self, _table: &Table) -> Layout {
        Layout::Table
    }

    fn check(&self, settings: &Settings, table: &Table) -> Result<()> {
        Keys::new(table, settings).map(drop)
    }

    fn begin(&self, window: NewWindow) -> Result<Box<dyn WindowSink>> {
        Ok(Box::new(Transaction::begin(window)?))
    }

    /// The table is one file for all windows.
    fn has(&self, target: &ExportTarget, _window: &Window) -> bool {
        target.dir.path().join(target.names.table()).is_file()
    }

    /// A table of a version that did not count its windows has no extra ones.
    fn extra_windows(&self, target: &ExportTarget, recorded: usize) -> Result<usize> {
        let Some(path) = path_of(target)? else { return Ok(0) };
        let keys = Keys::new(&target.table, &target.settings)?;
        let count = || {
            let db = reading(&path)?;
            match windows(&db)? {
                // Rows without a counter may be any number of windows.
                0 if recorded == 0 && has_rows(&db, &keys)? => Ok(usize::MAX),
                windows => Ok(usize::try_from(windows).unwrap_or_default().saturating_sub(recorded)),
            }
        };
        match count() {
            // A damaged table is reported when a recorded window is read.
            Err(error) if damaged(&error) && recorded > 0 => Ok(0),
            counted => counted.map_err(|error| failed(&path, &error)),
        }
    }

    /// A table of a version that did not count its windows may have all of them.
    fn is_short(&self, target: &ExportTarget, recorded: usize) -> Result<bool> {
        let Some(path) = path_of(target)? else { return Ok(false) };
        let counted = reading(&path).and_then(|db| windows(&db));
        // An unreadable table is reported when a recorded window is read.
        Ok(counted.is_ok_and(|windows| (1..recorded as i64).contains(&windows)))
    }

    fn trim(&self, target: &ExportTarget, recorded: usize, until: DateTime<Utc>) -> Result<()> {
        let Some(path) = path_of(target)? else { return Ok(()) };
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
            // A damaged table is reported when a recorded window is read.
            _ => Ok(()),
        }
    }

    fn holds(&self, target: &ExportTarget, window: &Window) -> Result<bool> {
        let Some(path) = path_of(target)? else { return Ok(false) };
        let keys = Keys::new(&target.table, &target.settings)?;
        let read = || digest(&reading(&path)?, &keys, (window.from, window.until));
        match read() {
            Ok((_, blake3)) => Ok(window.parts.iter().all(|part| part.blake3 == blake3)),
            // The file is damaged, or no longer the table.
            Err(error) if damaged(&error) => Ok(false),
            Err(error) => Err(failed(&path, &error)),
        }
    }
}

/// A window that is being written: a transaction that commits once the window is published.
struct Transaction {
    window: NewWindow,
    db: Connection,
    path: PathBuf,
    part: String,
    keys: Keys,
    insert: String,
    types: Vec<Type>,
    /// The file behind the name. Closed last: the system drops SQLite's locks with any handle of
    /// the file.
    file: File,
}

impl Transaction {
    /// Opens or creates the table, and removes the rows of the window's time. A table that has
    /// windows must exist.
    fn begin(window: NewWindow) -> Result<Transaction> {
        let NewWindow { target, span, revision, .. } = &window;
        let (table, part) = (&target.table, target.names.table());
        let begun = target.begun.load(Ordering::Relaxed);
        let path = target.dir.path().join(&part);
        let keys = Keys::new(table, &target.settings)?;
        // SQLite gives its other files the mode and the owner of this one.
        let created = if begun { Err(ErrorKind::AlreadyExists.into()) } else { files::create_own(&path) };
        let file = created.or_else(|error: io::Error| match error.kind() {
            ErrorKind::AlreadyExists if begun || *revision > 0 => {
                files::open_own(&path, OpenOptions::new().read(true).write(true))
            }
            _ => Err(error),
        });
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => files::taken(&path),
            _ => files::unwritten(&path, &error),
        })?;
        let path = path_of(target)?.ok_or_else(|| files::removed(&path))?;
        let open = || {
            let db = connect(&path)?;
            db.execute_batch(&columns(table, &keys))?;
            db.execute_batch("BEGIN IMMEDIATE")?;
            db.execute_batch(COUNTER)?;
            remove(&db, &keys, *span)?;
            if *revision == 0 {
                count(&db, windows(&db)? + 1)?;
            }
            Ok(db)
        };
        let db =
            open().map_err(|error| files::is_still(&file, &path).err().unwrap_or_else(|| failed(&path, &error)))?;
        let types: Vec<Type> = table.columns.iter().map(|column| column.ty).chain([Type::Json]).collect();
        let places = vec!["?"; types.len()].join(", ");
        let insert = format!("INSERT OR REPLACE INTO {} ({}) VALUES ({places})", keys.table, keys.columns);
        Ok(Transaction { window, db, path, part, keys, insert, types, file })
    }

    /// The rows of the window in the table.
    fn recorded(&self) -> Result<Part> {
        let digest = digest(&self.db, &self.keys, self.window.span);
        let (bytes, blake3) = digest.map_err(|error| failed(&self.path, &error))?;
        Ok(Part { file: self.part.clone(), bytes, blake3 })
    }

    fn commit(self) -> Result<()> {
        let committed = self.db.execute_batch("COMMIT");
        let closed = committed.and_then(|()| self.db.close().map_err(|(_, error)| error));
        closed.map_err(|error| failed(&self.path, &error))?;
        files::is_still(&self.file, &self.path)?;
        // The name must be durable, too.
        files::sync(files::parent(&self.path)).map_err(|error| files::unwritten(&self.path, &error))
    }
}

impl WindowSink for Transaction {
    fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        let failed = |error| failed(&self.path, &error);
        let (table, privacy) = (&self.window.target.table, &self.window.privacy);
        let mut insert = self.db.prepare_cached(&self.insert).map_err(failed)?;
        for row in &rows {
            let cells = table.cells(row, privacy)?.into_iter().zip(&self.types);
            let cells = cells.map(|(value, ty)| Cell { value, ty: *ty });
            insert.execute(params_from_iter(cells)).map_err(failed)?;
        }
        Ok(())
    }

    /// Without a commit the table stays as it was.
    fn discard(self: Box<Self>) -> Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Written> {
        let (target, part) = (self.window.target.clone(), self.recorded()?);
        Ok(Written::shared(target, part, Box::new(move || self.commit())))
    }
}
