//! Reads a list once, from its first row to its last: [`Scan`].
//!
//! Invariant: a strict scan must be whole only if every page reported the same count, every page
//! began with the last row of the page before, no row came twice, and as many rows came as the
//! service counted. A scan must always move on or end. The reader of the window decides how to go
//! on after a broken scan.

use foldhash::HashSet;

use crate::list::Page;

/// The maximum number of rows to reserve memory for in advance; a service may count more rows than
/// there are.
const ROOM: usize = 20_000;

/// Consecutive pages without a new row after which a scan ends: the service may count rows that it
/// never shows.
const IDLE: u32 = 1000;

/// The state of a scan after a page.
#[derive(Debug, PartialEq)]
pub(super) enum PageOutcome {
    /// There are further pages.
    More,
    /// The scan is at its end.
    Whole,
    Broken(Inconsistency),
}

/// The reason why a scan broke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Inconsistency {
    /// Rows came or went during the scan: another scan may succeed.
    Changed,
    /// Pages do not fit together: the service may have no stable order.
    Disorder,
    /// Rows are not in order of time and id: another scan may succeed if it holds them.
    Unsorted,
}

pub(super) struct Scan<T> {
    id: fn(&T) -> i64,
    /// Whether the scan breaks at the first sign that a row may be missing; otherwise it takes all
    /// rows that come.
    strict: bool,
    /// Whether pages overlap by one row.
    seam: bool,
    count: Option<i64>,
    /// Whether every page reported the same count.
    steady: bool,
    /// Rows received, without the overlaps.
    received: i64,
    last: Option<i64>,
    /// Consecutive pages without a new row.
    idle: u32,
    /// Whether ids rise from row to row, once there are two rows: while ids rise, or while they
    /// fall, no id comes twice.
    rises: Option<bool>,
    /// The ids of all rows, once the ids neither rise nor fall.
    ids: Option<HashSet<i64>>,
    /// Returns a row's time; set if the scan breaks as soon as times fall or ids do not rise, so
    /// that rows can be taken away as they arrive.
    flows: Option<fn(&T) -> Option<i64>>,
    /// The last row's time, µs.
    moment: Option<i64>,
    /// The received rows, each once, without those that were taken away.
    pub(super) rows: Vec<T>,
}

impl<T> Scan<T> {
    /// Creates a scan that proves its rows; pages of one row leave no room for an overlap.
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

    /// With a row's time, makes a scan that breaks unless rows arrive in order.
    pub(super) fn flowing(self, flows: Option<fn(&T) -> Option<i64>>) -> Scan<T> {
        Scan { flows, ..self }
    }

    /// Takes the rows since the last call, if they arrive in order; the scan has them no longer.
    pub(super) fn flow(&mut self) -> Vec<T> {
        match self.flows {
            Some(_) => std::mem::take(&mut self.rows),
            None => Vec::new(),
        }
    }

    /// Keeps rows in any order from here on.
    pub(super) fn hold(&mut self) {
        self.flows = None;
    }

    /// Whether rows were taken away.
    pub(super) fn flowed(&self) -> bool {
        self.flows.is_some() && usize::try_from(self.received).is_ok_and(|received| received > self.rows.len())
    }

    /// Creates a scan that takes rows as they come, to the end.
    pub(super) fn loose(id: fn(&T) -> i64) -> Scan<T> {
        Scan { strict: false, seam: false, ..Scan::strict(id, 1) }
    }

    /// The offset of the scan's next page.
    pub(super) fn offset(&self) -> i64 {
        self.received - i64::from(self.overlaps())
    }

    /// The number of rows that the last page reported.
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
            // Only the overlap came: the service may give one row at a time.
            self.seam &= self.received > before;
            PageOutcome::More
        }
    }

    /// Takes rows that follow all before them in order; returns how many.
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

    /// Takes rows one by one; returns how many of them are new.
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
