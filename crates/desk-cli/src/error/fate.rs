//! The fate of a request: whether it may have had an effect.

use desk_client::Outcome;

/// The fate of the request that an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The client did not send the whole request, or the service did not begin it. Sending it again
    /// is safe.
    NotSent,
    /// The service refused the request without acting on it.
    Rejected,
    /// The service may have carried the request out.
    Unknown,
}

impl Fate {
    /// The name in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Fate::NotSent => "not_sent",
            Fate::Rejected => "rejected",
            Fate::Unknown => "unknown",
        }
    }
}

impl From<Outcome> for Fate {
    fn from(outcome: Outcome) -> Fate {
        match outcome {
            Outcome::NotSent => Fate::NotSent,
            Outcome::Rejected => Fate::Rejected,
            // `Outcome` may gain variants; an unknown one allows no conclusion.
            _ => Fate::Unknown,
        }
    }
}

/// The requests that a fate is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All requests of the command.
    Command,
    /// One batch; batches before it were sent.
    Batch,
}
