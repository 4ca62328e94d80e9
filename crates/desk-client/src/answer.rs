//! What the bytes of an answer become: the type of the spec, or what reads them itself.
//!
//! Below the typed methods of [`Client`](crate::Client) are the same methods for any [`Answer`]. The C library reads pages
//! with a reader of its own shape; everything before that, from sending to retrying to walking over pages, is the same.

#[doc(hidden)]
pub mod words;

use std::any::Any;

use serde_json::Deserializer;
use serde_json::value::RawValue;

/// The result of an operation whose type in the spec is `S`.
pub trait Answer<S>: Sized + Send + 'static {
    /// Reads the bytes. Gives them back, unchanged, if they are not as expected: then serde decodes them for [`Answer::of`],
    /// so that what is accepted and what is an error never depend on this.
    ///
    /// # Errors
    /// The bytes.
    fn read(body: Vec<u8>) -> Result<Self, Vec<u8>>;

    /// Made from the type of the spec.
    fn of(value: S) -> Self;
}

/// The type of the spec itself: always by serde.
impl<S: Send + 'static> Answer<S> for S {
    fn read(body: Vec<u8>) -> Result<S, Vec<u8>> {
        Err(body)
    }

    fn of(value: S) -> S {
        value
    }
}

/// Bytes that an answer has room for behind it, so that who wants more behind it need not move it.
pub const ROOM_BEHIND: usize = 64;

/// The text of the JSON value that `bytes` begin with, and where it ends, white space before it included.
pub fn json(bytes: &[u8]) -> Option<(&str, usize)> {
    let mut values = Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    let value = values.next()?.ok()?;
    Some((value.get(), values.byte_offset()))
}

/// What keeps the memory that something else points into.
pub type Kept = Box<dyn Any + Send>;

/// The rows of a page.
#[derive(Debug)]
pub struct Rows<T> {
    /// One for each.
    pub items: Vec<T>,
    /// How many rows the whole list has.
    pub count: i64,
    /// What the items point into, if they do.
    pub kept: Option<Kept>,
}

/// How an answer becomes rows, and what tells these apart.
#[derive(Debug)]
pub struct Split<A, T> {
    /// The rows of a page.
    pub rows: fn(A) -> Rows<T>,
    /// A number that no other row has.
    pub id: fn(&T) -> i64,
}

/// Reads an answer of a type that is known to who asks alone.
pub(crate) type Reader = fn(Vec<u8>) -> Result<Kept, Vec<u8>>;

/// The reader of `A`.
pub(crate) fn reader<S, A: Answer<S>>(body: Vec<u8>) -> Result<Kept, Vec<u8>> {
    A::read(body).map(|answer| Box::new(answer) as Kept)
}
