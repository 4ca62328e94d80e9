//! The SQLite database: opening a file or memory, the tables, and the initial content.

use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::seed::{self, SeedRequest};
use super::{demo, tickets};
use crate::error::{Error, Result};

/// The `application_id` of the emulator's SQLite files ("Desk").
const APPLICATION_ID: i32 = 0x4465_736b;
/// The version of [`TABLES`]. A file of another version is refused.
const TABLES_VERSION: i32 = 2;

/// - `meta.ordered` is 1 while message times never decrease with the id: a time window is then a
///   range of ids.
/// - `meta.dense` is 1 while no message was deleted: the ids then have no gaps.
/// - `meta.watched` is 1 while the trigger records status changes of tickets.
/// - `messages.channel_type` copies the channel type of the ticket, which never changes, so that
///   the filter has an index.
const TABLES: &str = "
    CREATE TABLE meta (ordered INTEGER NOT NULL, dense INTEGER NOT NULL, watched INTEGER NOT NULL) STRICT;
    INSERT INTO meta VALUES (1, 1, 0);
    CREATE TABLE groups (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT,
        created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE agents (
        id INTEGER PRIMARY KEY, display_name TEXT NOT NULL, sendbird_id TEXT NOT NULL, status TEXT NOT NULL,
        presence TEXT NOT NULL, bot INTEGER NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE memberships (
        agent_id INTEGER NOT NULL, group_id INTEGER NOT NULL, PRIMARY KEY (agent_id, group_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE customers (
        id INTEGER PRIMARY KEY, display_name TEXT NOT NULL, sendbird_id TEXT NOT NULL UNIQUE,
        channel_type TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE proactive_chats (
        id INTEGER PRIMARY KEY, message TEXT NOT NULL, agent_id INTEGER NOT NULL, group_id INTEGER NOT NULL,
        priority TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE tickets (
        id INTEGER PRIMARY KEY, proactive_id INTEGER, channel_name TEXT NOT NULL, channel_type TEXT NOT NULL,
        status TEXT NOT NULL, priority TEXT NOT NULL, customer_id INTEGER, group_id INTEGER, agent_id INTEGER,
        assigned_at INTEGER, follow_ups INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, issued_at INTEGER,
        closed_at INTEGER, close_comment TEXT, updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX tickets_by_chat ON tickets (proactive_id) WHERE proactive_id IS NOT NULL;
    CREATE INDEX tickets_by_agent ON tickets (status, agent_id);
    CREATE TABLE statuses (id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL, status TEXT NOT NULL) STRICT;
    CREATE TRIGGER status_changed AFTER UPDATE OF status ON tickets
    WHEN old.status <> new.status AND (SELECT watched FROM meta) BEGIN
        INSERT INTO statuses (ticket, status) VALUES (new.id, new.status);
    END;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, ticket INTEGER NOT NULL, user TEXT NOT NULL, user_type TEXT NOT NULL,
        created_at INTEGER NOT NULL, message TEXT NOT NULL, data TEXT NOT NULL, channel_type TEXT NOT NULL
    ) STRICT;
    -- SQLite appends the id to every index.
    CREATE INDEX messages_by_time ON messages (created_at);
    CREATE INDEX messages_by_ticket ON messages (ticket);
    CREATE INDEX messages_by_channel ON messages (channel_type);
";

const DROP_TABLES: &str = "
    DROP TABLE messages; DROP TABLE statuses; DROP TABLE tickets; DROP TABLE proactive_chats; DROP TABLE customers; DROP TABLE memberships;
    DROP TABLE agents; DROP TABLE groups; DROP TABLE meta;
";

/// The initial content, which a reset restores.
#[derive(Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) demo: bool,
    pub(crate) seed_rows: u64,
    /// The seed of the seeded rows; `None`: the default seed.
    pub(crate) seed: Option<u64>,
}

/// Opens the file, or a database in memory. An empty database gets the initial content.
pub(super) fn open(file: Option<&Path>, settings: Settings) -> io::Result<Connection> {
    let opened = connect(file).map_err(Error::from).and_then(|connection| prepare(connection, settings));
    opened.map_err(|error| match file {
        Some(file) => {
            let file = file.display();
            io::Error::other(format!("cannot use {file} as the data file: {error}; name another file"))
        }
        None => io::Error::other(error),
    })
}

fn connect(file: Option<&Path>) -> rusqlite::Result<Connection> {
    let Some(file) = file else {
        return Connection::open_in_memory();
    };
    let connection = Connection::open(file)?;
    // Fail at once if another process uses the file, and keep other processes out while it is open.
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    Ok(connection)
}

fn prepare(mut connection: Connection, settings: Settings) -> Result<Connection> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let version = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0))?;
    let is_empty = version == (0, 0) && tables == 0;
    if !is_empty && version != (APPLICATION_ID, TABLES_VERSION) {
        return Err(Error::conflict("the file was not made by this version of desk-emulator"));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // 64 MiB: with the default, seeding a million rows writes the same index pages many times.
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.set_prepared_statement_cache_capacity(64);
    // Always take the write lock, so that a second emulator fails now and not at its first write.
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_empty {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", TABLES_VERSION)?;
        create_content(&tx, settings)?;
    }
    // The webhook of the emulator that wrote the file is gone.
    tickets::watch_statuses(&tx, false)?;
    tx.commit()?;
    Ok(connection)
}

/// Restores the initial content.
pub(super) fn reset(db: &Connection, settings: Settings) -> Result<()> {
    db.execute_batch(DROP_TABLES)?;
    create_content(db, settings)
}

fn create_content(db: &Connection, settings: Settings) -> Result<()> {
    db.execute_batch(TABLES)?;
    if settings.demo {
        demo::insert(db)?;
    }
    if settings.seed_rows > 0 {
        let default = SeedRequest::rows(settings.seed_rows);
        seed::insert(db, SeedRequest { seed: settings.seed.unwrap_or(default.seed), ..default })?;
    }
    Ok(())
}

/// A random, unguessable token.
pub(super) fn random_token(db: &Connection) -> Result<String> {
    let query = "SELECT 'emu_' || lower(hex(randomblob(16)))";
    Ok(db.query_row(query, [], |row| row.get(0))?)
}
