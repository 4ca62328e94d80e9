//! Groups, agents and customers: adding, reading, and an agent's presence.
//!
//! Each kind has ids from 1. Names and keys have the limits of the service's documents. Only a
//! reset or a restore removes people. `routing.rs` assigns tickets to agents.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{Error, Result};
use crate::model::{Agent, AgentRef, Customer, Group, NewAgent, NewCustomer, PROJECT, Presence};
use crate::time::Time;

/// Sets the presence of an agent; 404 if there is no such agent.
pub(super) fn set_presence(db: &Connection, agent_id: i64, presence: Presence) -> Result<Agent> {
    let changed = db.execute("UPDATE agents SET presence = ?2 WHERE id = ?1", params![agent_id, presence])?;
    if changed == 0 {
        return Err(Error::not_found(format!("there is no agent {agent_id}")));
    }
    read_agent(db, agent_id)
}

pub(super) fn insert_group(db: &Connection, key: &str, name: &str, now: Time) -> Result<Group> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if key.is_empty() || !key.bytes().all(allowed) {
        let rule = "use lower-case letters, digits, - and _";
        return Err(Error::invalid(format!("key: {key:?} is not a group key; {rule}")));
    }
    check_name("name", name)?;
    if find_group_by_key(db, key)?.is_some() {
        return Err(Error::conflict(format!("key: there is a group with the key '{key}' already; choose another")));
    }
    db.execute("INSERT INTO groups (key, name, created_at) VALUES (?1, ?2, ?3)", params![key, name, now])?;
    read_group(db, db.last_insert_rowid())
}

pub(super) fn insert_agent(db: &Connection, agent: &NewAgent, now: Time) -> Result<Agent> {
    check_name("displayName", &agent.display_name)?;
    db.execute(
        "INSERT INTO agents (display_name, sendbird_id, status, presence, bot, created_at)
         VALUES (?1, 'sendbird_desk_agent_id_' || (SELECT COALESCE(MAX(id), 0) + 1 FROM agents), ?2, ?3, ?4, ?5)",
        params![agent.display_name, agent.status, agent.presence, agent.bot, now],
    )?;
    let id = db.last_insert_rowid();
    for key in &agent.groups {
        let group = find_group_by_key(db, key)?.ok_or_else(|| unknown_group("groups", key))?;
        db.execute("INSERT OR IGNORE INTO memberships VALUES (?1, ?2)", params![id, group.id])?;
    }
    read_agent(db, id)
}

/// Adds a customer; the demo content gives an `id`.
pub(super) fn insert_customer(db: &Connection, id: Option<i64>, new: &NewCustomer, now: Time) -> Result<Customer> {
    check_name("displayName", &new.display_name)?;
    let next = "SELECT COALESCE(MAX(id), 0) + 1 FROM customers";
    let id = id.map_or_else(|| db.query_row(next, [], |row| row.get(0)), Ok)?;
    let sendbird_id = new.sendbird_id.clone().unwrap_or_else(|| format!("customer_{id}"));
    check_name("sendbirdId", &sendbird_id)?;
    let exists = "SELECT EXISTS (SELECT 1 FROM customers WHERE sendbird_id = ?1)";
    if db.query_row(exists, [&sendbird_id], |row| row.get(0))? {
        let detail = format!("sendbirdId: there is a customer with the id '{sendbird_id}' already; choose another");
        return Err(Error::conflict(detail));
    }
    db.execute(
        "INSERT INTO customers (id, display_name, sendbird_id, channel_type, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, new.display_name, sendbird_id, new.channel_type, now],
    )?;
    find_customer(db, id)?.ok_or_else(|| Error::internal(format!("customer {id} vanished")))
}

/// The error for an unknown group key.
pub(super) fn unknown_group(property: &str, key: &str) -> Error {
    Error::invalid(format!("{property}: no group has the key '{key}'"))
}

pub(super) fn find_group_by_key(db: &Connection, key: &str) -> Result<Option<Group>> {
    let query = "SELECT id, name, key, created_at, description FROM groups WHERE key = ?1";
    Ok(db.prepare_cached(query)?.query_row([key], group_row).optional()?)
}

pub(super) fn read_group(db: &Connection, id: i64) -> Result<Group> {
    let query = "SELECT id, name, key, created_at, description FROM groups WHERE id = ?1";
    Ok(db.prepare_cached(query)?.query_row([id], group_row)?)
}

fn group_row(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        id: row.get(0)?,
        name: row.get(1)?,
        key: row.get(2)?,
        created_at: row.get(3)?,
        description: row.get(4)?,
    })
}

fn read_agent(db: &Connection, id: i64) -> Result<Agent> {
    let query =
        "SELECT g.key FROM memberships m JOIN groups g ON g.id = m.group_id WHERE m.agent_id = ?1 ORDER BY g.id";
    let groups = db.prepare_cached(query)?.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let query = "SELECT display_name, sendbird_id, status, presence, bot, created_at FROM agents WHERE id = ?1";
    Ok(db.prepare_cached(query)?.query_row([id], |row| {
        Ok(Agent {
            id,
            project: PROJECT,
            display_name: row.get(0)?,
            sendbird_id: row.get(1)?,
            status: row.get(2)?,
            presence: row.get(3)?,
            bot: row.get(4)?,
            groups,
            created_at: row.get(5)?,
        })
    })?)
}

pub(super) fn find_agent(db: &Connection, id: i64) -> Result<Option<AgentRef>> {
    let query = "SELECT display_name, sendbird_id FROM agents WHERE id = ?1";
    let agent = db.prepare_cached(query)?.query_row([id], |row| {
        Ok(AgentRef { id, display_name: row.get(0)?, sendbird_id: row.get(1)?, photo_thumbnail_url: None })
    });
    Ok(agent.optional()?)
}

pub(super) fn find_customer(db: &Connection, id: i64) -> Result<Option<Customer>> {
    let query = "SELECT sendbird_id, channel_type, display_name, created_at FROM customers WHERE id = ?1";
    let customer = db.prepare_cached(query)?.query_row([id], |row| {
        Ok(Customer {
            id,
            project: PROJECT,
            sendbird_id: row.get(0)?,
            channel_type: row.get(1)?,
            display_name: row.get(2)?,
            photo_thumbnail_url: None,
            created_at: row.get(3)?,
        })
    });
    Ok(customer.optional()?)
}

/// Names have 1 to 100 characters, as documented for agents.
fn check_name(property: &str, name: &str) -> Result<()> {
    match name.chars().count() {
        1..=100 => Ok(()),
        count => Err(Error::invalid(format!("{property}: has {count} characters; use 1 to 100"))),
    }
}
