//! Part files: written under another name, made durable, renamed, made durable again.
//!
//! Invariant: under its own name a part is whole. Readers of the directory take no unfinished part for theirs: its name begins
//! with a dot and ends otherwise.

use std::collections::HashSet;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use blake3::Hasher;
use chrono::{DateTime, NaiveDateTime, Utc};

use super::database;
use super::disk::Disk;
use super::manifest::Part;
use super::settings::{Format, Settings};
use crate::error::{Error, Result};
use crate::files;

/// Bytes that are read and hashed at once.
const BUFFER: usize = 1 << 16;
const TIME: &str = "%Y%m%dT%H%M%S%6fZ";
/// What the name of a part ends with while it is being written.
const UNFINISHED: &str = ".unfinished";

/// The name of the part of a window; `revision` counts how often it was mended.
pub(crate) fn name(settings: &Settings, (from, until): (DateTime<Utc>, DateTime<Utc>), revision: u32) -> String {
    let (from, until) = (from.format(TIME), until.format(TIME));
    let revision = if revision == 0 { String::new() } else { format!("-r{revision}") };
    format!("{}-{from}-{until}{revision}.{}", settings.list, settings.format.extension())
}

/// A part while it is being written.
pub(crate) struct Unfinished {
    dir: PathBuf,
    /// Its own name, from `dir` on.
    name: String,
    disk: Disk,
}

impl Unfinished {
    pub(crate) fn new(dir: &Path, name: String) -> Result<Unfinished> {
        let path = dir.join(unfinished(&name));
        // What is cut off meanwhile would be zeros, if it were not appended to.
        let open = || OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        let file = places(dir, &name).and_then(|()| open()).and_then(|file| file.set_len(0).map(|()| file));
        let file = file.map_err(|error| files::unwritten(&path, &error))?;
        Ok(Unfinished { dir: dir.to_owned(), name, disk: Disk::new(file) })
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(&self.name)
    }

    /// Makes it durable under its own name; nothing is written to it after that.
    pub(crate) fn finish(&mut self) -> Result<Part> {
        let path = self.path();
        let failed = |error| Error::io("write to", &path, &error);
        self.disk.finish().map_err(failed)?;
        let unfinished = self.dir.join(unfinished(&self.name));
        files::is_still(self.disk.file(), &unfinished)?;
        if self.disk.file().metadata().map_err(failed)?.len() != self.disk.bytes() {
            return Err(files::removed(&unfinished));
        }
        std::fs::rename(&unfinished, &path).map_err(|error| files::unwritten(&unfinished, &error))?;
        self.settle(&path).map_err(|error| files::unwritten(&path, &error))?;
        Ok(Part { file: self.name.clone(), bytes: self.disk.bytes(), blake3: self.disk.blake3() })
    }

    /// Removes it. What a kill leaves is removed by the next command.
    pub(crate) fn discard(&self) -> Result<()> {
        let path = self.dir.join(unfinished(&self.name));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", &path, &error)),
            _ => Ok(()),
        }
    }

    /// Makes its name durable.
    fn settle(&self, path: &Path) -> io::Result<()> {
        files::sync(files::parent(path))?;
        // Directories that another share has just made may not be durable yet.
        let above = path.ancestors().skip(2).take(self.name.matches('/').count());
        above.into_iter().try_for_each(|dir| files::sync(if dir.as_os_str().is_empty() { Path::new(".") } else { dir }))
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

/// The name of a part while it is being written.
fn unfinished(name: &str) -> String {
    let (dir, name) = name.rsplit_once('/').map_or((String::new(), name), |(dir, name)| (format!("{dir}/"), name));
    format!("{dir}.{name}{UNFINISHED}")
}

/// Whether the file is there and as large as was recorded.
pub(crate) fn is_there(dir: &Path, part: &Part) -> bool {
    std::fs::metadata(dir.join(&part.file)).is_ok_and(|file| file.is_file() && file.len() == part.bytes)
}

/// Whether the file is there and holds what was recorded.
pub(crate) fn holds(dir: &Path, part: &Part) -> Result<bool> {
    let path = dir.join(&part.file);
    let mut file = match files::open(&path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidInput) => {
            return Ok(false);
        }
        Err(error) => return Err(Error::io("read", &path, &error)),
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

/// Makes the directories of a part below `dir`, which is not made anew should somebody have removed it.
fn places(dir: &Path, name: &str) -> io::Result<()> {
    for (end, _) in name.match_indices('/') {
        let place = dir.join(name.get(..end).unwrap_or_default());
        match DirBuilder::new().mode(0o700).create(&place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made.and_then(|()| files::sync(files::parent(&place)))?,
        }
    }
    Ok(())
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
            if database::is_of(name, settings) && !recorded.contains(database::name(settings).as_str()) {
                found.push(Unrecorded { file, from: None, unfinished: false });
            }
            continue;
        }
        let inner = name.strip_prefix('.').and_then(|name| name.strip_suffix(UNFINISHED));
        let from = begins(inner.unwrap_or(name), settings).filter(|from| own(*from));
        if from.is_some() && !recorded.contains(file.as_str()) {
            let unfinished = inner.is_some();
            found.push(Unrecorded { from: from.filter(|_| !unfinished), unfinished, file });
        }
    }
    Ok(found)
}

/// The files where parts are, from `dir` on.
fn below(dir: &Path, settings: &Settings) -> Result<Vec<String>> {
    if settings.format != Format::Parquet {
        return names(dir);
    }
    let mut found = Vec::new();
    for date in names(&dir.join(&settings.list))? {
        let date = format!("{}/{date}", settings.list);
        found.extend(names(&dir.join(&date))?.into_iter().map(|name| format!("{date}/{name}")));
    }
    Ok(found)
}

/// What is in a directory, if it is one.
fn names(dir: &Path) -> Result<Vec<String>> {
    use io::ErrorKind::{NotADirectory, NotFound};
    let failed = |error: &io::Error| Error::io("list", dir, error);
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(dir) {
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => return Ok(found),
        entries => entries.map_err(|error| failed(&error))?,
    };
    for entry in entries {
        found.extend(entry.map_err(|error| failed(&error))?.file_name().to_str().map(str::to_owned));
    }
    Ok(found)
}

/// When the window begins whose part has this name.
fn begins(name: &str, settings: &Settings) -> Option<DateTime<Utc>> {
    let rest = name.strip_prefix(settings.list.as_str())?.strip_prefix('-')?;
    let times = rest.strip_suffix(settings.format.extension())?.strip_suffix('.')?;
    let mut pieces = times.splitn(3, '-');
    let mut time = || NaiveDateTime::parse_from_str(pieces.next()?, TIME).ok();
    let (from, _) = (time()?, time()?);
    let is_revision = |text: &str| text.strip_prefix('r').is_some_and(|number| number.parse::<u32>().is_ok());
    pieces.next().is_none_or(is_revision).then(|| from.and_utc())
}

pub(crate) fn remove<'a>(dir: &Path, files: impl IntoIterator<Item = &'a String>) -> Result<()> {
    let mut changed = HashSet::new();
    for file in files {
        let path = dir.join(file);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::io("remove", &path, &error)),
            _ => changed.insert(files::parent(&path).to_owned()),
        };
    }
    changed
        .iter()
        .filter(|dir| dir.is_dir())
        .try_for_each(|dir| files::sync(dir).map_err(|error| Error::io("write to", dir, &error)))
}

#[cfg(test)]
#[path = "part_tests.rs"]
mod tests;
