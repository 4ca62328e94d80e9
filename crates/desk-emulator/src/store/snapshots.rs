//! Named copies of the database.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::error::{Error, Result};

/// The maximum of snapshots.
const MAX_SNAPSHOTS: usize = 100;
/// The number of SQLite pages in one step of a copy.
const PAGES: i32 = 100_000;

/// The snapshots by name.
#[derive(Default)]
pub(super) struct Snapshots(HashMap<String, Connection>);

impl Snapshots {
    /// Copies the database; replaces the snapshot with the same name.
    pub(super) fn save(&mut self, name: &str, db: &Connection) -> Result<()> {
        if self.0.len() == MAX_SNAPSHOTS && !self.0.contains_key(name) {
            let detail = format!("there are {MAX_SNAPSHOTS} snapshots; remove one of them");
            return Err(Error::conflict(detail));
        }
        let mut copy = Connection::open_in_memory()?;
        Backup::new(db, &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
        self.0.insert(name.to_owned(), copy);
        Ok(())
    }

    /// Replaces the content of the database by the snapshot, which is kept.
    pub(super) fn restore(&self, name: &str, db: &mut Connection) -> Result<()> {
        let copy = self.0.get(name).ok_or_else(|| unknown_snapshot(name))?;
        Ok(Backup::new(copy, db)?.run_to_completion(PAGES, Duration::ZERO, None)?)
    }

    /// Deletes a snapshot.
    pub(super) fn remove(&mut self, name: &str) -> Result<()> {
        self.0.remove(name).map(drop).ok_or_else(|| unknown_snapshot(name))
    }
}

fn unknown_snapshot(name: &str) -> Error {
    Error::not_found(format!("there is no snapshot {name:?}"))
}
