//! Retries beyond those of the client, which retries within one call: [`backoff`] for an unsent
//! batch, whose calls have one attempt each because the ledger records every attempt, and
//! [`Rereads`] for answers that are not JSON.
//!
//! No other code of this crate decides whether a request is repeated.

use std::time::Duration;

use desk_client::ErrorKind;

use crate::error::Error;

/// The maximum number of attempts to send a batch.
const MAX_ATTEMPTS: u32 = 5;
/// The first wait after a 429, and after any other failure; each further wait is twice as long.
const THROTTLED: Duration = Duration::from_secs(1);
const FAILED: Duration = Duration::from_millis(250);
/// The longest wait.
const MAX_WAIT: Duration = Duration::from_secs(120);
/// The maximum number of times that an answer is read again.
const MAX_REREADS: u32 = 3;

/// Backoff after attempt `attempts` of an unsent batch; `None`: give up.
pub(crate) fn backoff(attempts: u32, error: &Error) -> Option<Duration> {
    let base = if is_throttled(error) { THROTTLED } else { FAILED };
    let wait = base * (1 << attempts.clamp(1, MAX_ATTEMPTS).saturating_sub(1));
    let wait = wait.max(error.retry_after.unwrap_or_default());
    (error.retryable && attempts < MAX_ATTEMPTS && wait <= MAX_WAIT).then_some(wait)
}

/// Whether the service answered 429.
pub(crate) fn is_throttled(error: &Error) -> bool {
    error.kind == ErrorKind::RateLimited.name()
}

/// The number of consecutive answers that were not JSON: a proxy may truncate an answer without an
/// error.
#[derive(Default)]
pub(crate) struct Rereads(u32);

impl Rereads {
    /// Whether to read again after an error of this kind.
    pub(crate) fn allow(&mut self, kind: &str) -> bool {
        let allowed = kind == ErrorKind::Decode.name() && self.0 < MAX_REREADS;
        self.0 += u32::from(allowed);
        allowed
    }

    /// Records an answer that was JSON.
    pub(crate) fn reset(&mut self) {
        self.0 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;

    #[test]
    fn backoff_doubles_up_to_its_limits() {
        let error = |kind| Error::new(Exit::TryLater, kind, "failed");
        let waits: Vec<_> = (1..6).map(|attempts| backoff(attempts, &error("connect"))).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(waits, [ms(250), ms(500), ms(1000), ms(2000), None]);
        assert_eq!(backoff(2, &error("rate_limited")), ms(2000));
        let asks = |seconds| Error { retry_after: Some(Duration::from_secs(seconds)), ..error("rate_limited") };
        assert_eq!((backoff(1, &asks(120)), backoff(1, &asks(121))), (ms(120_000), None));
        assert_eq!(backoff(1, &Error { retryable: false, ..error("connect") }), None);
    }

    #[test]
    fn rereads_are_for_garbled_answers_in_a_row() {
        let mut rereads = Rereads::default();
        assert!(!rereads.allow("timeout"));
        assert_eq!([(); 4].map(|()| rereads.allow("decode")), [true, true, true, false]);
        rereads.reset();
        assert!(rereads.allow("decode"));
    }
}
