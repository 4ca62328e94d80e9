//! What has become of a batch, by its last attempt and what a person decided about it.

use serde_json::{Map, Value, json};

use super::ledger::Ledger;
use crate::error::Result;
use crate::output::many;

/// How an attempt ended, as the ledger has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everybody was reached.
    Done,
    /// It was carried out, but not for everybody.
    Partial,
    /// The service refused it and did nothing.
    Rejected,
    /// Nothing was done, and the same may be sent again.
    NotSent,
    /// It may have been carried out.
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

/// The error of an attempt whose process was gone before it could note what became of it.
pub(crate) const PROCESS_ENDED: &str = "process_ended";

/// A batch on its way once.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) n: i64,
    /// From 0.
    pub(crate) batch: usize,
    pub(crate) begun: String,
    pub(crate) ended: Option<String>,
    /// None while it is in flight.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) id: Option<i64>,
    pub(crate) sent: Option<i64>,
    pub(crate) error: Option<String>,
    pub(crate) decision: Option<String>,
}

/// Of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Not begun.
    Planned,
    /// On its way now.
    InFlight,
    /// As its last attempt ended.
    Ended(Outcome),
    /// A person says that it was sent.
    DecidedSent,
    /// A person says that it was not sent.
    DecidedNotSent,
    /// A person leaves it as it is.
    Skipped,
}

/// All names, in the order in which they are told.
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
    /// `at_work` says whether somebody is sending now: an attempt without an outcome is theirs.
    pub(crate) fn of(attempt: Option<&Attempt>, at_work: bool) -> State {
        let Some(attempt) = attempt else { return State::Planned };
        match (attempt.decision.as_deref(), attempt.outcome) {
            (Some("sent"), _) => State::DecidedSent,
            (Some("not-sent"), _) => State::DecidedNotSent,
            (Some(_), _) => State::Skipped,
            (None, Some(outcome)) => State::Ended(outcome),
            (None, None) if at_work => State::InFlight,
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

    /// Whether sending it can message nobody twice.
    pub(crate) fn sendable(self) -> bool {
        matches!(self, State::Planned | State::DecidedNotSent | State::Ended(Outcome::NotSent))
    }
}

/// How a plan is cut into batches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) recipients: usize,
    pub(crate) batches: usize,
    pub(crate) batch_size: usize,
}

impl Shape {
    /// Recipients of a batch.
    pub(crate) fn people(&self, batch: usize) -> usize {
        self.recipients.saturating_sub(batch * self.batch_size).min(self.batch_size)
    }
}

impl Attempt {
    /// Whether it may have reached somebody, as far as the service has said.
    pub(crate) fn may_have_acted(&self) -> bool {
        !matches!(self.outcome, Some(Outcome::Rejected | Outcome::NotSent))
    }

    /// Whether nobody knows what became of it, whatever was decided.
    pub(crate) fn in_doubt(&self) -> bool {
        matches!(self.outcome, None | Some(Outcome::Unknown))
    }
}

/// All batches of a plan.
pub(crate) struct States {
    shape: Shape,
    attempts: Vec<Option<Attempt>>,
    at_work: bool,
    /// Which one it is sent by, once it is begun.
    service: Option<String>,
}

impl States {
    /// Without a ledger nothing was begun.
    pub(crate) fn new(shape: Shape, ledger: Option<&Ledger>) -> Result<States> {
        let mut attempts: Vec<Option<Attempt>> = (0..shape.batches).map(|_| None).collect();
        // The last one of a batch counts.
        for attempt in ledger.map_or(Ok(Vec::new()), Ledger::attempts)? {
            if let Some(place) = attempts.get_mut(attempt.batch) {
                *place = Some(attempt);
            }
        }
        let open = attempts.iter().flatten().any(|attempt| attempt.outcome.is_none());
        let at_work = open && ledger.is_some_and(Ledger::at_work);
        let service = ledger.map(Ledger::service).transpose()?;
        Ok(States { shape, attempts, at_work, service })
    }

    pub(crate) fn attempt(&self, batch: usize) -> Option<&Attempt> {
        self.attempts.get(batch)?.as_ref()
    }

    /// Whether there was any attempt.
    pub(crate) fn is_begun(&self) -> bool {
        self.attempts.iter().any(Option::is_some)
    }

    pub(crate) fn state(&self, batch: usize) -> State {
        State::of(self.attempt(batch), self.at_work)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, State)> {
        (0..self.shape.batches).map(|batch| (batch, self.state(batch)))
    }

    /// Batches and recipients in a state.
    pub(crate) fn count(&self, name: &str) -> (usize, usize) {
        self.sum(|state| state.name() == name)
    }

    /// Batches that can be sent, and their recipients.
    pub(crate) fn sendable(&self) -> (usize, usize) {
        self.sum(State::sendable)
    }

    fn sum(&self, those: impl Fn(State) -> bool) -> (usize, usize) {
        let those = self.all().filter(|(_, state)| those(*state));
        those.fold((0, 0), |(batches, people), (batch, _)| (batches + 1, people + self.shape.people(batch)))
    }

    /// Counts by state, for programs.
    pub(crate) fn json(&self) -> Value {
        let counts = STATES.iter().map(|name| {
            let (batches, recipients) = self.count(name);
            ((*name).to_owned(), json!({ "batches": batches, "recipients": recipients }))
        });
        let states: Map<String, Value> = counts.collect();
        let Shape { recipients, batches, .. } = self.shape;
        json!({ "service": self.service, "recipients": recipients, "batches": batches, "states": states })
    }

    /// Counts by state, for people.
    pub(crate) fn told(&self) -> String {
        let counts = STATES.iter().map(|name| (name, self.count(name))).filter(|(_, (batches, _))| *batches > 0);
        let counts: Vec<String> = counts
            .map(|(name, (batches, people))| {
                format!("{people} {} ({})", name.replace('_', " "), many(batches, "batch"))
            })
            .collect();
        let service = self.service.as_ref().map_or(String::new(), |service| format!("; by {service}"));
        format!("of {}: {}{service}", many(self.shape.recipients, "recipient"), counts.join(", "))
    }
}
