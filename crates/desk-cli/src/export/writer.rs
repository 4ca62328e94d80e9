//! A window on its way to the disk, in whichever format: [`Writer`], then [`Written`], then parts for the manifest.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use super::database;
use super::format::Encoder;
use super::lists;
use super::manifest::Manifest;
use super::names;
use super::parquet;
use super::part::{self, Finished, Unfinished, Unrecorded};
use super::settings::{Format, Settings};
use super::table::Table;
use super::window::{Part, Window};
use crate::error::{Error, Result};
use crate::rows::Row;

/// Where windows go, and how.
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) encoder: Arc<Encoder>,
    /// There are windows here, and with them a table.
    pub(crate) begun: AtomicBool,
}

/// Writes the rows of a window. They come in order of time.
pub(crate) struct Writer {
    place: Arc<Place>,
    span: (DateTime<Utc>, DateTime<Utc>),
    revision: u32,
    open: Option<Open>,
    parts: Vec<Finished>,
}

/// What is being written.
enum Open {
    Text(Box<Unfinished>),
    /// With the directory of its date.
    Parquet(String, Box<parquet::File>),
    Table(Box<database::Open>),
}

impl Writer {
    /// For the window from and until; `revision` tells what was mended from what was there before.
    pub(crate) fn new(place: Arc<Place>, span: (DateTime<Utc>, DateTime<Utc>), revision: u32) -> Result<Writer> {
        let Place { dir, settings, encoder, begun } = &*place;
        // A table has nothing of a window without rows; a part is not made for it.
        let table = settings.format == Format::Sqlite;
        let open = table
            .then(|| database::Open::new(dir, settings, encoder, span, (revision, begun.load(Ordering::Relaxed))))
            .transpose()?;
        let open = open.map(|open| Open::Table(Box::new(open)));
        Ok(Writer { place, span, revision, open, parts: Vec::new() })
    }

    /// Pages are given up as soon as their rows are written, if the format allows it.
    pub(crate) fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        match (&mut self.open, self.place.settings.format) {
            _ if rows.is_empty() => Ok(()),
            (Some(Open::Table(table)), _) => table.rows(&rows, &self.place.encoder),
            (_, Format::Parquet) => self.parquet(&rows),
            _ => self.text(rows),
        }
    }

    fn text(&mut self, rows: Vec<Row>) -> Result<()> {
        let mut bytes = Vec::new();
        if self.open.is_none() {
            self.open = Some(Open::Text(Box::new(self.part("")?)));
            self.place.encoder.head(&mut bytes);
        }
        let Some(Open::Text(part)) = &mut self.open else { return Ok(()) };
        let mut put = |bytes: &[u8]| part.write_all(bytes).map_err(|error| Error::io("write to", part.path(), &error));
        put(&bytes)?;
        let mut rows = rows.into_iter();
        while let Some(row) = rows.as_slice().first() {
            let written = if self.place.encoder.takes_lines() {
                let (lines, count) = Row::lines(rows.as_slice());
                put(lines)?;
                count
            } else {
                bytes.clear();
                self.place.encoder.row(row.json(), &mut bytes)?;
                put(&bytes)?;
                1
            };
            rows.by_ref().take(written).for_each(drop);
        }
        Ok(())
    }

    /// A file for each date, in a directory of it, as Hive has them.
    fn parquet(&mut self, rows: &[Row]) -> Result<()> {
        let date = |row: &Row| row.moment().map(|time| time.date_naive());
        let key = self.place.encoder.table.free("date");
        for rows in rows.chunk_by(|row, next| date(row) == date(next)) {
            let place = names::place(&self.place.settings, &key, rows.first().and_then(date));
            if !matches!(&self.open, Some(Open::Parquet(open, _)) if *open == place) {
                self.end()?;
                let file = parquet::File::new(&self.place.encoder.table, self.part(&place)?)?;
                self.open = Some(Open::Parquet(place, Box::new(file)));
            }
            if let Some(Open::Parquet(_, file)) = &mut self.open {
                file.rows(rows, &self.place.encoder)?;
            }
        }
        Ok(())
    }

    /// A part, which no other of this window has the name of.
    fn part(&self, place: &str) -> Result<Unfinished> {
        let name = |revision| format!("{place}{}", names::part(&self.place.settings, self.span, revision));
        let mut revision = self.revision;
        while self.parts.iter().any(|finished| finished.part.file == name(revision)) {
            revision += 1;
        }
        Unfinished::new(&self.place.dir, name(revision))
    }

    /// Ends the file that is being written.
    fn end(&mut self) -> Result<()> {
        match self.open.take() {
            Some(Open::Text(mut part)) => self.parts.push(part.finish()?),
            Some(Open::Parquet(_, file)) => self.parts.push(file.finish()?),
            open => self.open = open,
        }
        Ok(())
    }

    /// Takes back rows that were written to a part of text.
    pub(crate) fn discard(self) -> Result<()> {
        match self.open {
            Some(Open::Text(part)) => part.discard(),
            _ => Ok(()),
        }
    }

    /// Makes files durable, not yet under their own names; a table is not changed yet.
    pub(crate) fn finish(mut self) -> Result<Written> {
        self.end()?;
        let table = match self.open.take() {
            Some(Open::Table(table)) => Some((table.part()?, table)),
            _ => None,
        };
        Ok(Written { dir: self.place.dir.clone(), files: self.parts, table })
    }
}

/// A window that is written, and can still be taken back: no reader of the directory sees it yet.
pub(crate) struct Written {
    dir: PathBuf,
    files: Vec<Finished>,
    table: Option<(Part, Box<database::Open>)>,
}

impl Written {
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.files.iter().map(|finished| &finished.part).chain(self.table.iter().map(|(part, _)| part))
    }

    /// Whether its rows equal those of other parts, whose hashes are right.
    pub(crate) fn is_same(&self, parts: &[Part], format: Format) -> Result<bool> {
        if self.parts().map(|part| &part.blake3).eq(parts.iter().map(|part| &part.blake3)) {
            return Ok(true);
        }
        // The same rows make other bytes there in other row groups, or by another version of the library.
        if format != Format::Parquet || self.files.len() != parts.len() {
            return Ok(false);
        }
        for (new, old) in self.files.iter().zip(parts) {
            let place = |file: &str| file.rsplit_once('/').map(|(place, _)| place.to_owned());
            if place(&new.part.file) != place(&old.file) || !parquet::same_rows(&self.dir, (&new.file(), &old.file))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes it durable and visible; returns its parts for the manifest.
    pub(crate) fn keep(self) -> Result<Vec<Part>> {
        let mut parts =
            self.files.into_iter().map(|finished| finished.publish(&self.dir)).collect::<Result<Vec<_>>>()?;
        if let Some((part, table)) = self.table {
            table.commit()?;
            parts.push(part);
        }
        Ok(parts)
    }

    /// Leaves everything as it was.
    pub(crate) fn discard(self) -> Result<()> {
        self.files.iter().try_for_each(|finished| finished.discard(&self.dir))
    }
}

/// The columns of an export.
fn table(settings: &Settings) -> Result<Table> {
    let list = lists::find(&settings.list)?;
    Ok(Table::new(list.columns, (list.id, list.time), &settings.private))
}

/// Whether there is a table that lacks windows.
pub(crate) fn is_short(dir: &Path, manifest: &Manifest, settings: &Settings) -> Result<bool> {
    match settings.format {
        Format::Sqlite => database::is_short(dir, settings, manifest.windows().count()),
        _ => Ok(false),
    }
}

/// Whether there are files of a window, as large as they were written. A table is one file for all.
pub(crate) fn has(dir: &Path, settings: &Settings, window: &Window) -> bool {
    match settings.format {
        Format::Sqlite => dir.join(names::table(settings)).is_file(),
        _ => window.parts.iter().all(|part| part::is_there(dir, part)),
    }
}

/// Whether what is there of a window is what was written.
pub(crate) fn holds(dir: &Path, settings: &Settings, window: &Window) -> Result<bool> {
    if settings.format == Format::Sqlite {
        return database::holds(dir, settings, &table(settings)?, window);
    }
    for part in &window.parts {
        if !part::holds(dir, part)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes what a kill leaves: unfinished parts, and those of one window that was not recorded, either the next one or one that was
/// being mended. Whatever else is there shows that the manifest is not the newest, and stays.
pub(crate) fn clean(dir: &Path, manifest: &Manifest) -> Result<()> {
    let Some(settings) = manifest.settings() else { return Ok(()) };
    let (next, windows) = (manifest.next()?, manifest.windows().count());
    let recorded: HashSet<&str> =
        manifest.windows().flat_map(|window| &window.parts).map(|part| part.file.as_str()).collect();
    let left = part::unrecorded(dir, settings, &recorded)?;
    let strange = |part: &&Unrecorded| part.from.is_some_and(|from| from != next && manifest.window(from).is_none());
    let mut strange = left.iter().filter(strange).map(|part| part.file.as_str());
    let refused = |problem: String| {
        let hint = "put the newest manifest back, or move away what is not of this export";
        Err(Error::integrity(format!("{} has {problem}", dir.display())).hint(hint))
    };
    if let Some(first) = strange.next() {
        let more = match strange.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return refused(format!("parts that {} does not tell of: {first}{more}", manifest.path().display()));
    }
    let is_table = settings.format == Format::Sqlite;
    if is_table && database::beyond(dir, settings, &table(settings)?, windows)? > 1 {
        return refused(format!("a table with more windows than {} tells of", manifest.path().display()));
    }
    if manifest.is_fixed().is_some() {
        return Ok(());
    }
    // What was mended, and not recorded, stays as long as what was recorded is not there.
    let gone = |from| manifest.window(from).is_some_and(|window| !has(dir, settings, window));
    let left: Vec<_> = left.iter().filter(|part| !part.from.is_some_and(gone)).map(|part| &part.file).collect();
    part::check_own(dir, left.iter().copied())?;
    part::remove(dir, left)?;
    match manifest.windows().next_back().filter(|_| is_table) {
        Some(last) => database::trim(dir, settings, &table(settings)?, (windows, last.until)),
        None => Ok(()),
    }
}
