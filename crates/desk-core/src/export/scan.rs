//! One reading of a list from its first row to its last: [`Scan`].
//!
//! Invariant: a strict pass is whole only if every page told the same count, every page began with the last row of the
//! page before, no row came twice, and as many rows came as were counted. It always moves on or ends. What to do about a
//! pass that breaks is not decided here.

use foldhash::HashSet;

use crate::list::Page;

/// Rows that room is made for before they come; a service may count more than there are.
const ROOM: usize = 20_000;

/// Pages without a new row after which a pass ends: the service may count rows that it never shows.
const IDLE: u32 = 1000;

/// What a page meant to the pass.
#[derive(Debug, PartialEq)]
pub(super) enum PageOutcome {
    /// There are further pages.
    More,
    /// The pass is at its end.
    Whole,
    Broken(Inconsistency),
}

/// Why a pass broke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Inconsistency {
    /// Rows came or went meanwhile: another pass may succeed.
    Changed,
    /// Pages do not fit together: the service may have no stable order.
    Disorder,
    /// Rows are not in order of time and id: another pass may succeed that keeps them.
    Unsorted,
}

pub(super) struct Scan<T> {
    id: fn(&T) -> i64,
    /// Breaks at the first sign that a row may be missing; otherwise it takes what it gets.
    strict: bool,
    /// Pages overlap by one row.
    seam: bool,
    count: Option<i64>,
    /// Every page told the same count.
    steady: bool,
    /// Rows received, without the overlaps.
    received: i64,
    last: Option<i64>,
    /// Pages in a row without a new row.
    idle: u32,
    /// Whether ids rise from row to row, if there are two: while they do, or while they fall, none comes twice.
    rises: Option<bool>,
    /// The ids of all rows, once they do neither.
    ids: Option<HashSet<i64>>,
    /// A row's time, if the pass breaks as soon as times fall or ids do not rise: then rows can be taken away as they come.
    flows: Option<fn(&T) -> Option<i64>>,
    /// The last row's time, µs.
    moment: Option<i64>,
    /// Each once, those that were taken away left out.
    pub(super) rows: Vec<T>,
}

impl<T> Scan<T> {
    /// A pass that proves; pages of one row leave no room for a seam.
    pub(super) fn strict(id: fn(&T) -> i64, limit: i64) -> Scan<T> {
        Scan {
            id,
            strict: true,
            seam: limit > 1,
            count: None,
            steady: true,
            received: 0,
            last: None,
            idle: 0,
            rises: None,
            ids: None,
            flows: None,
            moment: None,
            rows: Vec::new(),
        }
    }

    /// With a row's time, one that breaks unless rows come in order.
    pub(super) fn flowing(self, flows: Option<fn(&T) -> Option<i64>>) -> Scan<T> {
        Scan { flows, ..self }
    }

    /// The rows since this was last asked for, if they come in order; the pass has them no longer.
    pub(super) fn flow(&mut self) -> Vec<T> {
        match self.flows {
            Some(_) => std::mem::take(&mut self.rows),
            None => Vec::new(),
        }
    }

    /// Keeps rows, in whatever order they come.
    pub(super) fn hold(&mut self) {
        self.flows = None;
    }

    /// Whether rows were taken away.
    pub(super) fn flowed(&self) -> bool {
        self.flows.is_some() && usize::try_from(self.received).is_ok_and(|received| received > self.rows.len())
    }

    /// A pass that takes rows as they come, to the end.
    pub(super) fn loose(id: fn(&T) -> i64) -> Scan<T> {
        Scan { strict: false, seam: false, ..Scan::strict(id, 1) }
    }

    /// Where its next page begins.
    pub(super) fn offset(&self) -> i64 {
        self.received - i64::from(self.overlaps())
    }

    /// How many rows there are, as its last page told.
    pub(super) fn count(&self) -> Option<i64> {
        self.count
    }

    pub(super) fn take(&mut self, page: Page<T>) -> PageOutcome {
        debug_assert!(page.owner.is_none(), "rows outlive their page here");
        let count = page.count;
        if self.count.replace(count).is_some_and(|before| before != count) {
            if self.strict {
                return PageOutcome::Broken(Inconsistency::Changed);
            }
            self.steady = false;
        }
        let overlaps = self.overlaps();
        if overlaps && page.items.first().map(self.id) != self.last {
            return PageOutcome::Broken(Inconsistency::Disorder);
        }
        let before = self.received;
        let mut new = page.items;
        new.drain(..usize::from(overlaps));
        let taken = match self.flows {
            Some(time) => self.take_in_order(new, time),
            None => self.take_each(new, count),
        };
        let new = match taken {
            Ok(new) => new,
            Err(inconsistency) => return PageOutcome::Broken(inconsistency),
        };
        self.idle = if new > 0 { 0 } else { self.idle + 1 };
        if self.idle == IDLE {
            return PageOutcome::Broken(Inconsistency::Disorder);
        }
        let ended = self.received >= count || (self.received == before && !overlaps);
        if self.received == count || (ended && !self.strict) {
            if self.steady { PageOutcome::Whole } else { PageOutcome::Broken(Inconsistency::Changed) }
        } else if ended {
            PageOutcome::Broken(Inconsistency::Changed)
        } else {
            // Nothing but the seam: the service may give one row at a time.
            self.seam &= self.received > before;
            PageOutcome::More
        }
    }

    /// Takes rows that follow all before them in order; how many.
    fn take_in_order(&mut self, mut rows: Vec<T>, time: fn(&T) -> Option<i64>) -> Result<usize, Inconsistency> {
        for row in &rows {
            let (id, moment) = ((self.id)(row), time(row));
            if moment.is_none() || moment < self.moment || self.last.is_some_and(|last| id <= last) {
                return Err(Inconsistency::Unsorted);
            }
            (self.last, self.moment) = (Some(id), moment);
        }
        self.received += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let new = rows.len();
        match self.rows.is_empty() {
            true => self.rows = rows,
            false => self.rows.append(&mut rows),
        }
        Ok(new)
    }

    /// Takes rows one by one; how many of them are new.
    fn take_each(&mut self, rows: Vec<T>, count: i64) -> Result<usize, Inconsistency> {
        if self.rows.is_empty() {
            self.rows.reserve(usize::try_from(count).unwrap_or_default().min(ROOM));
        }
        let before = self.rows.len();
        for row in rows {
            let id = (self.id)(&row);
            let is_new = self.is_new(id);
            (self.received, self.last) = (self.received + 1, Some(id));
            if is_new {
                self.rows.push(row);
            } else if self.strict {
                return Err(Inconsistency::Disorder);
            }
        }
        Ok(self.rows.len() - before)
    }

    fn is_new(&mut self, id: i64) -> bool {
        if self.ids.is_none() {
            let Some(last) = self.last else { return true };
            let rises = id > last;
            if id != last && self.rises.is_none_or(|before| before == rises) {
                self.rises = Some(rises);
                return true;
            }
        }
        self.ids.get_or_insert_with(|| self.rows.iter().map(self.id).collect()).insert(id)
    }

    fn overlaps(&self) -> bool {
        self.seam && self.received > 0
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
