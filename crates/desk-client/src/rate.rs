//! How fast a client may ask: evenly spaced requests, slower after a 429, and one pause for all calls.
//!
//! The limiter is opt-in, one for reads and one for everything else; both share the pause.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::Error;
use crate::locked::locked;
use crate::retry::PATIENCE;

/// What remains of a rate after a 429.
const FALL: f64 = 0.7;
/// A rate never falls below this part of its limit.
const FLOOR: f64 = 0.05;
/// What a second with a success gives back, as a part of the limit.
const GROWTH: f64 = 0.02;

type Limiter = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware<Instant>>;

/// The limits of a client.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    reads: Option<Lane>,
    writes: Option<Lane>,
    pause: Mutex<Option<Instant>>,
}

impl Rate {
    /// Limits in requests a second.
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

    /// Waits until one request may go; false, at once, if that is not before `end`.
    pub(crate) async fn turn(&self, safe: bool, end: Instant) -> bool {
        if self.reads.is_none() && self.writes.is_none() {
            return true;
        }
        loop {
            let now = Instant::now();
            let pause = locked(&self.pause).and_then(|until| until.checked_duration_since(now)).unwrap_or_default();
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

    /// The service said 429: all calls wait as long, and the rate falls. Without a limit nothing happens.
    pub(crate) fn throttled(&self, safe: bool, wait: Duration) {
        if self.reads.is_none() && self.writes.is_none() {
            return;
        }
        if let Some(lane) = self.lane(safe) {
            lane.change(|rate, _| rate * FALL);
        }
        // A service that asks for more than that would stop the client for good.
        let until = Instant::now() + wait.min(PATIENCE);
        let mut pause = locked(&self.pause);
        *pause = Some(pause.map_or(until, |before| before.max(until)));
    }

    /// The service answered.
    pub(crate) fn success(&self, safe: bool) {
        if let Some(lane) = self.lane(safe) {
            lane.regrow();
        }
    }
}

/// One limit and the rate that is kept now.
#[derive(Debug)]
struct Lane {
    limit: f64,
    now: Mutex<Now>,
}

#[derive(Debug)]
struct Now {
    rate: f64,
    changed: Instant,
    limiter: Arc<Limiter>,
}

impl Lane {
    fn new(limit: f64) -> Lane {
        Lane { limit, now: Mutex::new(Now { rate: limit, changed: Instant::now(), limiter: limiter(limit) }) }
    }

    /// Takes a turn, or says how long to wait before asking again.
    fn take(&self) -> Duration {
        let limiter = locked(&self.now).limiter.clone();
        match limiter.check() {
            Ok(()) => Duration::ZERO,
            // Never zero: that would mean the turn was taken.
            Err(early) => early.wait_time_from(MonotonicClock.now()).max(Duration::from_micros(1)),
        }
    }

    fn change(&self, to: impl FnOnce(f64, f64) -> f64) {
        let mut now = locked(&self.now);
        let rate = to(now.rate, self.limit).clamp(self.limit * FLOOR, self.limit);
        if rate != now.rate {
            *now = Now { rate, changed: Instant::now(), limiter: limiter(rate) };
            // The request that changed it was this turn.
            now.limiter.check().ok();
        }
    }

    fn regrow(&self) {
        let due = {
            let now = locked(&self.now);
            now.rate < self.limit && now.changed.elapsed() >= Duration::from_secs(1)
        };
        if due {
            self.change(|rate, limit| rate + limit * GROWTH);
        }
    }
}

fn limiter(rate: f64) -> Arc<Limiter> {
    let gap = Duration::from_secs_f64(1.0 / rate);
    let quota = Quota::with_period(gap).unwrap_or(Quota::per_second(NonZeroU32::MAX));
    Arc::new(RateLimiter::direct_with_clock(quota, MonotonicClock))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(lane: &Lane) -> f64 {
        locked(&lane.now).rate
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
        let second_later = || locked(&lane.now).changed -= Duration::from_secs(1);
        limits.throttled(true, Duration::ZERO);
        assert_eq!(rate(lane), 7.0);
        // Within the same second nothing grows.
        limits.success(true);
        assert_eq!(rate(lane), 7.0);
        second_later();
        // What is written says nothing of reads.
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
        // Nobody is paused for longer than anybody waits.
        let until = locked(&rate.pause).expect("paused");
        assert!(until.duration_since(Instant::now()) <= PATIENCE);
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
