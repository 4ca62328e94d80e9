//! The manifest of an export: the log of its windows, with proof. Each line is a CRC-32 and JSON;
//! lines are only appended.
//!
//! A line must be written only after the part that it records is durable, and must be durable
//! before the part of the next window gets its name. The owner of a [`Manifest`] holds the lock of
//! the file, which the system releases when the process ends. A torn last line does not count; any
//! other wrong line is damage, and an error. A file of this name that no export has begun is never
//! changed, and no file of a record is used before [`Names`](super::names::Names) has accepted its
//! name.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::ErrorKind::{AlreadyExists, NotFound, PermissionDenied, ReadOnlyFilesystem};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use desk_client::export;
use serde::{Deserialize, Serialize};

use super::formats;
use super::lists;
use super::settings::{Settings, Share};
use super::window::Window;
use crate::error::{Error, Exit, Result};
use crate::files;

/// The command that holds the lock of a manifest.
const COMMAND: &str = "desk export";
const RESTORE: &str = "restore it from a copy, or export to another directory";
/// The start of the first line, after the eight digits of its CRC.
const LEAD: &[u8] = b" {\"record\":\"settings\",";
/// The maximum length of the first line in bytes.
const LONGEST: u64 = 1 << 24;

/// A line of the manifest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
enum Record {
    Settings(Settings),
    Window(Window),
    /// All rows up to this time are in the windows.
    End {
        until: DateTime<Utc>,
    },
}

/// A manifest under its lock.
pub(crate) struct Manifest {
    file: File,
    /// The reason why the file cannot be written.
    read_only: Option<io::ErrorKind>,
    path: PathBuf,
    settings: Option<Settings>,
    /// The last record of each window, in order of time.
    windows: BTreeMap<DateTime<Utc>, Window>,
    ended: Option<DateTime<Utc>>,
}

/// The name of a manifest.
pub(crate) fn name(share: Option<Share>) -> String {
    format!("manifest{}.log", share.map(Share::infix).unwrap_or_default())
}

/// Whether a file has the exact name of a manifest, which a copy does not.
fn is_name(file: &str) -> bool {
    let share = file.strip_prefix("manifest-").and_then(|rest| rest.strip_suffix(".log")?.split_once("-of-"));
    let share = share.and_then(|(index, of)| Some(Share { index: index.parse().ok()?, of: of.parse().ok()? }));
    file == name(share)
}

/// All manifests in a directory.
pub(crate) fn all(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(dir).map_err(|error| match error.kind() {
        NotFound => Error { exit: Exit::Usage, ..Error::io("list", dir, &error) },
        _ => Error::io("list", dir, &error),
    });
    for entry in entries? {
        let entry = entry.map_err(|error| Error::io("list", dir, &error))?.file_name();
        if entry.to_str().is_some_and(is_name) {
            let path = dir.join(entry);
            let file = std::fs::symlink_metadata(&path).map_err(|error| Error::io("look at", &path, &error))?;
            if !file.is_file() {
                let kind = if file.is_symlink() {
                    "a symbolic link, which `desk` does not follow"
                } else {
                    "not a regular file"
                };
                let problem = format!("{} is {kind}", path.display());
                return Err(Error::usage(problem).hint("move it out of the directory, or give another directory"));
            }
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

impl Manifest {
    /// Opens or creates the manifest of a share of the export in `dir`, and locks it.
    pub(crate) fn open(dir: &Path, share: Option<Share>) -> Result<Manifest> {
        Manifest::at(dir.join(name(share)), true)
    }

    /// Opens a manifest that exists.
    pub(crate) fn existing(path: PathBuf) -> Result<Manifest> {
        Manifest::at(path, false)
    }

    fn at(path: PathBuf, create: bool) -> Result<Manifest> {
        let failed = |error: io::Error| files::failed("open", &path, &error);
        let exists = io::Error::from(AlreadyExists);
        let opened = match if create { files::create_own(&path) } else { Err(exists) } {
            Err(error) if error.kind() == AlreadyExists => {
                files::open_own(&path, OpenOptions::new().read(true).append(true))
            }
            created => created,
        };
        let (file, read_only) = match opened {
            // Reading does not need a writable file.
            Err(error) if !create && matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem) => {
                (files::open_own(&path, OpenOptions::new().read(true)).map_err(failed)?, Some(error.kind()))
            }
            opened => (opened.map_err(failed)?, None),
        };
        files::lock(&file, &path, COMMAND)?;
        let mut manifest = Manifest { file, read_only, settings: None, windows: BTreeMap::new(), ended: None, path };
        manifest.read()?;
        Ok(manifest)
    }

    /// Reads the whole file, and cuts off a torn last line.
    fn read(&mut self) -> Result<()> {
        first(&self.file, &self.path)?;
        let mut bytes = Vec::new();
        let read = self.file.rewind().and_then(|()| self.file.read_to_end(&mut bytes));
        read.map_err(|error| Error::io("read", &self.path, &error))?;
        let good = self.take(&bytes)?;
        if good < bytes.len() && self.read_only.is_none() {
            let cut = self.file.set_len(good as u64).and_then(|()| self.file.seek(SeekFrom::End(0)));
            cut.map_err(|error| Error::io("write to", &self.path, &error))?;
        }
        Ok(())
    }

    /// Releases the lock until [`Manifest::resume`].
    pub(crate) fn rest(&mut self) -> Result<()> {
        self.file.unlock().map_err(|error| Error::io("unlock", &self.path, &error))
    }

    /// Takes the lock again and re-reads the file, which another command may have changed.
    pub(crate) fn resume(&mut self) -> Result<()> {
        files::lock(&self.file, &self.path, COMMAND)?;
        files::is_still(&self.file, &self.path)?;
        (self.settings, self.ended) = (None, None);
        self.windows.clear();
        self.read()
    }

    /// The error of a write, if the file cannot be written.
    pub(crate) fn read_only_error(&self) -> Option<Error> {
        self.read_only.map(|kind| Error::io("write to", &self.path, &kind.into()))
    }

    /// The settings of a manifest, and whether it has further lines; `None` if its first line is
    /// not complete yet.
    pub(crate) fn peek(path: &Path) -> Result<Option<(Settings, bool)>> {
        let file = files::open_own(path, OpenOptions::new().read(true));
        first(&file.map_err(|error| files::failed("read", path, &error))?, path)
    }

    /// Reads the lines; returns the number of valid bytes.
    fn take(&mut self, bytes: &[u8]) -> Result<usize> {
        let damaged = |what: String| Error::integrity(format!("{} {what}", self.path.display())).hint(RESTORE);
        let mut lines = (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n'));
        let Some((settings, mut good)) = lines.next().and_then(|(_, line)| match record(line)? {
            Record::Settings(settings) => Some((settings, line.len())),
            _ => None,
        }) else {
            return Ok(0);
        };
        let (_, names) = formats::form(&settings)?;
        for (number, line) in lines {
            match record(line) {
                Some(Record::Window(window)) => {
                    let refused = |problem| damaged(format!("line {number} {problem}; no file was changed"));
                    names.check(&window).map_err(refused)?;
                    self.windows.insert(window.from, window);
                }
                Some(Record::End { until }) => self.ended = Some(until),
                Some(Record::Settings(_)) => return Err(damaged(format!("line {number} has settings again"))),
                None if good + line.len() == bytes.len() => break,
                None => return Err(damaged(format!("is damaged after byte {good}"))),
            }
            good += line.len();
        }
        self.settings = Some(settings);
        Ok(good)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }

    pub(crate) fn windows(&self) -> impl DoubleEndedIterator<Item = &Window> {
        self.windows.values()
    }

    /// The window that begins at `from`.
    pub(crate) fn window(&self, from: DateTime<Utc>) -> Option<&Window> {
        self.windows.get(&from)
    }

    /// The start of the next window. Refuses windows with gaps, which show that lines are missing.
    pub(crate) fn next(&self) -> Result<DateTime<Utc>> {
        let mut next = export::begin(self.settings.as_ref().and_then(|settings| settings.span().0));
        for window in self.windows.values() {
            if next != window.from {
                let problem = format!("{} has a gap before {}", self.path.display(), window.from.to_rfc3339());
                return Err(Error::integrity(problem).hint(RESTORE));
            }
            next = window.until + TimeDelta::microseconds(1);
        }
        Ok(next)
    }

    /// Whether no window was exported yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.windows.is_empty() && self.ended.is_none()
    }

    /// The time up to which the export is complete, if it was completed.
    pub(crate) fn ended(&self) -> Option<DateTime<Utc>> {
        self.ended
    }

    /// Begins the manifest with new settings; it must have no windows.
    pub(crate) fn start(&mut self, settings: Settings) -> Result<()> {
        self.reset()?;
        self.append(&Record::Settings(settings.clone()))?;
        self.settings = Some(settings);
        Ok(())
    }

    /// Records a window, which replaces an earlier record with the same start; without ids if they
    /// are private. The record is not kept in memory, so that an export has the memory of one
    /// window.
    pub(crate) fn add(&mut self, window: &Window) -> Result<()> {
        let mut window = window.clone();
        if let Some(settings) = &self.settings
            && settings.private.touches(lists::find(&settings.list)?.id)
        {
            (window.id_min, window.id_max) = (None, None);
        }
        self.append(&Record::Window(window))
    }

    /// Empties the manifest. The file stays, because other commands may wait for its lock.
    pub(crate) fn reset(&mut self) -> Result<()> {
        self.settings = None;
        self.file.set_len(0).map_err(|error| Error::io("write to", &self.path, &error))
    }

    /// Drops the windows from memory; the file keeps them.
    pub(crate) fn forget(&mut self) {
        self.windows.clear();
    }

    pub(crate) fn end(&mut self, until: DateTime<Utc>) -> Result<()> {
        if self.ended == Some(until) {
            return Ok(());
        }
        self.append(&Record::End { until })?;
        self.ended = Some(until);
        Ok(())
    }

    fn append(&mut self, record: &Record) -> Result<()> {
        self.read_only_error().map_or(Ok(()), Err)?;
        let line =
            serde_json::to_string(record).map(|json| format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())));
        let written = line.map_err(io::Error::from).and_then(|line| self.file.write_all(line.as_bytes()));
        let written = written.and_then(|()| self.file.sync_data());
        written.map_err(|error| Error::io("write to", &self.path, &error))?;
        files::is_still(&self.file, &self.path)
    }
}

/// The settings in the first line, and whether more lines follow; `None` while the manifest is
/// being created. Refuses a file that no export has begun: it belongs to the user.
fn first(file: &File, path: &Path) -> Result<Option<(Settings, bool)>> {
    let mut line = Vec::new();
    let mut read = || {
        let mut reader = BufReader::new(file);
        reader.rewind()?;
        reader.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        Ok((reader.fill_buf().map(|rest| !rest.is_empty())?, file.metadata()?.mode()))
    };
    let (more, mode) = read().map_err(|error: io::Error| Error::io("read", path, &error))?;
    match record(&line) {
        Some(Record::Settings(settings)) => Ok(Some((settings, more))),
        _ if !more && is_begun(&line, mode) => Ok(None),
        _ => Err(unsettled(path)),
    }
}

/// Whether a kill may have left this start of the first line: the file is created empty and for its
/// user alone, and then gets the line in one write, of which a full disk or a crash may leave a
/// part.
fn is_begun(line: &[u8], mode: u32) -> bool {
    let (sum, rest) = line.split_at(line.len().min(8));
    let lead = rest.len().min(LEAD.len());
    let fits = sum.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) && rest.get(..lead) == LEAD.get(..lead);
    // A shorter text may be the user's own.
    fits && !line.ends_with(b"\n") && (rest.len() > 1 || line.is_empty() && mode & 0o077 == 0)
}

fn unsettled(path: &Path) -> Error {
    let problem = format!("{} is not a manifest: it does not begin with settings; it was not changed", path.display());
    Error::integrity(problem).hint("restore the manifest from a copy, move the file away, or give another directory")
}

/// Parses a complete line.
fn record(line: &[u8]) -> Option<Record> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (sum, json) = line.split_once(' ')?;
    let sum = u32::from_str_radix(sum, 16).ok()?;
    if sum == crc32fast::hash(json.as_bytes()) { serde_json::from_str(json).ok() } else { None }
}
