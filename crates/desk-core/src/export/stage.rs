//! What an export does next: [`Stage`].

use super::reader::WindowReader;

pub(super) enum Stage<T> {
    /// Learn the service's clock and how many rows there are.
    Start,
    /// Learn where so many rows lie: the time of the first was seen, if it has one; that of the last was not.
    Ends(i64, Option<i64>),
    Read(Box<WindowReader<T>>),
    /// Count the whole stretch once more.
    Check,
    End,
}
