//! The ledger of a plan: which batches were begun and what became of them, in SQLite.
//!
//! Invariants: a row of a batch is durable before the first byte of its request leaves, and a row without an outcome means
//! that it may have been sent. Rows are added and ended, never changed otherwise; decisions of people are rows of their own.
//! Whoever writes holds the lock of the file itself, which the system gives back however the process ends, and which another
//! name for the file does not get round. The text of the message is not in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};
use serde_json::Value;

use super::begun::{self, Begun};
use super::plan::Plan;
use super::state::{Attempt, Outcome, PROCESS_ENDED, Shape};
use crate::error::{Error, Exit, Result};
use crate::files;

/// Told to SQLite, so that another file is not taken for a ledger.
const APPLICATION: i32 = 0x4465_736b;

const TABLES: &str = "
    CREATE TABLE plan (
        sha256 TEXT NOT NULL, service TEXT NOT NULL, operation TEXT NOT NULL, begun TEXT NOT NULL, mark TEXT NOT NULL,
        recipients INTEGER NOT NULL, batches INTEGER NOT NULL, batch_size INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE attempts (
        n INTEGER PRIMARY KEY, batch INTEGER NOT NULL, begun TEXT NOT NULL, recipients TEXT NOT NULL,
        outcome TEXT, ended TEXT, id INTEGER, sent INTEGER, error TEXT
    ) STRICT;
    CREATE INDEX attempts_of_batch ON attempts (batch);
    CREATE TABLE decisions (
        n INTEGER PRIMARY KEY, attempt INTEGER NOT NULL REFERENCES attempts (n), decision TEXT NOT NULL, by TEXT NOT NULL,
        why TEXT NOT NULL, at TEXT NOT NULL
    ) STRICT;
    PRAGMA application_id = 1147499371;
    PRAGMA user_version = 1;";

/// A ledger; one that was opened to write is locked.
#[derive(Debug)]
pub(crate) struct Ledger {
    db: Connection,
    path: PathBuf,
    /// The same file, to lock it. SQLite's own locks are lost when this is closed: it stays open for longer.
    file: File,
    locked: bool,
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

/// Where a plan's ledger is, if it is not said.
pub(crate) fn beside(plan: &Path) -> PathBuf {
    let plan = files::real(plan);
    let beside = plan.with_extension("ledger");
    if beside == plan { with(&plan, ".ledger") } else { beside }
}

/// A file beside another.
pub(crate) fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Whether it is a file of SQLite.
pub(crate) fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    let read = File::open(path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == *b"SQLite format 3\0"
}

impl Ledger {
    /// Opens the ledger of a plan to write, or makes it; what was begun and did not end is unknown from then on.
    pub(crate) fn open(path: &Path, plan_file: &Path, plan: &Plan, service: &str) -> Result<Ledger> {
        Ledger::opened(path, plan_file, plan, service).map_err(unsent)
    }

    fn opened(path: &Path, plan_file: &Path, plan: &Plan, service: &str) -> Result<Ledger> {
        let plan_lock = File::open(plan_file).map_err(|error| Error::io("read", plan_file, &error))?;
        lock(&plan_lock, plan_file)?;
        if !path.exists() {
            begun::elsewhere(plan_file, plan, path)?;
            // Made under another name, so that there is no ledger without its plan.
            let new = with(path, &format!(".{}", std::process::id()));
            make(&new, plan, service).map_err(|error| failed(path, &error))?;
            // Another plan may have made its own meanwhile.
            let named = std::fs::hard_link(&new, path).and_then(|()| files::sync(files::parent(path)));
            let removed = std::fs::remove_file(&new);
            named.and(removed).map_err(|error| Error::io("write to", path, &error))?;
        }
        let mut ledger = Ledger::at(path, true)?;
        ledger.plan = Some(plan_lock);
        ledger.is_of(plan)?;
        ledger.is_for(service)?;
        ledger.own(plan_file, plan)?;
        Ok(ledger)
    }

    /// Opens a ledger that is there to write decisions.
    pub(crate) fn open_to_decide(path: &Path, plan_file: &Path, plan: &Plan) -> Result<Ledger> {
        let mut ledger = Ledger::at(path, true)?;
        ledger.is_of(plan)?;
        ledger.own(plan_file, plan)?;
        Ok(ledger)
    }

    /// Makes it the plan's one ledger. Of an old copy nothing is written.
    fn own(&mut self, plan_file: &Path, plan: &Plan) -> Result<()> {
        self.begun = begun::bind(plan_file, plan, &self.ask("SELECT mark FROM plan")?, &self.path)?;
        let rows = self.rows()?;
        let missing = self.begun.rows().saturating_sub(rows);
        if missing > 0 {
            let problem =
                format!("{} lacks the last {missing} notes of the plan; nothing was sent", self.path.display());
            return Err(Error::integrity(problem).hint("put the newest copy back, with the files beside it"));
        }
        self.begun.reach(rows)?;
        self.give_up()
    }

    /// Opens a ledger that is there to read; one that is being written too.
    pub(crate) fn look(path: &Path) -> Result<Ledger> {
        Ledger::at(path, false)
    }

    fn at(path: &Path, locked: bool) -> Result<Ledger> {
        if !path.exists() {
            let error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Error { exit: Exit::Usage, ..Error::io("read", path, &error) });
        }
        let file = File::open(path).map_err(|error| Error::io("read", path, &error))?;
        if locked {
            lock(&file, path)?;
        }
        let open = || {
            let db =
                Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            db.busy_timeout(std::time::Duration::from_secs(10))?;
            db.pragma_update(None, "synchronous", "FULL")?;
            let ids = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
            let own = (ids("application_id")?, ids("user_version")?) == (APPLICATION, 1);
            Ok((db, own))
        };
        let (db, own) = open().map_err(|error: rusqlite::Error| failed(path, &error))?;
        if !own {
            return Err(Error::usage(format!("{} is no ledger of this version of `desk`", path.display()))
                .hint("give the ledger of the plan by --ledger FILE"));
        }
        let metadata = (file.metadata(), std::fs::metadata(path));
        if let (Ok(locked), Ok(used)) = metadata
            && (locked.dev(), locked.ino()) != (used.dev(), used.ino())
        {
            let problem = format!("{} was replaced just now", path.display());
            return Err(Error::new(Exit::TryLater, "busy", problem).hint("type it again"));
        }
        Ok(Ledger { db, path: path.to_owned(), file, locked, begun: Begun::default(), plan: None })
    }

    /// Refuses the ledger of another plan.
    pub(crate) fn is_of(&self, plan: &Plan) -> Result<()> {
        let own: String = self.ask("SELECT sha256 FROM plan")?;
        if own == plan.sha256 {
            return Ok(());
        }
        let problem = format!("{} is the ledger of another plan; nothing was sent", self.path.display());
        Err(Error::usage(problem).hint("give this plan's own by --ledger FILE, or the plan that it belongs to"))
    }

    /// Refuses another service than the one that it was begun for.
    pub(crate) fn is_for(&self, service: &str) -> Result<()> {
        let own: String = self.ask("SELECT service FROM plan")?;
        if own == service {
            return Ok(());
        }
        let problem = format!("{} was begun for another service or application; nothing was sent", self.path.display());
        Err(Error::usage(problem).hint("use the same --application-id or --base-url as before"))
    }

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
        let busy = matches!(self.file.try_lock(), Err(TryLockError::WouldBlock));
        // It can be given back by who has it alone.
        let _ = self.file.unlock();
        busy
    }

    /// Whether a batch from `batch` on was begun.
    pub(crate) fn begun_from(&self, batch: usize) -> Result<bool> {
        let query = "SELECT 1 FROM attempts WHERE batch >= ?1 LIMIT 1";
        let found = self.db.query_row(query, [batch as i64], |_| Ok(())).optional();
        found.map(|found| found.is_some()).map_err(|error| failed(&self.path, &error))
    }
}

fn lock(file: &File, path: &Path) -> Result<()> {
    files::lock(file, path, "desk send").map_err(unsent)
}

/// Says that nothing was sent.
fn unsent(error: Error) -> Error {
    let said = error.message.ends_with("nothing was sent");
    Error { message: if said { error.message } else { format!("{}; nothing was sent", error.message) }, ..error }
}

fn make(path: &Path, plan: &Plan, service: &str) -> rusqlite::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(with(path, suffix));
    }
    // SQLite gives its other files the mode of this one.
    let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let db = Connection::open(path)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute_batch(TABLES)?;
    let insert = "INSERT INTO plan VALUES (?1, ?2, ?3, ?4, lower(hex(randomblob(8))), ?5, ?6, ?7)";
    let Shape { recipients, batches, batch_size } = plan.shape();
    let sizes = (recipients as i64, batches as i64, batch_size as i64);
    db.execute(insert, params![plan.sha256, service, plan.operation, now(), sizes.0, sizes.1, sizes.2])?;
    // Last: until here there is one file, which can be renamed.
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    debug_assert_eq!(mode, "wal");
    db.close().map_err(|(_, error)| error)
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
        _ => Error::new(Exit::Error, "io", problem).hint("mend it, then type the same command again"),
    }
}
