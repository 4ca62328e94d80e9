//! What the programs of this folder share: the messages that are served, and the sum that proves what was read.

pub mod messages;
pub mod sum;

/// Messages of a page.
pub const PAGE: usize = 500;
