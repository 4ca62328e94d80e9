//! The state machine of an export: it chooses the next page to request and interprets each page.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use chrono::{DateTime, Utc};
use foldhash::{HashSet, HashSetExt};
use futures_core::Stream;

use super::interval::{Interval, floor_to_second};
use super::prefetch::{PrefetchPlan, Prefetcher};
use super::reader::{Progress, WindowReader};
use super::sizer::WindowSizer;
use super::stage::Stage;
use super::stats::WindowStats;
use super::window::{Piece, Window, YEARS, at, begin, instant};
use crate::Error;
use crate::list::fetch::PageFetch;
use crate::list::{Page, PageRequest, Pages};

/// A time later than every row: 2200-01-01, µs.
const FAR: i64 = 7_258_118_400_000_000;
/// The maximum number of requests in flight at once.
const MOST_IN_FLIGHT: usize = 32;
/// The maximum number of rows of a window.
const MOST_ROWS: i64 = 1_000_000;

/// Reads every row of a closed time range exactly once; from the `_export` methods of
/// [`Client`](crate::Client).
///
/// If the list cannot be filtered by time, it is one window, from 2000 to the time of the export.
///
/// The range ends at the given time or, if that is earlier, at the service's clock less the maximum
/// lateness, at a whole second. If the service sends no clock, this machine's clock counts. Windows
/// follow each other without a gap, the empty ones included. After an error, and after a future of
/// [`next_window`](Export::next_window) was dropped, the export keeps its position: the next call
/// goes on with no row skipped or repeated.
///
/// A service may cut times to seconds. Then a last part of a second that is too dense to request as
/// a whole second is not [proven](super::Proof::verified).
///
/// An error of kind [`Inconsistent`](crate::ErrorKind::Inconsistent) means that the export cannot
/// prove its rows complete: the service seems to ignore the times or, once at the very end, counts
/// more rows than all windows had.
pub struct Export<T> {
    list: Pages<T>,
    /// Returns a row's time, µs.
    time: fn(&T) -> Option<i64>,
    parts: &'static [&'static str],
    /// Whether the list can be filtered by time; if not, all of it is one window.
    windows: bool,
    /// The time range, both ends inclusive, µs; `until` is final once the service's clock is known.
    from: i64,
    until: i64,
    /// The end of the last window's requests: `until`, or the end of its second.
    edge: i64,
    max_lateness: Duration,
    /// The requested page size, if no page can have it.
    odd: Option<i64>,
    sizer: WindowSizer,
    stage: Stage<T>,
    /// `Some` if rows may flow before their window is proven: the rows to hold if they cannot.
    flows: Option<i64>,
    stats: WindowStats,
    asked: Option<PageFetch<T>>,
    ahead: Prefetcher<T>,
    /// Whether the last window had about as many rows as intended.
    steady: bool,
    requests: u64,
    /// Requests for the window being read.
    spent: u64,
    given: u64,
    /// The window's row count when it last had too many rows.
    squeezed: Option<i64>,
    /// Ids of rows outside the time range that the service counts in it.
    outside: HashSet<i64>,
    /// Ids of rows without a time that were already given.
    undated: HashSet<i64>,
}

impl<T: Send + 'static> Export<T> {
    /// Creates an export of the rows from `from` to `until`, both inclusive, in pages of `page`
    /// rows; by default all rows, in pages of the maximum size. `parts` are values of the parameter
    /// that splits the list.
    pub(crate) fn new(
        list: Pages<T>,
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
            max_lateness: Duration::from_secs(120),
            odd: page.filter(|page| !(1..=most).contains(page)),
            sizer: WindowSizer::new(page.unwrap_or(most).clamp(1, most), 10_000),
            stage: if from > until { Stage::End } else { Stage::Start },
            list,
            flows: None,
            stats: WindowStats::default(),
            asked: None,
            ahead: Prefetcher::new(1),
            steady: false,
            requests: 0,
            spent: 0,
            given: 0,
            squeezed: None,
            outside: HashSet::new(),
            undated: HashSet::new(),
        }
    }

    /// Creates an export of a list that cannot be filtered by time.
    pub(crate) fn whole(list: Pages<T>, time: fn(&T) -> Option<i64>, page: Option<i64>) -> Export<T> {
        Export { windows: false, max_lateness: Duration::ZERO, ..Export::new(list, time, &[], None, None, page) }
    }

    /// Sets how long after its time a row may still appear, 120 s by default: the export stays so
    /// far behind the service's clock. Call this before you read the first window.
    pub fn max_lateness(mut self, time: Duration) -> Export<T> {
        self.max_lateness = time;
        self
    }

    /// Sets the rows that a window should have, about 10,000 by default; at least a page, at most
    /// 1,000,000. Windows have fewer rows while the service's responses do not fit together. Call
    /// this before you read the first window.
    pub fn rows_per_window(mut self, rows: usize) -> Export<T> {
        self.sizer = WindowSizer::new(self.sizer.limit, self::rows(rows));
        self
    }

    /// Sets the maximum number of requests in flight, 1 by default, 32 at most: the export
    /// prefetches pages as far as it can predict them, also while the caller works on a window. It
    /// prefetches a few in vain where rows are spread unevenly over time. Memory holds that many
    /// pages next to a window. Call this before you read the first window.
    pub fn in_flight(mut self, requests: usize) -> Export<T> {
        self.ahead = Prefetcher::new(requests.min(MOST_IN_FLIGHT));
        self
    }

    /// The number of requests made so far.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Reads the next window; `None` at the end.
    pub async fn next_window(&mut self) -> Option<Result<Window<T>, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Gives rows as they arrive; if they are not in order, holds windows of about `held` rows.
    pub(super) fn flowing(self, held: usize) -> Export<T> {
        Export { flows: Some(rows(held)), ..self }
    }

    pub(super) fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Piece<T>, Error>>> {
        loop {
            if self.asked.is_none() && !self.send(false) {
                return Poll::Ready(None);
            }
            let Some(asked) = &mut self.asked else { continue };
            let page = ready!(asked.poll(&self.list, context));
            let request = asked.request.clone();
            self.asked = None;
            let Some(page) = page else {
                // After a failed prefetch, request the page again; do without a hint.
                if let Stage::Ends(count, _) = self.stage {
                    self.stage = self.start(count, None);
                }
                continue;
            };
            if let Some(piece) = page.and_then(|page| self.accept(&request, page)).transpose() {
                if piece.is_ok() && self.ahead.most > 1 {
                    // Keep the service at work, and count no time of the caller as the service's.
                    self.send(true);
                }
                return Poll::Ready(Some(piece));
            }
        }
    }

    /// The page to request next; `None` at the end.
    fn ask(&self) -> Option<PageRequest> {
        let (offset, limit) = match &self.stage {
            // A size that no page can have is refused here as for the list itself.
            Stage::Start => (0, self.odd.unwrap_or(1)),
            Stage::Check => (0, 1),
            Stage::Ends(count, _) => (count - 1, 1),
            Stage::Read(reader) => return Some(self.shaped(reader.request(self.sizer.limit))),
            Stage::End => return None,
        };
        let window = Some((at(self.from), at(self.edge)));
        // A request that is only a hint may fail.
        let ahead = matches!(self.stage, Stage::Ends(..));
        Some(self.shaped(PageRequest { limit, offset, window, partition_value: None, ahead }))
    }

    /// Removes the times if the list cannot be filtered by time.
    fn shaped(&self, request: PageRequest) -> PageRequest {
        PageRequest { window: request.window.filter(|_| self.windows), ..request }
    }

    /// Requests the next page, perhaps early, and prefetches those behind it; `false` at the end.
    fn send(&mut self, early: bool) -> bool {
        let Some(request) = self.ask() else { return false };
        let asked = self.ahead.take(&request);
        let sent = u64::from(asked.is_none());
        let request = PageRequest { ahead: request.ahead || early, ..request };
        self.asked = Some(asked.unwrap_or_else(|| PageFetch::send(&self.list, request)));
        let (given_up, ahead) = self.ahead.follow(&self.list, self.predict());
        self.requests += sent + ahead;
        // A request counts for the window that uses it, or that made it useless.
        self.spent += 1 + given_up;
        true
    }

    /// Predicts the requests behind the current one, if the export goes on as before.
    fn predict(&self) -> Vec<PageRequest> {
        match &self.stage {
            Stage::Read(reader) => {
                let interval = self.interval();
                let bounds = |from, sizer: &WindowSizer| interval.window(from, sizer.width);
                let (sizer, steady, end) = (self.sizer.clone(), self.steady, self.until);
                let foreseen =
                    PrefetchPlan { reader, sizer, steady, bounds: &bounds, end }.predict(self.ahead.most - 1);
                foreseen.into_iter().map(|request| self.shaped(request)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Takes the requested page; returns rows if they flow, and the window at its last page.
    fn accept(&mut self, request: &PageRequest, page: Page<T>) -> Result<Option<Piece<T>>, Error> {
        match &self.stage {
            Stage::Start => {
                let now = page.date.unwrap_or_else(Utc::now).timestamp_micros();
                let lateness = i64::try_from(self.max_lateness.as_micros()).unwrap_or(i64::MAX);
                self.until = self.until.min(floor_to_second(now.saturating_sub(lateness)));
                if !self.windows {
                    self.until = self.until.max(self.from);
                }
                self.stage = if self.from > self.until {
                    Stage::End
                } else if self.windows && page.count > self.sizer.limit {
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
            Stage::Read(_) => self.accept_rows(request, page),
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

    fn accept_rows(&mut self, request: &PageRequest, page: Page<T>) -> Result<Option<Piece<T>>, Error> {
        let Stage::Read(reader) = &mut self.stage else { return Ok(None) };
        let (from, until, rows, time) = (reader.from, reader.until, page.items.len(), self.time);
        let outside = |row: &&T| time(row).is_some_and(|time| !(from..=until).contains(&time));
        let instant = instant(&page.items, time).filter(|instant| (from..=until).contains(instant));
        // Only windows that may be too full are doubted: by first pages, or by one moment.
        let doubted = self.windows && (request.offset == 0 || from == until);
        let astray = doubted && page.items.iter().filter(outside).count() > rows / 2;
        self.sizer.page(request.limit, request.offset, i64::try_from(rows).unwrap_or(i64::MAX), page.count);
        if astray && from == until && page.count > self.sizer.limit {
            return Err(self.unfiltered(page.count));
        }
        match reader.take(page, &self.sizer) {
            Progress::More => {
                let rows = reader.flow(self.sizer.limit);
                return Ok(self.flow(from, until, rows));
            }
            Progress::Rows { rows, verified } => {
                return Ok(Some(Piece::Window(self.finish(from, until, rows, verified))));
            }
            Progress::Overfull { count } => {
                // A narrower window has as many rows, and most of them lie outside it.
                if astray && self.squeezed.is_some_and(|before| count >= before - before / 10) {
                    return Err(self.unfiltered(count));
                }
                self.squeezed = Some(count);
                self.sizer.overfull(from, until, count, instant);
            }
            Progress::Failed { count, inconsistency } => self.sizer.failed(from, until, count, instant, inconsistency),
            Progress::Unsorted { count } => {
                let held = self.flows.take().unwrap_or(MOST_ROWS);
                self.sizer.hold(held, from, until, count);
            }
        }
        self.stage = self.read(from);
        let given = std::mem::take(&mut self.stats).count;
        Ok((given > 0).then_some(Piece::Rollback))
    }

    /// The stage that reads the first window.
    fn start(&mut self, count: i64, ends: Option<(i64, i64)>) -> Stage<T> {
        self.sizer.start((self.from, self.until), count, ends);
        self.read(self.from)
    }

    /// The stage that reads the window that begins at `from`.
    fn read(&self, from: i64) -> Stage<T> {
        let bounds = self.interval().window(from, self.sizer.width);
        let flows = self.flows.map(|_| self.time);
        Stage::Read(Box::new(WindowReader::new(self.list.id, self.parts, bounds, self.sizer.limit, flows)))
    }

    fn interval(&self) -> Interval {
        Interval { from: self.from, until: self.until, windows: self.windows }
    }

    /// Gives rows of a window that is not complete yet.
    fn flow(&mut self, from: i64, until: i64, mut rows: Vec<T>) -> Option<Piece<T>> {
        self.keep(from, until, &mut rows);
        (!rows.is_empty()).then(|| Piece::Rows { from: at(from), until: at(until), items: rows })
    }

    /// Removes rows that do not belong to the window, and counts the others.
    fn keep(&mut self, from: i64, until: i64, rows: &mut Vec<T>) {
        let (interval, facts) = (self.interval(), (self.list.id, self.time));
        self.stats.keep(&interval, (from, until), rows, facts, &mut self.undated);
    }

    /// Builds a window from the received rows, and moves on behind it.
    fn finish(&mut self, from: i64, until: i64, mut items: Vec<T>, verified: bool) -> Window<T> {
        self.keep(from, until, &mut items);
        let (id, time, interval) = (self.list.id, self.time, self.interval());
        let stats = std::mem::take(&mut self.stats);
        if stats.unsorted {
            items.sort_by_cached_key(|row| (time(row), id(row)));
        }
        let requests = std::mem::take(&mut self.spent);
        let proof = stats.proof(&interval, (from, until), requests, verified);
        self.outside.extend(stats.outside);
        self.given += stats.count;
        self.squeezed = None;
        let rows = i64::try_from(stats.count).unwrap_or(i64::MAX);
        self.steady = rows >= self.sizer.aim() / 4 * 3;
        self.sizer.done(from, until, rows);
        self.edge = interval.asked(from, until);
        self.stage = match until < self.until {
            true => self.read(until + 1),
            false if self.windows => Stage::Check,
            // The window's count was that of the whole list.
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
        loop {
            match ready!(self.poll_piece(context)) {
                None => return Poll::Ready(None),
                Some(Ok(Piece::Window(window))) => return Poll::Ready(Some(Ok(window))),
                // Rows do not flow here.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

fn rows(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX).min(MOST_ROWS)
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
#[path = "tests.rs"]
mod tests;
