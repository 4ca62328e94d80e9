//! Proactive chats: creating and reading.
//!
//! A chat has one ticket for each customer, with the message in it. Its counters are computed from
//! the tickets at each read, so the counters cannot be wrong. Replies and closing happen on the
//! tickets (`tickets.rs`).

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::messages;
use super::people::{find_agent, find_customer, find_group_by_key, read_group, unknown_group};
use crate::behaviour::CreatedBy;
use crate::error::{Error, Result};
use crate::model::{AgentRef, Customer, CustomerChannel, Group, PROJECT, ProactiveSender, UserType};
use crate::time::Time;

/// The body of a create, already validated against the spec.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewProactiveChat {
    message: String,
    group_key: String,
    customer_ids: Vec<i64>,
    agent_id: i64,
    /// The default priority is undocumented; a ticket without a priority rule is MEDIUM.
    #[serde(default = "NewProactiveChat::medium")]
    priority: String,
}

impl NewProactiveChat {
    fn medium() -> String {
        "MEDIUM".to_owned()
    }
}

/// A proactive chat on the wire.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProactiveChat {
    pub(crate) id: i64,
    project: i64,
    pub(crate) message: String,
    message_count: i64,
    created_by: Option<Creator>,
    assigned_group: Group,
    pub(crate) sent_count: i64,
    pub(crate) responded_count: i64,
    pub(crate) closed_count: i64,
    pub(crate) customers_list: String,
    created_at: Time,
    updated_at: Time,
    pub(crate) priority: String,
}

/// The creator of a chat, in one of the forms that the documents allow.
#[derive(Serialize)]
#[serde(untagged)]
enum Creator {
    Object(AgentRef),
    Id(i64),
}

impl ProactiveChat {
    /// Returns the chat with another form of its creator.
    pub(crate) fn created_by(self, shape: CreatedBy) -> Self {
        let created_by = match (shape, self.created_by) {
            (CreatedBy::Id, Some(Creator::Object(agent))) => Some(Creator::Id(agent.id)),
            (CreatedBy::Null, _) => None,
            (_, creator) => creator,
        };
        Self { created_by, ..self }
    }
}

/// Adds the chat, its tickets and their messages; returns the chat and its first ticket.
pub(super) fn insert(
    db: &Connection,
    new: &NewProactiveChat,
    sender: ProactiveSender,
    now: Time,
) -> Result<(ProactiveChat, i64)> {
    let group = find_group_by_key(db, &new.group_key)?.ok_or_else(|| unknown_group("groupKey", &new.group_key))?;
    let agent = find_agent(db, new.agent_id)?
        .ok_or_else(|| Error::invalid(format!("agentId: there is no agent {}", new.agent_id)))?;
    let customers = find_reachable(db, &new.customer_ids)?;

    db.prepare_cached(
        "INSERT INTO proactive_chats (message, agent_id, group_id, priority, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
    )?
    .execute(params![new.message, agent.id, group.id, new.priority, now])?;
    let id = db.last_insert_rowid();
    let (user, user_type) = match sender {
        ProactiveSender::Agent => (agent.sendbird_id.as_str(), UserType::Agent),
        ProactiveSender::Event => (messages::EVENT_USER, UserType::Event),
    };
    let mut first_ticket = None;
    for customer in customers {
        db.prepare_cached(
            "INSERT INTO tickets (proactive_id, channel_name, channel_type, status, priority, customer_id,
                                  group_id, created_at, updated_at)
             VALUES (?1, ?2, 'SENDBIRD', 'PROACTIVE', ?3, ?4, ?5, ?6, ?6)",
        )?
        .execute(params![id, customer.display_name, new.priority, customer.id, group.id, now])?;
        let ticket_id = db.last_insert_rowid();
        first_ticket.get_or_insert(ticket_id);
        messages::insert(db, ticket_id, user, user_type, now, &new.message)?;
    }
    let first_ticket = first_ticket.ok_or_else(|| Error::invalid("customerIds: name at least one customer"))?;
    Ok((read(db, id)?, first_ticket))
}

/// Reads the customers in the given order. Each must be listed once and must be reachable over
/// SENDBIRD.
fn find_reachable(db: &Connection, ids: &[i64]) -> Result<Vec<Customer>> {
    let mut seen = HashSet::new();
    let check = |id: &i64| {
        if !seen.insert(*id) {
            return Err(Error::invalid(format!("customerIds: {id} is listed twice; list each customer once")));
        }
        let unknown_customer = || Error::invalid(format!("customerIds: there is no customer {id}"));
        let customer = find_customer(db, *id)?.ok_or_else(unknown_customer)?;
        if customer.channel_type != CustomerChannel::Sendbird {
            let channel = customer.channel_type.as_str();
            return Err(Error::invalid(format!(
                "customerIds: customer {id} is of the channel {channel}; only SENDBIRD customers can be messaged first"
            )));
        }
        Ok(customer)
    };
    ids.iter().map(check).collect()
}

/// Updates the time of the last change of the ticket's chat, if there is one.
pub(super) fn touch(db: &Connection, ticket_id: i64, now: Time) -> Result<()> {
    let query =
        "UPDATE proactive_chats SET updated_at = ?2 WHERE id = (SELECT proactive_id FROM tickets WHERE id = ?1)";
    db.prepare_cached(query)?.execute(params![ticket_id, now])?;
    Ok(())
}

pub(super) fn read(db: &Connection, id: i64) -> Result<ProactiveChat> {
    let query =
        "SELECT message, agent_id, group_id, priority, created_at, updated_at FROM proactive_chats WHERE id = ?1";
    let chat = db.prepare_cached(query)?.query_row([id], |row| {
        let people = (row.get::<_, i64>(1)?, row.get::<_, i64>(2)?);
        Ok((row.get(0)?, people, row.get(3)?, row.get(4)?, row.get(5)?))
    });
    let (message, (agent_id, group_id), priority, created_at, updated_at) =
        chat.optional()?.ok_or_else(|| Error::not_found(format!("there is no proactive chat {id}")))?;
    let counts = "SELECT COUNT(*), COUNT(issued_at), COUNT(closed_at), SUM(follow_ups),
                         group_concat(customer_id, ',' ORDER BY id)
                  FROM tickets WHERE proactive_id = ?1";
    let created_by = find_agent(db, agent_id)?.map(Creator::Object);
    let assigned_group = read_group(db, group_id)?;
    Ok(db.prepare_cached(counts)?.query_row([id], |row| {
        Ok(ProactiveChat {
            id,
            project: PROJECT,
            message,
            message_count: 1 + row.get::<_, i64>(3)?,
            created_by,
            assigned_group,
            sent_count: row.get(0)?,
            responded_count: row.get(1)?,
            closed_count: row.get(2)?,
            customers_list: row.get(4)?,
            created_at,
            updated_at,
            priority,
        })
    })?)
}
