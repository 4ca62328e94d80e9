//! Rows of whatever type, for libraries in other languages: an export of them is compiled once, and here.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::engine::Export;
use super::window::Window;
use crate::Error;

/// A row of a page that it keeps.
#[derive(Debug)]
pub struct SharedRow {
    /// What tells it apart.
    pub id: i64,
    /// µs since the Unix epoch.
    pub time: Option<i64>,
    /// Its place in the page.
    pub place: usize,
    /// The page.
    pub page: Arc<dyn Any + Send + Sync>,
}

impl SharedRow {
    /// What tells it apart.
    pub fn id(row: &SharedRow) -> i64 {
        row.id
    }

    /// µs since the Unix epoch.
    pub fn time(row: &SharedRow) -> Option<i64> {
        row.time
    }
}

impl Export<SharedRow> {
    /// As [`Stream::poll_next`].
    #[doc(hidden)]
    #[inline(never)]
    pub fn poll_window(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Window<SharedRow>, Error>>> {
        Pin::new(self).poll_next(context)
    }
}
