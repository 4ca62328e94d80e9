//! The ledger of a plan: the attempts to send its batches and their outcomes, in SQLite.
//!
//! A row must be durable before the first byte of its request leaves; a row without an outcome
//! means that the batch may have been sent. Rows are added and ended, never changed otherwise;
//! decisions are rows of their own. A writer holds the lock of the file. The ledger never holds the
//! text of the message.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use super::attempt::{Attempt, Outcome, PROCESS_ENDED, PlanSize};
use super::ledger_file::{LedgerFile, failed, now, stamp};
use super::plan_claim::{PlanClaim, PlanId};
use crate::error::{Error, Result};
use crate::files;

/// The table of assertions, created with the first one.
const ASSERTIONS: &str = "
    CREATE TABLE IF NOT EXISTS assertions (
        n INTEGER PRIMARY KEY, assertion TEXT NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT";

/// A ledger; one that was opened to write is locked.
#[derive(Debug)]
pub(crate) struct Ledger {
    on: LedgerFile,
    path: PathBuf,
    /// The number of rows that the plan's claim files count and this ledger lacks.
    missing: usize,
    claim: PlanClaim,
    /// The locked file of the plan that is being sent.
    _plan_lock: Option<File>,
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
    /// Opens a ledger to write, for the plan whose locked file is `lock`, if it is being sent.
    /// [`Ledger::claim`] comes next.
    pub(crate) fn write(path: &Path, lock: Option<File>) -> Result<Ledger> {
        Ok(Ledger { _plan_lock: lock, ..Ledger::open(path, true)? })
    }

    /// Opens a ledger to read; [`Ledger::check_newest`] refuses an old copy. `file` is a file in
    /// the directory that may have a claim file.
    pub(crate) fn read(path: &Path, file: &Path) -> Result<Ledger> {
        let mut ledger = Ledger::open(path, false)?;
        ledger.compare(file)?;
        Ok(ledger)
    }

    fn open(path: &Path, to_write: bool) -> Result<Ledger> {
        let (on, claim) = (LedgerFile::open(path, to_write)?, PlanClaim::default());
        Ok(Ledger { on, path: path.to_owned(), missing: 0, claim, _plan_lock: None })
    }

    /// Makes this ledger the only one of its plan. Refuses an old copy, and a copy whose original
    /// still exists; marks attempts of dead processes as unknown.
    pub(crate) fn claim(&mut self, plan: PlanId<'_>) -> Result<()> {
        let original = self.compare(plan.file)?;
        self.check_newest().map_err(Error::unsent)?;
        plan.check_claimed_by(&self.mark()?, &self.path)?;
        // Two equal copies would not know of each other's batches.
        if let Some(original) = original {
            let (own, original) = (self.path.display(), files::quoted(&original));
            let problem = format!("{own} is a copy of {original}, which still exists");
            return Err(Error::usage(problem)
                .unsent()
                .hint(format!("send by --ledger {original}, or remove it if no command uses it any more")));
        }
        self.claim = plan.claim(&self.mark()?, &self.path)?;
        // Another process may have sent until the claim files were locked.
        let rows = self.rows()?;
        self.missing = self.claim.rows().saturating_sub(rows);
        self.check_newest().map_err(Error::unsent)?;
        self.claim.record_rows(rows)?;
        self.give_up()
    }

    /// Counts the rows that this ledger lacks, by the claim files and by the ledger that these
    /// name. Returns the path of that ledger if it is another file with as many rows.
    fn compare(&mut self, file: &Path) -> Result<Option<PathBuf>> {
        // Counted before the ledger is read: a running `apply` adds rows.
        let sha256 = self.query("SELECT sha256 FROM plan")?;
        let (mut counted, places) = PlanId { file, sha256: &sha256 }.claimed_rows(&self.mark()?)?;
        let mut original = None;
        for place in places {
            // A ledger that this user cannot reach cannot be compared.
            let Ok(other) = std::fs::metadata(&place) else { continue };
            let own = self.on.id().map_err(|error| Error::io("read", &self.path, &error))?;
            if (other.dev(), other.ino()) != own
                && let Ok(other) = Ledger::open(&place, false)
                && other.mark()? == self.mark()?
            {
                let rows = other.rows()?;
                counted = counted.max(rows);
                if rows == self.rows()? {
                    original = Some(place);
                }
            }
        }
        self.missing = counted.saturating_sub(self.rows()?);
        Ok(original)
    }

    /// Refuses an old copy.
    pub(crate) fn check_newest(&self) -> Result<()> {
        if self.missing == 0 {
            return Ok(());
        }
        let problem =
            format!("{} is an old copy: it lacks the last {} records of its plan", self.path.display(), self.missing);
        Err(Error::integrity(problem).hint("restore the newest copy with the files next to it"))
    }

    /// Refuses the ledger of another plan.
    pub(crate) fn check_plan(&self, sha256: &str) -> Result<()> {
        if self.query("SELECT sha256 FROM plan")? == sha256 {
            return Ok(());
        }
        let problem = format!("{} is the ledger of another plan", self.path.display());
        Err(Error::usage(problem)
            .unsent()
            .hint("give the ledger of this plan by --ledger FILE, or the plan of this ledger"))
    }

    /// Refuses another service than the one that the ledger was created for.
    pub(crate) fn check_service(&self, service: &str) -> Result<()> {
        let own = self.service()?;
        if own == service {
            return Ok(());
        }
        let problem = format!("{} belongs to another service, {own}", self.path.display());
        Err(Error::usage(problem).unsent().hint(
            "give the same --application-id or --base-url as before; if that was a mistake and no batch was \
             sent there, make a new plan",
        ))
    }

    /// The service that the plan is sent to.
    pub(crate) fn service(&self) -> Result<String> {
        self.query("SELECT service FROM plan")
    }

    /// The random text that tells this ledger and its copies from all others.
    pub(crate) fn mark(&self) -> Result<String> {
        self.query("SELECT mark FROM plan")
    }

    fn query(&self, query: &str) -> Result<String> {
        self.on.db.query_row(query, [], |row| row.get(0)).map_err(|error| failed(&self.path, &error))
    }

    /// The number of attempts and decisions, which only grows.
    fn rows(&self) -> Result<usize> {
        let query = "SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM decisions)";
        let rows =
            self.on.db.query_row(query, [], |row| row.get::<_, i64>(0)).map_err(|error| failed(&self.path, &error))?;
        Ok(usize::try_from(rows).unwrap_or_default())
    }

    /// Puts a new row into the file itself, and counts it in the claim files, so that an old copy
    /// is noticed.
    fn settle(&mut self) -> Result<()> {
        // A reader may delay the checkpoint; the row is durable all the same.
        let settled = self.on.db.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(()));
        settled.map_err(|error| failed(&self.path, &error))?;
        self.claim.record_rows(self.claim.rows() + 1)
    }

    /// Marks attempts of dead processes as unknown.
    fn give_up(&mut self) -> Result<()> {
        let ended = "UPDATE attempts SET outcome = 'unknown', ended = ?1, error = ?2 WHERE outcome IS NULL";
        let done = self.on.db.execute(ended, params![now(), PROCESS_ENDED]);
        done.map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Records that a batch is about to be sent; durable when it returns.
    pub(crate) fn begin(&mut self, batch: usize, recipients: &[i64]) -> Result<i64> {
        let insert = "INSERT INTO attempts (batch, begun, recipients) VALUES (?1, ?2, ?3)";
        let recipients = Value::from(recipients).to_string();
        let done = self.on.db.execute(insert, params![batch as i64, now(), recipients]);
        done.map_err(|error| failed(&self.path, &error))?;
        let attempt = self.on.db.last_insert_rowid();
        if let Err(error) = self.settle() {
            let unsent = End { outcome: Outcome::NotSent, id: None, sent: None, error: Some(error.kind.to_owned()) };
            self.end(attempt, &unsent)?;
            return Err(error);
        }
        Ok(attempt)
    }

    /// Records the outcome of an attempt.
    pub(crate) fn end(&self, attempt: i64, end: &End) -> Result<()> {
        let update = "UPDATE attempts SET outcome = ?2, ended = ?3, id = ?4, sent = ?5, error = ?6
                      WHERE n = ?1 AND outcome IS NULL";
        let values = params![attempt, end.outcome.name(), now(), end.id, end.sent, end.error];
        self.on.db.execute(update, values).map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Records a user's decision about an attempt.
    pub(crate) fn decide(&mut self, attempt: i64, decision: &str, by: &str, why: &str) -> Result<()> {
        let insert = "INSERT INTO decisions (attempt, decision, by, why, at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let done = self.on.db.execute(insert, params![attempt, decision, by, why, now()]);
        done.map_err(|error| failed(&self.path, &error))?;
        self.settle()
    }

    /// Records a user's assertion about the whole plan.
    pub(crate) fn assert(&self, assertion: &str, by: &str, why: &str) -> Result<()> {
        let insert = "INSERT INTO assertions (assertion, by, why, at) VALUES (?1, ?2, ?3, ?4)";
        let table = self.on.db.execute_batch(ASSERTIONS);
        let done = table.and_then(|()| self.on.db.execute(insert, params![assertion, by, why, now()]));
        done.map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Every attempt in the order of time, with the last decision about each.
    pub(crate) fn attempts(&self) -> Result<Vec<Attempt>> {
        let query = "
            SELECT a.n, a.batch, a.begun, a.ended, a.outcome, a.id, a.sent, a.error,
                (SELECT d.decision FROM decisions d WHERE d.attempt = a.n ORDER BY d.n DESC LIMIT 1)
            FROM attempts a ORDER BY a.n";
        let read = || {
            let mut query = self.on.db.prepare(query)?;
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

    /// All recipients that were, or may have been, messaged since a time.
    pub(crate) fn messaged_since(&self, since: DateTime<Utc>) -> Result<Vec<i64>> {
        let query = "
            SELECT a.recipients FROM attempts a
            LEFT JOIN decisions d ON d.n = (SELECT MAX(n) FROM decisions WHERE attempt = a.n)
            WHERE COALESCE(a.ended, a.begun) >= ?1 AND COALESCE(a.outcome, '') NOT IN ('not_sent', 'rejected')
                AND COALESCE(d.decision, '') <> 'not-sent'";
        let read = || {
            let mut query = self.on.db.prepare(query)?;
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

    pub(crate) fn size(&self) -> Result<PlanSize> {
        let query = "SELECT recipients, batches, batch_size FROM plan";
        let size = self.on.db.query_row(query, [], |row| {
            let count = |place| row.get::<_, i64>(place).map(|size| usize::try_from(size).unwrap_or_default());
            Ok(PlanSize { recipients: count(0)?, batches: count(1)?, batch_size: count(2)? })
        });
        size.map_err(|error| failed(&self.path, &error))
    }

    /// Whether another process is sending by this ledger now.
    pub(crate) fn is_sending(&self) -> bool {
        self.on.is_busy()
    }

    /// The path of a claim file that could not be created.
    pub(crate) fn missing_claim_file(&self) -> Option<&Path> {
        self.claim.missing.as_deref()
    }

    /// Whether any batch from `batch` on was started.
    pub(crate) fn begun_from(&self, batch: usize) -> Result<bool> {
        let query = "SELECT 1 FROM attempts WHERE batch >= ?1 LIMIT 1";
        let found = self.on.db.query_row(query, [batch as i64], |_| Ok(())).optional();
        found.map(|found| found.is_some()).map_err(|error| failed(&self.path, &error))
    }
}
