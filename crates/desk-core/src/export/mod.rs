//! Reads a closed time range of a list, window by window, with proof: [`Export`].
//!
//! The service has limit, offset and a count, but no cursor and no promised order, and rows come
//! and go during the export. An export assumes three things: a row's time never changes, no row
//! appears later than the maximum lateness after its own, and ids are unique. It must verify the rest:
//! every microsecond belongs to exactly one window, no id is given twice, and a window that could
//! not be proven says so. An export writes no file and keeps no state between runs: the next run
//! begins after the end of the last window.

mod engine;
mod interval;
mod pieces;
mod prefetch;
mod reader;
mod scan;
mod shared;
mod sizer;
mod stage;
mod stats;
mod window;

pub use engine::Export;
pub use pieces::Pieces;
pub use shared::SharedRow;
pub use window::{Piece, Proof, Window, begin};
