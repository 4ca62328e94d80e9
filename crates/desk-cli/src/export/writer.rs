//! A window on its way to the disk, in whichever format: [`Writer`], then [`Written`], then parts for the manifest.

use std::io::Write;
use std::sync::Arc;

use super::database;
use super::format::Encoder;
use super::parquet;
use super::part::{Finished, Unfinished};
use super::settings::Format;
use super::target::ExportTarget;
use super::window::{Part, Span};
use crate::error::{Error, Result};
use crate::rows::Row;

/// Writes the rows of a window. They come in order of time.
pub(crate) struct Writer {
    target: Arc<ExportTarget>,
    encoder: Arc<Encoder>,
    span: Span,
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
    /// Starts a window; `revision` counts how often it was read again.
    pub(crate) fn new(
        (target, encoder): (Arc<ExportTarget>, Arc<Encoder>),
        span: Span,
        revision: u32,
    ) -> Result<Writer> {
        // A window without rows empties its time in a table; it has no part.
        let table = target.names.has_table();
        let open = table.then(|| database::Open::new(&target, span, revision)).transpose()?;
        let open = open.map(|open| Open::Table(Box::new(open)));
        Ok(Writer { target, encoder, span, revision, open, parts: Vec::new() })
    }

    /// Pages are given up as soon as their rows are written, if the format allows it.
    pub(crate) fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        match (&mut self.open, self.target.settings.format) {
            _ if rows.is_empty() => Ok(()),
            (Some(Open::Table(table)), _) => table.rows(&rows, &self.encoder),
            (_, Format::Parquet) => self.parquet(&rows),
            _ => self.text(rows),
        }
    }

    fn text(&mut self, rows: Vec<Row>) -> Result<()> {
        let mut bytes = Vec::new();
        if self.open.is_none() {
            self.open = Some(Open::Text(Box::new(self.part("")?)));
            self.encoder.head(&mut bytes);
        }
        let Some(Open::Text(part)) = &mut self.open else { return Ok(()) };
        let mut put = |bytes: &[u8]| part.write_all(bytes).map_err(|error| Error::io("write to", part.path(), &error));
        put(&bytes)?;
        let mut rows = rows.into_iter();
        while let Some(row) = rows.as_slice().first() {
            let written = if self.encoder.takes_lines() {
                let (lines, count) = Row::lines(rows.as_slice());
                put(lines)?;
                count
            } else {
                bytes.clear();
                self.encoder.row(row.json(), &mut bytes)?;
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
        for rows in rows.chunk_by(|row, next| date(row) == date(next)) {
            let place = self.target.names.place(rows.first().and_then(date));
            if !matches!(&self.open, Some(Open::Parquet(open, _)) if *open == place) {
                self.end()?;
                let file = parquet::File::new(&self.encoder.table, self.part(&place)?)?;
                self.open = Some(Open::Parquet(place, Box::new(file)));
            }
            if let Some(Open::Parquet(_, file)) = &mut self.open {
                file.rows(rows, &self.encoder)?;
            }
        }
        Ok(())
    }

    /// A part, which no other of this window has the name of.
    fn part(&self, place: &str) -> Result<Unfinished> {
        let name = |revision| format!("{place}{}", self.target.names.part(self.span, revision));
        let mut revision = self.revision;
        while self.parts.iter().any(|finished| finished.part.file == name(revision)) {
            revision += 1;
        }
        self.target.dir.begin(name(revision))
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
        Ok(Written { target: self.target, files: self.parts, table })
    }
}

/// A window that is written, and can still be taken back: no reader of the directory sees it yet.
pub(crate) struct Written {
    target: Arc<ExportTarget>,
    files: Vec<Finished>,
    table: Option<(Part, Box<database::Open>)>,
}

impl Written {
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.files.iter().map(|finished| &finished.part).chain(self.table.iter().map(|(part, _)| part))
    }

    /// Whether its rows equal those of other parts, whose hashes are right.
    pub(crate) fn is_same(&self, parts: &[Part]) -> Result<bool> {
        if self.parts().map(|part| &part.blake3).eq(parts.iter().map(|part| &part.blake3)) {
            return Ok(true);
        }
        // The same rows make other bytes there in other row groups, or by another version of the library.
        if self.target.settings.format != Format::Parquet || self.files.len() != parts.len() {
            return Ok(false);
        }
        for (new, old) in self.files.iter().zip(parts) {
            let place = |file: &str| file.rsplit_once('/').map(|(place, _)| place.to_owned());
            if place(&new.part.file) != place(&old.file)
                || !parquet::same_rows(&self.target.dir, (&new.file(), &old.file))?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes it durable and visible; returns its parts for the manifest.
    pub(crate) fn keep(self) -> Result<Vec<Part>> {
        let mut parts =
            self.files.into_iter().map(|finished| self.target.dir.publish(finished)).collect::<Result<Vec<_>>>()?;
        if let Some((part, table)) = self.table {
            table.commit()?;
            parts.push(part);
        }
        Ok(parts)
    }

    /// Leaves everything as it was.
    pub(crate) fn discard(self) -> Result<()> {
        self.files.iter().try_for_each(|finished| self.target.dir.discard(finished))
    }
}
