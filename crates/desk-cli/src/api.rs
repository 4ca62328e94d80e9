//! Descriptors of operations and lists, from which the commands, options, help and calls are made.
//!
//! Hand-written code knows no operation by name; `generated/` holds the tables.

pub(crate) mod arguments;
pub(crate) mod command;
pub(crate) mod input;
mod param;

use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use desk_client::export::Export;
use desk_client::{Client, ItemStream, Response};
use desk_core::list::Rows;

use crate::error::Result;
use crate::rows::{Json, Row};
use input::{Input, ListQuery};
pub(crate) use param::{Argument, Kind, ParamIn};

/// A call in progress.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// One operation: `desk NOUN VERB`.
pub(crate) struct Operation {
    /// The id in the spec, which is the name of the client's method.
    pub(crate) id: &'static str,
    pub(crate) noun: &'static str,
    pub(crate) verb: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) deprecated: bool,
    /// Whether the operation only reads.
    pub(crate) read: bool,
    /// Whether the request has a body.
    pub(crate) body: bool,
    pub(crate) arguments: &'static [Argument],
    /// Makes the call; `None` if a success has no result.
    pub(crate) call: fn(Client, Input) -> Pending<Option<Json>>,
    pub(crate) paged: Option<Paged>,
    pub(crate) bulk: Option<Bulk>,
}

/// An operation that `desk send` can send in batches. Names are those on the wire.
pub(crate) struct Bulk {
    /// The property of the body that lists the recipients.
    pub(crate) recipients: &'static str,
    /// The property of the result that counts the recipients that were reached.
    pub(crate) sent: &'static str,
    /// The property of the result that identifies it.
    pub(crate) id: &'static str,
    /// The smallest and the largest valid id of a recipient.
    pub(crate) min: i64,
    pub(crate) max: i64,
    /// The maximum number of recipients of a request.
    pub(crate) batch: Option<i64>,
    /// The exact body of the request.
    pub(crate) exact: fn(&Input) -> Result<String>,
    pub(crate) evidence: Option<Evidence>,
}

/// The reads that give evidence about a create without a response. Names are those on the wire.
pub(crate) struct Evidence {
    /// The property of the body with the text that every recipient gets.
    pub(crate) text: &'static str,
    pub(crate) list: Option<EvidenceList>,
    pub(crate) read: Option<EvidenceGet>,
}

/// A list in which every recipient that was reached has a row.
pub(crate) struct EvidenceList {
    /// The name of the list.
    pub(crate) list: &'static str,
    /// The property of a row that has the text.
    pub(crate) text: &'static str,
}

/// An operation that reads a result by its id.
pub(crate) struct EvidenceGet {
    pub(crate) operation: &'static str,
    /// The option that takes the id.
    pub(crate) id: &'static str,
    /// The properties of the result: the text, the time of creation, and the recipients.
    pub(crate) text: &'static str,
    pub(crate) time: &'static str,
    pub(crate) recipients: Option<&'static str>,
}

/// The pages of an operation, which make a list.
pub(crate) struct Paged {
    /// The option for the first row.
    pub(crate) offset: &'static str,
    pub(crate) rows: fn(&Client, &Input) -> Result<ItemStream<Row>>,
}

/// A list: `desk export`.
pub(crate) struct List {
    /// The value of `--list`.
    pub(crate) name: &'static str,
    /// The arguments of an export, except time and paging.
    pub(crate) arguments: &'static [Argument],
    /// Properties of a row.
    pub(crate) columns: &'static [Column],
    /// The property that identifies a row.
    pub(crate) id: &'static str,
    /// The property with the time of creation; empty if rows have none.
    pub(crate) time: &'static str,
    /// Whether the list filters by time.
    pub(crate) windows: bool,
    /// The maximum number of rows of a page.
    pub(crate) page: i64,
    pub(crate) export: fn(&Client, &Input, ListQuery) -> Result<Export<Row>>,
    /// Reads one page from an offset on.
    pub(crate) ask: fn(Client, Input, ListQuery, i64) -> Pending<PageResult>,
}

impl List {
    /// Counts the rows.
    pub(crate) async fn count(&self, client: Client, input: Input, span: ListQuery) -> Result<i64> {
        let one = ListQuery { page: Some(1), ..span };
        Ok((self.ask)(client, input, one, 0).await?.count)
    }
}

/// A property of a row.
pub(crate) struct Column {
    /// The name on the wire.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// A page, and the service's clock when it answered.
pub(crate) struct PageResult {
    pub(crate) count: i64,
    pub(crate) rows: Vec<Row>,
    pub(crate) date: Option<DateTime<Utc>>,
}

impl From<Response<Rows<Row>>> for PageResult {
    fn from(page: Response<Rows<Row>>) -> PageResult {
        let date = page.server_date();
        let Rows { items, count, .. } = page.into_inner();
        PageResult { count, rows: items, date }
    }
}
