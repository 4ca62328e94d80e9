//! The names of an export's files: which name a part gets, and which directories hold parts.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::options::list;
use super::settings::{Format, Settings};
use super::table::Table;
use crate::error::Result;

const TIME: &str = "%Y%m%dT%H%M%S%6fZ";
/// What the name of a part ends with while it is being written.
const UNFINISHED: &str = ".unfinished";
/// What is in the place of the date of rows that have none.
const UNDATED: &str = "__HIVE_DEFAULT_PARTITION__";

/// The first and the last microsecond of a window.
type Span = (DateTime<Utc>, DateTime<Utc>);

/// How the files of an export are called.
pub(crate) struct Names<'a> {
    settings: &'a Settings,
    /// The column of the directories by date, if the format has them.
    date: Option<String>,
}

impl Names<'_> {
    /// An error if this version does not know the list.
    pub(crate) fn new(settings: &Settings) -> Result<Names<'_>> {
        let list = list(&settings.list)?;
        let table = Table::new(list.columns, (list.id, list.time), &settings.private);
        let date = (settings.format == Format::Parquet).then(|| table.free("date"));
        Ok(Names { settings, date })
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
