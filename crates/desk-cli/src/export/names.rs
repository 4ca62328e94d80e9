//! The names of an export's files: [`Names`] gives a part its name, and refuses any other name in a
//! manifest.
//!
//! A manifest may come from anywhere, and exports read, write and remove the files that it names.
//! [`Names::check`] must accept only the names that this version would give the parts of that very
//! window. These files lie in the directory of the export, and belong to no other window, share,
//! list or format.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::settings::{Settings, Share};
use super::window::{Span, Window};
use crate::error::printable;

const TIME: &str = "%Y%m%dT%H%M%S%6fZ";
/// The end of a part's name while the part is being written.
const UNFINISHED: &str = ".unfinished";
/// The date of rows without a time, as Hive names it.
const UNDATED: &str = "__HIVE_DEFAULT_PARTITION__";

/// The places of a window's rows.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    /// One part in the directory of the export.
    Part,
    /// A part for each date, in a directory named after this column.
    PartsByDate(String),
    /// Rows of a table, which is one file for all windows.
    Table,
}

/// The names of an export's files.
pub(crate) struct Names {
    list: String,
    extension: &'static str,
    layout: Layout,
    share: Option<Share>,
    /// The time of the export, or of its share.
    span: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// Whether the list filters by time: then each row lies in its window, and each window in the
    /// time of the export.
    has_windows: bool,
}

impl Names {
    pub(crate) fn new(settings: &Settings, extension: &'static str, layout: Layout, has_windows: bool) -> Names {
        let (list, span) = (settings.list.clone(), settings.span());
        Names { list, extension, layout, share: settings.partition, span, has_windows }
    }

    /// Refuses the record of a window that this version would not write.
    pub(crate) fn check(&self, window: &Window) -> Result<(), String> {
        let span = (window.from, window.until);
        let is_exact = |time: DateTime<Utc>| time.timestamp_subsec_nanos().is_multiple_of(1000);
        let last = self.span.1.filter(|_| self.has_windows);
        if window.from > window.until
            || last.is_some_and(|last| last < window.until)
            || !(is_exact(window.from) && is_exact(window.until))
            || window.until.checked_add_signed(TimeDelta::microseconds(1)).is_none()
        {
            return Err("has a window of another export".to_owned());
        }
        let mut seen = HashSet::new();
        for part in &window.parts {
            if !self.is_part(&part.file, span) || !seen.insert(&part.file) {
                return Err(format!("names a file that is not a part of its window: {}", printable(&part.file, 200)));
            }
        }
        let (parts, empty) = (window.parts.len(), window.count == 0);
        let fits = match &self.layout {
            Layout::Table => parts == 1,
            Layout::PartsByDate(_) => empty == (parts == 0),
            Layout::Part => parts == usize::from(!empty),
        };
        if fits { Ok(()) } else { Err(format!("records {} rows and {parts} parts", window.count)) }
    }

    /// Whether a part of a window may have this name, which is relative to the directory of the
    /// export.
    fn is_part(&self, file: &str, span: Span) -> bool {
        let name = match (&self.layout, file.rsplit_once('/')) {
            (Layout::Table, _) => return file == self.table(),
            (Layout::PartsByDate(_), Some((dir, name))) => match self.date(dir) {
                Some(date) if self.may_hold(date, span) => name,
                _ => return false,
            },
            (Layout::Part, None) => file,
            _ => return false,
        };
        self.parse(name) == Some(span)
    }

    /// The date of a directory of parts: `Some(None)` for rows without a time, `None` for any other
    /// directory.
    fn date(&self, dir: &str) -> Option<Option<NaiveDate>> {
        let Layout::PartsByDate(column) = &self.layout else { return None };
        let date = dir.strip_prefix(&self.list)?.strip_prefix('/')?;
        let date = date.strip_prefix(column.as_str())?.strip_prefix('=')?;
        if date == UNDATED {
            return Some(None);
        }
        date.parse::<NaiveDate>().ok().filter(|parsed| parsed.to_string() == date).map(Some)
    }

    fn may_hold(&self, date: Option<NaiveDate>, (from, until): Span) -> bool {
        !self.has_windows || date.is_none_or(|date| (from.date_naive()..=until.date_naive()).contains(&date))
    }

    /// Whether parts may lie in a directory of this name.
    pub(crate) fn is_place(&self, dir: &str) -> bool {
        self.date(dir).is_some()
    }

    /// The directory for the rows of a date, with `/` behind it; empty if all parts lie in that of
    /// the export.
    pub(crate) fn place(&self, date: Option<NaiveDate>) -> String {
        let Layout::PartsByDate(column) = &self.layout else { return String::new() };
        let date = date.map_or(UNDATED.to_owned(), |date| date.to_string());
        format!("{}/{column}={date}/", self.list)
    }

    /// The directory above the directories by date, if there are any.
    pub(crate) fn above_places(&self) -> Option<&str> {
        matches!(self.layout, Layout::PartsByDate(_)).then_some(self.list.as_str())
    }

    /// The name of the part of a window; `revision` counts how often the window was read again.
    pub(crate) fn part(&self, (from, until): Span, revision: u32) -> String {
        let (from, until) = (from.format(TIME), until.format(TIME));
        let revision = if revision == 0 { String::new() } else { format!("-r{revision}") };
        format!("{}-{from}-{until}{revision}.{}", self.list, self.extension)
    }

    /// The window whose part has this name, if it is exactly the name that [`Names::part`] gives.
    pub(crate) fn parse(&self, name: &str) -> Option<Span> {
        let rest = name.strip_prefix(self.list.as_str())?.strip_prefix('-')?;
        let times = rest.strip_suffix(self.extension)?.strip_suffix('.')?;
        let mut pieces = times.splitn(3, '-');
        let mut time = || Some(NaiveDateTime::parse_from_str(pieces.next()?, TIME).ok()?.and_utc());
        let span = (time()?, time()?);
        let revision = pieces.next().map_or(Some(0), |text| text.strip_prefix('r')?.parse().ok())?;
        (self.part(span, revision) == name).then_some(span)
    }

    /// Whether a window that begins at `from` belongs to this share.
    pub(crate) fn is_in_share(&self, from: DateTime<Utc>) -> bool {
        let (first, last) = self.span;
        self.share.is_none() || (first.is_none_or(|first| first <= from) && last.is_none_or(|last| from <= last))
    }

    /// The name of the file of a table.
    pub(crate) fn table(&self) -> String {
        let share = self.share.map(Share::infix).unwrap_or_default();
        format!("{}{share}.{}", self.list, self.extension)
    }

    /// Whether a file is the table, or a file that SQLite keeps next to it.
    pub(crate) fn is_of_table(&self, file: &str) -> bool {
        let is_of = |rest| matches!(rest, "" | "-wal" | "-shm" | "-journal");
        matches!(self.layout, Layout::Table) && file.strip_prefix(&self.table()).is_some_and(is_of)
    }

    /// Whether rows are in a table, which is one file for all windows.
    pub(crate) fn has_table(&self) -> bool {
        matches!(self.layout, Layout::Table)
    }
}

/// The name of a part while it is being written.
pub(crate) fn unfinished(name: &str) -> String {
    let (dir, name) = name.rsplit_once('/').map_or((String::new(), name), |(dir, name)| (format!("{dir}/"), name));
    format!("{dir}.{name}{UNFINISHED}")
}

/// The final name of a part that is being written under this one.
pub(crate) fn finished(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(UNFINISHED)
}
