//! The ledger of a plan: which batches were begun and what became of them, in SQLite.
//!
//! Invariants: a row of a batch is durable before the first byte of its request leaves, and a row without an outcome means
//! that it may have been sent. Rows are added and ended, never changed otherwise; decisions of people are rows of their own.
//! Whoever writes holds the lock of a file beside it, which the system gives back however the process ends. The text of the
//! message is not in it. A plan has one ledger: another that began anew would send all of it again.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde_json::Value;

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
    lock: Option<File>,
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
    let beside = plan.with_extension("ledger");
    if beside == plan { with(plan, ".ledger") } else { beside }
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Beside a plan that was begun: what its ledger is known by, and where it was.
fn begun(plan: &Path) -> PathBuf {
    with(plan, ".begun")
}

/// Refuses to take a plan for new that was begun with another ledger.
pub(crate) fn begun_elsewhere(plan: &Path, ledger: &Path) -> Result<()> {
    let Ok(text) = std::fs::read_to_string(begun(plan)) else { return Ok(()) };
    let place = text.split_once('\n').map_or("elsewhere", |(_, place)| place);
    let problem = format!("{} was begun, and its ledger is not {}; nothing was sent", plan.display(), ledger.display());
    let hint = format!("give its --ledger FILE (it was {place}): without it nobody knows who was messaged");
    Err(Error::usage(problem).hint(hint))
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
        let lock = lock(path)?;
        let fresh = !path.exists();
        if fresh {
            begun_elsewhere(plan_file, path)?;
            // Made under another name, so that there is no ledger without its plan.
            let new = with(path, ".new");
            make(&new, plan, service).map_err(|error| failed(path, &error))?;
            let named = std::fs::rename(&new, path).and_then(|()| files::sync(files::parent(path)));
            named.map_err(|error| Error::io("write to", path, &error))?;
        }
        let mut ledger = Ledger::at(path)?;
        ledger.lock = Some(lock);
        ledger.is_of(plan)?;
        ledger.is_for(service)?;
        ledger.bind(plan_file)?;
        ledger.give_up()?;
        Ok(ledger)
    }

    /// Opens a ledger that is there to write decisions.
    pub(crate) fn open_to_decide(path: &Path, plan: &Plan) -> Result<Ledger> {
        let lock = lock(path)?;
        let mut ledger = Ledger::at(path)?;
        ledger.lock = Some(lock);
        ledger.is_of(plan)?;
        ledger.give_up()?;
        Ok(ledger)
    }

    /// Opens a ledger that is there to read; one that is being written too.
    pub(crate) fn look(path: &Path) -> Result<Ledger> {
        Ledger::at(path)
    }

    fn at(path: &Path) -> Result<Ledger> {
        if !path.exists() {
            let error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Error { exit: Exit::Usage, ..Error::io("read", path, &error) });
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
        Ok(Ledger { db, path: path.to_owned(), lock: None })
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

    /// Makes this the one ledger that a plan is sent by, before anything is. It may be moved, but not be replaced.
    fn bind(&self, plan: &Path) -> Result<()> {
        let file = begun(plan);
        let own = self.ask("SELECT mark FROM plan")?;
        let place = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let new = with(&file, &format!(".{own}"));
        let bound = || {
            if !file.exists() {
                let written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new);
                written.and_then(|mut new| {
                    std::io::Write::write_all(&mut new, format!("{own}\n{}", place.display()).as_bytes())?;
                    new.sync_all()
                })?;
                // Of two that begin at once, one has its name there.
                let linked = std::fs::hard_link(&new, &file);
                std::fs::remove_file(&new)?;
                match linked {
                    Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error),
                    _ => files::sync(files::parent(&file))?,
                }
            }
            std::fs::read_to_string(&file)
        };
        let text = bound().map_err(|error| Error::io("write to", &file, &error))?;
        if text.lines().next() == Some(own.as_str()) { Ok(()) } else { begun_elsewhere(plan, &self.path) }
    }

    fn ask(&self, query: &str) -> Result<String> {
        self.db.query_row(query, [], |row| row.get(0)).map_err(|error| failed(&self.path, &error))
    }

    /// What was begun by a process that is gone may have been sent.
    fn give_up(&mut self) -> Result<()> {
        let ended = "UPDATE attempts SET outcome = 'unknown', ended = ?1, error = ?2 WHERE outcome IS NULL";
        let done = self.db.execute(ended, params![now(), PROCESS_ENDED]);
        done.map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Notes that a batch is about to be sent; durable when it returns.
    pub(crate) fn begin(&self, batch: usize, recipients: &[i64]) -> Result<i64> {
        let insert = "INSERT INTO attempts (batch, begun, recipients) VALUES (?1, ?2, ?3)";
        let recipients = Value::from(recipients).to_string();
        let done = self.db.execute(insert, params![batch as i64, now(), recipients]);
        done.map_err(|error| failed(&self.path, &error))?;
        Ok(self.db.last_insert_rowid())
    }

    /// Notes what became of it.
    pub(crate) fn end(&self, attempt: i64, end: &End) -> Result<()> {
        let update = "UPDATE attempts SET outcome = ?2, ended = ?3, id = ?4, sent = ?5, error = ?6
                      WHERE n = ?1 AND outcome IS NULL";
        let values = params![attempt, end.outcome.name(), now(), end.id, end.sent, end.error];
        self.db.execute(update, values).map(|_| ()).map_err(|error| failed(&self.path, &error))
    }

    /// Notes what a person has decided about an attempt.
    pub(crate) fn decide(&self, attempt: i64, decision: &str, by: &str, why: &str) -> Result<()> {
        let insert = "INSERT INTO decisions (attempt, decision, by, why, at) VALUES (?1, ?2, ?3, ?4, ?5)";
        let done = self.db.execute(insert, params![attempt, decision, by, why, now()]);
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
        let lock = OpenOptions::new().write(true).open(with(&self.path, ".lock"));
        self.lock.is_none() && lock.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }

    /// Whether a batch from `batch` on was begun.
    pub(crate) fn begun_from(&self, batch: usize) -> Result<bool> {
        let query = "SELECT 1 FROM attempts WHERE batch >= ?1 LIMIT 1";
        let found = self.db.query_row(query, [batch as i64], |_| Ok(())).optional();
        found.map(|found| found.is_some()).map_err(|error| failed(&self.path, &error))
    }
}

fn lock(path: &Path) -> Result<File> {
    let name = with(path, ".lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&name);
    let file = file.map_err(|error| Error::io("write to", &name, &error))?;
    files::lock(&file, &name, "desk send")
        .map_err(|error| Error { message: format!("{}; nothing was sent", error.message), ..error })?;
    Ok(file)
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
    let full = matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
    let hint =
        if full { "make room, then type the same command again" } else { "mend it, then type the same command again" };
    Error::new(Exit::Error, "io", format!("the ledger {} cannot be used: {error}", path.display())).hint(hint)
}
