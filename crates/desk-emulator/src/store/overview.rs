//! The data of the inspector: the newest tickets and chats, and one conversation.

use rusqlite::{Connection, params};

use super::chats::{self, ProactiveChat};
use super::tickets;
use crate::error::Result;
use crate::model::Ticket;
use crate::time::Time;

/// The maximum of tickets and of chats.
const ROWS: i64 = 20;
/// The maximum of messages in a conversation.
const MESSAGES: i64 = 100;

/// The newest tickets and chats, newest first.
pub(crate) struct Overview {
    pub(crate) message_count: i64,
    pub(crate) ticket_count: i64,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) chats: Vec<ProactiveChat>,
}

/// A ticket with its newest messages.
pub(crate) struct Conversation {
    pub(crate) ticket: Ticket,
    pub(crate) messages: Vec<ConversationMessage>,
}

pub(crate) struct ConversationMessage {
    pub(crate) user: String,
    pub(crate) user_type: String,
    pub(crate) created_at: Time,
    pub(crate) message: String,
}

/// The newest tickets and chats, and the counts of all messages and tickets.
pub(super) fn read(db: &Connection) -> Result<Overview> {
    let count = |query| db.prepare_cached(query)?.query_row([], |row| row.get::<_, i64>(0));
    let newest = |query| -> Result<Vec<i64>> {
        let mut query = db.prepare_cached(query)?;
        Ok(query.query_map([ROWS], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    };
    let tickets = newest("SELECT id FROM tickets ORDER BY id DESC LIMIT ?1")?;
    let chats = newest("SELECT id FROM proactive_chats ORDER BY id DESC LIMIT ?1")?;
    Ok(Overview {
        message_count: count("SELECT COUNT(*) FROM messages")?,
        ticket_count: count("SELECT COUNT(*) FROM tickets")?,
        tickets: tickets.into_iter().map(|id| tickets::read(db, id)).collect::<Result<_>>()?,
        chats: chats.into_iter().map(|id| chats::read(db, id)).collect::<Result<_>>()?,
    })
}

/// The ticket and its newest messages, oldest first.
pub(super) fn conversation(db: &Connection, ticket_id: i64) -> Result<Conversation> {
    let ticket = tickets::read(db, ticket_id)?;
    let mut newest = db.prepare_cached(
        "SELECT user, user_type, created_at, message FROM messages WHERE ticket = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let messages = newest.query_map(params![ticket_id, MESSAGES], |row| {
        Ok(ConversationMessage {
            user: row.get(0)?,
            user_type: row.get(1)?,
            created_at: row.get(2)?,
            message: row.get(3)?,
        })
    })?;
    let mut messages: Vec<_> = messages.collect::<rusqlite::Result<_>>()?;
    messages.reverse();
    Ok(Conversation { ticket, messages })
}
