//! The names of a page's properties on the wire, and the decoded part of a row: its key and its
//! place.

/// The names of a page's and a row's properties on the wire; generated for each list.
pub(crate) trait PageSchema: Send + 'static {
    /// The number of rows of the whole list.
    const COUNT: &'static str;
    const ITEMS: &'static str;
    const ID: &'static str;
    /// `None` if the list has no windows.
    const TIME: Option<&'static str>;
}

/// The id of a row, and its time in µs since 1970 if the list has windows and the row has a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) id: i64,
    pub(crate) time: Option<i64>,
}

/// The place of a row in its page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct At {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl At {
    /// `None` if the page is too large.
    pub(super) fn new(start: usize, end: usize) -> Option<At> {
        Some(At { start: start.try_into().ok()?, end: end.try_into().ok()? })
    }

    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    pub(super) fn end(self) -> usize {
        self.end as usize
    }
}

/// The key of a row and its place in its page.
pub(super) type Located = (Key, At);
