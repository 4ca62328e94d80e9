//! Deliveries of proactive messages, and the customers who received a text more than once.

use rusqlite::{Connection, params};
use serde::Serialize;

use crate::error::Result;
use crate::time::Time;

/// A proactive message to one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// The customer's id.
    pub customer_id: i64,
    /// The proactive chat.
    pub proactive_id: i64,
    /// The ticket.
    pub ticket_id: i64,
    /// The text.
    pub message: String,
    /// The time of sending.
    pub created_at: Time,
}

/// A customer who received the same text more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RepeatedMessage {
    /// The customer's id.
    pub customer_id: i64,
    /// The text.
    pub message: String,
    /// The proactive chats with this text, by ascending id.
    pub proactive_ids: Vec<i64>,
}

/// The number of deliveries, to one customer or to all, and one page by ascending ticket.
pub(super) fn page(db: &Connection, customer_id: Option<i64>, limit: i64, offset: i64) -> Result<(i64, Vec<Delivery>)> {
    let source = "FROM tickets t JOIN proactive_chats p ON p.id = t.proactive_id
                  WHERE ?1 IS NULL OR t.customer_id = ?1";
    let mut count = db.prepare_cached(&format!("SELECT COUNT(*) {source}"))?;
    let count = count.query_row([customer_id], |row| row.get(0))?;
    let page =
        format!("SELECT t.customer_id, p.id, t.id, p.message, p.created_at {source} ORDER BY t.id LIMIT ?2 OFFSET ?3");
    let mut page = db.prepare_cached(&page)?;
    let rows = page.query_map(params![customer_id, limit, offset], |row| {
        Ok(Delivery {
            customer_id: row.get(0)?,
            proactive_id: row.get(1)?,
            ticket_id: row.get(2)?,
            message: row.get(3)?,
            created_at: row.get(4)?,
        })
    })?;
    Ok((count, rows.collect::<rusqlite::Result<_>>()?))
}

/// All customers who received the same text more than once, by ascending customer.
pub(super) fn repeated(db: &Connection) -> Result<Vec<RepeatedMessage>> {
    let query = "SELECT t.customer_id, p.message, group_concat(p.id, ',' ORDER BY p.id)
                 FROM tickets t JOIN proactive_chats p ON p.id = t.proactive_id
                 GROUP BY t.customer_id, p.message HAVING COUNT(*) > 1 ORDER BY t.customer_id, MIN(p.id)";
    let mut query = db.prepare_cached(query)?;
    let rows = query.query_map([], |row| {
        let ids: String = row.get(2)?;
        let proactive_ids = ids.split(',').filter_map(|id| id.parse().ok()).collect();
        Ok(RepeatedMessage { customer_id: row.get(0)?, message: row.get(1)?, proactive_ids })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
