//! Pages of a list: the request for a page, its rows, and the function that fetches it.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{Error, ErrorKind, Outcome};

/// Keeps the memory alive that rows point into.
pub type Owner = Box<dyn Any + Send>;

/// The rows of a page.
#[derive(Debug)]
pub struct Rows<T> {
    /// The rows in the order of the service.
    pub items: Vec<T>,
    /// Number of rows in the whole list.
    pub count: i64,
    /// The memory that the items point into, if any.
    pub owner: Option<Owner>,
}

/// Selects the rows of one page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    /// Rows at most.
    pub limit: i64,
    /// Rows to skip.
    pub offset: i64,
    /// Only rows of this closed interval of time.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Only rows with this value of the parameter that partitions the list.
    pub partition_value: Option<&'static str>,
    /// Prefetched: requested before it is needed.
    pub(crate) ahead: bool,
}

/// The page that the service returned.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Number of rows in the whole list.
    pub(crate) count: i64,
    /// The service's clock.
    pub(crate) date: Option<DateTime<Utc>>,
    /// The memory that the items point into.
    pub(crate) owner: Option<Owner>,
}

impl<T> Page<T> {
    pub(crate) fn new(rows: Rows<T>, date: Option<DateTime<Utc>>) -> Page<T> {
        Page { items: rows.items, count: rows.count, date, owner: rows.owner }
    }
}

type Fetch<T> = dyn Fn(PageRequest) -> Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>> + Send + Sync;

/// Fetches the pages of a list for a stream or an export.
pub(crate) struct Pages<T> {
    pub(crate) operation: &'static str,
    pub(crate) fetch: Box<Fetch<T>>,
    /// The id of a row, unique in the list.
    pub(crate) id: fn(&T) -> i64,
    /// The largest page that the spec allows.
    pub(crate) limit: i64,
    /// Time to wait for a prefetched page before it is requested again.
    pub(crate) patience: Duration,
}

impl<T> Pages<T> {
    pub(crate) fn new<F>(
        operation: &'static str,
        limit: i64,
        patience: Duration,
        id: fn(&T) -> i64,
        fetch: impl Fn(PageRequest) -> F + Send + Sync + 'static,
    ) -> Pages<T>
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        Pages { operation, fetch: Box::new(move |request| Box::pin(fetch(request))), id, limit, patience }
    }

    /// The error of responses that contradict each other.
    pub(crate) fn inconsistent(&self, what: String) -> Error {
        Error::new(ErrorKind::Inconsistent, Outcome::Unknown, what).with(|details| {
            details.operation = Some(self.operation);
            details.safe = true;
        })
    }
}
