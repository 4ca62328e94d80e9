//! Decoding of response bodies: the function that a caller passes to
//! [`Client::send`](crate::Client::send).

use serde::de::DeserializeOwned;

/// Decodes the body of a successful response. The call runs the function, and returns its failure
/// as the call's error.
pub type Decode<T> = fn(Vec<u8>) -> Result<T, Undecodable>;

/// Spare capacity of every body, in bytes, so that a reader can append padding without moving the
/// body.
pub const SPARE_CAPACITY: usize = 64;

/// A body that does not match the result type of the operation.
#[derive(Debug)]
pub struct Undecodable {
    /// The bytes as received.
    pub body: Vec<u8>,
    /// Position and cause. The text may quote the body: never show it.
    pub error: serde_json::Error,
}

impl Undecodable {
    /// Whether the body is not one complete JSON value, as after a transport fault. If false, the
    /// body is a JSON value of another shape.
    pub fn is_incomplete(&self) -> bool {
        !self.error.is_data()
    }
}

/// Decodes a value of type `T` with serde.
///
/// # Errors
/// [`Undecodable`] holds the body, if it is not JSON of that type.
pub fn json<T: DeserializeOwned>(body: Vec<u8>) -> Result<T, Undecodable> {
    serde_json::from_slice(&body).map_err(|error| Undecodable { body, error })
}

/// Decodes the result of an operation without one: ignores the body.
///
/// # Errors
/// Never fails.
pub fn nothing(_body: Vec<u8>) -> Result<(), Undecodable> {
    Ok(())
}
