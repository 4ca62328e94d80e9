//! The next step of an export: [`Stage`].

use super::reader::WindowReader;

pub(super) enum Stage<T> {
    /// Learn the service's clock and the number of rows.
    Start,
    /// Learn the times of the ends of so many rows: the time of the first row was seen, if it has
    /// one; that of the last row was not.
    Ends(i64, Option<i64>),
    Read(Box<WindowReader<T>>),
    /// Count the rows of the whole time range once more.
    Check,
    End,
}
