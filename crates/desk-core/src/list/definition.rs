//! A list as a value: [`List`], made by generated code, and how its rows are decoded: [`RowDecoder`].

use chrono::{DateTime, Utc};

use super::page::{PageRequest, Rows};
use crate::decode::Decode;
use crate::request::{Operation, Request};

/// A list of one operation with its arguments, independent of any client and of the type of its rows.
pub struct List {
    /// The operation that returns a page.
    pub operation: Operation,
    /// The largest page that the spec allows.
    pub max_limit: i64,
    /// The size of a page; `None`: the largest.
    pub limit: Option<i64>,
    /// Where a stream begins; `None`: at the first row.
    pub offset: Option<i64>,
    /// If the service can select rows by time: the interval to export.
    pub range: Option<Range>,
    /// Makes the request for one page.
    pub request: Box<dyn Fn(&PageRequest) -> Request + Send + Sync>,
}

impl std::fmt::Debug for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("List").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// The interval of time that an export reads, both ends inclusive.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// `None`: from the first row.
    pub from: Option<DateTime<Utc>>,
    /// `None`: up to the service's clock.
    pub until: Option<DateTime<Utc>>,
    /// Values of a parameter that partitions the list, for a microsecond with too many rows.
    pub partitions: &'static [&'static str],
}

/// How the body of a page becomes rows of type `T`, and the facts about a row that reading needs.
#[derive(Debug)]
pub struct RowDecoder<T> {
    /// Decodes a page.
    pub decode: Decode<Rows<T>>,
    /// A number that no other row has.
    pub id: fn(&T) -> i64,
    /// The time of a row, in µs since the Unix epoch.
    pub time: fn(&T) -> Option<i64>,
}
