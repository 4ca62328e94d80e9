//! Pages asked for before they are needed: [`Prefetcher`], and which ones they will be, if all goes as it did.
//!
//! Invariant: what is foreseen decides nothing. The export says which page it needs next; one that is on its way already is
//! that page, however it came to be asked for, and what turns out not to be needed is given up. Whether pages fit together is
//! proven from the pages alone.

use std::collections::VecDeque;

use super::reader::WindowReader;
use super::sizer::WindowSizer;
use super::window::at;
use crate::list::fetch::PageFetch;
use crate::list::{PageRequest, Pages};

pub(super) struct Prefetcher<T> {
    pages: VecDeque<PageFetch<T>>,
    /// Requests on their way at once, that for the page that is needed included.
    pub(super) most: usize,
}

impl<T: Send + 'static> Prefetcher<T> {
    pub(super) fn new(most: usize) -> Prefetcher<T> {
        Prefetcher { pages: VecDeque::new(), most: most.max(1) }
    }

    /// The page that is needed, if it is on its way.
    pub(super) fn take(&mut self, needed: &PageRequest) -> Option<PageFetch<T>> {
        let needed = PageRequest { ahead: true, ..needed.clone() };
        self.pages.pop_front_if(|page| page.slice == needed)
    }

    /// Gives up what is not foreseen any more, and asks for what is. How many requests were given up, and how many made.
    pub(super) fn follow(&mut self, list: &Pages<T>, foreseen: Vec<PageRequest>) -> (u64, u64) {
        let same = self.pages.iter().zip(&foreseen).take_while(|(page, slice)| page.slice == **slice).count();
        let given_up = self.pages.len() - same;
        self.pages.truncate(same);
        let more = foreseen.len() - same;
        self.pages.extend(foreseen.into_iter().skip(same).map(|slice| PageFetch::send(list, slice)));
        (given_up as u64, more as u64)
    }
}

/// Where a stretch is read from, so far as it is known.
pub(super) struct PrefetchPlan<'a, T> {
    pub(super) reader: &'a WindowReader<T>,
    pub(super) sizer: WindowSizer,
    /// Windows have had about as many rows as they were to have.
    pub(super) steady: bool,
    /// The bounds of the window that begins here, and up to when it asks.
    pub(super) bounds: &'a dyn Fn(i64, &WindowSizer) -> (i64, i64, i64),
    /// The end of the stretch, µs.
    pub(super) end: i64,
}

impl<T> PrefetchPlan<'_, T> {
    /// The slices behind the one that is asked for now, `most` of them or fewer.
    pub(super) fn predict(mut self, most: usize) -> Vec<PageRequest> {
        let mut slices = Vec::new();
        let Some((mut offset, known)) = self.reader.whole() else { return slices };
        let (mut from, mut until, mut asked) = (self.reader.from, self.reader.until, self.reader.asked);
        let mut count = known.unwrap_or_else(|| self.guess());
        let mut is_known = known.is_some();
        let limit = self.sizer.limit;
        while slices.len() < most {
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
            slices.push(PageRequest { limit, offset, window, partition_value: None, ahead: true });
        }
        slices
    }

    /// Rows that a window will have at least.
    fn guess(&self) -> i64 {
        if self.steady { self.sizer.aim() / 4 * 3 } else { 0 }
    }
}
