//! Where the windows of an export begin and end.
//!
//! Invariant: windows follow each other without a gap, and ask for all that is theirs, also of a service that cuts times to seconds.

use super::pace::Pace;
use super::{Export, SECOND};

impl<T: Send + 'static> Export<T> {
    /// The window from here on, and up to when it asks. It ends with a whole second if it can, so that a service that cuts
    /// times to seconds leaves no row out.
    pub(super) fn bounds(&self, from: i64, pace: &Pace) -> (i64, i64, i64) {
        if !self.windows {
            // Nothing that could be made narrower.
            return (self.until, self.until, self.until);
        }
        let until = from.saturating_add(pace.width - 1).min(self.until);
        let (second, last) = (whole(until), whole(self.until));
        let until = if until == self.until || second <= from {
            until
        } else if second < last {
            second
        } else if second - SECOND > from {
            // What is behind the last whole second is too narrow for a window.
            second - SECOND
        } else if pace.width >= SECOND {
            self.until
        } else {
            second
        };
        (from, until, self.asked(from, until))
    }

    /// Up to when a window asks. The last one cannot choose where it ends: it asks for the rest of that second as well, whose
    /// rows are strays. A window as narrow as that would have more of them than of its own, and does so only if there is no other.
    pub(super) fn asked(&self, from: i64, until: i64) -> i64 {
        let rest = (SECOND - until.rem_euclid(SECOND)) % SECOND;
        let is_all = from == self.from && from < until;
        if until == self.until && (until - from >= SECOND || is_all) { until.saturating_add(rest) } else { until }
    }
}

/// The whole second that a time is in.
pub(super) fn whole(time: i64) -> i64 {
    time - time.rem_euclid(SECOND)
}
