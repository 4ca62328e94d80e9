//! Rows as lines of one part: [`TextSink`], for formats that are text.

use std::io::Write;

use super::super::format::{NewWindow, WindowSink};
use super::super::part::Unfinished;
use super::super::privacy::Privacy;
use super::super::table::Table;
use super::super::written::Written;
use crate::error::{Error, Result};
use crate::rows::Row;

/// A format whose rows are text.
pub(super) trait TextFormat: Sync {
    /// Adds the start of a part.
    fn head(&self, _table: &Table, _out: &mut Vec<u8>) {}

    /// Adds a row.
    fn row(&self, json: &[u8], table: &Table, privacy: &Privacy, out: &mut Vec<u8>) -> Result<()>;
}

/// A window that is written as text. Without rows it has no part.
pub(super) struct TextSink {
    format: &'static dyn TextFormat,
    window: NewWindow,
    /// Whether rows are written as they came.
    takes_lines: bool,
    part: Option<Box<Unfinished>>,
}

impl TextSink {
    pub(super) fn new(format: &'static dyn TextFormat, window: NewWindow, takes_lines: bool) -> TextSink {
        TextSink { format, window, takes_lines, part: None }
    }

    /// The part, with its head if it is new.
    fn part(&mut self) -> Result<&mut Unfinished> {
        let part = match self.part.take() {
            Some(part) => part,
            None => {
                let NewWindow { target, span, revision, .. } = &self.window;
                let mut part = target.dir.begin(target.names.part(*span, *revision))?;
                let mut head = Vec::new();
                self.format.head(&target.table, &mut head);
                put(&mut part, &head)?;
                Box::new(part)
            }
        };
        Ok(self.part.insert(part))
    }
}

fn put(part: &mut Unfinished, bytes: &[u8]) -> Result<()> {
    part.write_all(bytes).map_err(|error| Error::io("write to", part.path(), &error))
}

impl WindowSink for TextSink {
    fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.part()?;
        let TextSink { format, window, takes_lines, part: Some(part) } = self else { return Ok(()) };
        let mut bytes = Vec::new();
        let mut rows = rows.into_iter();
        while let Some(row) = rows.as_slice().first() {
            let written = if *takes_lines {
                let (lines, count) = Row::lines(rows.as_slice());
                put(part, lines)?;
                count
            } else {
                bytes.clear();
                format.row(row.json(), &window.target.table, &window.privacy, &mut bytes)?;
                put(part, &bytes)?;
                1
            };
            rows.by_ref().take(written).for_each(drop);
        }
        Ok(())
    }

    fn discard(self: Box<Self>) -> Result<()> {
        self.part.map_or(Ok(()), |part| part.discard())
    }

    fn finish(self: Box<Self>) -> Result<Written> {
        let parts = self.part.into_iter().map(|mut part| part.finish()).collect::<Result<_>>()?;
        Ok(Written::files(self.window.target, parts))
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
pub(super) mod testing;
