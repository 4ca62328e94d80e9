//! When the next batch may leave: by the rate of the plan, to which runs before have kept as well, slower after a 429, and within its
//! hours.
//!
//! Everything is waited for before the ledger notes that the batch is about to leave: a kill meanwhile leaves nobody in doubt.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::hours::Hours;
use crate::error::{Error, Exit, Result};
use crate::progress::Voice;
use crate::retry;

/// Between two looks at the clock, and for a signal.
const STEP: Duration = Duration::from_millis(200);

/// The factors of the time between two batches: after a 429, at most, and after a success.
const SLOWER: f64 = 1.4;
const SLOWEST: f64 = 20.0;
const FASTER: f64 = 0.98;

pub(super) struct Pacer<'a> {
    /// Between two batches, as planned, and how many times as long it is now.
    gap: Duration,
    slower: f64,
    next: Instant,
    hours: Option<Hours>,
    /// Waits for the hours, instead of ending until then.
    wait: bool,
    voice: Voice,
    interrupted: &'a AtomicBool,
}

impl<'a> Pacer<'a> {
    /// `last` is when a batch left before.
    pub(super) fn new(
        per_second: f64,
        last: Option<DateTime<Utc>>,
        (hours, wait): (Option<Hours>, bool),
        voice: Voice,
        interrupted: &'a AtomicBool,
    ) -> Pacer<'a> {
        let gap = Duration::from_secs_f64(1.0 / per_second);
        // By a clock that was set back it may have been later.
        let passed = last.map_or(gap, |last| (Utc::now() - last).to_std().unwrap_or_default());
        let next = Instant::now() + gap.saturating_sub(passed);
        Pacer { gap, slower: 1.0, next, hours, wait, voice, interrupted }
    }

    /// Takes the failure of an unsent batch into account; returns the wait before its next attempt, or `None` to give up.
    pub(super) fn failure(&mut self, attempts: u32, error: &Error) -> Option<Duration> {
        let throttled = retry::is_throttled(error);
        if throttled {
            self.slower = (self.slower * SLOWER).min(SLOWEST);
        }
        let wait = retry::backoff(attempts, error)?;
        let next = Instant::now() + wait;
        // A request that did not reach the service used none of its rate.
        self.next = if throttled { self.next.max(next) } else { next };
        Some(wait)
    }

    /// A batch was answered.
    pub(super) fn success(&mut self) {
        self.slower = (self.slower * FASTER).max(1.0);
    }

    /// Whether it is to end.
    pub(super) fn is_over(&self) -> Result<()> {
        match self.interrupted.load(Ordering::Relaxed) {
            true => Err(Error::interrupted("interrupted").hint("type the same command again: it goes on from there")),
            false => Ok(()),
        }
    }

    /// Waits for it; an error if there is none to wait for.
    pub(super) async fn wait(&mut self) -> Result<()> {
        // Who is not to wait for them is told at once.
        self.hours().await?;
        while let Some(left) = self.next.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.is_over()?;
            tokio::time::sleep(left.min(STEP)).await;
        }
        self.is_open().await?;
        self.next = Instant::now() + self.gap.mul_f64(self.slower);
        Ok(())
    }

    /// Whether a batch may leave now, by the hours and the signals.
    pub(super) async fn is_open(&self) -> Result<()> {
        self.hours().await?;
        self.is_over()
    }

    /// Waits for the hours of the plan, or ends until then.
    async fn hours(&self) -> Result<()> {
        let mut announced = false;
        while let Some((hours, opens)) = self.hours.and_then(|hours| Some((hours, hours.opens(Utc::now())?))) {
            if !self.wait {
                let problem = format!("it is outside {hours}, the hours of the plan");
                return Err(Error::new(Exit::TryLater, "stopped", problem)
                    .hint(format!("type the same command from {} on, or with --wait", opens.to_rfc3339())));
            }
            self.is_over()?;
            if !std::mem::replace(&mut announced, true) {
                let text = format!("waiting for {}: it is outside {hours}, the hours of the plan", opens.to_rfc3339());
                self.voice.say(&text);
            }
            // In small steps: the clock may be set, and the machine may sleep.
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }
}
