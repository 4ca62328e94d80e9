//! From the bytes of a response to its value: the function that a caller passes to [`Client::send`](crate::Client::send).

use serde::de::DeserializeOwned;

/// Reads the body of a success. It runs inside the call: its failure is that call's error.
pub type Decode<T> = fn(Vec<u8>) -> Result<T, Undecodable>;

/// Spare capacity of every body, in bytes, so that a reader can append padding without moving it.
pub const SPARE_CAPACITY: usize = 64;

/// A body that is not what the operation returns.
#[derive(Debug)]
pub struct Undecodable {
    /// The bytes as they came.
    pub body: Vec<u8>,
    /// Where and why. Its text may quote the body and is never shown.
    pub error: serde_json::Error,
}

impl Undecodable {
    /// Whether the body is no complete JSON value, as after a fault on its way; else it is a value of another shape.
    pub fn is_incomplete(&self) -> bool {
        !self.error.is_data()
    }
}

/// A value of type `T`, by serde.
///
/// # Errors
/// The body, if it is something else.
pub fn json<T: DeserializeOwned>(body: Vec<u8>) -> Result<T, Undecodable> {
    serde_json::from_slice(&body).map_err(|error| Undecodable { body, error })
}

/// The result of an operation that has none: the body is ignored.
///
/// # Errors
/// None.
pub fn nothing(_body: Vec<u8>) -> Result<(), Undecodable> {
    Ok(())
}
