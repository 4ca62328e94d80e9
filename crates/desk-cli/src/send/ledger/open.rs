//! How a ledger is made, found and opened: to write under its lock, to read as it is.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};

use super::super::begun::{self, Begun};
use super::super::plan::Plan;
use super::super::state::Shape;
use super::{Ledger, failed, now};
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

/// Where a plan's ledger is, if it is not said.
pub(crate) fn beside(plan: &Path) -> PathBuf {
    let plan = files::real(plan);
    let beside = plan.with_extension("ledger");
    if beside == plan { files::with(&plan, ".ledger") } else { beside }
}

/// Whether it is a file of SQLite.
pub(crate) fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    let read = files::open(path).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == *b"SQLite format 3\0"
}

impl Ledger {
    /// Opens the ledger of a plan to write, or makes it; what was begun and did not end is unknown from then on.
    pub(crate) fn open(path: &Path, plan_file: &Path, plan: &Plan, service: &str) -> Result<Ledger> {
        Ledger::opened(path, plan_file, plan, service).map_err(Error::unsent)
    }

    fn opened(path: &Path, plan_file: &Path, plan: &Plan, service: &str) -> Result<Ledger> {
        let plan_lock = File::open(plan_file).map_err(|error| Error::io("read", plan_file, &error))?;
        files::lock(&plan_lock, plan_file, "desk send")?;
        Ledger::is_own(path, plan_file, plan)?;
        if !path.exists() {
            begun::elsewhere(plan_file, &plan.sha256, path)?;
            // Made under another name, so that there is no ledger without its plan.
            let new = files::with(path, &format!(".{}", std::process::id()));
            // A run that was killed may have left one.
            remove(&new);
            are_own(&new)?;
            // SQLite gives its other files the mode of this one.
            drop(files::create_own(&new).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => files::taken(&new),
                _ => Error::io("write to", &new, &error),
            })?);
            make(&new, plan, service).inspect_err(|_| remove(&new)).map_err(|error| failed(path, &error))?;
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
        Ledger::is_own(path, plan_file, plan)?;
        let mut ledger = Ledger::at(path, true)?;
        ledger.is_of(plan)?;
        ledger.own(plan_file, plan)?;
        Ok(ledger)
    }

    /// Refuses to write to a ledger, if there is one, or by marks, that another user made or can change.
    pub(crate) fn is_own(path: &Path, plan_file: &Path, plan: &Plan) -> Result<()> {
        begun::are_own(plan_file, &plan.sha256).and_then(|()| are_own(path)).map_err(Error::unsent)
    }

    /// Makes it the plan's one ledger. Of an old copy nothing is written.
    fn own(&mut self, plan_file: &Path, plan: &Plan) -> Result<()> {
        let copied = self.compare(plan_file)?;
        self.is_newest().map_err(Error::unsent)?;
        begun::is_by(plan_file, &plan.sha256, &self.mark()?, &self.path)?;
        // As new as the one that it was copied from: of two that go on neither knows of the other.
        if let Some(other) = copied {
            let (own, other) = (self.path.display(), files::quoted(&other));
            let problem = format!("{own} is a copy of {other}, which is still there");
            return Err(Error::usage(problem)
                .unsent()
                .hint(format!("send by --ledger {other}; or remove that one, if nobody sends by it any more")));
        }
        self.begun = begun::bind(plan_file, &plan.sha256, &self.mark()?, &self.path)?;
        // Somebody else may have sent until the marks were locked.
        let rows = self.rows()?;
        self.missing = self.begun.rows().saturating_sub(rows);
        self.is_newest().map_err(Error::unsent)?;
        self.begun.reach(rows)?;
        self.give_up()
    }

    /// Opens the ledger of a plan to read, if it is there: the one that the plan would be sent by.
    pub(crate) fn begun(path: &Path, plan_file: &Path, plan: &Plan) -> Result<Option<Ledger>> {
        if !path.exists() {
            let elsewhere = begun::elsewhere(plan_file, &plan.sha256, path);
            // It may have been begun just now.
            if !path.exists() {
                return elsewhere.map(|()| None);
            }
        }
        let ledger = Ledger::of(path, plan_file, plan)?;
        begun::is_by(plan_file, &plan.sha256, &ledger.mark()?, path)?;
        Ok(Some(ledger))
    }

    /// Opens a ledger of a plan to read.
    pub(crate) fn of(path: &Path, plan_file: &Path, plan: &Plan) -> Result<Ledger> {
        let ledger = Ledger::look(path, plan_file)?;
        ledger.is_of(plan)?;
        Ok(ledger)
    }

    /// Opens a ledger to read, an old copy as well: [`Ledger::is_newest`] tells. There may be a mark of it beside `file`.
    pub(crate) fn look(path: &Path, file: &Path) -> Result<Ledger> {
        let mut ledger = Ledger::at(path, false)?;
        ledger.compare(file)?;
        Ok(ledger)
    }

    /// Finds out what it lacks, by its marks and by the ledger that they name, if that is another file; gives that if it is as new.
    fn compare(&mut self, file: &Path) -> Result<Option<PathBuf>> {
        // Counted before it is read: meanwhile there may be more.
        let (mut counted, were) = begun::counted(file, &self.ask("SELECT sha256 FROM plan")?, &self.mark()?)?;
        let mut copied = None;
        for place in were {
            // Where nobody may look there is nothing to compare.
            let Ok(other) = std::fs::metadata(&place) else { continue };
            let own = self.file.metadata().map_err(|error| Error::io("read", &self.path, &error))?;
            if (other.dev(), other.ino()) != (own.dev(), own.ino())
                && let Ok(other) = Ledger::at(&place, false)
                && other.mark()? == self.mark()?
            {
                let rows = other.rows()?;
                counted = counted.max(rows);
                if rows == self.rows()? {
                    copied = Some(place);
                }
            }
        }
        self.missing = counted.saturating_sub(self.rows()?);
        Ok(copied)
    }

    /// Refuses an old copy.
    pub(crate) fn is_newest(&self) -> Result<()> {
        if self.missing == 0 {
            return Ok(());
        }
        let problem = format!("{} is old: it lacks the last {} notes of its plan", self.path.display(), self.missing);
        Err(Error::integrity(problem).hint("put the newest copy back, with the files beside it"))
    }

    /// What tells it from every other ledger.
    fn mark(&self) -> Result<String> {
        self.ask("SELECT mark FROM plan")
    }

    fn at(path: &Path, to_write: bool) -> Result<Ledger> {
        let file = files::open(path).map_err(|error| {
            let exit = if error.kind() == io::ErrorKind::NotFound { Exit::Usage } else { Exit::Error };
            Error { exit, ..Error::io("read", path, &error) }
        })?;
        let mut locked = to_write;
        if to_write {
            files::check_open(&file, &files::real(path)).map_err(|error| files::failed("use", path, &error))?;
            files::lock(&file, path, "desk send").map_err(Error::unsent)?;
        }
        let mut opened = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
        if !to_write && opened.as_ref().is_err_and(files::is_fixed) {
            // Where nothing can be written, it is read as what does not change: nobody writes meanwhile, nor left a journal.
            files::share(&file, path, "desk send")?;
            locked = true;
            if let Some(name) = files::unchanging(path) {
                opened = connect(&name, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI);
            }
        }
        let (db, own) = opened.map_err(|error| failed(path, &error))?;
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
        if to_write {
            // SQLite has opened its journal by now.
            are_own(path)?;
        }
        Ok(Ledger { db, path: path.to_owned(), file, locked, missing: 0, begun: Begun::default(), plan: None })
    }

    /// Refuses the ledger of another plan.
    pub(crate) fn is_of(&self, plan: &Plan) -> Result<()> {
        let own: String = self.ask("SELECT sha256 FROM plan")?;
        if own == plan.sha256 {
            return Ok(());
        }
        let problem = format!("{} is the ledger of another plan", self.path.display());
        Err(Error::usage(problem)
            .unsent()
            .hint("give this plan's own by --ledger FILE, or the plan that it belongs to"))
    }

    /// Which service its plan is sent by.
    pub(crate) fn service(&self) -> Result<String> {
        self.ask("SELECT service FROM plan")
    }

    /// Refuses another service than the one that it was begun for.
    pub(crate) fn is_for(&self, service: &str) -> Result<()> {
        let own = self.service()?;
        if own == service {
            return Ok(());
        }
        let problem = format!("{} was begun for another service, {own}", self.path.display());
        Err(Error::usage(problem).unsent().hint(
            "use the same --application-id or --base-url as before; if that was a mistake and nothing was sent there, plan again",
        ))
    }
}

/// A database, and whether it is a ledger of this version.
fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<(Connection, bool)> {
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    let ids = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let own = (ids("application_id")?, ids("user_version")?) == (APPLICATION, 1);
    Ok((db, own))
}

/// Refuses a database, or a file that SQLite has beside it, that another user may have written. A link to it is followed if
/// it is this user's.
fn are_own(path: &Path) -> Result<()> {
    let linked = std::fs::symlink_metadata(path).ok().filter(Metadata::is_symlink);
    let own_link = linked.is_some_and(|link| link.uid() == rustix::process::geteuid().as_raw());
    let real = if own_link { files::real(path) } else { path.to_owned() };
    // `Ledger::at` refuses a pipe or a directory of that name with its own words.
    let all = FILES.iter().map(|suffix| files::with(&real, suffix)).filter(|file| file.is_file() || *file != real);
    let check = |file: PathBuf| files::check_own(&file).map_err(|error| files::failed("use", &file, &error));
    all.into_iter().try_for_each(|file| check(file).map(drop))
}

/// A database, and the files that SQLite has beside it.
const FILES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Removes what there is of a database.
fn remove(path: &Path) {
    for suffix in FILES {
        let _ = std::fs::remove_file(files::with(path, suffix));
    }
}

fn make(path: &Path, plan: &Plan, service: &str) -> rusqlite::Result<()> {
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
