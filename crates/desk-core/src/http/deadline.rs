//! The deadline of one attempt: its end, the longest silence of the service, and the tokens that
//! cancel the call.

use std::time::Duration;

use tokio::time::Instant;

use crate::cancel::{self, CancelToken};
use crate::{Error, ErrorKind, Outcome};

/// The deadline of an attempt.
pub(crate) struct AttemptDeadline<'a> {
    pub(crate) until: Instant,
    /// The time limit that errors name.
    pub(crate) timeout: Duration,
    /// The longest silence of the service.
    pub(crate) idle_timeout: Duration,
    pub(crate) cancels: &'a [CancelToken],
}

impl AttemptDeadline<'_> {
    /// Runs `work`, which ends when the service has sent data, until the deadline, the idle timeout
    /// or a cancellation.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let silent = Instant::now() + self.idle_timeout;
        let timed = tokio::time::timeout_at(silent.min(self.until), work);
        cancel::or_cancelled(self.cancels, timed).await?.map_err(|_| match silent < self.until {
            true => timed_out(format!("the service was silent for {} ms", self.idle_timeout.as_millis())),
            false => self.expired(),
        })
    }

    /// Fails after the end of the attempt; for work that is always ready, which
    /// [`AttemptDeadline::run`] cannot interrupt.
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
