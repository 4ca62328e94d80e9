//! Message rows: writing one, and reading a page of them as finished JSON.
//!
//! Pages come by ascending id. Ids are dense, so without a filter the row at any offset is found by its id; a time
//! window is a range of ids as long as times never decrease (`meta.ordered`), which keeps deep offsets as quick as
//! the first page. The channel filter walks an index, and only windows over unordered times walk the rows. Deleted
//! messages are not imitated, so their columns are null.

use rusqlite::{Connection, OptionalExtension, Rows, ToSql, params};
use serde::Serialize;

use super::Store;
use crate::error::{Error, Result};
use crate::model::UserType;
use crate::time::Time;

/// The user id on messages that Desk itself sends.
pub(super) const EVENT_USER: &str = "event";

/// Added to a row's id it makes `messageId`, the id in the ticket's channel. Beyond 32 bits, as Chat ids are.
const MESSAGE_ID_BASE: i64 = 7_000_000_000;

/// Which messages of the application.
#[derive(Default)]
pub(crate) struct Filter {
    /// At or after.
    pub(crate) from: Option<Time>,
    /// At or before.
    pub(crate) to: Option<Time>,
    /// The channel type of the ticket.
    pub(crate) channel_type: Option<String>,
}

/// One page: the number of all messages the filter lets through, and a JSON array of some of them.
pub(crate) struct MessagePage {
    pub(crate) count: i64,
    pub(crate) results: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageRow<'a> {
    id: i64,
    message_id: i64,
    ticket: i64,
    user_sendbird_id: &'a str,
    user_type: &'a str,
    created_at: Time,
    message: &'a str,
    data: &'a str,
    deleted_at: (),
    requested_from: (),
    requested_by: (),
}

/// Adds a message at the end.
pub(super) fn insert(
    db: &Connection,
    ticket_id: i64,
    user: &str,
    user_type: UserType,
    now: Time,
    message: &str,
) -> Result<()> {
    note_order(db, now)?;
    db.prepare_cached(
        "INSERT INTO messages (ticket, user, user_type, created_at, message, data, channel_type)
         SELECT id, ?2, ?3, ?4, ?5, '', channel_type FROM tickets WHERE id = ?1",
    )?
    .execute(params![ticket_id, user, user_type, now, message])?;
    Ok(())
}

/// To be told before rows from `time` on are added.
pub(super) fn note_order(db: &Connection, time: Time) -> Result<()> {
    let query = "UPDATE meta SET ordered = 0 WHERE EXISTS (SELECT 1 FROM messages WHERE created_at > ?1)";
    db.prepare_cached(query)?.execute([time])?;
    Ok(())
}

impl Store {
    /// One page of all messages.
    pub(crate) fn messages(&mut self, filter: &Filter, limit: i64, offset: i64) -> Result<MessagePage> {
        let db = &self.connection;
        let whole = filter.from.is_none() && filter.to.is_none();
        let ordered = || db.prepare_cached("SELECT ordered FROM meta")?.query_row([], |row| row.get(0));
        if !whole && !ordered()? {
            return unordered(db, filter, limit, offset);
        }
        let (low, high) = id_range(db, filter)?;
        let Some(channel_type) = &filter.channel_type else {
            let first = low.saturating_add(offset);
            let last = high.min(first.saturating_add(limit - 1));
            let results = rows(db, "WHERE id BETWEEN ?1 AND ?2 ORDER BY id", params![first, last])?;
            return Ok(MessagePage { count: (high - low + 1).max(0), results });
        };
        let count = "SELECT COUNT(*) FROM messages WHERE channel_type = ?1 AND id BETWEEN ?2 AND ?3";
        let count = db.prepare_cached(count)?.query_row(params![channel_type, low, high], |row| row.get(0))?;
        let page = "WHERE channel_type = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id LIMIT ?4 OFFSET ?5";
        let results = rows(db, page, params![channel_type, low, high, limit, offset])?;
        Ok(MessagePage { count, results })
    }

    /// One page of the messages of a ticket.
    pub(crate) fn ticket_messages(&mut self, ticket_id: i64, limit: i64, offset: i64) -> Result<MessagePage> {
        let db = &self.connection;
        let exists = "SELECT EXISTS (SELECT 1 FROM tickets WHERE id = ?1)";
        if !db.prepare_cached(exists)?.query_row([ticket_id], |row| row.get(0))? {
            return Err(Error::not_found(format!("there is no ticket {ticket_id}")));
        }
        let count = "SELECT COUNT(*) FROM messages WHERE ticket = ?1";
        let count = db.prepare_cached(count)?.query_row([ticket_id], |row| row.get(0))?;
        let page = "WHERE ticket = ?1 ORDER BY id LIMIT ?2 OFFSET ?3";
        Ok(MessagePage { count, results: rows(db, page, params![ticket_id, limit, offset])? })
    }
}

/// A page when times do not rise with the ids.
fn unordered(db: &Connection, filter: &Filter, limit: i64, offset: i64) -> Result<MessagePage> {
    let from = filter.from.map_or(i64::MIN, Time::micros);
    let to = filter.to.map_or(i64::MAX, Time::micros);
    let count = "SELECT COUNT(*) FROM messages
                 WHERE created_at BETWEEN ?1 AND ?2 AND (?3 IS NULL OR channel_type = ?3)";
    let count = db.prepare_cached(count)?.query_row(params![from, to, filter.channel_type], |row| row.get(0))?;
    let page = "WHERE created_at BETWEEN ?1 AND ?2 AND (?3 IS NULL OR channel_type = ?3)
                ORDER BY id LIMIT ?4 OFFSET ?5";
    let results = rows(db, page, params![from, to, filter.channel_type, limit, offset])?;
    Ok(MessagePage { count, results })
}

/// The ids of the first and the last message in the window; an empty window has the last before the first.
/// Right only while times never decrease with the id, or for the whole list.
fn id_range(db: &Connection, filter: &Filter) -> Result<(i64, i64)> {
    let find =
        |query: &str, time: Time| db.prepare_cached(query)?.query_row([time], |row| row.get::<_, i64>(0)).optional();
    let last = || db.prepare_cached("SELECT COALESCE(MAX(id), 0) FROM messages")?.query_row([], |row| row.get(0));
    let low = match filter.from {
        None => 1,
        Some(time) => {
            let query = "SELECT id FROM messages WHERE created_at >= ?1 ORDER BY created_at, id LIMIT 1";
            match find(query, time)? {
                Some(id) => id,
                None => return Ok((1, 0)),
            }
        }
    };
    let high = match filter.to {
        None => last()?,
        Some(time) => {
            let query = "SELECT id FROM messages WHERE created_at <= ?1 ORDER BY created_at DESC, id DESC LIMIT 1";
            find(query, time)?.unwrap_or(0)
        }
    };
    Ok((low, high))
}

/// Writes the rows straight from SQLite into a JSON array.
fn rows(db: &Connection, clause: &str, params: &[&dyn ToSql]) -> Result<Vec<u8>> {
    let columns = "SELECT id, ticket, user, user_type, created_at, message, data FROM messages";
    let mut statement = db.prepare_cached(&format!("{columns} {clause}"))?;
    let mut found: Rows<'_> = statement.query(params)?;
    let mut array = vec![b'['];
    while let Some(row) = found.next()? {
        let text = |column: usize| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str()?);
        let id: i64 = row.get(0)?;
        let message = MessageRow {
            id,
            message_id: MESSAGE_ID_BASE + id,
            ticket: row.get(1)?,
            user_sendbird_id: text(2)?,
            user_type: text(3)?,
            created_at: row.get(4)?,
            message: text(5)?,
            data: text(6)?,
            deleted_at: (),
            requested_from: (),
            requested_by: (),
        };
        if array.len() > 1 {
            array.push(b',');
        }
        serde_json::to_writer(&mut array, &message).map_err(|error| Error::internal(error.to_string()))?;
    }
    array.push(b']');
    Ok(array)
}
