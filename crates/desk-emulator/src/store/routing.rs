//! Auto routing of tickets to agents, as the service's documents describe it.
//!
//! An agent is available if the agent is in the ticket's group, ONLINE, ACTIVE and no bot. The
//! available agent with the fewest active tickets wins, then the one with the lowest id; there is
//! no maximum of tickets. With the switch `assign_to_last_sender`, the last sender comes first,
//! even from another group. Dashboard rules and tiers are not imitated.

use rusqlite::{Connection, OptionalExtension, params};

use super::{chats, messages};
use crate::error::Result;
use crate::model::UserType;
use crate::time::Time;

/// Assigns a pending ticket to the best available agent; the ticket stays pending if there is none.
pub(super) fn assign(db: &Connection, ticket_id: i64, now: Time) -> Result<()> {
    let best = db
        .prepare_cached(
            "SELECT a.id, a.display_name
             FROM tickets t JOIN memberships m ON m.group_id = t.group_id JOIN agents a ON a.id = m.agent_id
             WHERE t.id = ?1 AND a.presence = 'ONLINE' AND a.status = 'ACTIVE' AND NOT a.bot
             ORDER BY (SELECT COUNT(*) FROM tickets WHERE status = 'ACTIVE' AND agent_id = a.id), a.id LIMIT 1",
        )?
        .query_row([ticket_id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    best.map_or(Ok(()), |(agent_id, name)| assign_to(db, ticket_id, agent_id, &name, now))
}

/// Assigns a ticket to its last sender, if that agent is available; otherwise as [`assign`].
pub(super) fn assign_to_last_sender(db: &Connection, ticket_id: i64, now: Time) -> Result<()> {
    // If Desk sent the chat's message, its creator counts as the sender.
    let last = "SELECT a.id FROM messages m JOIN agents a ON a.sendbird_id = m.user
                WHERE m.ticket = ?1 AND m.user_type = 'AGENT' ORDER BY m.id DESC LIMIT 1";
    let creator = "SELECT c.agent_id FROM tickets t JOIN proactive_chats c ON c.id = t.proactive_id WHERE t.id = ?1";
    let find = |query| db.prepare_cached(query)?.query_row([ticket_id], |row| row.get::<_, i64>(0)).optional();
    let agent = match find(last)? {
        None => find(creator)?,
        found => found,
    };
    match agent.map_or(Ok(None), |agent_id| find_available(db, agent_id))? {
        Some((agent_id, name)) => assign_to(db, ticket_id, agent_id, &name, now),
        None => assign(db, ticket_id, now),
    }
}

/// The id and the name of an agent, if the agent can take tickets now.
pub(super) fn find_available(db: &Connection, agent_id: i64) -> Result<Option<(i64, String)>> {
    let query = "SELECT id, display_name FROM agents
                 WHERE id = ?1 AND presence = 'ONLINE' AND status = 'ACTIVE' AND NOT bot";
    Ok(db.prepare_cached(query)?.query_row([agent_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Assigns a ticket to an agent.
pub(super) fn assign_to(db: &Connection, ticket_id: i64, agent_id: i64, name: &str, now: Time) -> Result<()> {
    db.prepare_cached(
        "UPDATE tickets SET status = 'ACTIVE', agent_id = ?2, assigned_at = ?3, updated_at = ?3 WHERE id = ?1",
    )?
    .execute(params![ticket_id, agent_id, now])?;
    messages::insert(db, ticket_id, messages::EVENT_USER, UserType::Event, now, &format!("Assigned to {name}."))?;
    chats::touch(db, ticket_id, now)
}

/// Routes the pending tickets of the agent's groups, oldest first, after the agent came online.
pub(super) fn route_pending(db: &Connection, agent_id: i64, now: Time) -> Result<()> {
    let pending = "SELECT t.id FROM tickets t JOIN memberships m ON m.group_id = t.group_id
                   WHERE t.status = 'PENDING' AND m.agent_id = ?1 ORDER BY t.issued_at, t.id";
    ticket_ids(db, pending, agent_id)?.into_iter().try_for_each(|ticket_id| assign(db, ticket_id, now))
}

/// Makes the agent's active tickets pending and routes them to other available agents.
pub(super) fn release_tickets(db: &Connection, agent_id: i64, now: Time) -> Result<()> {
    let active = "SELECT id FROM tickets WHERE status = 'ACTIVE' AND agent_id = ?1 ORDER BY issued_at, id";
    for ticket_id in ticket_ids(db, active, agent_id)? {
        let release = "UPDATE tickets SET status = 'PENDING', updated_at = ?2 WHERE id = ?1";
        db.prepare_cached(release)?.execute(params![ticket_id, now])?;
        assign(db, ticket_id, now)?;
    }
    Ok(())
}

fn ticket_ids(db: &Connection, query: &str, agent_id: i64) -> Result<Vec<i64>> {
    Ok(db.prepare_cached(query)?.query_map([agent_id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}
