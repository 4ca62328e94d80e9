//! What the inspector shows: the newest tickets and chats, and one conversation.

use rusqlite::params;

use super::chats::{self, ProactiveChat};
use super::{Store, tickets};
use crate::error::Result;
use crate::model::Ticket;
use crate::time::Time;

/// Tickets and chats that are shown.
const ROWS: i64 = 20;
/// Messages of a conversation that are shown.
const LINES: i64 = 100;

/// The newest of everything, newest first.
pub(crate) struct Overview {
    pub(crate) messages: i64,
    pub(crate) tickets_in_all: i64,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) chats: Vec<ProactiveChat>,
}

/// The end of a conversation.
pub(crate) struct Talk {
    pub(crate) ticket: Ticket,
    pub(crate) lines: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) user: String,
    pub(crate) user_type: String,
    pub(crate) created_at: Time,
    pub(crate) message: String,
}

impl Store {
    pub(crate) fn overview(&mut self) -> Result<Overview> {
        let db = &self.connection;
        let number = |query| db.prepare_cached(query)?.query_row([], |row| row.get::<_, i64>(0));
        let newest = |query| -> Result<Vec<i64>> {
            let mut query = db.prepare_cached(query)?;
            Ok(query.query_map([ROWS], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        };
        let tickets = newest("SELECT id FROM tickets ORDER BY id DESC LIMIT ?1")?;
        let chats = newest("SELECT id FROM proactive_chats ORDER BY id DESC LIMIT ?1")?;
        Ok(Overview {
            messages: number("SELECT COUNT(*) FROM messages")?,
            tickets_in_all: number("SELECT COUNT(*) FROM tickets")?,
            tickets: tickets.into_iter().map(|id| tickets::read(db, id)).collect::<Result<_>>()?,
            chats: chats.into_iter().map(|id| chats::read(db, id)).collect::<Result<_>>()?,
        })
    }

    pub(crate) fn talk(&mut self, ticket_id: i64) -> Result<Talk> {
        let db = &self.connection;
        let ticket = tickets::read(db, ticket_id)?;
        let mut newest = db.prepare_cached(
            "SELECT user, user_type, created_at, message FROM messages WHERE ticket = ?1 ORDER BY id DESC LIMIT ?2",
        )?;
        let lines = newest.query_map(params![ticket_id, LINES], |row| {
            Ok(Line { user: row.get(0)?, user_type: row.get(1)?, created_at: row.get(2)?, message: row.get(3)? })
        })?;
        let mut lines: Vec<Line> = lines.collect::<rusqlite::Result<_>>()?;
        lines.reverse();
        Ok(Talk { ticket, lines })
    }
}
