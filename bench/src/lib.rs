//! Shared code of the bench programs: the served messages, and the checksum of the read messages.

pub mod messages;
pub mod sum;

/// The number of messages in a page.
pub const PAGE: usize = 500;
