//! Files below a directory, by names with `/` between their steps: [`Below`].
//!
//! Never follows a symbolic link between the directory and the file, so that a file that is
//! created, renamed or removed lies below the directory even if another process changes the
//! directories.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::own;

/// The name of a file that may exist, and the open directories that lead to it.
pub(crate) struct Below {
    /// From the outermost directory to the one that holds the file.
    dirs: Vec<OwnedFd>,
    /// The name in the last directory.
    name: String,
    path: PathBuf,
}

impl Below {
    /// Opens the directories of `name`, which is relative to `dir` and has `/` between its steps.
    pub(crate) fn new(dir: &Path, name: &str) -> io::Result<Below> {
        Below::at(dir, name, false)
    }

    /// As [`Below::new`], and creates missing directories for their user alone; never `dir` itself.
    pub(crate) fn make(dir: &Path, name: &str) -> io::Result<Below> {
        Below::at(dir, name, true)
    }

    fn at(dir: &Path, name: &str, make: bool) -> io::Result<Below> {
        let (steps, name) = name.rsplit_once('/').unwrap_or(("", name));
        let (dirs, path) = walk(dir, steps, make)?;
        Ok(Below { dirs, name: is_step(name)?.to_owned(), path: path.join(name) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn dir(&self) -> io::Result<&OwnedFd> {
        self.dirs.last().ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Creates the file to append to it. `AlreadyExists` if any file or symbolic link has the name.
    pub(crate) fn create(&self) -> io::Result<File> {
        let flags =
            OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(self.dir()?, self.name.as_str(), flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Opens the file to read. Follows a link, because callers compare the contents with a hash.
    pub(crate) fn open(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file: File = rustix::fs::openat(self.dir()?, self.name.as_str(), flags, Mode::empty())?.into();
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file")),
        }
    }

    /// Whether the name is that of a regular file of `bytes` bytes.
    pub(crate) fn has(&self, bytes: u64) -> io::Result<bool> {
        let found = rustix::fs::statat(self.dir()?, self.name.as_str(), AtFlags::empty())?;
        Ok(FileType::from_raw_mode(found.st_mode).is_file() && u64::try_from(found.st_size) == Ok(bytes))
    }

    /// The device and the number of the file.
    pub(crate) fn id(&self) -> io::Result<(u64, u64)> {
        let found = self.open()?.metadata()?;
        Ok((found.dev(), found.ino()))
    }

    /// Refuses a file that another user owns.
    pub(crate) fn check_own(&self) -> io::Result<()> {
        let dir = self.dir()?;
        let found = rustix::fs::statat(dir, self.name.as_str(), AtFlags::SYMLINK_NOFOLLOW)?;
        own::check_user((&found).into(), (&rustix::fs::fstat(dir)?).into(), &self.path)
    }

    /// Renames the file within its directory.
    pub(crate) fn rename(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(self.dir()?, self.name.as_str(), self.dir()?, name)?)
    }

    /// Removes the file, or the link of that name.
    pub(crate) fn remove(&self) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(self.dir()?, self.name.as_str(), AtFlags::empty())?)
    }

    /// Makes the names in all directories on the path durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.dirs.iter().rev().try_for_each(|dir| Ok(rustix::fs::fsync(dir)?))
    }

    /// The names in a directory below `dir`, or in `dir` if `name` is empty; empty if the directory
    /// does not exist.
    pub(crate) fn names(dir: &Path, name: &str) -> io::Result<Vec<String>> {
        let (dirs, _) = match walk(dir, name, false) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            found => found?,
        };
        let mut names = Vec::new();
        for entry in dirs.last().map(Dir::read_from).transpose()?.into_iter().flatten() {
            names.extend(entry?.file_name().to_str().ok().filter(|name| is_step(name).is_ok()).map(str::to_owned));
        }
        Ok(names)
    }
}

/// Opens `dir`, then one directory after the other; returns them and the path of the last one.
fn walk(dir: &Path, steps: &str, make: bool) -> io::Result<(Vec<OwnedFd>, PathBuf)> {
    // The user has named `dir`: a link there is the user's choice.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut path = dir.to_owned();
    let mut last = rustix::fs::open(dir, flags, Mode::empty())?;
    let mut dirs = Vec::new();
    for step in steps.split('/').filter(|_| !steps.is_empty()) {
        path.push(is_step(step)?);
        if make {
            match rustix::fs::mkdirat(&last, step, Mode::RWXU) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => made.and_then(|()| rustix::fs::fsync(&last))?,
            }
        }
        let opened = rustix::fs::openat(&last, step, flags | OFlags::NOFOLLOW, Mode::empty());
        let next = opened.map_err(|error| match rustix::fs::statat(&last, step, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if FileType::from_raw_mode(found.st_mode).is_symlink() => own::link(&path),
            _ => error.into(),
        })?;
        dirs.push(std::mem::replace(&mut last, next));
    }
    dirs.push(last);
    Ok((dirs, path))
}

/// Refuses a text that is not the name of one file.
fn is_step(name: &str) -> io::Result<&str> {
    match name {
        "" | "." | ".." => Err(io::Error::new(ErrorKind::InvalidInput, format!("{name:?} is not a file name"))),
        _ if name.contains('/') => Err(io::Error::new(ErrorKind::InvalidInput, format!("{name:?} is a path"))),
        _ => Ok(name),
    }
}
