//! Retries of an unsent batch, beyond those of the client within one call: a batch's calls have one
//! attempt each, because the ledger records every attempt.
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
}
