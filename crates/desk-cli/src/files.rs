//! Files of every command: reading from a path or stdin, locks, and durable names.
//!
//! [`own`] opens files that a command creates or trusts; [`below`] opens files below a directory.

mod below;
mod own;
mod path;

use std::fs::{File, Metadata, TryLockError};
use std::io::ErrorKind::{NotADirectory, NotFound};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::error::{Error, Exit, Result};
pub(crate) use below::Below;
pub(crate) use own::{check_open, check_own, create_own, failed, open_own, taken};
pub(crate) use path::{parent, quoted, real, with};

/// Appends the contents of a file, or of stdin for `-`, to `bytes`.
pub(crate) fn read(file: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
    let read = match file.as_os_str() == "-" {
        true => io::stdin().lock().read_to_end(bytes),
        false => File::open(file)?.read_to_end(bytes),
    };
    read.map(|_| ())
}

/// Opens a regular file to read. Refuses a pipe, which could block forever.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    match std::fs::metadata(path)?.is_file() {
        true => File::open(path),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
    }
}

/// Takes the exclusive lock of a file. The system releases it when the process ends.
pub(crate) fn lock(file: &File, path: &Path, command: &str) -> Result<()> {
    locked(file, path, command, File::try_lock)
}

/// Takes a shared lock: excludes writers, not readers.
pub(crate) fn share(file: &File, path: &Path, command: &str) -> Result<()> {
    locked(file, path, command, File::try_lock_shared)
}

fn locked(file: &File, path: &Path, command: &str, try_lock: fn(&File) -> Result<(), TryLockError>) -> Result<()> {
    let mut tried = try_lock(file);
    for _ in 0..10 {
        // A reader holds the lock only for a moment.
        if matches!(tried, Err(TryLockError::WouldBlock)) {
            std::thread::sleep(std::time::Duration::from_millis(10));
            tried = try_lock(file);
        }
    }
    match tried {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let problem = format!("another `{command}` is running here ({} is locked)", path.display());
            Err(Error::new(Exit::TryLater, "busy", problem)
                .hint("run the same command again once the other one has ended"))
        }
        Err(TryLockError::Error(error)) => Err(Error::io("lock", path, &error)),
    }
}

/// Makes the names in a directory durable (fsync).
pub(crate) fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Refuses an open file that `path` no longer names: another process has removed or replaced it, or
/// its directory.
pub(crate) fn is_still(file: &File, path: &Path) -> Result<()> {
    let of = |found: Metadata| (found.dev(), found.ino());
    match (file.metadata().map(of), std::fs::metadata(path).map(of)) {
        (Ok(own), Ok(named)) if own == named => Ok(()),
        (Err(error), _) | (_, Err(error)) if !matches!(error.kind(), NotFound | NotADirectory) => {
            Err(Error::io("look at", path, &error))
        }
        _ => Err(removed(path)),
    }
}

/// The error for a file that could not be written although it or its directory existed.
pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        NotFound => removed(path),
        _ => failed("write to", path, error),
    }
}

/// The error for a file that another process removed or changed during writing.
pub(crate) fn removed(path: &Path) -> Error {
    let problem = format!("{} was removed or changed by another process during writing", path.display());
    Error::integrity(problem).hint("check the directory, restore moved files, then run the same command again")
}

/// The user's directory from the environment variable `variable`, or the directory `below` the
/// user's home.
pub(crate) fn of_user(variable: &str, below: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let home = || std::env::home_dir().filter(|home| home.is_absolute());
    named.filter(|dir| dir.is_absolute()).or_else(|| Some(home()?.join(below)))
}

/// Whether SQLite could not create the files next to a database.
pub(crate) fn is_read_only(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// A URI by which SQLite reads a database as immutable, and creates no files next to it. `None` if
/// a journal exists, because SQLite would ignore it.
pub(crate) fn immutable_uri(path: &Path) -> Option<PathBuf> {
    let path = real(path);
    if with(&path, "-wal").exists() {
        return None;
    }
    let path = std::path::absolute(&path).unwrap_or(path);
    let bytes = path.as_os_str().as_bytes().iter();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let name: String =
        bytes.map(|byte| if plain(*byte) { char::from(*byte).into() } else { format!("%{byte:02X}") }).collect();
    Some(format!("file://{name}?immutable=1").into())
}
