//! The results of an export: a [`Window`] with its [`Proof`], or a [`Piece`] of one.

use std::fmt;

use chrono::{DateTime, Utc};

/// A second, µs.
pub(super) const SECOND: i64 = 1_000_000;
/// The begin of a time range if none is given: 2000-01-01, µs.
const EARLY: i64 = 946_684_800_000_000;
/// The years 1 to 9999, which every service can read, µs.
pub(super) const YEARS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

/// Rows of one time window, with their proof.
pub struct Window<T> {
    /// The rows, in order of time and id, each once.
    pub items: Vec<T>,
    /// The proof of the rows.
    pub proof: Proof,
}

/// The known facts about a window's rows, and whether the rows are verified.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Proof {
    /// The window's first microsecond.
    pub from: DateTime<Utc>,
    /// The window's last microsecond, inclusive: the next window begins one later.
    pub until: DateTime<Utc>,
    /// The number of rows in the window.
    pub count: u64,
    /// The minimum id; `None` if there are no rows.
    pub id_min: Option<i64>,
    /// The maximum id; `None` if there are no rows.
    pub id_max: Option<i64>,
    /// Requests made for this window, including those that gave no proof.
    pub requests: u64,
    /// Rows that the service gave although their time is outside the window; they are not among the
    /// items.
    pub out_of_range_rows: u64,
    /// Whether these are all rows that the service counts in the window. If not, there may be more
    /// rows, some may have been deleted during the read, or some may have no time.
    pub verified: bool,
}

impl<T> fmt::Debug for Window<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("proof", &self.proof).finish_non_exhaustive()
    }
}

/// A part of an export that gives rows as they arrive; from [`Pieces`](super::Pieces).
pub enum Piece<T> {
    /// Rows of a window that is being read, behind those already given, in order of time and id.
    /// None of them is proven yet.
    Rows {
        /// The window's first microsecond.
        from: DateTime<Utc>,
        /// The window's last microsecond.
        until: DateTime<Utc>,
        /// Some rows, at least one.
        items: Vec<T>,
    },
    /// The rows given of the window do not fit together, and the caller must discard them: the
    /// export reads the window again, or a narrower one that begins with it.
    Rollback,
    /// The window's last rows, and the proof of all of them.
    Window(Window<T>),
}

impl<T> fmt::Debug for Piece<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Rows { from, until, items } => {
                f.debug_struct("Rows").field("from", from).field("until", until).field("items", &items.len()).finish()
            }
            Piece::Rollback => f.write_str("Rollback"),
            Piece::Window(window) => fmt::Debug::fmt(window, f),
        }
    }
}

/// The begin of an export, to the µs: `from`, or 2000 if that is `None`.
pub fn begin(from: Option<DateTime<Utc>>) -> DateTime<Utc> {
    at(from.map_or(EARLY, |from| from.timestamp_micros()).max(YEARS.0))
}

/// The time so many microseconds after 1970; all requested times lie between two that were given as
/// times.
pub(super) fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// The time, µs, that two or more rows share; `None` if their times differ.
pub(super) fn instant<T>(rows: &[T], time: fn(&T) -> Option<i64>) -> Option<i64> {
    let (first, others) = rows.split_first().filter(|(_, others)| !others.is_empty())?;
    let instant = time(first)?;
    others.iter().all(|row| time(row) == Some(instant)).then_some(instant)
}
