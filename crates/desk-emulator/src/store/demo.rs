//! The demo content: two groups, two agents, four customers and ten days of history, always the
//! same.
//!
//! `cargo xtask demo` and the examples depend on these ids and names.

use rusqlite::Connection;

use super::people::{insert_agent, insert_customer, insert_group};
use super::seed::{self, SeedRequest};
use crate::error::Result;
use crate::model::{CustomerChannel, NewAgent, NewCustomer, Presence};
use crate::time::Time;

/// 2026-01-01T00:00:00Z in microseconds.
const START: i64 = 1_767_225_600_000_000;
const DAY: i64 = 86_400_000_000;

pub(super) fn insert(db: &Connection) -> Result<()> {
    let start = Time::from_micros(START);
    insert_group(db, "sales", "Sales", start)?;
    insert_group(db, "support", "Support", start)?;
    insert_agent(db, &NewAgent::new("Ann", &["sales"], Presence::Online), start)?;
    insert_agent(db, &NewAgent::new("Ben", &["support"], Presence::Online), start)?;
    for (id, name, channel_type) in [
        (101, "Mia", CustomerChannel::Sendbird),
        (102, "Tom", CustomerChannel::Sendbird),
        (103, "Zoe", CustomerChannel::Sendbird),
        (104, "Leo", CustomerChannel::FacebookPage),
    ] {
        let customer = NewCustomer { channel_type, ..NewCustomer::new(name) };
        insert_customer(db, Some(id), &customer, start)?;
    }
    seed::insert(db, SeedRequest { rows: 1_000, seed: 1, from: start, to: Time::from_micros(START + 10 * DAY) })?;
    Ok(())
}
