//! The state of the service: one SQLite connection, in memory or on a file, and the steps that change it.
//!
//! Every step is one transaction: it happens whole or not at all. Ids of messages are dense (1, 2, 3, …) until a row is
//! deleted, which `meta` notes; paging relies on it. Nothing here knows HTTP.

mod chats;
pub(crate) mod deliveries;
mod demo;
pub(crate) mod drift;
pub(crate) mod import;
mod messages;
pub(crate) mod overview;
mod people;
mod phrases;
mod routing;
pub(crate) mod seed;
mod snapshots;
mod tickets;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction};

pub(crate) use chats::{NewProactiveChat, ProactiveChat};
pub(crate) use messages::{Filter, Listing};

use crate::behaviour::SharedBehaviour;
use crate::clock::Clock;
use crate::error::{Error, Result};
use seed::SeedRequest;

/// Marks a SQLite file as ours ("Desk").
const APPLICATION_ID: i32 = 0x4465_736b;
/// The version of [`TABLES`]; files of another version are refused.
const TABLES_VERSION: i32 = 2;

/// `meta.ordered` is 1 while message times never decrease with the id; a time window is then a range of ids.
/// `meta.dense` is 1 while no message was deleted. `meta.watched` is 1 while changes of tickets' statuses are noted.
/// `messages.channel_type` repeats that of the ticket, which never changes, so that the filter has an index.
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
    -- Every index ends with the id by itself.
    CREATE INDEX messages_by_time ON messages (created_at);
    CREATE INDEX messages_by_ticket ON messages (ticket);
    CREATE INDEX messages_by_channel ON messages (channel_type);
";

const DROP_TABLES: &str = "
    DROP TABLE messages; DROP TABLE statuses; DROP TABLE tickets; DROP TABLE proactive_chats; DROP TABLE customers; DROP TABLE memberships;
    DROP TABLE agents; DROP TABLE groups; DROP TABLE meta;
";

/// What the service starts with, and goes back to on a reset.
#[derive(Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) demo: bool,
    pub(crate) seed_rows: u64,
    /// Of the seeded rows; `None` is the usual one.
    pub(crate) seed: Option<u64>,
}

/// The state of one emulator.
pub(crate) struct Store {
    connection: Connection,
    settings: Settings,
    /// Counts resets, so that a task started before one can tell.
    generation: u64,
    drift: drift::Script,
    /// Whether changes of tickets' statuses are noted. What is in `meta` follows it.
    watched: bool,
    clock: Clock,
    behaviour: SharedBehaviour,
    snapshots: HashMap<String, Connection>,
}

impl Store {
    /// Opens the file, or memory without one. A fresh state gets the starting content.
    pub(crate) fn open(
        file: Option<&Path>,
        settings: Settings,
        clock: Clock,
        behaviour: SharedBehaviour,
    ) -> io::Result<Self> {
        let open = |file| Self::prepare(Self::connect(file)?, settings, clock, behaviour);
        open(file).map_err(|error| match file {
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
        // A file in use is refused at once, and nobody else can come in while it is open.
        connection.busy_timeout(Duration::ZERO)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        Ok(connection)
    }

    fn prepare(
        mut connection: Connection,
        settings: Settings,
        clock: Clock,
        behaviour: SharedBehaviour,
    ) -> std::result::Result<Self, Error> {
        let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let mark = (number("application_id")?, number("user_version")?);
        let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0))?;
        let fresh = mark == (0, 0) && tables == 0;
        if !fresh && mark != (APPLICATION_ID, TABLES_VERSION) {
            return Err(Error::conflict("it was not made by this version of desk-emulator"));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        // 64 MiB: seeding a million rows would otherwise write index pages out again and again.
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.set_prepared_statement_cache_capacity(64);
        // The write lock is taken even when there is nothing to write, so that a second user is told now.
        let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        if fresh {
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
            tx.pragma_update(None, "user_version", TABLES_VERSION)?;
            fill(&tx, settings)?;
        }
        // Whoever watched a file before is gone.
        tickets::watch(&tx, false)?;
        tx.commit()?;
        Ok(Self {
            connection,
            settings,
            generation: 0,
            drift: drift::Script::default(),
            watched: false,
            clock,
            behaviour,
            snapshots: HashMap::new(),
        })
    }

    /// Back to the state of a fresh start.
    pub(crate) fn reset(&mut self) -> Result<()> {
        self.generation += 1;
        let tx = self.connection.transaction()?;
        tx.execute_batch(DROP_TABLES)?;
        fill(&tx, self.settings)?;
        tickets::watch(&tx, self.watched)?;
        Ok(tx.commit()?)
    }

    /// Which state this is: a number that changes with each reset.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// A token nobody can guess.
    pub(crate) fn random_token(&self) -> Result<String> {
        let query = "SELECT 'emu_' || lower(hex(randomblob(16)))";
        Ok(self.connection.query_row(query, [], |row| row.get(0))?)
    }
}

fn fill(tx: &Transaction<'_>, settings: Settings) -> Result<()> {
    tx.execute_batch(TABLES)?;
    if settings.demo {
        demo::fill(tx)?;
    }
    if settings.seed_rows > 0 {
        let usual = SeedRequest::rows(settings.seed_rows);
        seed::run(tx, SeedRequest { seed: settings.seed.unwrap_or(usual.seed), ..usual })?;
    }
    Ok(())
}

/// The store as the server's tasks and the handle share it.
#[derive(Clone)]
pub(crate) struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    pub(crate) fn new(store: Store) -> Self {
        Self(Arc::new(Mutex::new(store)))
    }

    /// A step that panicked was rolled back, so the state behind a poisoned lock is sound.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a step on a thread that may block.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.clone();
        let done = tokio::task::spawn_blocking(move || step(&mut store.lock())).await;
        done.unwrap_or_else(|_| Err(Error::internal("the request failed inside the emulator; please report it")))
    }
}
