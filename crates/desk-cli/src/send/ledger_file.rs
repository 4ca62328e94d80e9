//! The file of a ledger: an SQLite database with an application id, opened under its lock or read
//! as it is.
//!
//! The lock is that of the file itself: the system releases it when the process ends, and a second
//! name of the file shares it. Rows are the concern of [`Ledger`](super::ledger::Ledger).

use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::attempt::PlanSize;
use crate::error::{Error, Exit, Result};
use crate::files;

/// The application id in SQLite's header, which tells ledgers from other databases.
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

/// The suffixes of a database and of the files that SQLite keeps next to it.
const FILES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// The path of a plan's ledger unless `--ledger` names one.
pub(crate) fn default_path(plan: &Path) -> PathBuf {
    let plan = files::real(plan);
    let path = plan.with_extension("ledger");
    if path == plan { files::with(&plan, ".ledger") } else { path }
}

/// Whether the file at `path` is an SQLite database.
pub(crate) fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    let read = files::open(path).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == *b"SQLite format 3\0"
}

/// An open ledger file.
#[derive(Debug)]
pub(crate) struct LedgerFile {
    pub(crate) db: Connection,
    /// The same file, to lock it. Closing it drops SQLite's own locks: it must stay open longer
    /// than `db`.
    file: File,
    /// No other process writes to the file while it is open.
    is_locked: bool,
}

impl LedgerFile {
    /// Opens a ledger that exists: to write under its lock, or to read.
    pub(crate) fn open(path: &Path, to_write: bool) -> Result<LedgerFile> {
        let file = files::open(path).map_err(|error| {
            let exit = if error.kind() == io::ErrorKind::NotFound { Exit::Usage } else { Exit::Error };
            Error { exit, ..Error::io("read", path, &error) }
        })?;
        let mut is_locked = to_write;
        if to_write {
            files::check_open(&file, &files::real(path)).map_err(|error| files::failed("use", path, &error))?;
            files::lock(&file, path, "desk send").map_err(Error::unsent)?;
        }
        let mut opened = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
        if !to_write && opened.as_ref().is_err_and(files::is_read_only) {
            // SQLite reads a file on a read-only disk as immutable: the shared lock keeps writers
            // out, and no journal was left.
            files::share(&file, path, "desk send")?;
            is_locked = true;
            if let Some(name) = files::immutable_uri(path) {
                opened = connect(&name, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI);
            }
        }
        let (db, is_ledger) = opened.map_err(|error| failed(path, &error))?;
        if !is_ledger {
            return Err(Error::usage(format!("{} is not a ledger of this version of `desk`", path.display()))
                .hint("give the ledger of the plan by --ledger FILE"));
        }
        let metadata = (file.metadata(), std::fs::metadata(path));
        if let (Ok(locked), Ok(used)) = metadata
            && (locked.dev(), locked.ino()) != (used.dev(), used.ino())
        {
            let problem = format!("{} was replaced just now", path.display());
            return Err(Error::new(Exit::TryLater, "busy", problem).hint("run the same command again"));
        }
        if to_write {
            // SQLite has opened its journal by now.
            check_own(path)?;
        }
        Ok(LedgerFile { db, file, is_locked })
    }

    /// The device and the number of the file.
    pub(crate) fn id(&self) -> io::Result<(u64, u64)> {
        self.file.metadata().map(|found| (found.dev(), found.ino()))
    }

    /// Whether another process writes to the file now.
    pub(crate) fn is_busy(&self) -> bool {
        if self.is_locked {
            return false;
        }
        let busy = matches!(self.file.try_lock_shared(), Err(TryLockError::WouldBlock));
        let _ = self.file.unlock();
        busy
    }
}

/// A database, and whether it is a ledger of this version.
fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<(Connection, bool)> {
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    let ids = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let is_ledger = (ids("application_id")?, ids("user_version")?) == (APPLICATION, 1);
    Ok((db, is_ledger))
}

/// Refuses a database, or a file that SQLite keeps next to it, that another user may have written.
/// Follows a link that this user owns.
pub(crate) fn check_own(path: &Path) -> Result<()> {
    let linked = std::fs::symlink_metadata(path).ok().filter(Metadata::is_symlink);
    let own_link = linked.is_some_and(|link| link.uid() == rustix::process::geteuid().as_raw());
    let real = if own_link { files::real(path) } else { path.to_owned() };
    // `LedgerFile::open` refuses a pipe or a directory with its own words.
    let all = FILES.iter().map(|suffix| files::with(&real, suffix)).filter(|file| file.is_file() || *file != real);
    let check = |file: PathBuf| files::check_own(&file).map_err(|error| files::failed("use", &file, &error));
    all.into_iter().try_for_each(|file| check(file).map(drop))
}

/// The plan that a new ledger belongs to.
pub(crate) struct LedgerPlan<'a> {
    pub(crate) sha256: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) service: &'a str,
    pub(crate) size: PlanSize,
}

/// Creates a ledger at `path`, durable under that name only once it is complete.
pub(crate) fn create(path: &Path, plan: &LedgerPlan<'_>) -> Result<()> {
    // Under another name first, so that no ledger lacks its plan.
    let new = files::with(path, &format!(".{}", std::process::id()));
    // A killed run may have left this file.
    remove(&new);
    check_own(&new)?;
    // SQLite gives its other files the mode of this one.
    drop(files::create_own(&new).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => files::taken(&new),
        _ => Error::io("write to", &new, &error),
    })?);
    fill(&new, plan).inspect_err(|_| remove(&new)).map_err(|error| failed(path, &error))?;
    // Another command may have created its own in the same moment: only one can link its file.
    let named = std::fs::hard_link(&new, path).and_then(|()| files::sync(files::parent(path)));
    let removed = std::fs::remove_file(&new);
    named.and(removed).map_err(|error| Error::io("write to", path, &error))
}

/// Removes a database and the files next to it.
fn remove(path: &Path) {
    for suffix in FILES {
        let _ = std::fs::remove_file(files::with(path, suffix));
    }
}

fn fill(path: &Path, plan: &LedgerPlan<'_>) -> rusqlite::Result<()> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute_batch(TABLES)?;
    let insert = "INSERT INTO plan VALUES (?1, ?2, ?3, ?4, lower(hex(randomblob(8))), ?5, ?6, ?7)";
    let PlanSize { recipients, batches, batch_size } = plan.size;
    let sizes = (recipients as i64, batches as i64, batch_size as i64);
    db.execute(insert, params![plan.sha256, plan.service, plan.operation, now(), sizes.0, sizes.1, sizes.2])?;
    // Last: until here the database is one file, which can be linked.
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    debug_assert_eq!(mode, "wal");
    db.close().map_err(|(_, error)| error)
}

/// A time as ledgers record it.
pub(crate) fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub(crate) fn now() -> String {
    stamp(Utc::now())
}

/// The error for a ledger that SQLite cannot read or write.
pub(crate) fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    let problem = format!("cannot use the ledger {}: {error}", path.display());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) => {
            Error::integrity(problem).hint("restore the newest copy with the files next to it")
        }
        Some(ErrorCode::NotADatabase) => Error::usage(problem).hint("give the ledger of the plan by --ledger FILE"),
        Some(ErrorCode::DiskFull) => {
            Error::new(Exit::Error, "io", problem).hint("free disk space, then run the same command again")
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => Error::new(Exit::Error, "io", problem).hint(
            "make the ledger and its directory writable (`chmod u+rwx DIR`), or copy it with the files \
                next to it to a writable directory",
        ),
        _ => Error::new(Exit::Error, "io", problem).hint("fix the cause, then run the same command again"),
    }
}
