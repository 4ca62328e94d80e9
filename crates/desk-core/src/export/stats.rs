//! Statistics of a window's rows, a page at a time or all at once: [`WindowStats`], and the
//! [`Proof`] that they make.

use foldhash::HashSet;

use super::interval::{Interval, floor_to_second};
use super::window::{Proof, at};

/// Statistics of a window's rows so far.
#[derive(Default)]
pub(super) struct WindowStats {
    pub(super) count: u64,
    out_of_range_rows: u64,
    /// Ids of rows that are outside the whole time range.
    pub(super) outside: Vec<i64>,
    /// The minimum id and the maximum id.
    ids: Option<(i64, i64)>,
    /// The latest time, µs.
    last: Option<i64>,
    /// Whether some rows have no time.
    undated: bool,
    /// Whether the rows are not in order of time and id.
    pub(super) unsorted: bool,
    /// Time and id of the last row.
    before: (Option<i64>, i64),
}

/// A row's id and its time, µs.
type Facts<T> = (fn(&T) -> i64, fn(&T) -> Option<i64>);

impl WindowStats {
    /// Removes rows that do not belong to the window, and adds the others to the statistics.
    /// `undated` holds the ids of all rows without a time so far.
    pub(super) fn keep<T>(
        &mut self,
        interval: &Interval,
        (from, until): (i64, i64),
        rows: &mut Vec<T>,
        (id, time): Facts<T>,
        undated: &mut HashSet<i64>,
    ) {
        rows.retain(|row| {
            let (time, id) = (time(row), id(row));
            let is_item = match time {
                _ if !interval.windows => true,
                Some(time) if (from..=until).contains(&time) => true,
                Some(time) => {
                    self.out_of_range_rows += 1;
                    if !(interval.from..=interval.until).contains(&time) {
                        self.outside.push(id);
                    }
                    false
                }
                // Only the service's filter says that the row belongs here.
                None => {
                    self.undated = true;
                    undated.insert(id)
                }
            };
            if is_item {
                self.take(time, id);
            }
            is_item
        });
    }

    fn take(&mut self, time: Option<i64>, id: i64) {
        self.count += 1;
        let (least, greatest) = self.ids.unwrap_or((id, id));
        self.ids = Some((id.min(least), id.max(greatest)));
        self.last = self.last.max(time);
        self.unsorted |= (time, id) < self.before;
        self.before = (time, id);
    }

    /// The proof of a window whose rows have all arrived.
    pub(super) fn proof(&self, interval: &Interval, (from, until): (i64, i64), requests: u64, verified: bool) -> Proof {
        let windows = interval.windows;
        // A service that cuts times to seconds could have omitted all rows of that last part of a
        // second.
        let is_told = until < interval.until
            || interval.asked(from, until) > until
            || floor_to_second(until) == until
            || !windows
            || self.last > Some(floor_to_second(until));
        Proof {
            from: at(if windows { from } else { interval.from }),
            // The service's clock may have whole seconds only.
            until: at(if windows { until } else { self.last.map_or(until, |last| last.max(until)) }),
            count: self.count,
            id_min: self.ids.map(|(least, _)| least),
            id_max: self.ids.map(|(_, greatest)| greatest),
            requests,
            out_of_range_rows: self.out_of_range_rows,
            verified: verified && is_told && !self.undated,
        }
    }
}
