//! A closed stretch of time of a list, window by window, with proof: [`Export`].
//!
//! The service knows limit, offset and a count, no cursor and no promised order, and rows come and go meanwhile. Three
//! things are taken for granted: a row's time never changes, no row appears later than the settle time after its own, and
//! ids are unique. Invariant: all else is verified, not assumed; every microsecond belongs to exactly one window, no id is
//! given twice, and what could not be proven says so. It writes nothing and remembers nothing between runs: the next run
//! begins behind the last window's end.

mod ahead;
mod pace;
mod pass;
mod reading;
mod stage;
mod window;

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_core::Stream;

use crate::Error;
use crate::asked::Asked;
use crate::paging::{List, Page, Slice};
use ahead::{Ahead, Course};
use pace::Pace;
use reading::{Reading, Step};
use stage::Stage;
pub use window::{Proof, Window, begin};
use window::{YEARS, at, instant};

/// A second, µs.
const SECOND: i64 = 1_000_000;
/// Beyond all rows: 2200-01-01, µs.
const FAR: i64 = 7_258_118_400_000_000;
/// Requests on their way at once.
const MOST_IN_FLIGHT: usize = 32;

/// Reads all rows of a closed stretch of time exactly once; from the `_export` methods of [`Client`](crate::Client).
///
/// A list that cannot be asked for a stretch of time is one window, from 2000 to when it is read.
///
/// The stretch ends at the time given or, if that is earlier, at the service's clock (this machine's, if it tells none) less
/// the settle time. Its windows
/// follow each other without a gap, the empty ones included. After an error the export stands where it stood: asking
/// again goes on with nothing skipped or repeated; so it does when a future of [`next_window`](Export::next_window) was
/// dropped.
///
/// An error of kind [`Inconsistent`](crate::ErrorKind::Inconsistent) means that nothing can be proven: the service seems to
/// ignore the times, or, once at the very end, counts more rows than all windows had.
pub struct Export<T> {
    list: List<T>,
    /// A row's time, µs.
    time: fn(&T) -> Option<i64>,
    parts: &'static [&'static str],
    /// Whether the list can be asked for a stretch of time; else all of it is one window.
    windows: bool,
    /// The stretch, both ends inclusive, µs; `until` is final once the service's clock is known.
    from: i64,
    until: i64,
    /// What the last window asked up to: `until`, or the end of its second.
    edge: i64,
    settle: Duration,
    pace: Pace,
    stage: Stage<T>,
    asked: Option<Asked<T>>,
    ahead: Ahead<T>,
    /// The last window had about as many rows as it was to have.
    steady: bool,
    requests: u64,
    /// Requests for the window being read.
    spent: u64,
    given: u64,
    /// Rows of the window when it was last too full.
    squeezed: Option<i64>,
    /// Rows outside the stretch that the service counts in it.
    outside: HashSet<i64>,
    /// Rows without a time, given already.
    undated: HashSet<i64>,
}

impl<T: Send + 'static> Export<T> {
    /// An export of the rows from `from` to `until`, both inclusive, by pages of `page` rows; by default all rows, by the
    /// largest pages there are. `parts` are values of the parameter that splits the list.
    pub(crate) fn new(
        list: List<T>,
        time: fn(&T) -> Option<i64>,
        parts: &'static [&'static str],
        from: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        page: Option<i64>,
    ) -> Export<T> {
        let from = begin(from).timestamp_micros();
        let until = until.map_or(FAR.max(from), |until| until.timestamp_micros()).min(YEARS.1);
        let most = list.limit.max(1);
        Export {
            time,
            parts,
            windows: true,
            from,
            until,
            edge: until,
            settle: Duration::from_secs(120),
            pace: Pace::new(page.unwrap_or(most).clamp(1, most), 10_000),
            stage: if from > until { Stage::End } else { Stage::Start },
            list,
            asked: None,
            ahead: Ahead::new(1),
            steady: false,
            requests: 0,
            spent: 0,
            given: 0,
            squeezed: None,
            outside: HashSet::new(),
            undated: HashSet::new(),
        }
    }

    /// An export of a list that cannot be asked for a stretch of time.
    pub(crate) fn whole(list: List<T>, time: fn(&T) -> Option<i64>, page: Option<i64>) -> Export<T> {
        Export { windows: false, settle: Duration::ZERO, ..Export::new(list, time, &[], None, None, page) }
    }

    /// How long after its time a row may still appear, 120 s by default: so far the export stays behind the service's
    /// clock. Set it before the first window is read.
    pub fn settle(mut self, settle: Duration) -> Export<T> {
        self.settle = settle;
        self
    }

    /// Rows that a window should have, about 10,000 by default; at least a page, at most 1,000,000. Windows have fewer
    /// while the service's answers do not fit together. Set it before the first window is read.
    pub fn rows_per_window(mut self, rows: usize) -> Export<T> {
        self.pace = Pace::new(self.pace.limit, i64::try_from(rows).unwrap_or(i64::MAX).min(1_000_000));
        self
    }

    /// Requests that may be on their way at once, 1 by default, 32 at most: pages are asked for before they are needed, as far as
    /// it can be foreseen which ones will be; a few are asked for in vain where rows are spread unevenly over time. That many
    /// pages are held in memory beside a window. Set it before the first window is read.
    pub fn in_flight(mut self, requests: usize) -> Export<T> {
        self.ahead = Ahead::new(requests.min(MOST_IN_FLIGHT));
        self
    }

    /// Requests made so far.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// The next window; `None` at the end.
    pub async fn next_window(&mut self) -> Option<Result<Window<T>, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// What to ask for next; `None` at the end.
    fn ask(&self) -> Option<Slice> {
        let offset = match &self.stage {
            Stage::Start | Stage::Check => 0,
            Stage::Ends(count, _) => count - 1,
            Stage::Read(reading) => return Some(self.shaped(reading.slice(self.pace.limit))),
            Stage::End => return None,
        };
        let window = Some((at(self.from), at(self.edge)));
        // What is only a hint may fail.
        let ahead = matches!(self.stage, Stage::Ends(..));
        Some(self.shaped(Slice { limit: 1, offset, window, part: None, ahead }))
    }

    /// Without times for a list that knows none.
    fn shaped(&self, slice: Slice) -> Slice {
        Slice { window: slice.window.filter(|_| self.windows), ..slice }
    }

    /// Sends for the next page, and for those behind it; whether there is one.
    fn send(&mut self) -> bool {
        let Some(slice) = self.ask() else { return false };
        let asked = self.ahead.take(&slice);
        let sent = u64::from(asked.is_none());
        self.asked = Some(asked.unwrap_or_else(|| Asked::send(&self.list, slice)));
        let (given_up, ahead) = self.ahead.follow(&self.list, self.foresee());
        self.requests += sent + ahead;
        // A request counts for the window that uses it, or that made it vain.
        self.spent += 1 + given_up;
        true
    }

    /// What will be asked for behind the slice that is asked for now, if all goes as it did.
    fn foresee(&self) -> Vec<Slice> {
        match &self.stage {
            Stage::Read(reading) => {
                let bounds = |from, pace: &Pace| self.bounds(from, pace);
                let (pace, steady, end) = (self.pace.clone(), self.steady, self.until);
                let foreseen = Course { reading, pace, steady, bounds: &bounds, end }.foresee(self.ahead.most - 1);
                foreseen.into_iter().map(|slice| self.shaped(slice)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Takes the page that was asked for; gives a window if that was its last one.
    fn accept(&mut self, slice: &Slice, page: Page<T>) -> Result<Option<Window<T>>, Error> {
        match &self.stage {
            Stage::Start => {
                let now = page.date.unwrap_or_else(Utc::now).timestamp_micros();
                let settle = i64::try_from(self.settle.as_micros()).unwrap_or(i64::MAX);
                self.until = self.until.min(now.saturating_sub(settle));
                if !self.windows {
                    self.until = self.until.max(self.from);
                }
                self.stage = if self.from > self.until {
                    Stage::End
                } else if self.windows && page.count > self.pace.limit {
                    Stage::Ends(page.count, page.items.first().and_then(self.time))
                } else {
                    self.start(page.count, None)
                };
                Ok(None)
            }
            Stage::Ends(count, first) => {
                let ends = first.zip(page.items.last().and_then(self.time));
                self.stage = self.start(*count, ends);
                Ok(None)
            }
            Stage::Read(_) => self.accept_rows(slice, page),
            Stage::Check => {
                self.stage = Stage::End;
                let counted = u64::try_from(page.count).unwrap_or_default();
                match counted.saturating_sub(self.given + self.outside.len() as u64) {
                    0 => Ok(None),
                    more => Err(self.list.inconsistent(format!(
                        "the whole stretch of time counts {more} more rows than its windows had"
                    ))),
                }
            }
            Stage::End => Ok(None),
        }
    }

    fn accept_rows(&mut self, slice: &Slice, page: Page<T>) -> Result<Option<Window<T>>, Error> {
        let Stage::Read(reading) = &mut self.stage else { return Ok(None) };
        let (from, until, rows, time) = (reading.from, reading.until, page.items.len(), self.time);
        let outside = |row: &&T| time(row).is_some_and(|time| !(from..=until).contains(&time));
        let instant = instant(&page.items, time).filter(|instant| (from..=until).contains(instant));
        // Only what may be too full is doubted, and that is told by first pages or by one moment.
        let doubted = self.windows && (slice.offset == 0 || from == until);
        let astray = doubted && page.items.iter().filter(outside).count() > rows / 2;
        self.pace.page(slice.limit, slice.offset, i64::try_from(rows).unwrap_or(i64::MAX), page.count);
        if astray && from == until && page.count > self.pace.limit {
            return Err(self.unfiltered(page.count));
        }
        match reading.take(page, &self.pace) {
            Step::More => return Ok(None),
            Step::Rows { rows, verified } => return Ok(Some(self.finish(from, until, rows, verified))),
            Step::Overfull { count } => {
                // A narrower window with as many rows, most of them not its own.
                if astray && self.squeezed.is_some_and(|before| count >= before - before / 10) {
                    return Err(self.unfiltered(count));
                }
                self.squeezed = Some(count);
                self.pace.overfull(from, until, count, instant);
            }
            Step::Failed { count, flaw } => self.pace.failed(from, until, count, instant, flaw),
        }
        self.stage = self.read(from);
        Ok(None)
    }

    /// The stage that reads the first window.
    fn start(&mut self, count: i64, ends: Option<(i64, i64)>) -> Stage<T> {
        self.pace.start((self.from, self.until), count, ends);
        self.read(self.from)
    }

    /// The stage that reads the window from here on.
    fn read(&self, from: i64) -> Stage<T> {
        let bounds = self.bounds(from, &self.pace);
        Stage::Read(Box::new(Reading::new(self.list.id, self.parts, bounds, self.pace.limit)))
    }

    /// The window from here on, and up to when it asks. It ends with a whole second if it can, so that a service that cuts
    /// times to seconds leaves no row out.
    fn bounds(&self, from: i64, pace: &Pace) -> (i64, i64, i64) {
        if !self.windows {
            // Nothing that could be made narrower.
            return (self.until, self.until, self.until);
        }
        let until = from.saturating_add(pace.width - 1).min(self.until);
        let second = until - until.rem_euclid(SECOND);
        let until = if until < self.until && second > from { second } else { until };
        (from, until, self.asked(from, until))
    }

    /// Up to when a window asks. The last one cannot choose where it ends: it asks for the rest of that second as well, whose
    /// rows are strays. A window as narrow as that would have more of them than of its own.
    fn asked(&self, from: i64, until: i64) -> i64 {
        let rest = (SECOND - until.rem_euclid(SECOND)) % SECOND;
        if until == self.until && until - from >= SECOND { until.saturating_add(rest) } else { until }
    }

    /// Makes a window of the rows received, and moves behind it.
    fn finish(&mut self, from: i64, until: i64, rows: Vec<T>, mut verified: bool) -> Window<T> {
        let (id, time, windows) = (self.list.id, self.time, self.windows);
        let from = if windows { from } else { self.from };
        let (mut items, mut strays) = (rows, 0);
        let (mut ids, mut sorted, mut before, mut last) = (None, true, None, until);
        items.retain(|row| {
            let (time, id) = (time(row), id(row));
            last = last.max(time.unwrap_or(last));
            let is_item = match time {
                _ if !windows => true,
                Some(time) if (from..=until).contains(&time) => true,
                Some(time) => {
                    strays += 1;
                    if !(self.from..=self.until).contains(&time) {
                        self.outside.insert(id);
                    }
                    false
                }
                // Only the service says that it belongs here.
                None => {
                    verified = false;
                    self.undated.insert(id)
                }
            };
            if is_item {
                let (least, greatest) = ids.unwrap_or((id, id));
                ids = Some((id.min(least), id.max(greatest)));
                sorted &= before.replace((time, id)) <= Some((time, id));
            }
            is_item
        });
        if !sorted {
            items.sort_by_cached_key(|row| (time(row), id(row)));
        }
        let count = items.len() as u64;
        let proof = Proof {
            from: at(from),
            // The service's clock may be told by the second.
            until: at(if windows { until } else { last }),
            count,
            id_min: ids.map(|(least, _)| least),
            id_max: ids.map(|(_, greatest)| greatest),
            requests: std::mem::take(&mut self.spent),
            strays,
            verified,
        };
        self.given += count;
        self.squeezed = None;
        let rows = i64::try_from(count).unwrap_or(i64::MAX);
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

    fn unfiltered(&self, count: i64) -> Error {
        self.list.inconsistent(format!(
            "the service seems to ignore the times asked for: {count} rows, most of them outside; nothing can be proven"
        ))
    }
}

impl<T: Send + 'static> Stream for Export<T> {
    type Item = Result<Window<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Window<T>, Error>>> {
        let export = &mut *self;
        loop {
            if export.asked.is_none() && !export.send() {
                return Poll::Ready(None);
            }
            let Some(asked) = &mut export.asked else { continue };
            let page = ready!(asked.poll(&export.list, context));
            let slice = asked.slice.clone();
            export.asked = None;
            let Some(page) = page else {
                // What failed ahead is asked for anew; a hint is done without.
                if let Stage::Ends(count, _) = export.stage {
                    export.stage = export.start(count, None);
                }
                continue;
            };
            if let Some(window) = page.and_then(|page| export.accept(&slice, page)).transpose() {
                return Poll::Ready(Some(window));
            }
        }
    }
}

// No row is ever pinned.
impl<T> Unpin for Export<T> {}

impl<T> fmt::Debug for Export<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("operation", &self.list.operation)
            .field("requests", &self.requests)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
