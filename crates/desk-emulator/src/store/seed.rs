//! Seeded history: random messages on closed tickets, always the same for the same seed.
//!
//! Times increase with the ids from `from` to just before `to`, with bursts, pauses and ties. A
//! ticket has about eight messages. Four tickets are open at a time, so their messages alternate.
//! Seeding adds no groups, agents or customers: seeded tickets have no owner.

use std::collections::VecDeque;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::messages;
use super::phrases::{AGENTS, CHANNELS, CUSTOMERS, EVENTS, LANGUAGES};
use crate::error::{Error, Result};
use crate::model::UserType;
use crate::time::Time;

/// 2026-01-01T00:00:00Z in microseconds.
const DEFAULT_FROM: i64 = 1_767_225_600_000_000;
/// 2026-02-01T00:00:00Z in microseconds.
const DEFAULT_TO: i64 = 1_769_904_000_000_000;
/// A larger request would take minutes.
const MAX_ROWS: u64 = 50_000_000;
/// The average number of messages in a ticket.
const TICKET_ROWS: u64 = 8;
/// The number of open tickets at a time.
const OPEN_TICKETS: usize = 4;

/// A request for seeded history.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct SeedRequest {
    /// The number of messages, at most 50 million.
    pub rows: u64,
    /// The seed: different seeds make different conversations.
    #[serde(default = "SeedRequest::first_seed")]
    pub seed: u64,
    /// The earliest possible time.
    #[serde(default = "SeedRequest::default_from")]
    pub from: Time,
    /// All times are before this one.
    #[serde(default = "SeedRequest::default_to")]
    pub to: Time,
}

impl SeedRequest {
    /// This many rows in January 2026, seed 1.
    pub const fn rows(rows: u64) -> Self {
        Self { rows, seed: Self::first_seed(), from: Self::default_from(), to: Self::default_to() }
    }

    const fn first_seed() -> u64 {
        1
    }

    const fn default_from() -> Time {
        Time::from_micros(DEFAULT_FROM)
    }

    const fn default_to() -> Time {
        Time::from_micros(DEFAULT_TO)
    }
}

/// The result of a seeding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeedReport {
    /// The number of messages.
    pub rows: u64,
    /// The number of tickets.
    pub tickets: u64,
    /// The id of the first new message; the other ids follow without gaps.
    pub first_message_id: i64,
    /// The id of the first new ticket; the other ids follow without gaps.
    pub first_ticket_id: i64,
}

/// A ticket that still gets messages.
struct OpenTicket {
    id: i64,
    language: usize,
    customer: &'static str,
    agent: &'static str,
    channel: &'static str,
    first: Time,
    issued: Option<Time>,
    last: Time,
}

/// Adds the messages and their tickets.
pub(super) fn insert(db: &Connection, request: SeedRequest) -> Result<SeedReport> {
    let SeedRequest { rows, seed, from, to } = request;
    if rows > MAX_ROWS {
        return Err(Error::invalid(format!("rows: must be at most {MAX_ROWS}, not {rows}")));
    }
    if from >= to {
        return Err(Error::invalid(format!("to: {to} must be after from, {from}")));
    }
    messages::update_ordered(db, from)?;
    let next = |query: &str| db.query_row(query, [], |row| row.get::<_, i64>(0));
    let first_message_id = messages::next_id(db)?;
    let first_ticket_id = next("SELECT COALESCE(MAX(id), 0) + 1 FROM tickets")?;

    let mut insert_message = db.prepare(
        "INSERT INTO messages (id, ticket, user, user_type, created_at, message, data, channel_type)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut random = Random(seed);
    let mut open = VecDeque::new();
    let mut ticket_id = first_ticket_id;
    for ((row, id), time) in (0..rows).zip(first_message_id..).zip(Times::new(rows, seed, from, to)) {
        let opens_ticket = row % TICKET_ROWS == 0;
        if opens_ticket {
            if open.len() == OPEN_TICKETS {
                open.pop_front().map_or(Ok(()), |ticket| insert_ticket(db, &ticket))?;
            }
            open.push_back(OpenTicket::random(ticket_id, &mut random, time));
            ticket_id += 1;
        }
        let index = if opens_ticket { open.len() - 1 } else { random.below(open.len()) };
        let Some(ticket) = open.get_mut(index) else { continue };
        let message = ticket.next_message(&mut random, time);
        insert_message.execute(params![
            id,
            ticket.id,
            message.user,
            message.user_type,
            time,
            message.text,
            message.data,
            ticket.channel,
        ])?;
    }
    open.iter().try_for_each(|ticket| insert_ticket(db, ticket))?;
    let tickets = ticket_id.abs_diff(first_ticket_id);
    Ok(SeedReport { rows, tickets, first_message_id, first_ticket_id })
}

struct SeededMessage {
    user: &'static str,
    user_type: UserType,
    text: String,
    data: &'static str,
}

impl OpenTicket {
    fn random(id: i64, random: &mut Random, now: Time) -> Self {
        let channel = if random.below(2) == 0 { CHANNELS[0] } else { CHANNELS[random.below(CHANNELS.len())] };
        Self {
            id,
            language: random.below(LANGUAGES.len()),
            customer: CUSTOMERS[random.below(CUSTOMERS.len())],
            agent: AGENTS[random.below(AGENTS.len())],
            channel,
            first: now,
            issued: None,
            last: now,
        }
    }

    fn next_message(&mut self, random: &mut Random, now: Time) -> SeededMessage {
        self.last = now;
        let language = &LANGUAGES[self.language];
        let (user, user_type, lines) = match random.below(20) {
            0..=1 => (messages::EVENT_USER, UserType::Event, EVENTS.as_slice()),
            2..=11 => (self.customer, UserType::Customer, language.customer),
            _ => (self.agent, UserType::Agent, language.agent),
        };
        if user_type == UserType::Customer {
            self.issued.get_or_insert(now);
        }
        let text = lines[random.below(lines.len())].replace("{n}", &(1 + random.below(9_999)).to_string());
        let data = if random.below(16) == 0 { r#"{"type":"STYLE","bold":true}"# } else { "" };
        SeededMessage { user, user_type, text, data }
    }
}

/// Inserts the ticket after its last message is known.
fn insert_ticket(db: &Connection, ticket: &OpenTicket) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO tickets (id, channel_name, channel_type, status, priority, created_at, issued_at, closed_at,
                              updated_at)
         VALUES (?1, ?2, ?3, 'CLOSED', 'MEDIUM', ?4, ?5, ?6, ?6)",
    )?
    .execute(params![ticket.id, ticket.customer, ticket.channel, ticket.first, ticket.issued, ticket.last])?;
    Ok(())
}

/// The times of the rows: random gaps, scaled so that their sum fills the range.
struct Times {
    random: Random,
    from: i64,
    span: u128,
    total: u128,
    elapsed: u128,
}

impl Times {
    fn new(rows: u64, seed: u64, from: Time, to: Time) -> Self {
        let start = Random(!seed);
        let mut random = start;
        // A total above the sum keeps the last time before the end.
        let total = 1 + (0..rows).map(|_| random.gap()).sum::<u128>();
        let span = u128::from(to.micros().abs_diff(from.micros()));
        Self { random: start, from: from.micros(), span, total, elapsed: 0 }
    }
}

impl Iterator for Times {
    type Item = Time;

    fn next(&mut self) -> Option<Time> {
        self.elapsed += self.random.gap();
        let offset = self.elapsed.min(self.total - 1) * self.span / self.total;
        Some(Time::from_micros(self.from + i64::try_from(offset).ok()?))
    }
}

/// SplitMix64: small, fast, and equal on all platforms.
#[derive(Clone, Copy)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = (bound as u64).max(1);
        (self.next() % bound) as usize
    }

    /// The relative gap before a row: a tie, a short gap in a burst, or a pause.
    fn gap(&mut self) -> u128 {
        let size = u128::from(self.next() >> 32);
        match self.next() % 20 {
            0..=1 => 0,
            2..=15 => size >> 8,
            _ => size,
        }
    }
}
