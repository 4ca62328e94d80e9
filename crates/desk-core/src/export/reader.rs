//! Reads one window until its rows are proven: [`WindowReader`].
//!
//! Invariant: rows must be called verified only if a whole scan, whole scans over all parts, or the
//! union of scans between which the count never changed has as many different rows as the service
//! counts. The reader must always end: it tries each strategy a fixed number of times, and then
//! gives the seen rows as unverified. The reader does not choose the bounds of windows.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::scan::{Inconsistency, PageOutcome, Scan};
use super::sizer::WindowSizer;
use super::window::at;
use crate::list::{Page, PageRequest};

/// Scans over one window that cannot be narrower, or over a part of it, before the reader takes
/// another strategy.
const TRIES: u32 = 2;
/// Scans whose rows are united: over windows of one page, and over larger ones.
const PAGE_PASSES: u32 = 5;
const PILE_PASSES: u32 = 16;

/// The progress of a window after a page.
pub(super) enum Progress<T> {
    More,
    /// The rows received, each once.
    Rows {
        rows: Vec<T>,
        verified: bool,
    },
    /// The window has too many rows, as far as its first page tells.
    Overfull {
        count: i64,
    },
    /// The window's pages do not fit together; a narrower window has fewer pages.
    Failed {
        count: i64,
        inconsistency: Inconsistency,
    },
    /// The window's rows cannot be given as they arrive, because they are not in order.
    Unsorted {
        count: i64,
    },
}

/// The way in which the reader proves the rows.
enum Strategy<T> {
    Whole,
    /// Part by part, because the parts may fit in a page: the count of the whole window, the
    /// current part, and the rows of the parts before.
    Parts {
        whole: i64,
        part: usize,
        rows: Vec<T>,
    },
    Union(Union<T>),
}

pub(super) struct WindowReader<T> {
    /// The window, both ends inclusive, µs.
    pub(super) from: i64,
    pub(super) until: i64,
    /// The end of the requests, `until` or later; rows between the two are out of range.
    pub(super) asked: i64,
    id: fn(&T) -> i64,
    parts: &'static [&'static str],
    scan: Scan<T>,
    tries: u32,
    strategy: Strategy<T>,
}

impl<T> WindowReader<T> {
    pub(super) fn new(
        id: fn(&T) -> i64,
        parts: &'static [&'static str],
        (from, until, asked): (i64, i64, i64),
        limit: i64,
        flows: Option<fn(&T) -> Option<i64>>,
    ) -> WindowReader<T> {
        // Rows flow only in a window that can be narrower, because the reader never reads such a
        // window twice in the same way.
        let flows = flows.filter(|_| until > from);
        let scan = Scan::strict(id, limit).flowing(flows);
        WindowReader { from, until, asked, id, parts, scan, tries: 0, strategy: Strategy::Whole }
    }

    /// Takes the rows of the last page, if they are given before the others arrive: then this scan
    /// succeeds, or a window begins again.
    pub(super) fn flow(&mut self, limit: i64) -> Vec<T> {
        match self.scan.count() {
            Some(count) if count > limit => self.scan.flow(),
            _ => Vec::new(),
        }
    }

    /// The next offset and, if known, the number of rows, while the reader reads the whole window
    /// at once.
    pub(super) fn whole(&self) -> Option<(i64, Option<i64>)> {
        matches!(self.strategy, Strategy::Whole).then(|| (self.scan.offset(), self.scan.count()))
    }

    pub(super) fn request(&self, limit: i64) -> PageRequest {
        let part = match &self.strategy {
            Strategy::Parts { part, .. } => self.parts.get(*part).copied(),
            _ => None,
        };
        PageRequest {
            limit,
            offset: self.scan.offset(),
            window: Some((at(self.from), at(self.asked))),
            partition_value: part,
            ahead: false,
        }
    }

    /// Takes the requested page.
    pub(super) fn take(&mut self, page: Page<T>, sizer: &WindowSizer) -> Progress<T> {
        let splits = self.until > self.from;
        let first = self.scan.count().is_none();
        if first && splits && matches!(self.strategy, Strategy::Whole) && page.count > sizer.ceiling() {
            return Progress::Overfull { count: page.count };
        }
        if first && page.count <= sizer.limit {
            // A single page is held in any case.
            self.scan.hold();
        }
        let turn = self.scan.take(page);
        if turn == PageOutcome::More {
            return Progress::More;
        }
        let again = match self.strategy {
            Strategy::Union(_) => Scan::loose(self.id),
            _ => Scan::strict(self.id, sizer.limit),
        };
        let scan = std::mem::replace(&mut self.scan, again);
        let count = scan.count().unwrap_or_default();
        match (&mut self.strategy, turn) {
            (_, PageOutcome::Broken(Inconsistency::Unsorted)) => return Progress::Unsorted { count },
            (Strategy::Union(union), turn) => return union.take(scan, turn),
            (Strategy::Whole, PageOutcome::Broken(inconsistency)) => {
                // Another scan over many pages would cost more than narrower windows do.
                if splits && (count > sizer.limit || scan.flowed()) {
                    return Progress::Failed { count, inconsistency };
                }
                self.tries += 1;
                if self.tries < TRIES {
                    return Progress::More;
                }
                if count > sizer.limit && !self.parts.is_empty() {
                    (self.strategy, self.tries) = (Strategy::Parts { whole: count, part: 0, rows: Vec::new() }, 0);
                } else {
                    self.unite(count, sizer.limit);
                }
            }
            (Strategy::Whole, _) => return Progress::Rows { rows: scan.rows, verified: true },
            (Strategy::Parts { whole, .. }, PageOutcome::Broken(_)) => {
                let whole = *whole;
                self.tries += 1;
                if self.tries >= TRIES {
                    self.unite(whole, sizer.limit);
                }
            }
            (Strategy::Parts { whole, part, rows }, _) => {
                (*part, self.tries) = (*part + 1, 0);
                rows.extend(scan.rows);
                if *part < self.parts.len() {
                    return Progress::More;
                }
                let (whole, rows) = (*whole, std::mem::take(rows));
                let ids: HashSet<i64> = rows.iter().map(self.id).collect();
                if ids.len() == rows.len() && fits(&ids, whole) {
                    return Progress::Rows { rows, verified: true };
                }
                self.unite(whole, sizer.limit);
            }
        }
        Progress::More
    }

    /// Unites the rows of all scans from here on.
    fn unite(&mut self, count: i64, limit: i64) {
        let passes = if count > limit { PILE_PASSES } else { PAGE_PASSES };
        self.strategy =
            Strategy::Union(Union { id: self.id, seen: HashMap::new(), ids: HashSet::new(), count, passes });
        self.scan = Scan::loose(self.id);
    }
}

/// The united rows of several scans.
struct Union<T> {
    id: fn(&T) -> i64,
    /// All rows ever seen, by id.
    seen: HashMap<i64, T>,
    /// Ids of the rows seen while there were `count` rows.
    ids: HashSet<i64>,
    count: i64,
    /// Scans left.
    passes: u32,
}

impl<T> Union<T> {
    fn take(&mut self, scan: Scan<T>, turn: PageOutcome) -> Progress<T> {
        // Rows seen before a change may be gone, so they are no proof.
        let count = scan.count().unwrap_or_default();
        if turn != PageOutcome::Whole || count != self.count {
            self.ids.clear();
            self.count = count;
        }
        if turn == PageOutcome::Whole {
            self.ids.extend(scan.rows.iter().map(self.id));
        }
        self.seen.extend(scan.rows.into_iter().map(|row| ((self.id)(&row), row)));
        self.passes -= 1;
        if turn == PageOutcome::Whole && fits(&self.ids, self.count) {
            let rows = std::mem::take(&mut self.seen);
            let rows = rows.into_iter().filter(|(id, _)| self.ids.contains(id)).map(|(_, row)| row).collect();
            return Progress::Rows { rows, verified: true };
        }
        if self.passes == 0 {
            let rows = std::mem::take(&mut self.seen).into_values().collect();
            return Progress::Rows { rows, verified: false };
        }
        if i64::try_from(self.ids.len()).is_ok_and(|rows| rows > self.count) {
            self.ids.clear();
        }
        Progress::More
    }
}

fn fits(ids: &HashSet<i64>, count: i64) -> bool {
    usize::try_from(count).is_ok_and(|count| count == ids.len())
}
