//! Tickets: reading, replies of customers and agents, changes of status, closing.
//!
//! The life cycle is PROACTIVE → PENDING → ACTIVE → CLOSED, with IDLE and WORK_IN_PROGRESS next to
//! ACTIVE. A closed ticket must never change. `routing.rs` assigns tickets to agents.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::people::{find_agent, find_customer, read_group};
use super::{chats, messages, routing};
use crate::error::{Error, Result};
use crate::model::{AgentRef, Assignment, PROJECT, Ticket, TicketStatus, UserType};
use crate::time::Time;

/// The number of tickets, and one page of them by ascending id.
pub(super) fn page(db: &Connection, proactive_id: Option<i64>, limit: i64, offset: i64) -> Result<(i64, Vec<Ticket>)> {
    let count = "SELECT COUNT(*) FROM tickets WHERE ?1 IS NULL OR proactive_id = ?1";
    let count = db.prepare_cached(count)?.query_row([proactive_id], |row| row.get(0))?;
    let page = "SELECT id FROM tickets WHERE ?1 IS NULL OR proactive_id = ?1 ORDER BY id LIMIT ?2 OFFSET ?3";
    let mut page = db.prepare_cached(page)?;
    let ids = page.query_map(params![proactive_id, limit, offset], |row| row.get(0))?;
    let tickets = ids.map(|id| read(db, id?)).collect::<Result<_>>()?;
    Ok((count, tickets))
}

/// Adds a message of the customer. The first reply to a proactive ticket, and a reply to an idle
/// ticket whose agent is gone, route the ticket.
pub(super) fn customer_reply(
    db: &Connection,
    ticket_id: i64,
    message: &str,
    to_last_sender: bool,
    now: Time,
) -> Result<Ticket> {
    change(db, ticket_id, now, |ticket| {
        check_text(message)?;
        let Some(customer) = &ticket.customer else {
            return Err(Error::conflict(format!("ticket {ticket_id} has no customer")));
        };
        messages::insert(db, ticket_id, &customer.sendbird_id, UserType::Customer, now, message)?;
        if ticket.status == TicketStatus::Proactive {
            let pending = "UPDATE tickets SET status = 'PENDING', issued_at = ?2 WHERE id = ?1";
            db.prepare_cached(pending)?.execute(params![ticket_id, now])?;
            match to_last_sender {
                true => routing::assign_to_last_sender(db, ticket_id, now)?,
                false => routing::assign(db, ticket_id, now)?,
            }
        }
        if ticket.status == TicketStatus::Idle {
            let agent = ticket.recent_assignment.as_ref().map(|assignment| assignment.agent.id);
            let is_available = agent.map_or(Ok(None), |agent_id| routing::find_available(db, agent_id))?.is_some();
            set_status(db, ticket_id, if is_available { TicketStatus::Active } else { TicketStatus::Pending })?;
            if !is_available {
                routing::assign(db, ticket_id, now)?;
            }
        }
        Ok(())
    })
}

/// Changes the status as agents and admins do; 409 if the life cycle has no such transition.
pub(super) fn move_to(
    db: &Connection,
    ticket_id: i64,
    to: TicketStatus,
    agent_id: Option<i64>,
    now: Time,
) -> Result<Ticket> {
    use TicketStatus::{Active, Idle, Pending, WorkInProgress};
    change(db, ticket_id, now, |ticket| match (ticket.status, to) {
        (Active, Idle) if last_sender(db, ticket_id)? == Some(UserType::Customer) => {
            Err(Error::conflict(format!("ticket {ticket_id} cannot become IDLE: the customer wrote last")))
        }
        (Active, Idle) | (Idle, WorkInProgress) => set_status(db, ticket_id, to),
        (Active, WorkInProgress) => {
            let release = "UPDATE tickets SET agent_id = NULL, assigned_at = NULL WHERE id = ?1";
            db.prepare_cached(release)?.execute([ticket_id])?;
            set_status(db, ticket_id, to)
        }
        (WorkInProgress, Pending) => {
            set_status(db, ticket_id, to)?;
            routing::assign(db, ticket_id, now)
        }
        (WorkInProgress, Active) => {
            let agent_id = agent_id.ok_or_else(|| Error::invalid("agentId: is required for ACTIVE"))?;
            let (agent_id, name) = routing::find_available(db, agent_id)?
                .ok_or_else(|| Error::conflict(format!("agentId: agent {agent_id} is not available")))?;
            routing::assign_to(db, ticket_id, agent_id, &name, now)
        }
        (from, to) => {
            let (from, to) = (from.as_str(), to.as_str());
            Err(Error::conflict(format!("ticket {ticket_id} cannot go from {from} to {to}")))
        }
    })
}

/// Adds a message of an agent; a message before the customer's first reply counts as a follow-up.
pub(super) fn agent_reply(
    db: &Connection,
    ticket_id: i64,
    agent_id: Option<i64>,
    message: &str,
    now: Time,
) -> Result<Ticket> {
    change(db, ticket_id, now, |ticket| {
        check_text(message)?;
        let agent = replying_agent(db, ticket, agent_id)?;
        messages::insert(db, ticket_id, &agent.sendbird_id, UserType::Agent, now, message)?;
        if ticket.status == TicketStatus::Proactive {
            let count = "UPDATE tickets SET follow_ups = follow_ups + 1 WHERE id = ?1";
            db.prepare_cached(count)?.execute([ticket_id])?;
        }
        Ok(())
    })
}

/// Closes a ticket.
pub(super) fn close(db: &Connection, ticket_id: i64, comment: Option<&str>, now: Time) -> Result<Ticket> {
    change(db, ticket_id, now, |_| {
        let close = "UPDATE tickets SET status = 'CLOSED', closed_at = ?2, close_comment = ?3 WHERE id = ?1";
        db.prepare_cached(close)?.execute(params![ticket_id, now, comment])?;
        Ok(())
    })
}

/// Applies `action` to a ticket that is not closed, updates its times, and returns its new state.
fn change(db: &Connection, ticket_id: i64, now: Time, action: impl FnOnce(&Ticket) -> Result<()>) -> Result<Ticket> {
    let ticket = read(db, ticket_id)?;
    if ticket.status == TicketStatus::Closed {
        return Err(Error::conflict(format!("ticket {ticket_id} is closed; use an open ticket")));
    }
    action(&ticket)?;
    let update = "UPDATE tickets SET updated_at = ?2 WHERE id = ?1";
    db.prepare_cached(update)?.execute(params![ticket_id, now])?;
    chats::touch(db, ticket_id, now)?;
    read(db, ticket_id)
}

/// Starts or stops recording status changes, and deletes the recorded ones.
pub(super) fn watch_statuses(db: &Connection, watch: bool) -> Result<()> {
    db.execute("UPDATE meta SET watched = ?1", [watch])?;
    db.execute("DELETE FROM statuses", [])?;
    Ok(())
}

/// Takes the recorded status changes: for each, the current ticket with the recorded status.
pub(super) fn take_statuses(db: &Connection) -> Result<Vec<Ticket>> {
    let changes: Vec<(i64, TicketStatus)> = db
        .prepare_cached("SELECT ticket, status FROM statuses ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let tickets = changes.into_iter().map(|(id, status)| {
        let ticket = read(db, id)?;
        Ok(Ticket { status, legacy_status: legacy(status), ..ticket })
    });
    let tickets = tickets.collect::<Result<_>>()?;
    db.execute("DELETE FROM statuses", [])?;
    Ok(tickets)
}

fn set_status(db: &Connection, ticket_id: i64, status: TicketStatus) -> Result<()> {
    db.prepare_cached("UPDATE tickets SET status = ?2 WHERE id = ?1")?.execute(params![ticket_id, status])?;
    Ok(())
}

/// The type of the last sender, except Desk itself.
fn last_sender(db: &Connection, ticket_id: i64) -> Result<Option<UserType>> {
    let query = "SELECT user_type FROM messages WHERE ticket = ?1 AND user_type <> 'EVENT' ORDER BY id DESC LIMIT 1";
    Ok(db.prepare_cached(query)?.query_row([ticket_id], |row| row.get(0)).optional()?)
}

/// The agent who writes: before the customer's first reply any agent, after it only the assigned
/// one.
fn replying_agent(db: &Connection, ticket: &Ticket, agent_id: Option<i64>) -> Result<AgentRef> {
    let id = ticket.id;
    let default_agent = match ticket.status {
        TicketStatus::Proactive => ticket.proactive_chat_created_by.clone(),
        TicketStatus::Active | TicketStatus::Idle | TicketStatus::WorkInProgress => {
            ticket.recent_assignment.as_ref().map(|assignment| assignment.agent.clone())
        }
        TicketStatus::Pending | TicketStatus::Closed => None,
    };
    let default_agent = default_agent.ok_or_else(|| {
        Error::conflict(format!("ticket {id} is not assigned to an agent; set an agent of its group ONLINE"))
    })?;
    let Some(agent_id) = agent_id.filter(|agent_id| *agent_id != default_agent.id) else {
        return Ok(default_agent);
    };
    let agent = find_agent(db, agent_id)?;
    let agent = agent.ok_or_else(|| Error::invalid(format!("agentId: there is no agent {agent_id}")))?;
    if ticket.status != TicketStatus::Proactive {
        let detail = format!("agentId: ticket {id} is assigned to agent {}, not {agent_id}", default_agent.id);
        return Err(Error::conflict(detail));
    }
    Ok(agent)
}

fn check_text(message: &str) -> Result<()> {
    if message.is_empty() { Err(Error::invalid("message: must not be empty")) } else { Ok(()) }
}

pub(super) fn read(db: &Connection, id: i64) -> Result<Ticket> {
    let query = "
        SELECT t.proactive_id, t.channel_name, t.channel_type, t.status, t.priority, t.customer_id, t.group_id,
               t.agent_id, t.assigned_at, c.agent_id, t.created_at, t.issued_at, t.closed_at, t.close_comment,
               t.updated_at, (SELECT COUNT(*) FROM messages WHERE ticket = t.id),
               (SELECT message FROM messages WHERE ticket = t.id ORDER BY id DESC LIMIT 1)
        FROM tickets t LEFT JOIN proactive_chats c ON c.id = t.proactive_id WHERE t.id = ?1";
    let unknown_ticket = || Error::not_found(format!("there is no ticket {id}"));
    let read = |row: &Row<'_>| {
        let links = [row.get(5)?, row.get(6)?, row.get(7)?, row.get::<_, Option<i64>>(9)?];
        let status = row.get(3)?;
        let ticket = Ticket {
            id,
            project: PROJECT,
            proactive_id: row.get(0)?,
            channel_name: row.get(1)?,
            channel_url: format!("sendbird_desk_ticket_{id}"),
            channel_type: row.get(2)?,
            legacy_status: legacy(status),
            status,
            priority: row.get(4)?,
            customer: None,
            group: None,
            recent_assignment: None,
            proactive_chat_created_by: None,
            message_count: row.get(15)?,
            last_message: row.get(16)?,
            created_at: row.get(10)?,
            issued_at: row.get(11)?,
            closed_at: row.get(12)?,
            close_comment: row.get(13)?,
            updated_at: row.get(14)?,
        };
        Ok((ticket, links, row.get::<_, Option<Time>>(8)?))
    };
    let found = db.prepare_cached(query)?.query_row([id], read).optional()?;
    let (mut ticket, [customer, group, agent, creator], assigned_at) = found.ok_or_else(unknown_ticket)?;
    let find_agent_by_id = |id: Option<i64>| id.map_or(Ok(None), |id| find_agent(db, id));
    ticket.customer = customer.map_or(Ok(None), |id| find_customer(db, id))?;
    ticket.group = group.map(|id| read_group(db, id)).transpose()?;
    ticket.recent_assignment =
        find_agent_by_id(agent)?.zip(assigned_at).map(|(agent, assigned_at)| Assignment { agent, assigned_at });
    ticket.proactive_chat_created_by = find_agent_by_id(creator)?;
    Ok(ticket)
}

/// The older status, in the property `status`.
const fn legacy(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Proactive => "PROACTIVE",
        TicketStatus::Pending => "UNASSIGNED",
        TicketStatus::Active | TicketStatus::Idle => "ASSIGNED",
        TicketStatus::WorkInProgress => "OPEN",
        TicketStatus::Closed => "CLOSED",
    }
}
