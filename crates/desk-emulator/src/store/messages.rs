//! Messages: inserting one, and reading a page as JSON.
//!
//! Pages have ascending ids by default. While the ids have no gaps (`meta.dense`), a row's id
//! follows from its offset, and while times never decrease (`meta.ordered`), a time window is a
//! range of ids: deep offsets are then as fast as the first page. The channel filter uses an index;
//! all other queries scan the rows. Messages marked as deleted are not imitated, so the columns
//! about deletion are null.

use rusqlite::{Connection, OptionalExtension, Rows, ToSql, params};
use serde::Serialize;

use crate::behaviour::{MessageShape, Order};
use crate::error::{Error, Result};
use crate::model::UserType;
use crate::time::Time;

/// The sender id of messages from Desk itself.
pub(super) const EVENT_USER: &str = "event";

/// The sum of this number and a row's id is the `messageId`. Real ones exceed 32 bits too.
const MESSAGE_ID_BASE: i64 = 7_000_000_000;

/// A filter on all messages.
#[derive(Default)]
pub(crate) struct Filter {
    /// The earliest time, inclusive.
    pub(crate) from: Option<Time>,
    /// The latest time, inclusive.
    pub(crate) to: Option<Time>,
    /// The channel type of the ticket.
    pub(crate) channel_type: Option<String>,
}

/// One page: the number of all matching messages, and the page's messages as a JSON array.
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

/// A message in the older shape.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OldRow<'a> {
    id: i64,
    ticket: i64,
    user_sendbird_id: &'a str,
    user_type: &'a str,
    created_at: Time,
    message: &'a str,
}

/// Adds a message with the next id.
pub(super) fn insert(
    db: &Connection,
    ticket_id: i64,
    user: &str,
    user_type: UserType,
    now: Time,
    message: &str,
) -> Result<()> {
    update_ordered(db, now)?;
    db.prepare_cached(
        "INSERT INTO messages (ticket, user, user_type, created_at, message, data, channel_type)
         SELECT id, ?2, ?3, ?4, ?5, '', channel_type FROM tickets WHERE id = ?1",
    )?
    .execute(params![ticket_id, user, user_type, now, message])?;
    Ok(())
}

/// Updates `meta.ordered`; must be called before rows with times from `time` on are added.
pub(super) fn update_ordered(db: &Connection, time: Time) -> Result<()> {
    let query = "UPDATE meta SET ordered = 0 WHERE EXISTS (SELECT 1 FROM messages WHERE created_at > ?1)";
    db.prepare_cached(query)?.execute([time])?;
    Ok(())
}

/// Clears `meta.dense`; must be called when rows are deleted or ids are skipped.
pub(super) fn mark_not_dense(db: &Connection) -> Result<()> {
    db.prepare_cached("UPDATE meta SET dense = 0")?.execute([])?;
    Ok(())
}

/// The id of the next row. Ids of deleted rows are never reused.
pub(super) fn next_id(db: &Connection) -> Result<i64> {
    let query = "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0) + 1";
    Ok(db.prepare_cached(query)?.query_row([], |row| row.get(0))?)
}

/// The rows, the order and the shape of a page.
#[derive(Clone, Copy)]
pub(crate) struct Listing {
    pub(crate) limit: i64,
    pub(crate) offset: i64,
    pub(crate) order: Order,
    pub(crate) shape: MessageShape,
}

/// One page of all messages; `shuffle_seed` varies the orders that are not stable.
pub(super) fn page(db: &Connection, filter: &Filter, listing: Listing, shuffle_seed: u64) -> Result<MessagePage> {
    let Listing { limit, offset, order, shape } = listing;
    let is_unbounded = filter.from.is_none() && filter.to.is_none();
    let meta = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (ordered, dense): (bool, bool) = db.prepare_cached("SELECT ordered, dense FROM meta")?.query_row([], meta)?;
    if !dense || !(is_unbounded || ordered) || order != Order::IdAscending {
        return scan(db, filter, listing, shuffle_seed);
    }
    let (low, high) = id_range(db, filter)?;
    let Some(channel_type) = &filter.channel_type else {
        let first = low.saturating_add(offset);
        let last = high.min(first.saturating_add(limit - 1));
        let results = rows(db, shape, "WHERE id BETWEEN ?1 AND ?2 ORDER BY id", params![first, last])?;
        return Ok(MessagePage { count: (high - low + 1).max(0), results });
    };
    let count = "SELECT COUNT(*) FROM messages WHERE channel_type = ?1 AND id BETWEEN ?2 AND ?3";
    let count = db.prepare_cached(count)?.query_row(params![channel_type, low, high], |row| row.get(0))?;
    let page = "WHERE channel_type = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id LIMIT ?4 OFFSET ?5";
    let results = rows(db, shape, page, params![channel_type, low, high, limit, offset])?;
    Ok(MessagePage { count, results })
}

/// One page of the messages of a ticket; 404 if there is no such ticket.
pub(super) fn ticket_page(db: &Connection, ticket_id: i64, listing: Listing) -> Result<MessagePage> {
    let Listing { limit, offset, shape, .. } = listing;
    let exists = "SELECT EXISTS (SELECT 1 FROM tickets WHERE id = ?1)";
    if !db.prepare_cached(exists)?.query_row([ticket_id], |row| row.get(0))? {
        return Err(Error::not_found(format!("there is no ticket {ticket_id}")));
    }
    let count = "SELECT COUNT(*) FROM messages WHERE ticket = ?1";
    let count = db.prepare_cached(count)?.query_row([ticket_id], |row| row.get(0))?;
    let page = "WHERE ticket = ?1 ORDER BY id LIMIT ?2 OFFSET ?3";
    Ok(MessagePage { count, results: rows(db, shape, page, params![ticket_id, limit, offset])? })
}

/// One page found by a scan of all rows; `shuffle_seed` varies the orders that are not stable.
fn scan(db: &Connection, filter: &Filter, listing: Listing, shuffle_seed: u64) -> Result<MessagePage> {
    let from = filter.from.map_or(i64::MIN, Time::micros);
    let to = filter.to.map_or(i64::MAX, Time::micros);
    let condition = "WHERE created_at BETWEEN ?1 AND ?2 AND (?3 IS NULL OR channel_type = ?3)";
    let count = format!("SELECT COUNT(*) FROM messages {condition}");
    let count = db.prepare_cached(&count)?.query_row(params![from, to, filter.channel_type], |row| row.get(0))?;
    // A hash of the id and the seed: products of 32-bit numbers, modulo a prime.
    let shuffled = "(id * 2654435761 % 4294967296) * (?6 * 2 + 1) % 4294967291";
    let order = match listing.order {
        Order::IdAscending => "id".to_owned(),
        Order::IdDescending => "id DESC".to_owned(),
        Order::Time => format!("created_at, {shuffled}"),
        Order::None => shuffled.to_owned(),
    };
    // `?6 >= 0` uses the seed in every order, so that all orders have the same parameters.
    let page = format!("{condition} AND ?6 >= 0 ORDER BY {order} LIMIT ?4 OFFSET ?5");
    let shuffle_seed = i64::try_from(shuffle_seed % 0x4000_0000).unwrap_or_default();
    let values = params![from, to, filter.channel_type, listing.limit, listing.offset, shuffle_seed];
    Ok(MessagePage { count, results: rows(db, listing.shape, &page, values)? })
}

/// The first and the last id in the time window; an empty window has the last before the first.
/// Correct only for the unbounded window, or while times never decrease with the id.
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

/// Writes the rows directly from SQLite into a JSON array.
fn rows(db: &Connection, shape: MessageShape, clause: &str, params: &[&dyn ToSql]) -> Result<Vec<u8>> {
    let columns = "SELECT id, ticket, user, user_type, created_at, message, data FROM messages";
    let mut statement = db.prepare_cached(&format!("{columns} {clause}"))?;
    let mut found: Rows<'_> = statement.query(params)?;
    let mut array = vec![b'['];
    while let Some(row) = found.next()? {
        let text = |column: usize| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str()?);
        let id: i64 = row.get(0)?;
        let (ticket, user_sendbird_id, user_type) = (row.get(1)?, text(2)?, text(3)?);
        let (created_at, message) = (row.get(4)?, text(5)?);
        if array.len() > 1 {
            array.push(b',');
        }
        let written = match shape {
            MessageShape::Full => {
                let row = MessageRow {
                    id,
                    message_id: MESSAGE_ID_BASE + id,
                    ticket,
                    user_sendbird_id,
                    user_type,
                    created_at,
                    message,
                    data: text(6)?,
                    deleted_at: (),
                    requested_from: (),
                    requested_by: (),
                };
                serde_json::to_writer(&mut array, &row)
            }
            MessageShape::Old => {
                let row = OldRow { id, ticket, user_sendbird_id, user_type, created_at, message };
                serde_json::to_writer(&mut array, &row)
            }
        };
        written.map_err(|error| Error::internal(error.to_string()))?;
    }
    array.push(b']');
    Ok(array)
}
