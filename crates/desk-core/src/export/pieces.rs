//! Rows of an export as they come: [`Pieces`].
//!
//! Invariant: what was given of a window since the last [`Piece::Window`] or [`Piece::Again`], with the items of the window's own
//! piece, is what [`Export::next_window`] would have given, in the same order.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::engine::Export;
use super::window::Piece;
use crate::Error;

/// An export whose rows are given as they come, before their window is proven; from [`Export::pieces`].
///
/// It holds the pages in flight, not a window. Where rows do not come in order of time and of id, windows are held and given whole
/// from then on.
///
/// After an error it stands where it stood: what was given of the window still counts.
#[derive(Debug)]
pub struct Pieces<T>(Export<T>);

impl<T: Send + 'static> Export<T> {
    /// The same, with rows as they come: a window need not fit in memory. Where rows do not come in order of time and of id, it is given
    /// whole and has about `held` rows at most.
    pub fn pieces(self, held: usize) -> Pieces<T> {
        Pieces(self.flowing(held))
    }
}

impl<T: Send + 'static> Pieces<T> {
    /// Requests made so far.
    pub fn requests(&self) -> u64 {
        self.0.requests()
    }

    /// The next piece; `None` at the end.
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
