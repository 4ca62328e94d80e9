//! Drift: rows that are added, deleted or added with old times while a client reads a list.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::messages;
use super::seed::{self, SeedRequest};
use crate::error::{Error, Result};
use crate::time::Time;

/// The maximum of rows in one change.
const MAX_ROWS: u64 = 100_000;

/// A change that follows a response of the list of all messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Drift {
    /// The number of the response that the change follows, counted from 1 since the script was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// The interval of a repeated change, in responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// The change.
    pub change: Change,
}

/// A change of the messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Change {
    /// Adds this many messages with the current time.
    Insert(u64),
    /// Deletes this many of the oldest messages.
    DeleteOldest(u64),
    /// Deletes the messages with these ids; ignores unknown ids.
    Delete(Vec<i64>),
    /// Adds messages with times in the past.
    Late {
        /// The number of messages.
        rows: u64,
        /// The earliest possible time.
        from: Time,
        /// All times are before this one.
        to: Time,
    },
}

impl Drift {
    /// A change after one response.
    pub fn after(response: u64, change: Change) -> Self {
        Self { after: Some(response), every: None, change }
    }

    /// A change after every `responses` responses.
    pub fn every(responses: u64, change: Change) -> Self {
        Self { after: None, every: Some(responses), change }
    }

    fn check(&self) -> Result<()> {
        let rows = match &self.change {
            Change::Insert(rows) | Change::DeleteOldest(rows) | Change::Late { rows, .. } => *rows,
            Change::Delete(ids) => ids.len() as u64,
        };
        if rows > MAX_ROWS {
            return Err(Error::invalid(format!("change: more than {MAX_ROWS} rows at once")));
        }
        if matches!(&self.change, Change::Late { from, to, .. } if from >= to) {
            return Err(Error::invalid("change.late: to must be after from"));
        }
        match (self.after, self.every) {
            (Some(0), _) | (_, Some(0)) => Err(Error::invalid("after, every: the first answer is 1")),
            (None, None) | (Some(_), Some(_)) => Err(Error::invalid("after, every: give one of them")),
            _ => Ok(()),
        }
    }

    fn is_due(&self, response: u64) -> bool {
        self.after == Some(response) || self.every.is_some_and(|every| response.is_multiple_of(every))
    }
}

/// The drift script and the number of responses so far.
#[derive(Default)]
pub(super) struct Script {
    drifts: Vec<Drift>,
    responses: u64,
}

impl Script {
    /// Checks the drifts; 400 names the first invalid one.
    pub(super) fn new(drifts: Vec<Drift>) -> Result<Self> {
        for (index, drift) in drifts.iter().enumerate() {
            drift.check().map_err(|error| Error::invalid(format!("[{index}].{}", error.detail())))?;
        }
        Ok(Self { drifts, responses: 0 })
    }

    /// The number of responses so far.
    pub(super) fn responses(&self) -> u64 {
        self.responses
    }

    /// Counts a response; returns the changes that are due after it.
    pub(super) fn advance(&mut self) -> Vec<Change> {
        self.responses += 1;
        let due = self.drifts.iter().filter(|drift| drift.is_due(self.responses));
        due.map(|drift| drift.change.clone()).collect()
    }
}

/// Changes the messages.
pub(super) fn apply(db: &Connection, change: &Change, now: Time) -> Result<()> {
    match change {
        Change::Insert(rows) => {
            let to = Time::from_micros(now.micros().saturating_add(i64::try_from(*rows).unwrap_or(0) + 1));
            insert_random(db, *rows, now, to)
        }
        Change::Late { rows, from, to } => insert_random(db, *rows, *from, *to),
        Change::DeleteOldest(rows) => {
            let query = "DELETE FROM messages WHERE id IN (SELECT id FROM messages ORDER BY id LIMIT ?1)";
            db.prepare_cached(query)?.execute([i64::try_from(*rows).unwrap_or(i64::MAX)])?;
            messages::mark_not_dense(db)
        }
        Change::Delete(ids) => {
            for id in ids {
                db.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([id])?;
            }
            messages::mark_not_dense(db)
        }
    }
}

/// Adds seeded messages between two times; the next message id is the seed.
fn insert_random(db: &Connection, rows: u64, from: Time, to: Time) -> Result<()> {
    if rows == 0 {
        return Ok(());
    }
    let seed = messages::next_id(db)?.unsigned_abs();
    seed::insert(db, SeedRequest { rows, seed, from, to }).map(drop)
}
