//! Sums over the windows of an export: [`Totals`].

use chrono::{DateTime, Utc};

use super::manifest::Manifest;
use super::window::Window;

/// Sums over the windows of a directory.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) windows: u64,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) unproven: u64,
    /// The end of the last window.
    pub(super) until: Option<DateTime<Utc>>,
}

impl Totals {
    pub(super) fn add(&mut self, window: &Window) {
        self.windows += 1;
        self.rows += window.count;
        self.bytes += window.parts.iter().map(|part| part.bytes).sum::<u64>();
        self.unproven += u64::from(!window.verified);
        self.until = Some(window.until);
    }

    /// Whether there are windows of runs that ended early, or found more rows.
    pub(super) fn unchecked(&self, manifest: &Manifest) -> bool {
        self.windows > 0 && manifest.ended() != self.until
    }
}
