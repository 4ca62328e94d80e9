//! How wide the next window is, and how many rows a page holds: [`WindowSizer`].
//!
//! Invariant: a width is never below one microsecond. Wrong guesses cost requests, never rows: nothing here decides what
//! is proven. A service without a stable order ends up with windows of one page, which need no order, and is tried with
//! larger ones ever more rarely.

use super::scan::Inconsistency;
use super::window::SECOND;

/// At most so many times wider than the window before.
const GROWTH: i64 = 8;
/// Windows read before larger ones are tried again, at most.
const PATIENCE: u32 = 256;

#[derive(Clone, Debug)]
pub(super) struct WindowSizer {
    /// Rows of a page: as asked for, or as the service was seen to give.
    pub(super) limit: i64,
    /// Width of the next window, µs.
    pub(super) width: i64,
    /// Rows of a window, as the caller wants them.
    most: i64,
    /// Rows of a window, as they were seen to succeed: an eighth more after a success, and a page more once a window has failed.
    target: i64,
    has_failed: bool,
    /// Successes since `target` last changed, and those needed before it grows.
    streak: u32,
    patience: u32,
    /// The last window that was too full: where it ended, and its rows.
    full: Option<(i64, i64)>,
    /// Where rows begin, and the width of a window there.
    dense: Option<(i64, i64)>,
    /// Rows of the last page that was shorter than asked for.
    short: Option<i64>,
}

impl WindowSizer {
    pub(super) fn new(limit: i64, most: i64) -> WindowSizer {
        let most = most.max(limit);
        WindowSizer {
            limit,
            width: 1,
            most,
            target: limit.max(most / 2),
            has_failed: false,
            streak: 0,
            patience: 1,
            full: None,
            dense: None,
            short: None,
        }
    }

    /// The first widths, from the rows of the whole span and the times of two of them that may be its first and last: before
    /// these there may be no rows at all.
    pub(super) fn start(&mut self, (from, until): (i64, i64), count: i64, ends: Option<(i64, i64)>) {
        let (one, other) = ends.unwrap_or((from, until));
        let (first, last) = (one.min(other).clamp(from, until), one.max(other).clamp(from, until));
        let width = scale((last - first).saturating_add(1), self.aim(), count);
        let before = first - from;
        (self.width, self.dense) = match before > width {
            true => (before, Some((first, width))),
            false => (before.saturating_add(width), None),
        };
    }

    /// More rows than this are not worth reading in one window.
    pub(super) fn ceiling(&self) -> i64 {
        if self.target <= self.limit { self.limit } else { self.target.saturating_mul(2) }
    }

    /// Notes how many rows a page had. Two short pages of one length are a limit of the service; one may have been a row
    /// deleted meanwhile.
    pub(super) fn page(&mut self, asked: i64, offset: i64, rows: i64, count: i64) {
        if offset.saturating_add(rows) >= count || rows == 0 {
            return;
        }
        let short = Some(rows).filter(|rows| *rows < asked);
        if short.is_some() && short == self.short {
            self.limit = rows;
        }
        self.short = short;
    }

    /// A window had too many rows, all of a page of them at one instant perhaps: then it is cut there.
    pub(super) fn overfull(&mut self, from: i64, until: i64, count: i64, instant: Option<i64>) {
        let width = until - from + 1;
        self.full = Some((until, count));
        self.width = match instant {
            Some(instant) if width > 2 * SECOND => instant - from,
            // The end of a stretch is made wider again from a second on.
            Some(instant) => (instant - from).min(SECOND - 1),
            None => scale(width, self.aim(), count).min(width / 2),
        };
        self.width = self.width.max(1);
    }

    /// Windows have no more rows than are to be held from here on, this one as well.
    pub(super) fn hold(&mut self, held: i64, from: i64, until: i64, count: i64) {
        self.most = self.most.min(held.max(self.limit));
        self.target = self.target.min(self.most);
        if count > self.ceiling() {
            self.overfull(from, until, count, None);
        }
    }

    /// A window of several pages could not be read.
    pub(super) fn failed(
        &mut self,
        from: i64,
        until: i64,
        count: i64,
        instant: Option<i64>,
        inconsistency: Inconsistency,
    ) {
        (self.streak, self.has_failed) = (0, true);
        self.target = (self.target / 2).max(self.limit);
        if inconsistency == Inconsistency::Disorder {
            self.patience = (self.patience * 2).clamp(8, PATIENCE);
        }
        self.overfull(from, until, count, instant);
    }

    /// A window ended with so many rows.
    pub(super) fn done(&mut self, from: i64, until: i64, rows: i64) {
        self.streak += 1;
        if self.streak >= self.patience {
            self.streak = 0;
            let more = if self.has_failed { self.limit } else { self.limit.max(self.target / 8) };
            self.target = self.target.saturating_add(more).min(self.most);
        }
        let width = until - from + 1;
        let grown = width.saturating_mul(GROWTH);
        self.full = self.full.map(|(end, count)| (end, count - rows)).filter(|(end, _)| *end > until);
        // Windows end with whole seconds.
        if let Some((first, width)) = self.dense.take_if(|(first, _)| *first <= until.saturating_add(1 + SECOND)) {
            self.width = width.saturating_add((first - until - 1).max(0));
            return;
        }
        self.width = match self.full {
            // How many rows are left there is known; where, is not.
            Some((end, count)) => {
                let rest = end - until;
                scale(rest, self.aim(), count).max(grown.min(rest / 2)).min(rest.saturating_mul(GROWTH))
            }
            // However few rows are aimed at.
            None if rows == 0 => grown,
            None => scale(width, self.aim(), rows).min(grown),
        };
    }

    /// Rows to aim at: full pages, less what chance may add.
    pub(super) fn aim(&self) -> i64 {
        let step = (self.limit - 1).max(1);
        let rows = self.limit + (self.target - self.limit).max(0) / step * step;
        (rows - 2 * rows.isqrt()).max(1)
    }
}

/// The part of a width that holds `wanted` of `rows`; all and more if there are fewer.
fn scale(width: i64, wanted: i64, rows: i64) -> i64 {
    let scaled = i128::from(width) * i128::from(wanted) / i128::from(rows.max(1));
    i64::try_from(scaled).unwrap_or(i64::MAX).max(1)
}
