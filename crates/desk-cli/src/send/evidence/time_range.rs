//! The time in which an attempt was on its way, by the clock of this machine: [`TimeRange`].

use std::cmp::Ordering;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::super::attempt::{Attempt, PROCESS_ENDED};
use crate::error::{Error, Result};

/// The maximum duration of a call, also of one whose process was killed.
const CALL: TimeDelta = TimeDelta::minutes(2);
/// The allowed difference of clocks: compared now, though the attempt was earlier; or not compared
/// at all.
pub(super) const COMPARED: TimeDelta = TimeDelta::minutes(1);
pub(super) const NOT_COMPARED: TimeDelta = TimeDelta::minutes(5);

/// The time in which an attempt was on its way; both ends are included.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeRange {
    pub(super) from: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
}

impl TimeRange {
    pub(super) fn of(attempt: &Attempt, now: DateTime<Utc>) -> Result<TimeRange> {
        let time = |text: &str| DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
        let from = time(&attempt.begun).map_err(|_| damaged())?;
        let ended = attempt.ended.as_deref().map(time).transpose().map_err(|_| damaged())?;
        // The end of a killed process is recorded by the next one, at any later time.
        let until = match ended {
            Some(ended) if attempt.error.as_deref() != Some(PROCESS_ENDED) => ended,
            other => other.unwrap_or(now).min(from + CALL),
        };
        Ok(TimeRange { from, until: until.max(from) })
    }

    /// The time until which the request may still be carried out, if that time is not over.
    pub(super) fn may_come(&self, settle: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        Some(self.until + settle).filter(|until| *until > now)
    }

    pub(super) fn contains(&self, time: DateTime<Utc>) -> bool {
        self.from <= time && time <= self.until
    }

    pub(super) fn overlaps(&self, other: &TimeRange) -> bool {
        self.from <= other.until && other.from <= self.until
    }

    pub(super) fn union(&self, other: &TimeRange) -> TimeRange {
        TimeRange { from: self.from.min(other.from), until: self.until.max(other.until) }
    }
}

/// The error for a ledger with a time that cannot be read.
pub(super) fn damaged() -> Error {
    Error::integrity("the ledger has an invalid time").hint("restore an intact copy")
}

/// A time for people, in whole seconds.
pub(super) fn second(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The time until which an attempt may still be carried out, if that time is not over.
pub(crate) fn may_come(attempt: &Attempt, settle: TimeDelta, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    Ok(TimeRange::of(attempt, now)?.may_come(settle, now))
}

/// Whether this machine's clock was not set back before or after an attempt, as far as all attempts
/// show.
pub(crate) fn clock_is_in_order(attempts: &[Attempt], attempt: &Attempt, now: DateTime<Utc>) -> Result<bool> {
    let own = TimeRange::of(attempt, now)?;
    let mut in_order = own.until <= now && attempt.ended.as_ref().is_none_or(|ended| *ended >= attempt.begun);
    for other in attempts {
        let range = TimeRange::of(other, now)?;
        in_order &= match other.n.cmp(&attempt.n) {
            Ordering::Less => range.from <= own.from,
            Ordering::Equal => true,
            Ordering::Greater => own.until <= range.from,
        };
    }
    Ok(in_order)
}
