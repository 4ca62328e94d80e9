//! The rate limiter: one token bucket for each operation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::http::Method;

/// Tokens a second and bucket sizes, as the sibling API documents.
const READS: f64 = 10.0;
const WRITES: f64 = 5.0;

#[derive(Clone, Default)]
pub(crate) struct RateLimiter(Arc<Mutex<HashMap<&'static str, Bucket>>>);

struct Bucket {
    tokens: f64,
    refilled_at: Instant,
}

impl RateLimiter {
    /// Takes a token of the operation's bucket; the error is the wait in seconds.
    pub(super) fn try_acquire(&self, method: &Method, operation: &'static str) -> Result<(), f64> {
        let rate = if method == Method::POST { WRITES } else { READS };
        let now = Instant::now();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(operation).or_insert(Bucket { tokens: rate, refilled_at: now });
        bucket.tokens = (bucket.tokens + rate * now.duration_since(bucket.refilled_at).as_secs_f64()).min(rate);
        bucket.refilled_at = now;
        if bucket.tokens < 1.0 {
            return Err((1.0 - bucket.tokens) / rate);
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}
