//! The names that pages and rows have on the wire, and what is read of each row: its key and its place.

/// What a page and its rows look like, by names on the wire: generated for each list.
pub(crate) trait PageSchema: Send + 'static {
    /// How many rows the whole list has.
    const COUNT: &'static str;
    const ITEMS: &'static str;
    const ID: &'static str;
    /// If the list has windows.
    const TIME: Option<&'static str>;
}

/// What tells a row apart, and its time if the list has windows and the row one, µs since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) id: i64,
    pub(crate) time: Option<i64>,
}

/// Where a row stands in its page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct At {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl At {
    /// `None` in a page that is larger than any.
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

/// What tells a row apart, and where it stands in its page.
pub(super) type Located = (Key, At);
