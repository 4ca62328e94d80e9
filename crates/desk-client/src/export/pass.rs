//! One reading of a list from its first row to its last: [`Pass`].
//!
//! Invariant: a strict pass is whole only if every page told the same count, every page began with the last row of the
//! page before, no row came twice, and as many rows came as were counted. It always moves on or ends. What to do about a
//! pass that breaks is not decided here.

use foldhash::HashSet;

use crate::paging::Page;

/// Rows that room is made for before they come; a service may count more than there are.
const ROOM: usize = 20_000;

/// Pages without a new row after which a pass ends: the service may count rows that it never shows.
const IDLE: u32 = 1000;

/// What a page meant to the pass.
#[derive(Debug, PartialEq)]
pub(super) enum Turn {
    /// There are further pages.
    More,
    /// The pass is at its end.
    Whole,
    Broken(Flaw),
}

/// Why a pass broke.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Flaw {
    /// Rows came or went meanwhile: another pass may succeed.
    Changed,
    /// Pages do not fit together: the service may have no stable order.
    Disorder,
}

pub(super) struct Pass<T> {
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
    /// Each once.
    pub(super) rows: Vec<T>,
}

impl<T> Pass<T> {
    /// A pass that proves; pages of one row leave no room for a seam.
    pub(super) fn strict(id: fn(&T) -> i64, limit: i64) -> Pass<T> {
        Pass {
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
            rows: Vec::new(),
        }
    }

    /// A pass that takes rows as they come, to the end.
    pub(super) fn loose(id: fn(&T) -> i64) -> Pass<T> {
        Pass { strict: false, seam: false, ..Pass::strict(id, 1) }
    }

    /// Where its next page begins.
    pub(super) fn offset(&self) -> i64 {
        self.received - i64::from(self.overlaps())
    }

    /// How many rows there are, as its last page told.
    pub(super) fn count(&self) -> Option<i64> {
        self.count
    }

    pub(super) fn take(&mut self, page: Page<T>) -> Turn {
        debug_assert!(page.kept.is_none(), "rows outlive their page here");
        let count = page.count;
        if self.count.replace(count).is_some_and(|before| before != count) {
            if self.strict {
                return Turn::Broken(Flaw::Changed);
            }
            self.steady = false;
        }
        if self.rows.is_empty() {
            let room = usize::try_from(count).unwrap_or_default().min(ROOM);
            self.rows.reserve(room);
        }
        let overlaps = self.overlaps();
        if overlaps && page.items.first().map(self.id) != self.last {
            return Turn::Broken(Flaw::Disorder);
        }
        let (before, new) = (self.received, self.rows.len());
        for item in page.items.into_iter().skip(usize::from(overlaps)) {
            let id = (self.id)(&item);
            let is_new = self.is_new(id);
            (self.received, self.last) = (self.received + 1, Some(id));
            if is_new {
                self.rows.push(item);
            } else if self.strict {
                return Turn::Broken(Flaw::Disorder);
            }
        }
        self.idle = if self.rows.len() > new { 0 } else { self.idle + 1 };
        if self.idle == IDLE {
            return Turn::Broken(Flaw::Disorder);
        }
        let ended = self.received >= count || (self.received == before && !overlaps);
        if self.received == count || (ended && !self.strict) {
            if self.steady { Turn::Whole } else { Turn::Broken(Flaw::Changed) }
        } else if ended {
            Turn::Broken(Flaw::Changed)
        } else {
            // Nothing but the seam: the service may give one row at a time.
            self.seam &= self.received > before;
            Turn::More
        }
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
#[path = "pass_tests.rs"]
mod tests;
