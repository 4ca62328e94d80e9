//! What codegen says of each operation: descriptors, from which commands, options, help and calls are made.
//!
//! Hand-written code knows no operation; `generated/` holds the tables.

pub(crate) mod arguments;
pub(crate) mod command;
pub(crate) mod input;

use std::future::Future;
use std::pin::Pin;

use desk_client::export::Export;
use desk_client::{Client, ItemStream};

use crate::error::Result;
use crate::rows::{Json, Row};
use input::{Input, Span};

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
}

/// How an operation's pages make a list.
pub(crate) struct Paged {
    /// The option that says where to begin.
    pub(crate) offset: &'static str,
    pub(crate) rows: fn(&Client, &Input) -> Result<ItemStream<Row>>,
}

/// A list that filters by time: `desk export`.
pub(crate) struct List {
    /// What `--list` says.
    pub(crate) name: &'static str,
    /// What differs between exports of it, but time and paging.
    pub(crate) arguments: &'static [Argument],
    /// Properties of a row, as on the wire.
    pub(crate) columns: &'static [&'static str],
    /// Rows of a page at most.
    pub(crate) page: i64,
    pub(crate) export: fn(&Client, &Input, Span) -> Result<Export<Row>>,
    /// How many rows there are.
    pub(crate) count: fn(Client, Input, Span) -> Pending<i64>,
}

/// A parameter or a property of the body.
pub(crate) struct Argument {
    /// The option's name, which no other of its operation has.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    /// The name on the wire.
    pub(crate) wire: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) kind: Kind,
    /// Whether it may be given several times.
    pub(crate) many: bool,
    pub(crate) required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Body,
}

/// What an argument takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Bool,
    Int32,
    Int64,
    Double,
    Text,
    Date,
    Time,
    Json,
    /// One of these.
    Enum(&'static [&'static str]),
}
