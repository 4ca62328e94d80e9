//! The ledger of a plan: which batches were begun and what became of them, in SQLite.
//!
//! Invariants: a row of a batch is durable before the first byte of its request leaves, and a row without an outcome means
//! that it may have been sent. Rows are added and ended, never changed otherwise; decisions of people are rows of their own.
//! Whoever writes holds the lock of the file itself, which the system gives back however the process ends, and which another
//! name for the file does not get round. The text of the message is not in it.

mod open;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use serde_json::Value;

use super::begun::Begun;
use super::state::{Attempt, Outcome, PROCESS_ENDED, Shape};
use crate::error::{Error, Exit, Result};

pub(crate) use open::{beside, is_database};

/// Ledgers without an assertion do without it.
const ASSERTIONS: &str = "
    CREATE TABLE IF NOT EXISTS assertions (
        n INTEGER PRIMARY KEY, assertion TEXT NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT";

/// A ledger; one that was opened to write is locked.
#[derive(Debug)]
pub(crate) struct Ledger {
    db: Connection,
    path: PathBuf,
    /// The same file, to lock it. SQLite's own locks are lost when this is closed: it stays open for longer.
    file: File,
    /// Nobody else writes to it while it is open.
    locked: bool,
    /// Notes that the plan has and this does not.
    missing: usize,
    begun: Begun,
    /// Of the plan that is being sent.
    plan: Option<File>,
}

/// How an attempt ended.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) outcome: Outcome,
    pub(crate) id: Option<i64>,
    pub(crate) sent: Option<i64>,
    /// The class of the error, without any text of the service.
    pub(crate) error: Option<String>,
}

impl Ledger {
    fn ask(&self, query: &str) -> Result<String> {
        self.db.query_row(query, [], |row| row.get(0)).map_err(|error| failed(&self.path, &error))
    }

    /// Of batches and decisions, which only ever become more.
    fn rows(&self) -> Result<usize> {
        let query = "SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM decisions)";
        let rows =
            self.db.query_row(query, [], |row| row.get::<_, i64>(0)).map_err(|error| failed(&self.path, &error))?;
        Ok(usize::try_from(rows).unwrap_or_default())
    }

    /// Makes a new row one that no old copy is without: in the file itself, and counted by the marks.
    fn settle(&mut self) -> Result<()> {
        // Somebody who reads may keep it from being in the file already; it is durable all the same.
        let settled = self.db.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(()));
        settled.map_err(|error| failed(&self.path, &error))?;
        self.begun.reach(self.begun.rows() + 1)
    }

    /// What was begun by a process that is gone may have been sent.
    fn give_up(&mut self) -> Result<()> {
        let ended = "UPDATE attempts SET outcome = 'unknown', ended = ?1, error = ?2 WHERE outcome IS NULL";
        let done = self.db.execute(ended, params![now(), PROCESS_ENDED]);
        done.map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Notes that a batch is about to be sent; durable when it returns.
    pub(crate) fn begin(&mut self, batch: usize, recipients: &[i64]) -> Result<i64> {
        let insert = "INSERT INTO attempts (batch, begun, recipients) VALUES (?1, ?2, ?3)";
        let recipients = Value::from(recipients).to_string();
        let done = self.db.execute(insert, params![batch as i64, now(), recipients]);
        done.map_err(|error| failed(&self.path, &error))?;
        let attempt = self.db.last_insert_rowid();
        if let Err(error) = self.settle() {
            let unsent = End { outcome: Outcome::NotSent, id: None, sent: None, error: Some(error.kind.to_owned()) };
            self.end(attempt, &unsent)?;
            return Err(error);
        }
        Ok(attempt)
    }

    /// Notes what became of it.
    pub(crate) fn end(&self, attempt: i64, end: &End) -> Result<()> {
        let update = "UPDATE attempts SET outcome = ?2, ended = ?3, id = ?4, sent = ?5, error = ?6
                      WHERE n = ?1 AND outcome IS NULL";
        let values = params![attempt, end.outcome.name(), now(), end.id, end.sent, end.error];
        self.db.execute(update, values).map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Notes what a person has decided about an attempt.
    pub(crate) fn decide(&mut self, attempt: i64, decision: &str, by: &str, why: &str) -> Result<()> {
        let insert = "INSERT INTO decisions (attempt, decision, by, why, at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let done = self.db.execute(insert, params![attempt, decision, by, why, now()]);
        done.map_err(|error| failed(&self.path, &error))?;
        self.settle()
    }

    /// Keeps an assertion of a person about the whole plan.
    pub(crate) fn assert(&self, assertion: &str, by: &str, why: &str) -> Result<()> {
        let insert = "INSERT INTO assertions (assertion, by, why, at) VALUES (?1, ?2, ?3, ?4)";
        let table = self.db.execute_batch(ASSERTIONS);
        let done = table.and_then(|()| self.db.execute(insert, params![assertion, by, why, now()]));
        done.map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Every attempt in the order of time, with the last decision about it.
    pub(crate) fn attempts(&self) -> Result<Vec<Attempt>> {
        let query = "
            SELECT a.n, a.batch, a.begun, a.ended, a.outcome, a.id, a.sent, a.error,
                (SELECT d.decision FROM decisions d WHERE d.attempt = a.n ORDER BY d.n DESC LIMIT 1)
            FROM attempts a ORDER BY a.n";
        let read = || {
            let mut query = self.db.prepare(query)?;
            let rows = query.query_map([], |row| {
                Ok(Attempt {
                    n: row.get(0)?,
                    batch: row.get::<_, i64>(1).map(|batch| usize::try_from(batch).unwrap_or_default())?,
                    begun: row.get(2)?,
                    ended: row.get(3)?,
                    outcome: row.get::<_, Option<String>>(4)?.and_then(|name| Outcome::named(&name)),
                    id: row.get(5)?,
                    sent: row.get(6)?,
                    error: row.get(7)?,
                    decision: row.get(8)?,
                })
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| failed(&self.path, &error))
    }

    /// Everybody who was, or may have been, messaged since then.
    pub(crate) fn messaged_since(&self, since: DateTime<Utc>) -> Result<Vec<i64>> {
        let query = "
            SELECT a.recipients FROM attempts a
            LEFT JOIN decisions d ON d.n = (SELECT MAX(n) FROM decisions WHERE attempt = a.n)
            WHERE COALESCE(a.ended, a.begun) >= ?1 AND COALESCE(a.outcome, '') NOT IN ('not_sent', 'rejected')
                AND COALESCE(d.decision, '') <> 'not-sent'";
        let read = || {
            let mut query = self.db.prepare(query)?;
            let rows = query.query_map([stamp(since)], |row| row.get::<_, String>(0))?;
            rows.collect::<rusqlite::Result<Vec<String>>>()
        };
        let lists: Vec<String> = read().map_err(|error| failed(&self.path, &error))?;
        let mut all = Vec::new();
        for list in lists {
            let list = serde_json::from_str::<Vec<i64>>(&list);
            all.extend(list.map_err(|_| Error::integrity(format!("{} is damaged", self.path.display())))?);
        }
        Ok(all)
    }

    /// How its plan is cut.
    pub(crate) fn shape(&self) -> Result<Shape> {
        let query = "SELECT recipients, batches, batch_size FROM plan";
        let shape = self.db.query_row(query, [], |row| {
            let size = |place| row.get::<_, i64>(place).map(|size| usize::try_from(size).unwrap_or_default());
            Ok(Shape { recipients: size(0)?, batches: size(1)?, batch_size: size(2)? })
        });
        shape.map_err(|error| failed(&self.path, &error))
    }

    /// Whether somebody else writes to it now.
    pub(crate) fn at_work(&self) -> bool {
        if self.locked {
            return false;
        }
        let busy = matches!(self.file.try_lock_shared(), Err(TryLockError::WouldBlock));
        let _ = self.file.unlock();
        busy
    }

    /// The place of a mark that could not be made.
    pub(crate) fn unmarked(&self) -> Option<&Path> {
        self.begun.without.as_deref()
    }

    /// Whether a batch from `batch` on was begun.
    pub(crate) fn begun_from(&self, batch: usize) -> Result<bool> {
        let query = "SELECT 1 FROM attempts WHERE batch >= ?1 LIMIT 1";
        let found = self.db.query_row(query, [batch as i64], |_| Ok(())).optional();
        found.map(|found| found.is_some()).map_err(|error| failed(&self.path, &error))
    }
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn now() -> String {
    stamp(Utc::now())
}

fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    let problem = format!("the ledger {} cannot be used: {error}", path.display());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) => {
            Error::integrity(problem).hint("put the newest copy back, with the files beside it")
        }
        Some(ErrorCode::NotADatabase) => Error::usage(problem).hint("give the ledger of the plan by --ledger FILE"),
        Some(ErrorCode::DiskFull) => {
            Error::new(Exit::Error, "io", problem).hint("make room, then type the same command again")
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => Error::new(Exit::Error, "io", problem)
            .hint("let yourself write to it and its directory, or copy it, with the files beside it, to where you can"),
        _ => Error::new(Exit::Error, "io", problem).hint("mend it, then type the same command again"),
    }
}
