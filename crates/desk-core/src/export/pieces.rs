//! An export that gives rows as they arrive: [`Pieces`].
//!
//! Invariant: the rows given of a window since the last [`Piece::Window`] or [`Piece::Rollback`], with
//! the items of the window's own piece, must be the rows that [`Export::next_window`] would have
//! given, in the same order.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::engine::Export;
use super::window::Piece;
use crate::Error;

/// An export that gives rows as they arrive, before their window is proven; from
/// [`Export::pieces`].
///
/// It holds the pages in flight, not a window. If rows do not arrive in order of time and of id, it
/// holds windows from then on and gives each one whole.
///
/// After an error it keeps its position: rows that it already gave of the window still count.
#[derive(Debug)]
pub struct Pieces<T>(Export<T>);

impl<T: Send + 'static> Export<T> {
    /// Gives rows as they arrive, so that a window need not fit in memory. If rows do not arrive in
    /// order of time and of id, the export gives windows whole, each with about `held` rows at
    /// most.
    pub fn pieces(self, held: usize) -> Pieces<T> {
        Pieces(self.flowing(held))
    }
}

impl<T: Send + 'static> Pieces<T> {
    /// The number of requests made so far.
    pub fn requests(&self) -> u64 {
        self.0.requests()
    }

    /// Reads the next piece; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Piece<T>, Error>> {
        std::future::poll_fn(|context| self.0.poll_piece(context)).await
    }
}

impl<T: Send + 'static> Stream for Pieces<T> {
    type Item = Result<Piece<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_piece(context)
    }
}
