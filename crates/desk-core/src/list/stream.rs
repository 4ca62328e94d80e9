//! Streams of the items of a list, page after page: [`ItemStream`].
//!
//! Invariant: the next page must begin after the rows that were received, which may be fewer than
//! requested. An error must not change the position, so that the next call continues without
//! skipped or repeated rows. Rows that the service inserts or deletes between two pages can still
//! shift other rows across the edge of a page; only `export` proves that no row is lost.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::fetch::PageFetch;
use super::page::{Owner, Page, PageRequest, Pages, Rows};
use crate::Error;

/// The items of a list, page after page; from the `_stream` methods of [`Client`](crate::Client).
///
/// While the caller works on a page, the stream prefetches the next one, on the tokio runtime that
/// polls the stream; dropping the stream cancels the prefetch. If a prefetch fails, the stream
/// requests the page again when the caller needs it, so that the caller's own time never counts
/// towards a timeout. An error does not change the position: the next call requests the same page.
pub struct ItemStream<T> {
    list: Pages<T>,
    /// Page size: the caller's setting, or the smaller limit that the service applies.
    limit: i64,
    offset: i64,
    /// Number of items still to fetch.
    left: u64,
    items: vec::IntoIter<T>,
    owner: Option<Owner>,
    fetch: Option<PageFetch<T>>,
    last: PageFingerprint,
    /// The first page, to recognise a service that treats an offset as 0.
    first: PageFingerprint,
    /// Number of rows of the last page, if it was shorter than requested.
    short: Option<i64>,
    /// Whether the last response made no progress, so that the stream requests the page once more.
    stuck: bool,
    ended: bool,
}

/// Fingerprint of a page: its ids, the count of the list at that time, and its offset.
#[derive(Clone, Default)]
struct PageFingerprint {
    ids: Vec<i64>,
    count: i64,
    offset: i64,
}

impl<T: Send + 'static> ItemStream<T> {
    /// A stream that begins at `offset` and requests pages of `limit` rows; default: from the first
    /// row, in the largest pages.
    pub(crate) fn new(list: Pages<T>, limit: Option<i64>, offset: Option<i64>) -> ItemStream<T> {
        ItemStream {
            limit: limit.unwrap_or(list.limit),
            offset: offset.unwrap_or(0),
            list,
            left: u64::MAX,
            items: Vec::new().into_iter(),
            owner: None,
            fetch: None,
            last: PageFingerprint::default(),
            first: PageFingerprint::default(),
            short: None,
            stuck: false,
            ended: false,
        }
    }

    /// Ends the stream after `items` items. Set it before you read the first item.
    pub fn max_items(mut self, items: u64) -> ItemStream<T> {
        self.left = items;
        self.ended = items == 0;
        self
    }

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The remaining items of the current page, or the items of the next page; never empty; `None`
    /// at the end.
    pub async fn next_page(&mut self) -> Option<Result<Vec<T>, Error>> {
        self.next_rows().await.map(|rows| rows.map(|rows| rows.items))
    }

    /// As [`ItemStream::next_page`], with the memory that the items point into.
    pub async fn next_rows(&mut self) -> Option<Result<Rows<T>, Error>> {
        match std::future::poll_fn(|context| self.poll_page(context)).await? {
            Ok(()) => {
                let items = std::mem::take(&mut self.items).collect();
                Some(Ok(Rows { items, count: self.last.count, owner: self.owner.take() }))
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// Ready with `Ok` if there is an item to return.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<(), Error>>> {
        while self.items.as_slice().is_empty() {
            if self.ended {
                return Poll::Ready(None);
            }
            let Some(fetch) = &mut self.fetch else {
                self.send(false);
                continue;
            };
            let page = ready!(fetch.poll(&self.list, context));
            let limit = fetch.request.limit;
            self.fetch = None;
            // The prefetch failed or is late: request the page again.
            let Some(page) = page else { continue };
            if let Err(error) = page.and_then(|page| self.accept(page, limit)) {
                return Poll::Ready(Some(Err(error)));
            }
        }
        Poll::Ready(Some(Ok(())))
    }

    /// Takes a page, moves the position after it, and prefetches the next page.
    fn accept(&mut self, page: Page<T>, requested: i64) -> Result<(), Error> {
        let Page { mut items, count, owner, .. } = page;
        let rows = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let ids: Vec<i64> = items.iter().map(self.list.id).collect();
        // Only a stream that began at offset 0 can receive its first page again. In an unordered
        // list, a single row may appear at two places, so it does not prove a repetition.
        let same = self.first.ids.starts_with(&ids) && (ids.len() == self.first.ids.len() || rows == requested);
        let restarted = self.first.offset == 0 && rows > 1 && same;
        let repeated = restarted || rows > 0 && ids == self.last.ids;
        let seen = if restarted { &self.first } else { &self.last };
        if repeated && count.saturating_sub(seen.count) >= self.offset - seen.offset {
            // New rows before these rows moved them to this offset.
            self.stuck = false;
            (self.last.count, self.last.offset) = (count, self.offset);
            self.offset = self.offset.saturating_add(rows);
            return Ok(());
        }
        if (rows == 0 && self.offset < count) || repeated {
            if !std::mem::replace(&mut self.stuck, true) {
                return Ok(());
            }
            self.stuck = false;
            let offset = self.offset;
            return Err(self.list.inconsistent(match rows {
                0 => format!("the list does not move on: no row at offset {offset} of {count}"),
                _ if restarted => {
                    format!("the list does not move on: offset {offset} gives the rows of the first page")
                }
                _ => format!("the list does not move on: offset {offset} gives the rows of the page before"),
            }));
        }
        self.stuck = false;
        self.last = PageFingerprint { ids, count, offset: self.offset };
        if self.first.ids.is_empty() {
            self.first = self.last.clone();
        }
        self.offset = self.offset.saturating_add(rows);
        items.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= items.len() as u64;
        self.ended = self.offset >= count || self.left == 0;
        // Two short pages of equal length show a limit of the service; a single short page may
        // result from a deleted row.
        let short = Some(rows).filter(|rows| *rows < requested);
        if short.is_some() && short == self.short {
            self.limit = rows;
        }
        self.short = short;
        (self.items, self.owner) = (items.into_iter(), owner);
        if !self.ended {
            self.send(true);
        }
        Ok(())
    }

    /// Requests the page at the offset.
    fn send(&mut self, ahead: bool) {
        let limit = self.limit.min(i64::try_from(self.left).unwrap_or(i64::MAX));
        let request = PageRequest { limit, offset: self.offset, window: None, partition_value: None, ahead };
        self.fetch = Some(PageFetch::send(&self.list, request));
    }
}

impl<T: Send + 'static> Stream for ItemStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        match ready!(self.poll_page(context)) {
            Some(Ok(())) => Poll::Ready(self.items.next().map(Ok)),
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            None => Poll::Ready(None),
        }
    }
}

// The buffered items are never pinned.
impl<T> Unpin for ItemStream<T> {}

impl<T> std::fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ItemStream")
            .field("operation", &self.list.operation)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

#[cfg(test)]
#[path = "properties.rs"]
mod properties;
