//! Import of messages from samples, fixtures and recordings.

use rusqlite::{Connection, params};
use serde::Deserialize;

use super::messages;
use crate::error::{Error, Result};
use crate::model::UserType;
use crate::time::Time;

/// A message to add unchanged. A new ticket, already closed, is created if `ticket` is an unknown
/// id.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct MessageImport {
    /// The id, which must be new; the next id if absent.
    pub id: Option<i64>,
    /// The ticket's id.
    pub ticket: i64,
    /// The sender id.
    pub user_sendbird_id: String,
    /// `AGENT`, `CUSTOMER` or `EVENT`.
    user_type: UserType,
    /// The time of the message.
    pub created_at: Time,
    /// The text.
    pub message: String,
    /// The additional data.
    #[serde(default)]
    pub data: String,
}

/// Adds the messages; returns their ids. 400 names the first invalid one.
pub(super) fn insert(db: &Connection, rows: &[MessageImport]) -> Result<Vec<i64>> {
    let ids = rows.iter().enumerate().map(|(index, row)| {
        insert_row(db, row).map_err(|error| Error::invalid(format!("[{index}].{}", error.detail())))
    });
    ids.collect()
}

fn insert_row(db: &Connection, row: &MessageImport) -> Result<i64> {
    let next = messages::next_id(db)?;
    let id = row.id.unwrap_or(next);
    if id < 1 || row.ticket < 1 {
        return Err(Error::invalid("id, ticket: must be at least 1"));
    }
    let exists = "SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?1)";
    if db.prepare_cached(exists)?.query_row([id], |found| found.get(0))? {
        return Err(Error::invalid(format!("id: there is a message {id} already")));
    }
    if id != next {
        messages::mark_not_dense(db)?;
    }
    messages::update_ordered(db, row.created_at)?;
    let ticket =
        "INSERT OR IGNORE INTO tickets (id, channel_name, channel_type, status, priority, created_at, closed_at,
                                                 updated_at)
                  VALUES (?1, ?2, 'SENDBIRD', 'CLOSED', 'MEDIUM', ?3, ?3, ?3)";
    db.prepare_cached(ticket)?.execute(params![row.ticket, row.user_sendbird_id, row.created_at])?;
    let message = "INSERT INTO messages (id, ticket, user, user_type, created_at, message, data, channel_type)
                   SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, channel_type FROM tickets WHERE id = ?2";
    db.prepare_cached(message)?.execute(params![
        id,
        row.ticket,
        row.user_sendbird_id,
        row.user_type,
        row.created_at,
        row.message,
        row.data,
    ])?;
    Ok(id)
}
