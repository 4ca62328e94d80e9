//! Part files below the directory of an export: [`PartDir`]. A part is written under another name,
//! made durable, renamed, and made durable again.
//!
//! Under its own name a part must be complete. Readers of the directory ignore unfinished parts:
//! their names begin with a dot and end in another extension. Each file is new and lies below the
//! directory of the export: no link leads out of it.

use std::fs::DirBuilder;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use blake3::Hasher;

use super::disk::Disk;
use super::names;
use super::window::Part;
use crate::error::{Error, Result};
use crate::files::{self, Below};

/// The number of bytes that are read and hashed at once.
const BUFFER: usize = 1 << 16;

/// The directory of an export, for the files below it. Names are relative to it, with `/` between
/// their steps.
#[derive(Clone, Debug)]
pub(crate) struct PartDir {
    path: PathBuf,
}

impl PartDir {
    pub(crate) fn new(path: &Path) -> PartDir {
        PartDir { path: path.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Creates the directory unless it exists; only its user may enter a new one.
    pub(crate) fn create(&self) -> Result<()> {
        if self.path.is_dir() {
            return Ok(());
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.path);
        let made = made.and_then(|()| files::sync(files::parent(&self.path)));
        made.map_err(|error| Error::io("make", &self.path, &error))
    }

    /// Starts a part that will have this name.
    pub(crate) fn begin(&self, name: String) -> Result<Unfinished> {
        let unfinished = names::unfinished(&name);
        let path = self.path.join(&unfinished);
        let file = Below::make(&self.path, &unfinished).map_err(|error| files::unwritten(&path, &error))?;
        let open = file.create().map_err(|error| match error.kind() {
            // A kill leaves such a file, but the next command removes it before it writes.
            ErrorKind::AlreadyExists => files::taken(&path),
            _ => files::unwritten(&path, &error),
        })?;
        Ok(Unfinished { name, file, disk: Disk::new(open) })
    }

    /// Gives a finished part its own name, durably.
    pub(crate) fn publish(&self, finished: Finished) -> Result<Part> {
        let unfinished = finished.file();
        let path = self.path.join(&unfinished);
        let failed = |error: io::Error| files::unwritten(&path, &error);
        let file = Below::new(&self.path, &unfinished).map_err(failed)?;
        if file.id().map_err(failed)? != finished.id {
            return Err(files::removed(&path));
        }
        let name = finished.part.file.rsplit_once('/').map_or(finished.part.file.as_str(), |(_, name)| name);
        // Another share may have created the directories, and not made them durable yet.
        file.rename(name).and_then(|()| file.sync()).map_err(failed)?;
        Ok(finished.part)
    }

    /// Removes a finished part that was not published.
    pub(crate) fn discard(&self, finished: &Finished) -> Result<()> {
        let unfinished = finished.file();
        let removed = Below::new(&self.path, &unfinished).and_then(|file| file.remove());
        check_removed(&self.path.join(&unfinished), removed)
    }

    /// Whether the file exists and is as large as recorded.
    pub(crate) fn has(&self, part: &Part) -> bool {
        Below::new(&self.path, &part.file).and_then(|file| file.has(part.bytes)).unwrap_or_default()
    }

    /// Whether the file exists and its contents have the recorded hash.
    pub(crate) fn holds(&self, part: &Part) -> Result<bool> {
        let path = self.path.join(&part.file);
        let mut file = match self.open(&part.file) {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => {
                return Ok(false);
            }
            Err(error) => return Err(files::failed("read", &path, &error)),
        };
        let (mut digest, mut buffer) = (Hasher::new(), vec![0; BUFFER]);
        loop {
            match file.read(&mut buffer).map_err(|error| Error::io("read", &path, &error))? {
                0 => return Ok(digest.finalize().to_hex().as_str() == part.blake3),
                read => {
                    digest.update(buffer.get(..read).unwrap_or_default());
                }
            }
        }
    }

    /// Opens a file to read.
    pub(crate) fn open(&self, name: &str) -> io::Result<std::fs::File> {
        Below::new(&self.path, name).and_then(|file| file.open())
    }

    /// The names in a directory below this one, or in this one if `name` is empty.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<String>> {
        Below::names(&self.path, name).map_err(|error| files::failed("list", &self.path.join(name), &error))
    }

    /// Removes files, durably. A file that does not exist is no error.
    pub(crate) fn remove<'a>(&self, files: impl IntoIterator<Item = &'a String>) -> Result<()> {
        for file in files {
            let path = self.path.join(file);
            let named = match Below::new(&self.path, file) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                named => named.map_err(|error| files::failed("remove", &path, &error))?,
            };
            check_removed(&path, named.remove())?;
            named.sync().map_err(|error| Error::io("write to", files::parent(&path), &error))?;
        }
        Ok(())
    }

    /// Refuses files that another user owns.
    pub(crate) fn check_own<'a>(&self, files: impl IntoIterator<Item = &'a String>) -> Result<()> {
        for file in files {
            let checked = Below::new(&self.path, file).and_then(|file| file.check_own());
            checked.map_err(|error| files::failed("remove", &self.path.join(file), &error))?;
        }
        Ok(())
    }
}

/// A part while it is being written.
pub(crate) struct Unfinished {
    /// The final name, relative to the directory of the export.
    name: String,
    file: Below,
    disk: Disk,
}

/// A durable part that still has the name of an unfinished one.
pub(crate) struct Finished {
    pub(crate) part: Part,
    /// The device and the number of the file.
    id: (u64, u64),
}

impl Unfinished {
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Makes the bytes durable and closes the file. Only [`PartDir::publish`] gives it its own
    /// name.
    pub(crate) fn finish(&mut self) -> Result<Finished> {
        let path = self.file.path();
        let failed = |error| Error::io("write to", path, &error);
        self.disk.finish().map_err(failed)?;
        let written = self.disk.file().metadata().map_err(failed)?;
        let id = (written.dev(), written.ino());
        if written.len() != self.disk.bytes() || self.file.id().ok() != Some(id) {
            return Err(files::removed(path));
        }
        let part = Part { file: self.name.clone(), bytes: self.disk.bytes(), blake3: self.disk.blake3() };
        Ok(Finished { part, id })
    }

    /// Removes the file. The next command removes the file of a killed one.
    pub(crate) fn discard(&self) -> Result<()> {
        check_removed(self.path(), self.file.remove())
    }
}

impl Finished {
    /// The name of the file until it is published.
    pub(crate) fn file(&self) -> String {
        names::unfinished(&self.part.file)
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.put(bytes).map(|()| bytes.len())
    }

    /// Does not write: [`Unfinished::finish`] writes the rest.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn check_removed(path: &Path, removed: io::Result<()>) -> Result<()> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(files::failed("remove", path, &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
