//! The time of the next batch: [`Pacer`] keeps the rate of the plan across runs, is slower after a
//! 429, and waits for the hours.
//!
//! Every wait ends before the ledger records the attempt, so that a kill during a wait leaves no
//! unknown outcome.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::hours::Hours;
use crate::error::{Error, Exit, Result};
use crate::progress::Voice;
use crate::retry;

/// The interval between two checks of the clock and of signals.
const STEP: Duration = Duration::from_millis(200);

/// The factors of the interval between batches: after a 429, the largest, and after a success.
const SLOWER: f64 = 1.4;
const SLOWEST: f64 = 20.0;
const FASTER: f64 = 0.98;

pub(super) struct Pacer<'a> {
    /// The planned interval between batches, and its current factor.
    gap: Duration,
    slower: f64,
    next: Instant,
    hours: Option<Hours>,
    /// Whether to wait for the hours instead of stopping outside them.
    wait: bool,
    voice: Voice,
    interrupted: &'a AtomicBool,
}

impl<'a> Pacer<'a> {
    /// `last` is the time of the last batch of earlier runs.
    pub(super) fn new(
        per_second: f64,
        last: Option<DateTime<Utc>>,
        (hours, wait): (Option<Hours>, bool),
        voice: Voice,
        interrupted: &'a AtomicBool,
    ) -> Pacer<'a> {
        let gap = Duration::from_secs_f64(1.0 / per_second);
        // If the clock was set back, the last batch may be in the future.
        let passed = last.map_or(gap, |last| (Utc::now() - last).to_std().unwrap_or_default());
        let next = Instant::now() + gap.saturating_sub(passed);
        Pacer { gap, slower: 1.0, next, hours, wait, voice, interrupted }
    }

    /// Records the failure of an unsent batch; returns the wait before its next attempt, or `None`
    /// to give up.
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

    /// Records a batch with an answer.
    pub(super) fn success(&mut self) {
        self.slower = (self.slower * FASTER).max(1.0);
    }

    /// An error if the user has interrupted the run.
    pub(super) fn is_over(&self) -> Result<()> {
        match self.interrupted.load(Ordering::Relaxed) {
            true => Err(Error::interrupted("interrupted").hint("run the same command again: it continues from there")),
            false => Ok(()),
        }
    }

    /// Waits for the time of the next batch; an error if there is none.
    pub(super) async fn wait(&mut self) -> Result<()> {
        // Outside the hours, a run that does not wait for them stops at once.
        self.hours().await?;
        while let Some(left) = self.next.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.is_over()?;
            tokio::time::sleep(left.min(STEP)).await;
        }
        self.is_open().await?;
        self.next = Instant::now() + self.gap.mul_f64(self.slower);
        Ok(())
    }

    /// Checks the hours and signals once more.
    pub(super) async fn is_open(&self) -> Result<()> {
        self.hours().await?;
        self.is_over()
    }

    /// Waits for the hours of the plan, or stops outside them.
    async fn hours(&self) -> Result<()> {
        let mut announced = false;
        while let Some((hours, opens)) = self.hours.and_then(|hours| Some((hours, hours.opens(Utc::now())?))) {
            if !self.wait {
                let problem = format!("the time is outside {hours}, the hours of the plan");
                return Err(Error::new(Exit::TryLater, "stopped", problem)
                    .hint(format!("run the same command after {}, or with --wait", opens.to_rfc3339())));
            }
            self.is_over()?;
            if !std::mem::replace(&mut announced, true) {
                let text =
                    format!("waiting for {}: the time is outside {hours}, the hours of the plan", opens.to_rfc3339());
                self.voice.say(&text);
            }
            // Small steps: the clock may be set, and the machine may sleep.
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }
}
