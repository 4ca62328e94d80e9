//! The state of every batch of a plan: [`States`].

use serde_json::{Map, Value, json};

use super::attempt::{Attempt, PlanSize, STATES, State};
use super::ledger::Ledger;
use crate::error::Result;
use crate::output::many;

/// The state of every batch of a plan.
pub(crate) struct States {
    size: PlanSize,
    /// The last attempt of each batch.
    attempts: Vec<Option<Attempt>>,
    is_sending: bool,
    /// The service that the plan is sent to, once it is started.
    service: Option<String>,
}

impl States {
    /// Without a ledger no batch was started.
    pub(crate) fn new(size: PlanSize, ledger: Option<&Ledger>) -> Result<States> {
        let mut attempts: Vec<Option<Attempt>> = (0..size.batches).map(|_| None).collect();
        for attempt in ledger.map_or(Ok(Vec::new()), Ledger::attempts)? {
            if let Some(last) = attempts.get_mut(attempt.batch) {
                *last = Some(attempt);
            }
        }
        let open = attempts.iter().flatten().any(|attempt| attempt.outcome.is_none());
        let is_sending = open && ledger.is_some_and(Ledger::is_sending);
        let service = ledger.map(Ledger::service).transpose()?;
        Ok(States { size, attempts, is_sending, service })
    }

    pub(crate) fn attempt(&self, batch: usize) -> Option<&Attempt> {
        self.attempts.get(batch)?.as_ref()
    }

    /// Whether there was any attempt.
    pub(crate) fn is_begun(&self) -> bool {
        self.attempts.iter().any(Option::is_some)
    }

    pub(crate) fn state(&self, batch: usize) -> State {
        State::of(self.attempt(batch), self.is_sending)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, State)> {
        (0..self.size.batches).map(|batch| (batch, self.state(batch)))
    }

    /// The number of batches and recipients in a state.
    pub(crate) fn count(&self, name: &str) -> (usize, usize) {
        self.sum(|state| state.name() == name)
    }

    /// The number of batches that can be sent, and of their recipients.
    pub(crate) fn sendable(&self) -> (usize, usize) {
        self.sum(State::is_sendable)
    }

    fn sum(&self, wanted: impl Fn(State) -> bool) -> (usize, usize) {
        let wanted = self.all().filter(|(_, state)| wanted(*state));
        wanted.fold((0, 0), |(batches, people), (batch, _)| (batches + 1, people + self.size.people(batch)))
    }

    /// The counts by state, as JSON.
    pub(crate) fn json(&self) -> Value {
        let counts = STATES.iter().map(|name| {
            let (batches, recipients) = self.count(name);
            ((*name).to_owned(), json!({ "batches": batches, "recipients": recipients }))
        });
        let states: Map<String, Value> = counts.collect();
        let PlanSize { recipients, batches, .. } = self.size;
        json!({ "service": self.service, "recipients": recipients, "batches": batches, "states": states })
    }

    /// The counts by state, as a sentence.
    pub(crate) fn summary(&self) -> String {
        let counts = STATES.iter().map(|name| (name, self.count(name))).filter(|(_, (batches, _))| *batches > 0);
        let counts: Vec<String> = counts
            .map(|(name, (batches, people))| {
                format!("{people} {} ({})", name.replace('_', " "), many(batches, "batch"))
            })
            .collect();
        let service = self.service.as_ref().map_or(String::new(), |service| format!("; by {service}"));
        format!("of {}: {}{service}", many(self.size.recipients, "recipient"), counts.join(", "))
    }
}
