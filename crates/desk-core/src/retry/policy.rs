//! The retry policy: method and evidence decide whether and when to retry a request, never the
//! resource.
//!
//! The client retries a read after a transient failure. The client retries any other request only
//! if the service certainly did not process it: the client did not send it, or the service
//! responded 429. All calls of a client share a retry budget, so that retries do not multiply the
//! load of a failing service.

use std::sync::Mutex;
use std::time::Duration;

use crate::lock::lock_ignoring_poison;
use crate::{Error, ErrorKind, Outcome};

/// Default of the maximum number of attempts, the first one included.
pub(crate) const MAX_ATTEMPTS: u32 = 5;

const BASE: Duration = Duration::from_millis(250);
/// The longest wait after the first 429.
pub(crate) const BASE_THROTTLED: Duration = Duration::from_secs(1);
const CAP: Duration = Duration::from_secs(20);
/// The longest wait before a retry: if the service asks for more, the call fails.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(120);

const BUDGET: u32 = 500;
const COST: u32 = 5;
const COST_TIMEOUT: u32 = 10;

/// The retry budget of a client.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<u32>);

impl Default for Budget {
    fn default() -> Budget {
        Budget(Mutex::new(BUDGET))
    }
}

impl Budget {
    /// Takes the cost of a retry after `error` from the budget; false if the budget does not
    /// suffice.
    pub(crate) fn take(&self, error: &Error) -> bool {
        let cost = if error.kind() == ErrorKind::Timeout { COST_TIMEOUT } else { COST };
        let mut left = lock_ignoring_poison(&self.0);
        let affordable = *left >= cost;
        if affordable {
            *left -= cost;
        }
        affordable
    }

    /// Returns one unit to the budget after a success.
    pub(crate) fn success(&self) {
        let mut left = lock_ignoring_poison(&self.0);
        *left = (*left + 1).min(BUDGET);
    }
}

/// Decides whether and when to retry a request.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    max_attempts: u32,
    timeout: Duration,
}

/// A failed attempt.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// The error of the attempt.
    pub error: &'a Error,
    /// Whether the request only reads.
    pub safe: bool,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Whether the previous attempt failed with the same kind of error.
    pub repeated: bool,
    /// Time from the start of the call.
    pub elapsed: Duration,
}

impl RetryPolicy {
    /// A policy of at most `max_attempts` attempts within `timeout`, waits included.
    pub fn new(max_attempts: u32, timeout: Duration) -> RetryPolicy {
        RetryPolicy { max_attempts, timeout }
    }

    /// The wait before the next attempt; `None`: do not retry.
    pub fn next(&self, failure: &Failure<'_>) -> Option<Duration> {
        self.next_with(failure, fastrand::f64())
    }

    /// [`RetryPolicy::next`] with a given `jitter`, in 0..1.
    fn next_with(&self, failure: &Failure<'_>, jitter: f64) -> Option<Duration> {
        if failure.attempt >= self.max_attempts || !is_retryable(failure) {
            return None;
        }
        let throttled = failure.error.kind() == ErrorKind::RateLimited;
        let base = if throttled { BASE_THROTTLED } else { BASE };
        let ceiling = base.saturating_mul(1 << failure.attempt.saturating_sub(1).min(16)).min(CAP);
        let wait = ceiling.mul_f64(jitter).max(failure.error.retry_after().unwrap_or_default());
        let left = self.timeout.saturating_sub(failure.elapsed);
        (wait <= MAX_WAIT && wait < left).then_some(wait)
    }
}

/// Whether a retry may succeed and is safe.
fn is_retryable(failure: &Failure<'_>) -> bool {
    let Failure { error, safe, repeated, .. } = *failure;
    let transient = match error.kind() {
        ErrorKind::Connect => !error.is_untrusted_certificate(),
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::RateLimited => true,
        ErrorKind::Refused | ErrorKind::Service => matches!(error.status(), Some(408 | 425 | 500 | 502 | 503 | 504)),
        // A transport fault may cut or garble a body; the same failure twice comes from the service
        // itself.
        ErrorKind::Decode => error.is_incomplete() && !repeated,
        _ => false,
    };
    let harmless = match error.outcome() {
        Outcome::NotSent => true,
        Outcome::Rejected => safe || error.kind() == ErrorKind::RateLimited,
        Outcome::Unknown => safe,
    };
    transient && harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// The wait before the next attempt of a call with the time `left`.
    fn wait(error: &Error, safe: bool, attempt: u32, left: Duration, jitter: f64, budget: &Budget) -> Option<Duration> {
        let failure = Failure { error, safe, attempt, repeated: false, elapsed: Duration::ZERO };
        RetryPolicy::new(100, left).next_with(&failure, jitter).filter(|_| budget.take(error))
    }

    fn error(kind: ErrorKind, outcome: Outcome, status: u16) -> Error {
        Error::new(kind, outcome, "").with(|details| details.status = Some(status))
    }

    #[test]
    fn waits_grow_and_are_capped() {
        let (budget, broken) = (Budget::default(), error(ErrorKind::Service, Outcome::Unknown, 503));
        let most = |attempt| wait(&broken, true, attempt, MINUTE, 1.0, &budget).expect("again").as_millis();
        assert_eq!([1, 2, 3, 4, 5, 8, 90].map(most), [250, 500, 1000, 2000, 4000, 20_000, 20_000]);
        let limited = error(ErrorKind::RateLimited, Outcome::Rejected, 429);
        assert_eq!(wait(&limited, false, 1, MINUTE, 1.0, &budget), Some(Duration::from_secs(1)));
        assert_eq!(wait(&limited, false, 1, MINUTE, 0.0, &budget), Some(Duration::ZERO));
    }

    #[test]
    fn the_service_may_ask_for_more_but_not_for_too_much() {
        let budget = Budget::default();
        let asks = |seconds, left| {
            let wait_for = Some(Duration::from_secs(seconds));
            let error = error(ErrorKind::Service, Outcome::Unknown, 503).with(|details| details.retry_after = wait_for);
            wait(&error, true, 1, left, 0.5, &budget)
        };
        assert_eq!(asks(7, MINUTE), Some(Duration::from_secs(7)));
        assert_eq!(asks(0, MINUTE), Some(Duration::from_millis(125)));
        assert_eq!(asks(61, MINUTE), None);
        assert_eq!(asks(120, MINUTE * 5), Some(Duration::from_secs(120)));
        assert_eq!(asks(121, MINUTE * 5), None);
    }

    #[test]
    fn a_dead_service_costs_a_hundred_retries() {
        let (budget, broken) = (Budget::default(), error(ErrorKind::Transport, Outcome::Unknown, 0));
        let again = || wait(&broken, true, 1, MINUTE, 0.0, &budget).is_some();
        assert_eq!((0..1000).filter(|_| again()).count(), 100);
        let late = error(ErrorKind::Timeout, Outcome::Unknown, 0);
        let twice_as_dear = Budget::default();
        assert_eq!((0..1000).filter(|_| wait(&late, true, 1, MINUTE, 0.0, &twice_as_dear).is_some()).count(), 50);
        (0..5).for_each(|_| budget.success());
        assert_eq!((0..10).filter(|_| again()).count(), 1);
    }

    #[test]
    fn what_may_have_been_done_is_only_read_again() {
        use ErrorKind::*;
        use Outcome::{NotSent, Rejected, Unknown};
        // Kind, outcome, status; whether a read and a create are retried.
        let cases = [
            (Connect, NotSent, 0, true, true),
            (Timeout, NotSent, 0, true, true),
            (Timeout, Unknown, 0, true, false),
            (Transport, Unknown, 0, true, false),
            (RateLimited, Rejected, 429, true, true),
            (Refused, Unknown, 408, true, false),
            (Refused, Unknown, 425, true, false),
            (Refused, Unknown, 409, false, false),
            (Refused, Rejected, 400, false, false),
            (Unauthorized, Rejected, 401, false, false),
            (NotFound, Rejected, 404, false, false),
            (Service, Unknown, 500, true, false),
            (Service, Unknown, 501, false, false),
            (Service, Unknown, 502, true, false),
            (Service, Unknown, 503, true, false),
            (Service, Unknown, 504, true, false),
            (Redirect, Unknown, 302, false, false),
            (Decode, Unknown, 200, false, false),
            (TooLarge, Unknown, 200, false, false),
            (InvalidArgument, NotSent, 0, false, false),
            (Cancelled, NotSent, 0, false, false),
            (Cancelled, Unknown, 0, false, false),
        ];
        for (kind, outcome, status, read, sent) in cases {
            let again = |safe| wait(&error(kind, outcome, status), safe, 1, MINUTE, 0.0, &Budget::default()).is_some();
            assert_eq!((again(true), again(false)), (read, sent), "{kind:?} {outcome:?} {status}");
        }
    }

    #[test]
    fn incomplete_body_is_read_once_more() {
        let incomplete = error(ErrorKind::Decode, Outcome::Unknown, 200).with(|details| details.incomplete = true);
        let next = |safe, repeated, attempt| {
            let failure = Failure { error: &incomplete, safe, attempt, repeated, elapsed: Duration::ZERO };
            RetryPolicy::new(2, MINUTE).next(&failure).is_some()
        };
        assert!(next(true, false, 1));
        assert!(!next(true, true, 1), "twice the same");
        assert!(!next(true, false, 2), "no attempt is left");
        assert!(!next(false, false, 1), "a create");
    }
}
