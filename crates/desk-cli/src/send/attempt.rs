//! One attempt to send a batch, and the state that a batch has after its last attempt.

/// How an attempt ended, as the ledger records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every recipient was reached.
    Done,
    /// The service carried the request out, but not for every recipient.
    Partial,
    /// The service refused the request without acting on it.
    Rejected,
    /// No recipient was messaged; sending the batch again is safe.
    NotSent,
    /// The service may have carried the request out.
    Unknown,
}

const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Done, "done"),
    (Outcome::Partial, "partial"),
    (Outcome::Rejected, "rejected"),
    (Outcome::NotSent, "not_sent"),
    (Outcome::Unknown, "unknown"),
];

impl Outcome {
    pub(crate) fn name(self) -> &'static str {
        OUTCOMES.iter().find(|(outcome, _)| *outcome == self).map_or("unknown", |(_, name)| name)
    }

    pub(crate) fn named(name: &str) -> Option<Outcome> {
        OUTCOMES.iter().find(|(_, own)| *own == name).map(|(outcome, _)| *outcome)
    }
}

/// The recorded error of an attempt whose process ended before it could record an outcome.
pub(crate) const PROCESS_ENDED: &str = "process_ended";

/// One attempt to send a batch.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) n: i64,
    /// Counts from 0.
    pub(crate) batch: usize,
    pub(crate) begun: String,
    pub(crate) ended: Option<String>,
    /// `None` while the attempt is in flight.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) id: Option<i64>,
    pub(crate) sent: Option<i64>,
    pub(crate) error: Option<String>,
    pub(crate) decision: Option<String>,
}

impl Attempt {
    /// Whether the attempt may have reached a recipient, as far as the service has answered.
    pub(crate) fn may_have_acted(&self) -> bool {
        !matches!(self.outcome, Some(Outcome::Rejected | Outcome::NotSent))
    }

    /// Whether the outcome is unknown, regardless of any decision.
    pub(crate) fn in_doubt(&self) -> bool {
        matches!(self.outcome, None | Some(Outcome::Unknown))
    }
}

/// The state of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not started.
    Planned,
    InFlight,
    /// The outcome of the last attempt.
    Ended(Outcome),
    /// A user decided that the batch was sent.
    DecidedSent,
    /// A user decided that the batch was not sent.
    DecidedNotSent,
    /// A user decided to leave the batch as it is.
    Skipped,
}

/// All names of states, in the order of reports.
pub(crate) const STATES: [&str; 10] = [
    "done",
    "partial",
    "decided_sent",
    "skipped",
    "rejected",
    "unknown",
    "in_flight",
    "not_sent",
    "decided_not_sent",
    "planned",
];

impl State {
    /// `is_sending` tells whether another process is sending now, and owns an attempt without an
    /// outcome.
    pub(crate) fn of(attempt: Option<&Attempt>, is_sending: bool) -> State {
        let Some(attempt) = attempt else { return State::Planned };
        match (attempt.decision.as_deref(), attempt.outcome) {
            (Some("sent"), _) => State::DecidedSent,
            (Some("not-sent"), _) => State::DecidedNotSent,
            (Some(_), _) => State::Skipped,
            (None, Some(outcome)) => State::Ended(outcome),
            (None, None) if is_sending => State::InFlight,
            (None, None) => State::Ended(Outcome::Unknown),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::InFlight => "in_flight",
            State::Ended(outcome) => outcome.name(),
            State::DecidedSent => "decided_sent",
            State::DecidedNotSent => "decided_not_sent",
            State::Skipped => "skipped",
        }
    }

    /// Whether sending the batch can message no recipient twice.
    pub(crate) fn is_sendable(self) -> bool {
        matches!(self, State::Planned | State::DecidedNotSent | State::Ended(Outcome::NotSent))
    }
}

/// The number of recipients and batches of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanSize {
    pub(crate) recipients: usize,
    pub(crate) batches: usize,
    pub(crate) batch_size: usize,
}

impl PlanSize {
    /// The number of recipients of a batch.
    pub(crate) fn people(&self, batch: usize) -> usize {
        self.recipients.saturating_sub(batch * self.batch_size).min(self.batch_size)
    }
}

/// The ids of the last result before an attempt and of the next one after it.
pub(crate) fn neighbours(attempts: &[Attempt], place: usize) -> (Option<i64>, Option<i64>) {
    let (before, after) = attempts.split_at_checked(place).unwrap_or_default();
    (before.iter().rev().find_map(|attempt| attempt.id), after.iter().skip(1).find_map(|attempt| attempt.id))
}
