//! The rate limiter: evenly spaced requests, a lower rate after a 429, and one pause for all calls.
//!
//! The limiter is opt-in, with one lane for reads and one for other requests; the pause holds both
//! lanes.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::policy::MAX_WAIT;
use crate::Error;
use crate::lock::lock_ignoring_poison;

/// Factor of a rate after a 429.
const FALL: f64 = 0.7;
/// The lowest rate, as a part of the limit.
const FLOOR: f64 = 0.05;
/// Growth of a rate in a second with a success, as a part of the limit.
const GROWTH: f64 = 0.02;

/// The rate limits of a client.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    reads: Option<Lane>,
    writes: Option<Lane>,
    pause: Mutex<Option<Instant>>,
}

impl Rate {
    /// Checks the limits, in requests per second.
    pub(crate) fn new(reads: Option<f64>, writes: Option<f64>) -> Result<Rate, Error> {
        let lane = |name: &str, limit: Option<f64>| match limit {
            None => Ok(None),
            Some(limit) if (0.001..=1e6).contains(&limit) => Ok(Some(Lane::new(limit))),
            Some(limit) => Err(Error::invalid(format!("{name} is {limit}; it must be from 0.001 to 1,000,000"))),
        };
        let (reads, writes) = (lane("reads_per_second", reads)?, lane("writes_per_second", writes)?);
        Ok(Rate { reads, writes, pause: Mutex::default() })
    }

    fn lane(&self, safe: bool) -> Option<&Lane> {
        if safe { self.reads.as_ref() } else { self.writes.as_ref() }
    }

    /// Waits until the client may send one request; returns false, at once, if that is not before
    /// `end`.
    pub(crate) async fn turn(&self, safe: bool, end: Instant) -> bool {
        if self.reads.is_none() && self.writes.is_none() {
            return true;
        }
        loop {
            let now = Instant::now();
            let pause = lock_ignoring_poison(&self.pause)
                .and_then(|until| until.checked_duration_since(now))
                .unwrap_or_default();
            let wait = if pause.is_zero() { self.lane(safe).map_or(Duration::ZERO, Lane::take) } else { pause };
            if wait.is_zero() {
                return true;
            }
            if wait >= end.saturating_duration_since(now) {
                return false;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// After a 429: pauses all calls for `wait` and lowers the rate. A client without a limit does
    /// not pause.
    pub(crate) fn throttled(&self, safe: bool, wait: Duration) {
        if self.reads.is_none() && self.writes.is_none() {
            return;
        }
        if let Some(lane) = self.lane(safe) {
            lane.change(|rate, _| rate * FALL);
        }
        // Without this maximum, the service could stop the client permanently.
        let until = Instant::now() + wait.min(MAX_WAIT);
        let mut pause = lock_ignoring_poison(&self.pause);
        *pause = Some(pause.map_or(until, |before| before.max(until)));
    }

    /// After a success: raises the rate, at most once a second.
    pub(crate) fn success(&self, safe: bool) {
        if let Some(lane) = self.lane(safe) {
            lane.regrow();
        }
    }
}

/// One limit and the current rate.
#[derive(Debug)]
struct Lane {
    limit: f64,
    now: Mutex<Now>,
}

#[derive(Debug)]
struct Now {
    rate: f64,
    changed: Instant,
    /// Earliest time of the next request.
    next: Instant,
}

impl Lane {
    fn new(limit: f64) -> Lane {
        let now = Instant::now();
        Lane { limit, now: Mutex::new(Now { rate: limit, changed: now, next: now }) }
    }

    /// Takes a turn and returns zero, or returns the wait before the next try.
    fn take(&self) -> Duration {
        let (now, mut lane) = (Instant::now(), lock_ignoring_poison(&self.now));
        let wait = lane.next.saturating_duration_since(now);
        if wait.is_zero() {
            lane.next = now + gap(lane.rate);
        }
        wait
    }

    fn change(&self, to: impl FnOnce(f64, f64) -> f64) {
        let mut lane = lock_ignoring_poison(&self.now);
        let rate = to(lane.rate, self.limit).clamp(self.limit * FLOOR, self.limit);
        if rate != lane.rate {
            let now = Instant::now();
            // The request that changed the rate has used this turn.
            *lane = Now { rate, changed: now, next: now + gap(rate) };
        }
    }

    fn regrow(&self) {
        let due = {
            let now = lock_ignoring_poison(&self.now);
            now.rate < self.limit && now.changed.elapsed() >= Duration::from_secs(1)
        };
        if due {
            self.change(|rate, limit| rate + limit * GROWTH);
        }
    }
}

/// The time between two requests.
fn gap(rate: f64) -> Duration {
    Duration::from_secs_f64(1.0 / rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(lane: &Lane) -> f64 {
        lock_ignoring_poison(&lane.now).rate
    }

    #[test]
    fn turns_are_spaced() {
        let lane = Lane::new(10.0);
        assert_eq!(lane.take(), Duration::ZERO);
        let wait = lane.take();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(100), "{wait:?}");
    }

    #[test]
    fn it_falls_at_once_and_grows_back_slowly() {
        let limits = Rate::new(Some(10.0), Some(2.0)).expect("rates");
        let lane = limits.reads.as_ref().expect("a rate of reads");
        let second_later = || lock_ignoring_poison(&lane.now).changed -= Duration::from_secs(1);
        limits.throttled(true, Duration::ZERO);
        assert_eq!(rate(lane), 7.0);
        // The rate does not grow within the same second.
        limits.success(true);
        assert_eq!(rate(lane), 7.0);
        second_later();
        // A successful write does not raise the rate of reads.
        limits.success(false);
        assert_eq!(rate(lane), 7.0);
        limits.success(true);
        assert!((rate(lane) - 7.2).abs() < 1e-9);
        (0..100).for_each(|_| limits.throttled(true, Duration::ZERO));
        assert_eq!(rate(lane), 0.5);
        for _ in 0..100 {
            second_later();
            limits.success(true);
        }
        assert_eq!(rate(lane), 10.0);
        limits.throttled(false, Duration::ZERO);
        assert_eq!((rate(lane), limits.writes.as_ref().map(rate)), (10.0, Some(1.4)));
    }

    #[tokio::test]
    async fn a_pause_holds_reads_and_writes_alike() {
        let rate = Rate::new(Some(1e6), None).expect("a rate");
        let soon = || Instant::now() + Duration::from_secs(10);
        rate.throttled(true, Duration::MAX);
        for safe in [true, false] {
            assert!(!rate.turn(safe, soon()).await, "paused");
        }
        // A pause is never longer than the longest wait before a retry.
        let until = lock_ignoring_poison(&rate.pause).expect("paused");
        assert!(until.duration_since(Instant::now()) <= MAX_WAIT);
        // Without a limit there is no pause.
        let free = Rate::new(None, None).expect("no rate");
        free.throttled(true, Duration::from_secs(3600));
        assert!(free.turn(true, soon()).await);
    }

    #[test]
    fn a_rate_that_means_nothing_is_refused() {
        for limit in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e7] {
            let error = Rate::new(None, Some(limit)).expect_err("no rate").to_string();
            assert!(error.starts_with("writes_per_second is "), "{error}");
        }
    }
}
