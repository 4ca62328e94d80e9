//! Retries: whether and when to send a request again, and the rate limiter.

pub(crate) mod evidence;
pub(crate) mod policy;
pub(crate) mod rate;
pub(crate) mod retry_after;
