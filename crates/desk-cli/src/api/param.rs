//! The parameters of operations and the columns of rows: [`Argument`], its place in a request, and
//! its [`Kind`].

/// A parameter or a property of the body.
#[derive(Clone, Copy)]
pub(crate) struct Argument {
    /// The name of the option, unique within its operation.
    pub(crate) name: &'static str,
    pub(crate) location: ParamIn,
    /// The name on the wire.
    pub(crate) wire: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) kind: Kind,
    /// Whether the option may be given several times.
    pub(crate) many: bool,
    pub(crate) required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParamIn {
    Path,
    Query,
    Body,
}

/// The kind of values of an argument or a column.
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
