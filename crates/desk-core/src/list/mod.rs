//! Lists: streams of items page after page, and the value that describes a list.

mod definition;
pub(crate) mod fetch;
pub(crate) mod page;
mod stream;

pub use definition::{List, Range, RowDecoder};
pub use page::{Owner, PageRequest, Rows};
pub(crate) use page::{Page, Pages};
pub use stream::ItemStream;
