//! The values that operations take and rows have: [`Argument`], the place of each in a request, and its [`Kind`].

/// A parameter or a property of the body.
#[derive(Clone, Copy)]
pub(crate) struct Argument {
    /// The option's name, which no other of its operation has.
    pub(crate) name: &'static str,
    pub(crate) location: ParamIn,
    /// The name on the wire.
    pub(crate) wire: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) kind: Kind,
    /// Whether it may be given several times.
    pub(crate) many: bool,
    pub(crate) required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParamIn {
    Path,
    Query,
    Body,
}

/// What an argument takes, or a column holds.
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
