//! A list as a value: [`List`], which generated code builds, and the decoder of its rows:
//! [`RowDecoder`].

use chrono::{DateTime, Utc};

use super::page::{PageRequest, Rows};
use crate::decode::Decode;
use crate::request::{Operation, Request};

/// A list of one operation with its arguments, independent of any client and of the type of its
/// rows.
pub struct List {
    /// The operation that returns a page.
    pub operation: Operation,
    /// The largest page that the spec allows.
    pub max_limit: i64,
    /// The size of a page; `None`: the largest.
    pub limit: Option<i64>,
    /// Where a stream begins; `None`: at the first row.
    pub offset: Option<i64>,
    /// The interval to export, if the service can select rows by time.
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

/// Decoder of a page into rows of type `T`, with the accessors of id and time that streams and
/// exports need.
#[derive(Debug)]
pub struct RowDecoder<T> {
    /// Decodes a page.
    pub decode: Decode<Rows<T>>,
    /// The id of a row, unique in the list.
    pub id: fn(&T) -> i64,
    /// The time of a row, in µs since the Unix epoch.
    pub time: fn(&T) -> Option<i64>,
}
