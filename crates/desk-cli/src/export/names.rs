//! The names of an export's files: [`Names`] says which name a part gets, and refuses any other in a manifest.
//!
//! A manifest may come from anywhere, and exports read, write and remove the files that it names. Invariant: [`Names::check`]
//! accepts only the names that this version would give the parts of that very window. They lie in the directory of the export,
//! and belong to no other window, share, list or format.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::lists;
use super::settings::{Format, Settings, Share};
use super::table::Table;
use super::window::{Span, Window};
use crate::error::{Result, shown};

const TIME: &str = "%Y%m%dT%H%M%S%6fZ";
/// The end of a part's name while the part is being written.
const UNFINISHED: &str = ".unfinished";
/// The date of rows without a time, as Hive names it.
const UNDATED: &str = "__HIVE_DEFAULT_PARTITION__";

/// How the files of an export are called.
pub(crate) struct Names<'a> {
    settings: &'a Settings,
    /// The column of the directories by date, if the format has them.
    date: Option<String>,
    /// The file of the table, if the format is one.
    table: Option<String>,
    /// Whether the list can be asked for a time range: then each row lies in its window, and that in the time of the export.
    windows: bool,
}

impl Names<'_> {
    /// Refuses settings for which this version does not know the names.
    pub(crate) fn new(settings: &Settings) -> Result<Names<'_>> {
        settings.check()?;
        let list = lists::find(&settings.list)?;
        let table = Table::new(list.columns, (list.id, list.time), &settings.private);
        let date = (settings.format == Format::Parquet).then(|| table.free("date"));
        let table = (settings.format == Format::Sqlite).then(|| self::table(settings));
        Ok(Names { settings, date, table, windows: list.windows })
    }

    /// Refuses the record of a window that this version would not write.
    pub(crate) fn check(&self, window: &Window) -> Result<(), String> {
        let span = (window.from, window.until);
        let is_exact = |time: DateTime<Utc>| time.timestamp_subsec_nanos().is_multiple_of(1000);
        let last = self.settings.span().1.filter(|_| self.windows);
        if window.from > window.until
            || last.is_some_and(|last| last < window.until)
            || !(is_exact(window.from) && is_exact(window.until))
            || window.until.checked_add_signed(TimeDelta::microseconds(1)).is_none()
        {
            return Err("has a window that is not of this export".to_owned());
        }
        let mut seen = HashSet::new();
        for part in &window.parts {
            if !self.is_part(&part.file, span) || !seen.insert(&part.file) {
                return Err(format!("names a file that is no part of its window: {}", shown(&part.file, 200)));
            }
        }
        let (parts, empty) = (window.parts.len(), window.count == 0);
        let fits = match (&self.table, &self.date) {
            (Some(_), _) => parts == 1,
            (None, Some(_)) => empty == (parts == 0),
            (None, None) => parts == usize::from(!empty),
        };
        if fits { Ok(()) } else { Err(format!("tells of {} rows and {parts} parts", window.count)) }
    }

    /// Whether a part of a window may have this name, which is relative to the directory of the export.
    fn is_part(&self, file: &str, span: Span) -> bool {
        if let Some(table) = &self.table {
            return file == table;
        }
        let name = match (self.date.is_some(), file.rsplit_once('/')) {
            (true, Some((dir, name))) if self.dates(dir).is_some_and(|date| self.may_hold(date, span)) => name,
            (false, None) => file,
            _ => return false,
        };
        parse(name, self.settings) == Some(span)
    }

    /// The date of a directory by date, without one for that of rows that have none; `None` if it is none of these.
    fn dates(&self, dir: &str) -> Option<Option<NaiveDate>> {
        let date = dir.strip_prefix(&self.settings.list)?.strip_prefix('/')?;
        let date = date.strip_prefix(self.date.as_deref()?)?.strip_prefix('=')?;
        if date == UNDATED {
            return Some(None);
        }
        date.parse::<NaiveDate>().ok().filter(|parsed| parsed.to_string() == date).map(Some)
    }

    fn may_hold(&self, date: Option<NaiveDate>, (from, until): Span) -> bool {
        !self.windows || date.is_none_or(|date| (from.date_naive()..=until.date_naive()).contains(&date))
    }

    /// Whether parts may lie in a directory of this name.
    pub(crate) fn is_place(&self, dir: &str) -> bool {
        self.dates(dir).is_some()
    }
}

/// The name of the part of a window; `revision` counts how often it was read again.
pub(crate) fn part(settings: &Settings, (from, until): Span, revision: u32) -> String {
    let (from, until) = (from.format(TIME), until.format(TIME));
    let revision = if revision == 0 { String::new() } else { format!("-r{revision}") };
    format!("{}-{from}-{until}{revision}.{}", settings.list, settings.format.extension())
}

/// The window whose part has this name, if it is the very one that [`part`] gives.
pub(crate) fn parse(name: &str, settings: &Settings) -> Option<Span> {
    let rest = name.strip_prefix(settings.list.as_str())?.strip_prefix('-')?;
    let times = rest.strip_suffix(settings.format.extension())?.strip_suffix('.')?;
    let mut pieces = times.splitn(3, '-');
    let mut time = || Some(NaiveDateTime::parse_from_str(pieces.next()?, TIME).ok()?.and_utc());
    let span = (time()?, time()?);
    let revision = pieces.next().map_or(Some(0), |text| text.strip_prefix('r')?.parse().ok())?;
    (part(settings, span, revision) == name).then_some(span)
}

/// The directory of the rows of a date, with `/` behind it.
pub(crate) fn place(settings: &Settings, key: &str, date: Option<NaiveDate>) -> String {
    let date = date.map_or(UNDATED.to_owned(), |date| date.to_string());
    format!("{}/{key}={date}/", settings.list)
}

/// The name of a part while it is being written.
pub(crate) fn unfinished(name: &str) -> String {
    let (dir, name) = name.rsplit_once('/').map_or((String::new(), name), |(dir, name)| (format!("{dir}/"), name));
    format!("{dir}.{name}{UNFINISHED}")
}

/// The name that a part will get that is being written under this one.
pub(crate) fn finished(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(UNFINISHED)
}

/// The name of the file of an export, or of a share of it.
pub(crate) fn table(settings: &Settings) -> String {
    let share = settings.partition.map(Share::infix).unwrap_or_default();
    format!("{}{share}.{}", settings.list, settings.format.extension())
}

/// Whether a file is the export's or one that SQLite has beside it.
pub(crate) fn is_of_table(file: &str, settings: &Settings) -> bool {
    file.strip_prefix(&table(settings)).is_some_and(|rest| matches!(rest, "" | "-wal" | "-shm" | "-journal"))
}
