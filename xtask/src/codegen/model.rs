//! The input of every emitter: the spec reduced to operations, schemas and the types that all
//! languages can hold.
//!
//! `lower.rs` makes the model once; emitters never read the spec itself. The model keeps the order
//! of the spec, because the C ABI grows by appending.

/// The whole API.
#[derive(Debug)]
pub struct Model {
    /// Version of the API, from `info.version`.
    pub version: String,
    /// The service's address, which contains `{application_id}`.
    pub server: String,
    /// The header that carries the token, in lower case.
    pub token_header: String,
    /// Operations in spec order.
    pub operations: Vec<Operation>,
    /// Schemas that an operation reaches, in spec order.
    pub schemas: Vec<Schema>,
}

/// One method on one path.
#[derive(Debug)]
pub struct Operation {
    /// `noun_verb`, the name in every language.
    pub id: String,
    /// The HTTP method in lower case: `get`, `post`, …
    pub method: String,
    /// The path template, such as `/tickets/{ticket_id}/chat_messages`.
    pub path: String,
    /// A summary of one line.
    pub summary: String,
    /// The full sentences of the description.
    pub doc: String,
    /// Whether the service has deprecated it.
    pub deprecated: bool,
    /// Path parameters in the order of the path.
    pub path_params: Vec<Field>,
    /// Query parameters in spec order.
    pub query: Vec<Field>,
    /// Schema of the JSON body.
    pub body: Option<String>,
    /// Schema of the result; `None` when a success carries no body.
    pub output: Option<String>,
    /// The properties that make its pages a list.
    pub paged: Option<Paged>,
    /// The properties that let it reach many recipients, batch after batch.
    pub bulk: Option<Bulk>,
}

/// A create that sends one message to many recipients.
#[derive(Debug)]
pub struct Bulk {
    /// The body's property that lists the recipients as whole numbers.
    pub recipients: Field,
    /// The result's property that counts the recipients reached.
    pub sent: Field,
    /// The result's property that identifies it.
    pub id: Field,
    /// The reads that can show later whether the service processed a create.
    pub evidence: Option<Evidence>,
}

/// Reads that give evidence of a create without a response.
#[derive(Debug)]
pub struct Evidence {
    /// The body's property with the text for all recipients.
    pub text: Field,
    /// A list that has a row for each recipient reached.
    pub list: Option<Witness>,
    /// The operation that reads one result by its id.
    pub read: Option<Reread>,
}

/// A list whose rows contain the text.
#[derive(Debug)]
pub struct Witness {
    /// The stem of the list.
    pub stem: String,
    /// The row's property that holds the text.
    pub text: Field,
}

/// An operation that reads a result by its id.
#[derive(Debug)]
pub struct Reread {
    /// The id of the operation.
    pub operation: String,
    /// The result's property that holds the text.
    pub text: Field,
    /// The result's property with its time of creation.
    pub time: Field,
    /// The result's property that lists the recipients reached.
    pub recipients: Option<Field>,
}

/// A list that a client reads page after page.
#[derive(Debug)]
pub struct Paged {
    /// The id without `_list`: the stem of the names of streams and iterators.
    pub stem: String,
    /// The page's property that holds the items.
    pub items: Field,
    /// Schema of an item.
    pub item: String,
    /// The page's property that counts the whole list.
    pub count: Field,
    /// Query parameter: the maximum number of items in a page.
    pub limit: Field,
    /// Query parameter: the number of items to skip.
    pub offset: Field,
    /// The item's property that identifies an item.
    pub id: Field,
    /// The item's property with its time of creation.
    pub time: Option<Field>,
    /// The parameters that filter by that time.
    pub window: Option<Window>,
}

/// A filter by time range.
#[derive(Debug)]
pub struct Window {
    /// Query parameter: the first moment.
    pub from: Field,
    /// Query parameter: the last moment.
    pub until: Field,
    /// Query parameter, an enumeration: splits the list further.
    pub part: Option<Field>,
}

/// A named object or enumeration.
#[derive(Debug)]
pub struct Schema {
    /// Pascal case.
    pub name: String,
    /// The full sentences of the description.
    pub doc: String,
    /// Its contents.
    pub kind: Kind,
    /// Whether requests carry it.
    pub input: bool,
    /// Whether responses carry it.
    pub output: bool,
    /// Whether an operation returns it as a whole, so that callers own and free it.
    pub root: bool,
}

/// The contents of a schema.
#[derive(Debug)]
pub enum Kind {
    /// A JSON object.
    Object(Vec<Field>),
    /// An open enumeration of texts, as on the wire.
    Enum(Vec<String>),
}

/// A property or a parameter.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name on the wire.
    pub wire: String,
    /// Snake case.
    pub name: String,
    /// The full sentences of the description.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// Whether it must be present.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// The bounds that the client checks before it sends a request.
    pub bounds: Bounds,
}

impl Field {
    /// Whether a value is always available: present and not null.
    pub fn always(&self) -> bool {
        self.required && !self.nullable
    }
}

/// The types that all three languages can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// true or false
    Bool,
    /// 32 bits, signed
    Int32,
    /// 64 bits, signed
    Int64,
    /// 64 bits, floating
    Double,
    /// UTF-8 text
    Text,
    /// a day, `2026-01-31`
    Date,
    /// a point in time, in µs
    Time,
    /// any JSON
    Json,
    /// a named enumeration
    Enum(String),
    /// a named object
    Object(String),
    /// a list of the types above
    List(Box<Item>),
}

/// The type of a list's items; never a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its type.
    pub ty: Type,
    /// Whether an item may be null.
    pub nullable: bool,
}

/// Limits in the spec. Lengths count characters or items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Smallest whole number.
    pub min: Option<i64>,
    /// Largest whole number.
    pub max: Option<i64>,
    /// Smallest fraction.
    pub low: Option<f64>,
    /// Largest fraction.
    pub high: Option<f64>,
    /// Shortest text or list.
    pub min_len: Option<i64>,
    /// Longest text or list.
    pub max_len: Option<i64>,
    /// Limits of each item of a list.
    pub item: Option<Box<Bounds>>,
}

impl Model {
    /// The schema of this name.
    pub fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }

    /// Objects with their fields.
    pub fn objects(&self) -> impl Iterator<Item = (&Schema, &[Field])> {
        self.schemas.iter().filter_map(|schema| match &schema.kind {
            Kind::Object(fields) => Some((schema, fields.as_slice())),
            Kind::Enum(_) => None,
        })
    }

    /// Enumerations with their values.
    pub fn enums(&self) -> impl Iterator<Item = (&Schema, &[String])> {
        self.schemas.iter().filter_map(|schema| match &schema.kind {
            Kind::Enum(values) => Some((schema, values.as_slice())),
            Kind::Object(_) => None,
        })
    }
}

impl Operation {
    /// Pascal case of the id.
    pub fn pascal(&self) -> String {
        super::names::pascal(&self.id)
    }

    /// The name of its query parameters' type in Rust and C++.
    pub fn params_type(&self) -> String {
        format!("{}Params", self.pascal())
    }
}
