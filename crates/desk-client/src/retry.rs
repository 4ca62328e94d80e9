//! Whether and when a request is sent again: decided by method and evidence, never by resource.
//!
//! A request that only reads may be sent again after any passing trouble. Any other is sent again only if the service
//! certainly did nothing: no byte of it left, or it was refused for coming too fast. A budget shared by all calls of a
//! client keeps a service that is down from being asked five times as often.

use std::sync::Mutex;
use std::time::Duration;

use crate::locked::locked;
use crate::{Error, ErrorKind, Outcome};

/// How often a request is sent at most, the first time included.
pub(crate) const MAX_ATTEMPTS: u32 = 5;

const BASE: Duration = Duration::from_millis(250);
/// The first wait after a 429 is up to this.
pub(crate) const BASE_THROTTLED: Duration = Duration::from_secs(1);
const CAP: Duration = Duration::from_secs(20);
/// Longer than this is not waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

const BUDGET: u32 = 500;
const COST: u32 = 5;
const COST_TIMEOUT: u32 = 10;

/// The retries that a client can still afford.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<u32>);

impl Default for Budget {
    fn default() -> Budget {
        Budget(Mutex::new(BUDGET))
    }
}

impl Budget {
    fn take(&self, cost: u32) -> bool {
        let mut left = locked(&self.0);
        let affordable = *left >= cost;
        if affordable {
            *left -= cost;
        }
        affordable
    }

    /// A success gives a little back.
    pub(crate) fn success(&self) {
        let mut left = locked(&self.0);
        *left = (*left + 1).min(BUDGET);
    }
}

/// How long to wait before the next attempt; `None` if there is to be none.
///
/// `attempt` is the number of the one that failed, from 1; `left` the time that the call still has; `random` is in 0..1.
pub(crate) fn wait(
    error: &Error,
    safe: bool,
    attempt: u32,
    left: Duration,
    random: f64,
    budget: &Budget,
) -> Option<Duration> {
    if !worthwhile(error, safe) {
        return None;
    }
    let throttled = error.kind() == ErrorKind::RateLimited;
    let base = if throttled { BASE_THROTTLED } else { BASE };
    let ceiling = base.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(CAP);
    let wait = ceiling.mul_f64(random).max(error.retry_after().unwrap_or_default());
    if wait > PATIENCE || wait >= left {
        return None;
    }
    let cost = if error.kind() == ErrorKind::Timeout { COST_TIMEOUT } else { COST };
    budget.take(cost).then_some(wait)
}

/// Whether another attempt may help and can do no harm.
fn worthwhile(error: &Error, safe: bool) -> bool {
    let passing = match error.kind() {
        ErrorKind::Connect => !error.is_distrust(),
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::RateLimited => true,
        ErrorKind::Refused | ErrorKind::Service => matches!(error.status(), Some(408 | 425 | 500 | 502 | 503 | 504)),
        _ => false,
    };
    let harmless = match error.outcome() {
        Outcome::NotSent => true,
        Outcome::Rejected => safe || error.kind() == ErrorKind::RateLimited,
        Outcome::Unknown => safe,
    };
    passing && harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

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
        // Kind, outcome, status: read again, sent again.
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
}
