//! A page in flight: [`PageFetch`].
//!
//! A fetch is a task on the tokio runtime that was current when the fetch began; dropping the fetch
//! cancels the task. A prefetch must never affect its reader: if it fails or is late, the reader
//! requests the page again when it needs it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;
use tokio::time::Sleep;

use super::page::{Page, PageRequest, Pages};
use crate::Error;

pub(crate) struct PageFetch<T> {
    pub(crate) request: PageRequest,
    /// End of the wait for a prefetched page.
    late: Option<Pin<Box<Sleep>>>,
    task: JoinHandle<Result<Page<T>, Error>>,
}

impl<T: Send + 'static> PageFetch<T> {
    pub(crate) fn send(list: &Pages<T>, request: PageRequest) -> PageFetch<T> {
        let task = tokio::spawn((list.fetch)(request.clone()));
        PageFetch { request, late: None, task }
    }

    /// The page; `None` if its prefetch failed or is late, so that the reader must request the page
    /// again.
    pub(crate) fn poll(&mut self, list: &Pages<T>, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>, Error>>> {
        let page = match Pin::new(&mut self.task).poll(context) {
            Poll::Ready(page) => page,
            Poll::Pending if self.request.ahead => {
                let late = self.late.get_or_insert_with(|| Box::pin(tokio::time::sleep(list.patience)));
                ready!(late.as_mut().poll(context));
                return Poll::Ready(None);
            }
            Poll::Pending => return Poll::Pending,
        };
        Poll::Ready(match page {
            Ok(Err(_)) if self.request.ahead => None,
            Ok(page) => Some(page),
            Err(stop) => match stop.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down.
                Err(_) => Some(Err(list.inconsistent("the page was given up".to_owned()))),
            },
        })
    }
}

impl<T> Drop for PageFetch<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}
