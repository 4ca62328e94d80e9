//! One window, read until its rows are proven: [`Reading`].
//!
//! Invariant: rows are called verified only if a whole pass, whole passes over all parts, or the union of passes between
//! which the count never changed has as many different rows as the service counts. It ends: each way is tried so many
//! times, and then the rows seen are given as what they are. Where windows lie is not decided here.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::pace::Pace;
use super::pass::{Flaw, Pass, Turn};
use super::window::at;
use crate::list::{Page, PageRequest};

/// Passes over one window that cannot be narrower, or over a part of it, before another way is taken.
const TRIES: u32 = 2;
/// Passes whose rows are put together: over windows of one page, and over larger ones.
const PAGE_PASSES: u32 = 5;
const PILE_PASSES: u32 = 16;

/// What a page meant to the window.
pub(super) enum Step<T> {
    More,
    /// The rows received, each once.
    Rows {
        rows: Vec<T>,
        verified: bool,
    },
    /// It has too many rows, so far as its first page tells.
    Overfull {
        count: i64,
    },
    /// Its pages did not fit together; a narrower one has fewer.
    Failed {
        count: i64,
        flaw: Flaw,
    },
    /// Its rows cannot be given as they come: they are not in order.
    Unsorted {
        count: i64,
    },
}

/// How the rows are proven.
enum Way<T> {
    Whole,
    /// Part by part, because the parts may fit in a page: the count of the whole, and the rows of the parts before.
    Parts {
        whole: i64,
        part: usize,
        rows: Vec<T>,
    },
    Union(Union<T>),
}

pub(super) struct Reading<T> {
    /// The window, both ends inclusive, µs.
    pub(super) from: i64,
    pub(super) until: i64,
    /// Up to when the service is asked, `until` or later; what lies between are strays.
    pub(super) asked: i64,
    id: fn(&T) -> i64,
    parts: &'static [&'static str],
    pass: Pass<T>,
    tries: u32,
    way: Way<T>,
}

impl<T> Reading<T> {
    pub(super) fn new(
        id: fn(&T) -> i64,
        parts: &'static [&'static str],
        (from, until, asked): (i64, i64, i64),
        limit: i64,
        flows: Option<fn(&T) -> Option<i64>>,
    ) -> Reading<T> {
        // What can be made narrower is never read twice in the same way.
        let flows = flows.filter(|_| until > from);
        let pass = Pass::strict(id, limit).flowing(flows);
        Reading { from, until, asked, id, parts, pass, tries: 0, way: Way::Whole }
    }

    /// The rows of the last page, if they are given before the others come: then this pass succeeds, or a window is begun anew.
    pub(super) fn flow(&mut self, limit: i64) -> Vec<T> {
        match self.pass.count() {
            Some(count) if count > limit => self.pass.flow(),
            _ => Vec::new(),
        }
    }

    /// The offset that is asked for next and the rows there are, if they are known, while the whole window is read at once.
    pub(super) fn whole(&self) -> Option<(i64, Option<i64>)> {
        matches!(self.way, Way::Whole).then(|| (self.pass.offset(), self.pass.count()))
    }

    pub(super) fn slice(&self, limit: i64) -> PageRequest {
        let part = match &self.way {
            Way::Parts { part, .. } => self.parts.get(*part).copied(),
            _ => None,
        };
        PageRequest {
            limit,
            offset: self.pass.offset(),
            window: Some((at(self.from), at(self.asked))),
            partition_value: part,
            ahead: false,
        }
    }

    /// Takes the page that was asked for.
    pub(super) fn take(&mut self, page: Page<T>, pace: &Pace) -> Step<T> {
        let splits = self.until > self.from;
        let first = self.pass.count().is_none();
        if first && splits && matches!(self.way, Way::Whole) && page.count > pace.ceiling() {
            return Step::Overfull { count: page.count };
        }
        if first && page.count <= pace.limit {
            // A page is held anyway.
            self.pass.hold();
        }
        let turn = self.pass.take(page);
        if turn == Turn::More {
            return Step::More;
        }
        let again = match self.way {
            Way::Union(_) => Pass::loose(self.id),
            _ => Pass::strict(self.id, pace.limit),
        };
        let pass = std::mem::replace(&mut self.pass, again);
        let count = pass.count().unwrap_or_default();
        match (&mut self.way, turn) {
            (_, Turn::Broken(Flaw::Unsorted)) => return Step::Unsorted { count },
            (Way::Union(union), turn) => return union.take(pass, turn),
            (Way::Whole, Turn::Broken(flaw)) => {
                // Another pass over many pages would cost more than narrower windows do.
                if splits && (count > pace.limit || pass.flowed()) {
                    return Step::Failed { count, flaw };
                }
                self.tries += 1;
                if self.tries < TRIES {
                    return Step::More;
                }
                if count > pace.limit && !self.parts.is_empty() {
                    (self.way, self.tries) = (Way::Parts { whole: count, part: 0, rows: Vec::new() }, 0);
                } else {
                    self.unite(count, pace.limit);
                }
            }
            (Way::Whole, _) => return Step::Rows { rows: pass.rows, verified: true },
            (Way::Parts { whole, .. }, Turn::Broken(_)) => {
                let whole = *whole;
                self.tries += 1;
                if self.tries >= TRIES {
                    self.unite(whole, pace.limit);
                }
            }
            (Way::Parts { whole, part, rows }, _) => {
                (*part, self.tries) = (*part + 1, 0);
                rows.extend(pass.rows);
                if *part < self.parts.len() {
                    return Step::More;
                }
                let (whole, rows) = (*whole, std::mem::take(rows));
                let ids: HashSet<i64> = rows.iter().map(self.id).collect();
                if ids.len() == rows.len() && fits(&ids, whole) {
                    return Step::Rows { rows, verified: true };
                }
                self.unite(whole, pace.limit);
            }
        }
        Step::More
    }

    /// From here on the rows of all passes are put together.
    fn unite(&mut self, count: i64, limit: i64) {
        let passes = if count > limit { PILE_PASSES } else { PAGE_PASSES };
        self.way = Way::Union(Union { id: self.id, seen: HashMap::new(), ids: HashSet::new(), count, passes });
        self.pass = Pass::loose(self.id);
    }
}

/// The rows of several passes.
struct Union<T> {
    id: fn(&T) -> i64,
    /// All rows ever seen.
    seen: HashMap<i64, T>,
    /// Those seen while there were `count` rows.
    ids: HashSet<i64>,
    count: i64,
    /// Passes left.
    passes: u32,
}

impl<T> Union<T> {
    fn take(&mut self, pass: Pass<T>, turn: Turn) -> Step<T> {
        // After a change, rows seen before it may be gone, so they prove nothing.
        let count = pass.count().unwrap_or_default();
        if turn != Turn::Whole || count != self.count {
            self.ids.clear();
            self.count = count;
        }
        if turn == Turn::Whole {
            self.ids.extend(pass.rows.iter().map(self.id));
        }
        self.seen.extend(pass.rows.into_iter().map(|row| ((self.id)(&row), row)));
        self.passes -= 1;
        if turn == Turn::Whole && fits(&self.ids, self.count) {
            let rows = std::mem::take(&mut self.seen);
            let rows = rows.into_iter().filter(|(id, _)| self.ids.contains(id)).map(|(_, row)| row).collect();
            return Step::Rows { rows, verified: true };
        }
        if self.passes == 0 {
            let rows = std::mem::take(&mut self.seen).into_values().collect();
            return Step::Rows { rows, verified: false };
        }
        if i64::try_from(self.ids.len()).is_ok_and(|rows| rows > self.count) {
            self.ids.clear();
        }
        Step::More
    }
}

fn fits(ids: &HashSet<i64>, count: i64) -> bool {
    usize::try_from(count).is_ok_and(|count| count == ids.len())
}
