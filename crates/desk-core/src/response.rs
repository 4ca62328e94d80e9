//! A result, with facts about the call that returned it.

use std::ops::Deref;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{Error, ErrorKind, Outcome};

/// The result of a successful call, with facts about the call. A response dereferences to the
/// result: `response.id` reads the result's `id`.
#[derive(Clone, Debug, PartialEq)]
pub struct Response<T> {
    pub(crate) value: T,
    pub(crate) status: u16,
    pub(crate) attempts: u32,
    pub(crate) request_id: Option<String>,
    pub(crate) server_date: Option<DateTime<Utc>>,
    pub(crate) elapsed: Duration,
}

impl Response<()> {
    /// The response with the decoded value; `value` is `Some` after every successful call.
    pub(crate) fn with_value<T>(self, value: Option<T>) -> Result<Response<T>, Error> {
        let Response { value: (), status, attempts, request_id, server_date, elapsed } = self;
        match value {
            Some(value) => Ok(Response { value, status, attempts, request_id, server_date, elapsed }),
            None => Err(Error::new(ErrorKind::Decode, Outcome::Unknown, "the response was not decoded")),
        }
    }
}

impl<T> Response<T> {
    /// The result without the facts about the call.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status, 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Number of attempts.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The request id that the service or a gateway assigned.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The service's clock in the response, in whole seconds.
    pub fn server_date(&self) -> Option<DateTime<Utc>> {
        self.server_date
    }

    /// Time from the start of the call to the last byte of the body.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
