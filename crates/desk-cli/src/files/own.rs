//! Files of the user who runs a command: created new, or opened only if no other user can have
//! written them.
//!
//! A file is trusted if its owner is the effective user. It is also trusted if its owner owns the
//! directory, only that owner can create names there, and the directory does not lie where every
//! user can create one; so root can work in a user's directory, and a reader in another user's. A
//! file that every user may write is refused. A file that its group may write is accepted: under
//! umask 002 that group is the user's own, and a user who shares a directory with a group has
//! decided to trust it. A symbolic link is never followed.

use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags, Stat};
use rustix::io::Errno;

use super::path::{parent, quoted};
use crate::error::Error;

/// Neither follows a symbolic link nor waits for the other end of a pipe.
const FLAGS: i32 = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits() as i32;

/// The reason why a file is refused, and the next step: the inner error of an [`io::Error`], which
/// [`failed`] unpacks.
#[derive(Debug)]
struct Refused {
    problem: String,
    hint: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for Refused {}

/// The users that may write a file, or create names in a directory.
#[derive(Clone, Copy)]
pub(super) struct Access {
    user: u32,
    group: bool,
    others: bool,
}

impl From<&Metadata> for Access {
    fn from(found: &Metadata) -> Access {
        Access { user: found.uid(), group: found.mode() & 0o020 != 0, others: found.mode() & 0o002 != 0 }
    }
}

impl From<&Stat> for Access {
    fn from(found: &Stat) -> Access {
        let mode = Mode::from_raw_mode(found.st_mode);
        Access { user: found.st_uid, group: mode.contains(Mode::WGRP), others: mode.contains(Mode::WOTH) }
    }
}

/// Creates a file for its user alone, and opens it to read and append. `AlreadyExists` if any file
/// or symbolic link has the name.
pub(crate) fn create_own(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).custom_flags(FLAGS).open(path)
}

/// Opens a file that must be trusted by the rules above.
pub(crate) fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let opened = options.custom_flags(FLAGS).open(path);
    let is_link = |error: &io::Error| error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
    let file = opened.map_err(|error| if is_link(&error) { link(path) } else { error })?;
    check_open(&file, path)?;
    Ok(file)
}

/// Checks an open file; `path` is its name in its directory.
pub(crate) fn check_open(file: &File, path: &Path) -> io::Result<()> {
    check_found(&file.metadata()?, path)
}

/// Checks a file that another library opens, if it exists; returns whether it does.
pub(crate) fn check_own(path: &Path) -> io::Result<bool> {
    match std::fs::symlink_metadata(path) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        found => check_found(&found?, path).map(|()| true),
    }
}

fn check_found(found: &Metadata, path: &Path) -> io::Result<()> {
    if found.is_symlink() {
        return Err(link(path));
    }
    if !found.is_file() {
        return Err(refused(format!("{} is not a regular file", path.display()), move_away(path)));
    }
    check(found.into(), (&std::fs::metadata(parent(path))?).into(), path)
}

/// Refuses a file in `dir` that another user can write to.
pub(super) fn check(file: Access, dir: Access, path: &Path) -> io::Result<()> {
    check_user(file, dir, path)?;
    if file.others {
        let problem = format!("every user can write to {}; it was not used", path.display());
        let hint =
            format!("check the file; if it is correct, run `chmod o-w {}`, then the same command again", quoted(path));
        return Err(refused(problem, hint));
    }
    Ok(())
}

/// Refuses a file in `dir` that an untrusted user owns.
pub(super) fn check_user(file: Access, dir: Access, path: &Path) -> io::Result<()> {
    let (own, user) = (rustix::process::geteuid().as_raw(), file.user);
    let is_theirs = || {
        // In a directory like /tmp any user may have created `dir`.
        let above = std::fs::metadata(parent(parent(path))).map(|above| Access::from(&above));
        user == dir.user && !dir.group && !dir.others && above.is_ok_and(|above| !above.others)
    };
    if user == own || is_theirs() {
        return Ok(());
    }
    let name = path.display();
    let problem = format!("{name} belongs to user {user}, not to user {own}; it was not used");
    let hint = format!("run the command as user {user} if you trust that user's files; otherwise {}", move_away(path));
    Err(refused(problem, hint))
}

/// The error for a symbolic link where a file or a directory of this program must be.
pub(super) fn link(path: &Path) -> io::Error {
    let problem = format!("{} is a symbolic link; it was not followed", path.display());
    refused(problem, format!("put the file or directory itself there, or {}", move_away(path)))
}

fn refused(problem: String, hint: String) -> io::Error {
    io::Error::other(Refused { problem, hint })
}

fn move_away(path: &Path) -> String {
    format!("move it away (`ls -ln {}` shows its owner), or give another directory", quoted(path))
}

/// The error for a file that could not be opened, created, read or written.
pub(crate) fn failed(doing: &str, path: &Path, error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Refused>()) {
        Some(Refused { problem, hint }) => Error::integrity(problem).hint(hint),
        None => Error::io(doing, path, error),
    }
}

/// The error for a name that is taken and must not be.
pub(crate) fn taken(path: &Path) -> Error {
    let whose = std::fs::symlink_metadata(path).map(|found| format!(", of user {}", found.uid())).unwrap_or_default();
    let problem = format!("{} exists already{whose}; it was not used", path.display());
    Error::integrity(problem).hint(move_away(path))
}

#[cfg(test)]
#[path = "own_tests.rs"]
mod tests;
