//! Chooses the width of the next window and the number of rows of a page: [`WindowSizer`].
//!
//! Invariant: a width is never below one microsecond. A wrong guess may cost requests, but must
//! never cost rows: the sizer decides no proof. With a service that has no stable order, the sizer
//! ends up with windows of one page, which need no order, and tries larger ones ever more rarely.

use super::scan::Inconsistency;
use super::window::SECOND;

/// The maximum width of a window, as a multiple of the window before.
const GROWTH: i64 = 8;
/// The maximum number of windows to read before the sizer tries larger ones again.
const PATIENCE: u32 = 256;

#[derive(Clone, Debug)]
pub(super) struct WindowSizer {
    /// Rows of a page: the requested number, or the number that the service was seen to give.
    pub(super) limit: i64,
    /// Width of the next window, µs.
    pub(super) width: i64,
    /// Rows that the caller wants in a window.
    most: i64,
    /// Rows of a window that were seen to succeed: an eighth more after a success, and only a page
    /// more once a window has failed.
    target: i64,
    has_failed: bool,
    /// Successes since `target` last changed, and those needed before it grows.
    streak: u32,
    patience: u32,
    /// The last window that had too many rows: its end and its row count.
    full: Option<(i64, i64)>,
    /// The time at which rows begin, and the width of a window there.
    dense: Option<(i64, i64)>,
    /// Rows of the last page that was shorter than requested.
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

    /// Sets the first widths, from the row count of the whole time range and the times of two of
    /// its rows that may be the first and the last: before these two there may be no rows at all.
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

    /// The maximum number of rows that are worth reading in one window.
    pub(super) fn ceiling(&self) -> i64 {
        if self.target <= self.limit { self.limit } else { self.target.saturating_mul(2) }
    }

    /// Notes how many rows a page had. Two short pages of one length show a limit of the service; a
    /// single one may be due to a row deleted during the read.
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

    /// Narrows a window that had too many rows; if a whole page of them has one time, `instant`,
    /// cuts the window there.
    pub(super) fn overfull(&mut self, from: i64, until: i64, count: i64, instant: Option<i64>) {
        let width = until - from + 1;
        self.full = Some((until, count));
        self.width = match instant {
            Some(instant) if width > 2 * SECOND => instant - from,
            // From a second on, `Interval::window` widens the end of a time range again.
            Some(instant) => (instant - from).min(SECOND - 1),
            None => scale(width, self.aim(), count).min(width / 2),
        };
        self.width = self.width.max(1);
    }

    /// Limits windows to the rows that may be held, from this window on.
    pub(super) fn hold(&mut self, held: i64, from: i64, until: i64, count: i64) {
        self.most = self.most.min(held.max(self.limit));
        self.target = self.target.min(self.most);
        if count > self.ceiling() {
            self.overfull(from, until, count, None);
        }
    }

    /// Narrows a window of several pages that could not be read.
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

    /// Adapts the width to a window that ended with `rows` rows.
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
            // The number of rows left in the full window is known, but not their times.
            Some((end, count)) => {
                let rest = end - until;
                scale(rest, self.aim(), count).max(grown.min(rest / 2)).min(rest.saturating_mul(GROWTH))
            }
            // Even if the sizer aims at very few rows.
            None if rows == 0 => grown,
            None => scale(width, self.aim(), rows).min(grown),
        };
    }

    /// Rows to aim at: full pages, less a margin for chance.
    pub(super) fn aim(&self) -> i64 {
        let step = (self.limit - 1).max(1);
        let rows = self.limit + (self.target - self.limit).max(0) / step * step;
        (rows - 2 * rows.isqrt()).max(1)
    }
}

/// The part of a width that holds `wanted` of `rows` rows; all of the width and more if there are
/// fewer rows.
fn scale(width: i64, wanted: i64, rows: i64) -> i64 {
    let scaled = i128::from(width) * i128::from(wanted) / i128::from(rows.max(1));
    i64::try_from(scaled).unwrap_or(i64::MAX).max(1)
}
