//! Part files: written under another name, made durable, renamed, made durable again.
//!
//! Invariant: under its own name a part is whole. What is there and not recorded is removed before an export goes on: the rows
//! in it are read again.

use std::collections::HashSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use blake3::Hasher;
use chrono::{DateTime, NaiveDateTime, Utc};

use super::format::Encoder;
use super::manifest::Part;
use super::settings::Settings;
use crate::error::{Error, Result};
use crate::files;
use crate::rows::Row;

const TIME: &str = "%Y%m%dT%H%M%S%6fZ";
/// Bytes that are hashed and written together.
const BUFFER: usize = 1 << 16;
/// What a part begins with while it is being written.
const UNFINISHED: &str = ".unfinished-";

/// A part while it is being written.
pub(crate) struct Writer<'a> {
    dir: &'a Path,
    encoder: &'a Encoder,
    name: String,
    file: File,
    digest: Hasher,
    bytes: u64,
    /// Not written yet.
    buffer: Vec<u8>,
}

/// The name of the part of a window; `revision` counts how often it was mended.
pub(crate) fn name(settings: &Settings, (from, until): (DateTime<Utc>, DateTime<Utc>), revision: u32) -> String {
    let (from, until) = (from.format(TIME), until.format(TIME));
    let revision = if revision == 0 { String::new() } else { format!("-r{revision}") };
    format!("{}-{from}-{until}{revision}.{}", settings.list, settings.format.extension())
}

impl<'a> Writer<'a> {
    pub(crate) fn new(dir: &'a Path, encoder: &'a Encoder, name: String) -> Result<Writer<'a>> {
        let path = dir.join(format!("{UNFINISHED}{name}"));
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        let file = file.map_err(|error| Error::io("write to", &path, &error))?;
        let mut writer = Writer {
            dir,
            encoder,
            name,
            file,
            digest: Hasher::new(),
            bytes: 0,
            buffer: Vec::with_capacity(BUFFER + BUFFER / 4),
        };
        encoder.head(&mut writer.buffer);
        Ok(writer)
    }

    pub(crate) fn rows(&mut self, rows: &[Row]) -> Result<()> {
        if self.encoder.takes_lines() {
            return Row::lines(rows).try_for_each(|lines| self.lines(lines));
        }
        for row in rows {
            self.encoder.row(row.json(), &mut self.buffer)?;
            self.lines(&[])?;
        }
        Ok(())
    }

    /// Many lines are written from where they are, few are gathered.
    fn lines(&mut self, lines: &[u8]) -> Result<()> {
        if self.buffer.len() + lines.len() < BUFFER {
            self.buffer.extend_from_slice(lines);
            return Ok(());
        }
        self.put()?;
        if lines.len() < BUFFER {
            self.buffer.extend_from_slice(lines);
            return Ok(());
        }
        self.write(lines)
    }

    fn put(&mut self) -> Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let written = self.write(&buffer);
        buffer.clear();
        self.buffer = buffer;
        written
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| Error::io("write to", &self.dir.join(&self.name), &error))
    }

    /// Makes it durable under its own name.
    pub(crate) fn finish(mut self) -> Result<Part> {
        let (from, to) = (self.dir.join(format!("{UNFINISHED}{}", self.name)), self.dir.join(&self.name));
        self.put()?;
        let renamed =
            self.file.sync_all().and_then(|()| std::fs::rename(&from, &to)).and_then(|()| files::sync(self.dir));
        renamed.map_err(|error| Error::io("write to", &to, &error))?;
        Ok(Part { file: self.name, bytes: self.bytes, blake3: self.digest.finalize().to_hex().to_string() })
    }
}

/// Whether the file is there and holds what was recorded.
pub(crate) fn holds(dir: &Path, part: &Part) -> Result<bool> {
    let path = dir.join(&part.file);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
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

/// Parts of this export in `dir` that `recorded` does not have, unfinished ones included.
pub(crate) fn unrecorded(dir: &Path, settings: &Settings, recorded: &HashSet<&str>) -> Result<Vec<String>> {
    let (first, last) = settings.span();
    let failed = |error: &std::io::Error| Error::io("list", dir, error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|error| failed(&error))? {
        let file = entry.map_err(|error| failed(&error))?.file_name();
        let Some(file) = file.to_str() else { continue };
        let Some(from) = begins(file.strip_prefix(UNFINISHED).unwrap_or(file), settings) else { continue };
        // Others are of another share, and perhaps being written.
        let own = settings.partition.is_none()
            || (first.is_none_or(|first| first <= from) && last.is_none_or(|last| from <= last));
        if own && !recorded.contains(file) {
            found.push(file.to_owned());
        }
    }
    Ok(found)
}

/// When the window begins whose part has this name.
fn begins(name: &str, settings: &Settings) -> Option<DateTime<Utc>> {
    let rest = name.strip_prefix(settings.list.as_str())?.strip_prefix('-')?;
    let times = rest.strip_suffix(settings.format.extension())?.strip_suffix('.')?;
    let mut times = times.splitn(3, '-');
    let mut time = || NaiveDateTime::parse_from_str(times.next()?, TIME).ok();
    let (from, _) = (time()?, time()?);
    Some(from.and_utc())
}

pub(crate) fn remove(dir: &Path, files: &[String]) -> Result<()> {
    for file in files {
        let path = dir.join(file);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &path, &error));
            }
            _ => {}
        }
    }
    if files.is_empty() { Ok(()) } else { files::sync(dir).map_err(|error| Error::io("write to", dir, &error)) }
}
