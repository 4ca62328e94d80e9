//! The time of one attempt: its end, how long the service may be silent meanwhile, and who may give it up.

use std::time::Duration;

use tokio::time::Instant;

use crate::cancel::{self, CancelToken};
use crate::{Error, ErrorKind, Outcome};

/// The time of an attempt.
pub(crate) struct AttemptDeadline<'a> {
    pub(crate) until: Instant,
    /// The limit as the caller knows it.
    pub(crate) timeout: Duration,
    /// The longest silence.
    pub(crate) idle_timeout: Duration,
    pub(crate) cancels: &'a [CancelToken],
}

impl AttemptDeadline<'_> {
    /// Runs `work`, which ends when the service has said something.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let silent = Instant::now() + self.idle_timeout;
        let timed = tokio::time::timeout_at(silent.min(self.until), work);
        cancel::or_cancelled(self.cancels, timed).await?.map_err(|_| match silent < self.until {
            true => timed_out(format!("the service was silent for {} ms", self.idle_timeout.as_millis())),
            false => self.expired(),
        })
    }

    /// Fails after the end of the attempt, for work that never has to wait.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if Instant::now() < self.until { Ok(()) } else { Err(self.expired()) }
    }

    fn expired(&self) -> Error {
        timed_out(format!("no complete answer within {} ms", self.timeout.as_millis()))
    }
}

fn timed_out(what: String) -> Error {
    Error::new(ErrorKind::Timeout, Outcome::Unknown, what)
}
