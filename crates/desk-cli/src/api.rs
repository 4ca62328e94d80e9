//! What codegen says of each operation: descriptors, from which commands, options, help and calls are made.
//!
//! Hand-written code knows no operation; `generated/` holds the tables.

pub(crate) mod arguments;
pub(crate) mod command;
pub(crate) mod input;
mod param;

use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, Utc};
use desk_client::answer::Rows;
use desk_client::export::Export;
use desk_client::{Client, ItemStream, Response};

use crate::error::Result;
use crate::retry::Rereads;
use crate::rows::{Json, PageOf, PageSchema, Row};
use input::{Input, ListQuery};
pub(crate) use param::{Argument, Kind, ParamIn};

/// Work on its way.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// One operation: `desk NOUN VERB`.
pub(crate) struct Operation {
    /// As the client names it.
    pub(crate) id: &'static str,
    pub(crate) noun: &'static str,
    pub(crate) verb: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) deprecated: bool,
    /// Whether it changes nothing.
    pub(crate) read: bool,
    /// Whether it has a body.
    pub(crate) body: bool,
    pub(crate) arguments: &'static [Argument],
    /// Makes the call; without a result if a success carries none.
    pub(crate) call: fn(Client, Input) -> Pending<Option<Json>>,
    pub(crate) paged: Option<Paged>,
    pub(crate) bulk: Option<Bulk>,
}

/// How an operation reaches many, batch after batch: `desk send`. Names are as on the wire.
pub(crate) struct Bulk {
    /// The body's property that lists whom it reaches.
    pub(crate) recipients: &'static str,
    /// The result's property that counts those who were reached.
    pub(crate) sent: &'static str,
    /// The result's property that tells it apart.
    pub(crate) id: &'static str,
    /// The smallest and the largest number that a recipient may be.
    pub(crate) min: i64,
    pub(crate) max: i64,
    /// Recipients of a request at most.
    pub(crate) batch: Option<i64>,
    /// The body as it leaves.
    pub(crate) exact: fn(&Input) -> Result<String>,
    pub(crate) evidence: Option<Evidence>,
}

/// What reads tell of a create that had no answer. Names are as on the wire.
pub(crate) struct Evidence {
    /// The body's property that everybody gets.
    pub(crate) text: &'static str,
    pub(crate) list: Option<EvidenceList>,
    pub(crate) read: Option<EvidenceGet>,
}

/// A list in which everybody who was reached has a row.
pub(crate) struct EvidenceList {
    /// The name of the list.
    pub(crate) list: &'static str,
    /// The row's property that holds the text.
    pub(crate) text: &'static str,
}

/// How a result is read again.
pub(crate) struct EvidenceGet {
    pub(crate) operation: &'static str,
    /// The option that takes its id.
    pub(crate) id: &'static str,
    /// The result's properties: the text, when it was made, and whom it reached.
    pub(crate) text: &'static str,
    pub(crate) time: &'static str,
    pub(crate) recipients: Option<&'static str>,
}

/// How an operation's pages make a list.
pub(crate) struct Paged {
    /// The option that says where to begin.
    pub(crate) offset: &'static str,
    pub(crate) rows: fn(&Client, &Input) -> Result<ItemStream<Row>>,
}

/// A list: `desk export`.
pub(crate) struct List {
    /// What `--list` says.
    pub(crate) name: &'static str,
    /// What differs between exports of it, but time and paging.
    pub(crate) arguments: &'static [Argument],
    /// Properties of a row.
    pub(crate) columns: &'static [Column],
    /// The one that tells rows apart.
    pub(crate) id: &'static str,
    /// When it came to be; empty if that is not told.
    pub(crate) time: &'static str,
    /// Whether it can be asked for a stretch of time.
    pub(crate) windows: bool,
    /// Rows of a page at most.
    pub(crate) page: i64,
    pub(crate) export: fn(&Client, &Input, ListQuery) -> Result<Export<Row>>,
    /// One page, from an offset on.
    pub(crate) ask: fn(Client, Input, ListQuery, i64) -> Pending<PageResult>,
}

impl List {
    /// How many rows there are.
    pub(crate) async fn count(&self, client: Client, input: Input, span: ListQuery) -> Result<i64> {
        let one = ListQuery { page: Some(1), ..span };
        let mut rereads = Rereads::default();
        loop {
            match (self.ask)(client.clone(), input.clone(), one, 0).await {
                Err(error) if rereads.allow(error.kind) => {}
                page => return Ok(page?.count),
            }
        }
    }
}

/// A property of a row.
pub(crate) struct Column {
    /// As on the wire.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// A page, and when the service gave it.
pub(crate) struct PageResult {
    pub(crate) count: i64,
    pub(crate) rows: Vec<Row>,
    pub(crate) date: Option<DateTime<Utc>>,
}

impl<S: PageSchema> From<Response<PageOf<S>>> for PageResult {
    fn from(page: Response<PageOf<S>>) -> PageResult {
        let date = page.server_date();
        let Rows { items, count, .. } = page.into_inner().rows();
        PageResult { count, rows: items, date }
    }
}
