//! Prefetch of pages: [`Prefetcher`] requests them before they are needed, and [`PrefetchPlan`]
//! predicts which ones the export will need if it goes on as before.
//!
//! Invariant: prefetching must never affect the result. The export says which page it needs next;
//! if that page is already in flight, the export takes it, no matter why it was requested. The
//! prefetcher drops pages that turn out not to be needed. The pages alone prove whether they fit
//! together.

use std::collections::VecDeque;

use super::reader::WindowReader;
use super::sizer::WindowSizer;
use super::window::at;
use crate::list::fetch::PageFetch;
use crate::list::{PageRequest, Pages};

pub(super) struct Prefetcher<T> {
    pages: VecDeque<PageFetch<T>>,
    /// The maximum number of requests in flight at once, including that for the needed page.
    pub(super) most: usize,
}

impl<T: Send + 'static> Prefetcher<T> {
    pub(super) fn new(most: usize) -> Prefetcher<T> {
        Prefetcher { pages: VecDeque::new(), most: most.max(1) }
    }

    /// Takes the needed page, if it is in flight.
    pub(super) fn take(&mut self, needed: &PageRequest) -> Option<PageFetch<T>> {
        let needed = PageRequest { ahead: true, ..needed.clone() };
        self.pages.pop_front_if(|page| page.request == needed)
    }

    /// Drops pages that are no longer predicted and requests those that are; returns how many
    /// requests it dropped and how many it made.
    pub(super) fn follow(&mut self, list: &Pages<T>, foreseen: Vec<PageRequest>) -> (u64, u64) {
        let same = self.pages.iter().zip(&foreseen).take_while(|(page, request)| page.request == **request).count();
        let given_up = self.pages.len() - same;
        self.pages.truncate(same);
        let more = foreseen.len() - same;
        self.pages.extend(foreseen.into_iter().skip(same).map(|request| PageFetch::send(list, request)));
        (given_up as u64, more as u64)
    }
}

/// The position of an export in its time range, so far as it is known.
pub(super) struct PrefetchPlan<'a, T> {
    pub(super) reader: &'a WindowReader<T>,
    pub(super) sizer: WindowSizer,
    /// Whether windows had about as many rows as intended.
    pub(super) steady: bool,
    /// The bounds of the window that begins at a time, and the end of its requests.
    pub(super) bounds: &'a dyn Fn(i64, &WindowSizer) -> (i64, i64, i64),
    /// The end of the time range, µs.
    pub(super) end: i64,
}

impl<T> PrefetchPlan<'_, T> {
    /// Predicts the requests behind the current one, `most` of them or fewer.
    pub(super) fn predict(mut self, most: usize) -> Vec<PageRequest> {
        let mut requests = Vec::new();
        let Some((mut offset, known)) = self.reader.whole() else { return requests };
        let (mut from, mut until, mut asked) = (self.reader.from, self.reader.until, self.reader.asked);
        let mut count = known.unwrap_or_else(|| self.guess());
        let mut is_known = known.is_some();
        let limit = self.sizer.limit;
        while requests.len() < most {
            if offset.saturating_add(limit) < count {
                // Pages overlap by one row.
                offset += (limit - 1).max(1);
            } else if is_known && until < self.end {
                self.sizer.done(from, until, count);
                from = until + 1;
                (_, until, asked) = (self.bounds)(from, &self.sizer);
                (offset, count, is_known) = (0, self.guess(), false);
            } else {
                break;
            }
            let window = Some((at(from), at(asked)));
            requests.push(PageRequest { limit, offset, window, partition_value: None, ahead: true });
        }
        requests
    }

    /// The minimum number of rows that a window will have.
    fn guess(&self) -> i64 {
        if self.steady { self.sizer.aim() / 4 * 3 } else { 0 }
    }
}
