//! Evidence that the service gives about batches in doubt: rows of a list that have the text
//! (`rows.rs`), and results whose ids are near (`probe.rs`). Evidence only reads, and makes no
//! decision.
//!
//! Where two readings are possible the verdict must be `unclear`. `likely-not-sent` is the verdict
//! that can message a recipient twice: it needs that no evidence contradicts it.

mod case;
mod earlier;
mod findings;
mod probe;
mod result;
mod rows;
mod time_range;
mod verdict;

pub(crate) use case::Case;
pub(crate) use earlier::{Earlier, earlier};
pub(crate) use findings::{Finding, findings};
pub(crate) use time_range::{clock_is_in_order, may_come};
