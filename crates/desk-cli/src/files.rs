//! Files, for every command alike: read from a name or stdin, locked against others, names made durable.
//!
//! Files that a command creates, or whose contents it trusts, are opened by [`own`]; files below a directory by [`below`].

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

/// Adds what is in a file, `-` for stdin, to `bytes`.
pub(crate) fn read(file: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
    let read = match file.as_os_str() == "-" {
        true => io::stdin().lock().read_to_end(bytes),
        false => File::open(file)?.read_to_end(bytes),
    };
    read.map(|_| ())
}

/// Opens a file to read. A pipe of that name, which could wait for ever, is none.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    match std::fs::metadata(path)?.is_file() {
        true => File::open(path),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file")),
    }
}

/// Keeps others out for as long as `file` is open; the system gives it back however the process ends.
pub(crate) fn lock(file: &File, path: &Path, command: &str) -> Result<()> {
    locked(file, path, command, File::try_lock)
}

/// Keeps who writes out, and nobody who reads.
pub(crate) fn share(file: &File, path: &Path, command: &str) -> Result<()> {
    locked(file, path, command, File::try_lock_shared)
}

fn locked(file: &File, path: &Path, command: &str, try_lock: fn(&File) -> Result<(), TryLockError>) -> Result<()> {
    let mut tried = try_lock(file);
    for _ in 0..10 {
        // Who only looks has it for a moment.
        if matches!(tried, Err(TryLockError::WouldBlock)) {
            std::thread::sleep(std::time::Duration::from_millis(10));
            tried = try_lock(file);
        }
    }
    match tried {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let problem = format!("another `{command}` is at work here ({} is locked)", path.display());
            Err(Error::new(Exit::TryLater, "busy", problem).hint("type it again in a moment, or when it has ended"))
        }
        Err(TryLockError::Error(error)) => Err(Error::io("lock", path, &error)),
    }
}

/// Makes the names in a directory durable.
pub(crate) fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Refuses a file that has its name no longer: somebody has removed or replaced it, or the directory that it is in.
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

/// A file could not be written that was there, or in a directory that was.
pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        NotFound => removed(path),
        _ => failed("write to", path, error),
    }
}

/// Somebody else has removed or changed a file that is being written.
pub(crate) fn removed(path: &Path) -> Error {
    let problem = format!("{} was removed or changed by something else while it was being written", path.display());
    Error::integrity(problem)
        .hint("look at what is left in the directory, put back what was moved, then type the same command again")
}

/// A directory of the user's that a variable names, or else this one below their home: as the environment or the system knows it.
pub(crate) fn of_user(variable: &str, below: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let home = || std::env::home_dir().filter(|home| home.is_absolute());
    named.filter(|dir| dir.is_absolute()).or_else(|| Some(home()?.join(below)))
}

/// Whether SQLite cannot make the files that it has beside a database.
pub(crate) fn is_read_only(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// A name by which SQLite reads a database as what does not change, and makes no files beside it. None if somebody has left a
/// journal, which would be passed over.
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
