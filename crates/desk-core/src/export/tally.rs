//! What a window's rows add up to, a page at a time or all at once: [`Tally`], and the [`Window`] in the end.

use super::window::at;
use super::{Export, Piece, Proof, Stage, Window, whole};

/// Of the rows of a window, so far.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) count: u64,
    strays: u64,
    /// Those that are not even of the stretch.
    outside: Vec<i64>,
    /// The least id and the greatest.
    ids: Option<(i64, i64)>,
    /// The latest time, µs.
    last: Option<i64>,
    /// Some have no time.
    undated: bool,
    /// They are not in order of time and id.
    unsorted: bool,
    /// Time and id of the last one.
    before: (Option<i64>, i64),
}

impl Tally {
    fn take(&mut self, time: Option<i64>, id: i64) {
        self.count += 1;
        let (least, greatest) = self.ids.unwrap_or((id, id));
        self.ids = Some((id.min(least), id.max(greatest)));
        self.last = self.last.max(time);
        self.unsorted |= (time, id) < self.before;
        self.before = (time, id);
    }
}

impl<T: Send + 'static> Export<T> {
    /// Gives rows of a window that is not at its end.
    pub(super) fn flow(&mut self, from: i64, until: i64, mut rows: Vec<T>) -> Option<Piece<T>> {
        self.keep(from, until, &mut rows);
        (!rows.is_empty()).then(|| Piece::Rows { from: at(from), until: at(until), items: rows })
    }

    /// Makes a window of the rows received, and moves behind it.
    pub(super) fn finish(&mut self, from: i64, until: i64, mut items: Vec<T>, verified: bool) -> Window<T> {
        let (id, time, windows) = (self.list.id, self.time, self.windows);
        self.keep(from, until, &mut items);
        let tally = std::mem::take(&mut self.tally);
        // From a service that cuts times to seconds nothing of that last part of a second could have come.
        let told = until < self.until || self.asked(from, until) > until || whole(until) == until;
        let told = told || !windows || tally.last > Some(whole(until));
        self.outside.extend(tally.outside);
        if tally.unsorted {
            items.sort_by_cached_key(|row| (time(row), id(row)));
        }
        let proof = Proof {
            from: at(if windows { from } else { self.from }),
            // The service's clock may be told by the second.
            until: at(if windows { until } else { tally.last.map_or(until, |last| last.max(until)) }),
            count: tally.count,
            id_min: tally.ids.map(|(least, _)| least),
            id_max: tally.ids.map(|(_, greatest)| greatest),
            requests: std::mem::take(&mut self.spent),
            strays: tally.strays,
            verified: verified && told && !tally.undated,
        };
        self.given += tally.count;
        self.squeezed = None;
        let rows = i64::try_from(tally.count).unwrap_or(i64::MAX);
        self.steady = rows >= self.pace.aim() / 4 * 3;
        self.pace.done(from, until, rows);
        self.edge = self.asked(from, until);
        self.stage = match until < self.until {
            true => self.read(until + 1),
            false if windows => Stage::Check,
            // Its count was that of the whole list.
            false => Stage::End,
        };
        Window { items, proof }
    }

    /// Leaves out what is not of the window, and adds the others up.
    fn keep(&mut self, from: i64, until: i64, rows: &mut Vec<T>) {
        let (id, time, windows) = (self.list.id, self.time, self.windows);
        rows.retain(|row| {
            let (time, id) = (time(row), id(row));
            let is_item = match time {
                _ if !windows => true,
                Some(time) if (from..=until).contains(&time) => true,
                Some(time) => {
                    self.tally.strays += 1;
                    if !(self.from..=self.until).contains(&time) {
                        self.tally.outside.push(id);
                    }
                    false
                }
                // Only the service says that it belongs here.
                None => {
                    self.tally.undated = true;
                    self.undated.insert(id)
                }
            };
            if is_item {
                self.tally.take(time, id);
            }
            is_item
        });
    }
}
