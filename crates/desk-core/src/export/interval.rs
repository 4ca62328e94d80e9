//! The bounds of an export's windows: [`Interval`].
//!
//! Windows must follow each other without a gap, and must request all of their rows, even from a
//! service that cuts times to seconds.

use super::window::SECOND;

/// The time range that an export reads, both ends inclusive, µs.
#[derive(Clone, Copy)]
pub(super) struct Interval {
    pub(super) from: i64,
    pub(super) until: i64,
    /// Whether the list can be filtered by time; if not, all of it is one window.
    pub(super) windows: bool,
}

impl Interval {
    /// The window of about `width` that begins at `from`: its first and last microsecond, and the
    /// end of its requests. It ends with a whole second if it can, so that a service that cuts
    /// times to seconds omits no row.
    pub(super) fn window(&self, from: i64, width: i64) -> (i64, i64, i64) {
        if !self.windows {
            // A window of such a list cannot be narrower.
            return (self.until, self.until, self.until);
        }
        let until = from.saturating_add(width - 1).min(self.until);
        let (second, last) = (floor_to_second(until), floor_to_second(self.until));
        let until = if until == self.until || second <= from {
            until
        } else if second < last {
            second
        } else if second - SECOND > from {
            // The rest after the last whole second is too narrow for a window.
            second - SECOND
        } else if width >= SECOND {
            self.until
        } else {
            second
        };
        (from, until, self.asked(from, until))
    }

    /// The end of a window's requests. The last window cannot choose its end: it also requests the
    /// rest of that second, whose rows are out of range. A window as narrow as that would have more
    /// out-of-range rows than others, so it requests the rest only if it is the only window.
    pub(super) fn asked(&self, from: i64, until: i64) -> i64 {
        let rest = (SECOND - until.rem_euclid(SECOND)) % SECOND;
        let is_all = from == self.from && from < until;
        if until == self.until && (until - from >= SECOND || is_all) { until.saturating_add(rest) } else { until }
    }
}

/// The start of the second that contains a time.
pub(super) fn floor_to_second(time: i64) -> i64 {
    time - time.rem_euclid(SECOND)
}
