//! Rows of an export as they come: [`Pieces`].
//!
//! Invariant: what was given of a window since the last [`Piece::Window`] or [`Piece::Again`], with the items of the window's own
//! piece, is what [`Export::next_window`] would have given, in the same order.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use chrono::{DateTime, Utc};
use futures_core::Stream;

use super::{Export, Window};
use crate::Error;

/// What [`Pieces`] give.
pub enum Piece<T> {
    /// Rows of a window that is being read, behind those that were given of it, in order of time and id. Nothing is proven yet.
    Rows {
        /// The window's first microsecond.
        from: DateTime<Utc>,
        /// The window's last microsecond.
        until: DateTime<Utc>,
        /// Some rows, at least one.
        items: Vec<T>,
    },
    /// What was given of the window does not fit together, and is to be forgotten: it is read anew, or a narrower one that begins
    /// with it.
    Again,
    /// The window's last rows, and the proof of all of them.
    Window(Window<T>),
}

impl<T> fmt::Debug for Piece<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Rows { from, until, items } => {
                f.debug_struct("Rows").field("from", from).field("until", until).field("items", &items.len()).finish()
            }
            Piece::Again => f.write_str("Again"),
            Piece::Window(window) => fmt::Debug::fmt(window, f),
        }
    }
}

/// An export whose rows are given as they come, before their window is proven; from [`Export::pieces`].
///
/// It holds the pages in flight, not a window. Where rows do not come in order of time and of id, windows are held and given whole
/// from then on.
///
/// After an error it stands where it stood: what was given of the window still counts.
#[derive(Debug)]
pub struct Pieces<T>(Export<T>);

impl<T: Send + 'static> Pieces<T> {
    pub(super) fn new(export: Export<T>, held: i64) -> Pieces<T> {
        Pieces(Export { flows: Some(held), ..export })
    }

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
