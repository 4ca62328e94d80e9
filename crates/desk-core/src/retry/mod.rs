//! Whether a request may be sent again, and when.

pub(crate) mod evidence;
pub(crate) mod policy;
pub(crate) mod rate;
pub(crate) mod retry_after;
