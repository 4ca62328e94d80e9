//! The records of a window and of its parts, as manifests have them: [`Window`] and [`Part`].

use chrono::{DateTime, Utc};
use desk_client::export::Proof;
use serde::{Deserialize, Serialize};

/// The first and the last microsecond of a window.
pub(crate) type Span = (DateTime<Utc>, DateTime<Utc>);

/// A stored window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Window {
    pub(crate) from: DateTime<Utc>,
    /// The last microsecond.
    pub(crate) until: DateTime<Utc>,
    pub(crate) count: u64,
    pub(crate) id_min: Option<i64>,
    pub(crate) id_max: Option<i64>,
    pub(crate) requests: u64,
    pub(crate) out_of_range_rows: u64,
    pub(crate) verified: bool,
    /// Empty for a window without rows, except in a table, which always has one part.
    pub(crate) parts: Vec<Part>,
}

/// A file with rows of a window, or the window's rows in a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) file: String,
    pub(crate) bytes: u64,
    pub(crate) blake3: String,
}

impl Window {
    pub(crate) fn new(proof: &Proof, parts: Vec<Part>) -> Window {
        Window {
            from: proof.from,
            until: proof.until,
            count: proof.count,
            id_min: proof.id_min,
            id_max: proof.id_max,
            requests: proof.requests,
            out_of_range_rows: proof.out_of_range_rows,
            verified: proof.verified,
            parts,
        }
    }
}
