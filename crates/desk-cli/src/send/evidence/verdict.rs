//! The conclusion from evidence about a batch: [`Verdict`].

/// The conclusion that a user may draw about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Sent,
    NotSent,
    Partly,
    Unclear,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verdict::Sent => "likely-sent",
            Verdict::NotSent => "likely-not-sent",
            Verdict::Partly => "partly",
            Verdict::Unclear => "unclear",
        }
    }

    /// The decision that matches the verdict.
    pub(crate) fn decision(self) -> Option<&'static str> {
        match self {
            Verdict::Sent => Some("sent"),
            Verdict::NotSent => Some("not-sent"),
            Verdict::Partly => Some("skip"),
            Verdict::Unclear => None,
        }
    }
}
