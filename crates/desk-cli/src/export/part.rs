//! Part files: written under another name, made durable, renamed, made durable again.
//!
//! Invariant: under its own name a part is whole. Readers of the directory take no unfinished part for theirs: its name begins
//! with a dot and ends otherwise. Each file is new and lies below the directory of the export: no link leads out of it.

use std::collections::HashSet;
use std::fs::DirBuilder;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use blake3::Hasher;
use chrono::{DateTime, Utc};

use super::disk::Disk;
use super::names::{self, Names};
use super::settings::{Format, Settings};
use super::window::Part;
use crate::error::{Error, Result};
use crate::files::{self, Below};

/// Bytes that are read and hashed at once.
const BUFFER: usize = 1 << 16;

/// A part while it is being written.
pub(crate) struct Unfinished {
    /// Its own name, relative to the directory of the export.
    name: String,
    file: Below,
    disk: Disk,
}

/// A part that is durable, under the name of one that is being written.
pub(crate) struct Finished {
    pub(crate) part: Part,
    /// Device and number of the file.
    id: (u64, u64),
}

impl Unfinished {
    pub(crate) fn new(dir: &Path, name: String) -> Result<Unfinished> {
        let unfinished = names::unfinished(&name);
        let path = dir.join(&unfinished);
        let file = Below::make(dir, &unfinished).map_err(|error| files::unwritten(&path, &error))?;
        let open = file.create().map_err(|error| match error.kind() {
            // A kill leaves one, but the next command removes it before it begins.
            ErrorKind::AlreadyExists => files::taken(&path),
            _ => files::unwritten(&path, &error),
        })?;
        Ok(Unfinished { name, file, disk: Disk::new(open) })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Makes its bytes durable and closes it to writes. It has its own name only after [`Finished::publish`].
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

    /// Removes it. What a kill leaves is removed by the next command.
    pub(crate) fn discard(&self) -> Result<()> {
        removed(self.path(), self.file.remove())
    }
}

impl Finished {
    /// Gives it its own name, durably.
    pub(crate) fn publish(self, dir: &Path) -> Result<Part> {
        let unfinished = self.file();
        let path = dir.join(&unfinished);
        let failed = |error: io::Error| files::unwritten(&path, &error);
        let file = Below::new(dir, &unfinished).map_err(failed)?;
        if file.id().map_err(failed)? != self.id {
            return Err(files::removed(&path));
        }
        let name = self.part.file.rsplit_once('/').map_or(self.part.file.as_str(), |(_, name)| name);
        // Directories that another share has just made may not be durable yet.
        file.rename(name).and_then(|()| file.sync()).map_err(failed)?;
        Ok(self.part)
    }

    /// Its name until it is published.
    pub(crate) fn file(&self) -> String {
        names::unfinished(&self.part.file)
    }

    /// Removes it.
    pub(crate) fn discard(&self, dir: &Path) -> Result<()> {
        let unfinished = self.file();
        removed(&dir.join(&unfinished), Below::new(dir, &unfinished).and_then(|file| file.remove()))
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.put(bytes).map(|()| bytes.len())
    }

    /// All is written by [`Unfinished::finish`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether the file is there and as large as was recorded.
pub(crate) fn is_there(dir: &Path, part: &Part) -> bool {
    Below::new(dir, &part.file).and_then(|file| file.has(part.bytes)).unwrap_or_default()
}

/// Whether the file is there and holds what was recorded.
pub(crate) fn holds(dir: &Path, part: &Part) -> Result<bool> {
    let path = dir.join(&part.file);
    let mut file = match Below::new(dir, &part.file).and_then(|file| file.open()) {
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

/// The directory, made if it is not there; only its user may enter a new one.
pub(crate) fn directory(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    let made = made.and_then(|()| files::sync(files::parent(dir)));
    made.map_err(|error| Error::io("make", dir, &error))
}

/// A file of an export that no manifest tells of.
pub(crate) struct Unrecorded {
    pub(crate) file: String,
    /// When the window of a part begins that is whole.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Whether it was still being written.
    pub(crate) unfinished: bool,
}

/// Files of this export in `dir` that `recorded` does not have, unfinished ones included.
pub(crate) fn unrecorded(dir: &Path, settings: &Settings, recorded: &HashSet<&str>) -> Result<Vec<Unrecorded>> {
    let (first, last) = settings.span();
    // Others are of another share, and perhaps being written.
    let own = |from: DateTime<Utc>| {
        settings.partition.is_none()
            || (first.is_none_or(|first| first <= from) && last.is_none_or(|last| from <= last))
    };
    let mut found = Vec::new();
    for file in below(dir, settings)? {
        let name = file.rsplit_once('/').map_or(file.as_str(), |(_, name)| name);
        if settings.format == Format::Sqlite {
            if names::is_of_table(name, settings) && !recorded.contains(names::table(settings).as_str()) {
                found.push(Unrecorded { file, from: None, unfinished: false });
            }
            continue;
        }
        let inner = names::finished(name);
        let from = names::parse(inner.unwrap_or(name), settings).map(|(from, _)| from).filter(|from| own(*from));
        if from.is_some() && !recorded.contains(file.as_str()) {
            let unfinished = inner.is_some();
            found.push(Unrecorded { from: from.filter(|_| !unfinished), unfinished, file });
        }
    }
    Ok(found)
}

/// The files where parts are, relative to `dir`.
fn below(dir: &Path, settings: &Settings) -> Result<Vec<String>> {
    if settings.format != Format::Parquet {
        return listed(dir, "");
    }
    let (mut found, names) = (Vec::new(), Names::new(settings)?);
    let dates = listed(dir, &settings.list)?.into_iter().map(|date| format!("{}/{date}", settings.list));
    for date in dates.filter(|date| names.is_place(date)) {
        found.extend(listed(dir, &date)?.into_iter().map(|name| format!("{date}/{name}")));
    }
    Ok(found)
}

fn listed(dir: &Path, name: &str) -> Result<Vec<String>> {
    Below::names(dir, name).map_err(|error| files::failed("list", &dir.join(name), &error))
}

pub(crate) fn remove<'a>(dir: &Path, files: impl IntoIterator<Item = &'a String>) -> Result<()> {
    for file in files {
        let path = dir.join(file);
        let named = match Below::new(dir, file) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            named => named.map_err(|error| files::failed("remove", &path, &error))?,
        };
        removed(&path, named.remove())?;
        named.sync().map_err(|error| Error::io("write to", files::parent(&path), &error))?;
    }
    Ok(())
}

fn removed(path: &Path, removed: io::Result<()>) -> Result<()> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(files::failed("remove", path, &error)),
        _ => Ok(()),
    }
}

/// Refuses files that another user has made.
pub(crate) fn check_own<'a>(dir: &Path, files: impl IntoIterator<Item = &'a String>) -> Result<()> {
    for file in files {
        let checked = Below::new(dir, file).and_then(|file| file.check_own());
        checked.map_err(|error| files::failed("remove", &dir.join(file), &error))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
