//! Copies of the whole state under a name, to come back to.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::{Store, tickets};
use crate::error::{Error, Result};

/// Copies that are kept at most.
const MOST: usize = 100;
/// SQLite pages that are copied in one go.
const PAGES: i32 = 100_000;

impl Store {
    /// Keeps a copy, in the place of one of the same name.
    pub(crate) fn snapshot(&mut self, name: &str) -> Result<()> {
        if self.snapshots.len() == MOST && !self.snapshots.contains_key(name) {
            return Err(Error::conflict(format!("there are {MOST} snapshots; remove one of them")));
        }
        let mut copy = Connection::open_in_memory()?;
        Backup::new(&self.connection, &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
        self.snapshots.insert(name.to_owned(), copy);
        Ok(())
    }

    /// Goes back to a copy, which stays.
    pub(crate) fn restore(&mut self, name: &str) -> Result<()> {
        let copy = self.snapshots.get(name).ok_or_else(|| absent(name))?;
        Backup::new(copy, &mut self.connection)?.run_to_completion(PAGES, Duration::ZERO, None)?;
        self.generation += 1;
        // A setting of now, not of the copy.
        tickets::watch(&self.connection, self.watched)
    }

    /// Forgets a copy.
    pub(crate) fn remove_snapshot(&mut self, name: &str) -> Result<()> {
        self.snapshots.remove(name).map(drop).ok_or_else(|| absent(name))
    }
}

fn absent(name: &str) -> Error {
    Error::not_found(format!("there is no snapshot {name:?}"))
}
