//! Rows of any type, for libraries in other languages: an export of them is compiled only once, in
//! this crate.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::engine::Export;
use super::window::Window;
use crate::Error;

/// A row that keeps its page in memory.
#[derive(Debug)]
pub struct SharedRow {
    /// The row's unique id.
    pub id: i64,
    /// The row's time, µs since the Unix epoch.
    pub time: Option<i64>,
    /// The row's index in the page.
    pub place: usize,
    /// The page that holds the row.
    pub page: Arc<dyn Any + Send + Sync>,
}

impl SharedRow {
    /// The row's unique id.
    pub fn id(row: &SharedRow) -> i64 {
        row.id
    }

    /// The row's time, µs since the Unix epoch.
    pub fn time(row: &SharedRow) -> Option<i64> {
        row.time
    }
}

impl Export<SharedRow> {
    /// Polls the next window, as [`Stream::poll_next`] does.
    #[inline(never)]
    pub fn poll_window(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Window<SharedRow>, Error>>> {
        Pin::new(self).poll_next(context)
    }
}
