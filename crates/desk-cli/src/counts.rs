//! Counters of the requests of a command.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use desk_client::{AttemptReport, ErrorKind, Observer};

/// Counts requests and retries.
#[derive(Default)]
pub(crate) struct Counts {
    requests: AtomicU64,
    retries: AtomicU64,
    /// The time that retries waited, in milliseconds.
    waits: AtomicU64,
    throttled: AtomicU64,
}

impl Counts {
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// The number of requests that the service answered with 429.
    pub(crate) fn throttled(&self) -> u64 {
        self.throttled.load(Ordering::Relaxed)
    }

    /// Counts a retry and its wait.
    pub(crate) fn record_retry(&self, wait: Duration) {
        self.retries.fetch_add(1, Ordering::Relaxed);
        self.waits.fetch_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn waits(&self) -> Duration {
        Duration::from_millis(self.waits.load(Ordering::Relaxed))
    }
}

impl Observer for Counts {
    fn attempt(&self, report: &AttemptReport<'_>) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if report.error.is_some_and(|error| error.kind() == ErrorKind::RateLimited) {
            self.throttled.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(wait) = report.retry_in {
            self.record_retry(wait);
        }
    }
}
