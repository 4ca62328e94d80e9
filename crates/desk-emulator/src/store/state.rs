//! The state of one emulator: one method for each query and change.
//!
//! Each change is one transaction: it is applied completely or not at all.

use std::io;
use std::path::Path;

use rusqlite::Connection;

use super::database::{self, Settings};
use super::deliveries::{self, Delivery, RepeatedMessage};
use super::drift::{self, Change, Drift, Script};
use super::import::{self, MessageImport};
use super::messages::{self, Filter, Listing, MessagePage};
use super::overview::{self, Conversation, Overview};
use super::seed::{self, SeedReport, SeedRequest};
use super::snapshots::Snapshots;
use super::{chats, people, routing, tickets};
use crate::behaviour::SharedBehaviour;
use crate::clock::Clock;
use crate::error::Result;
use crate::model::{Agent, Customer, Group, NewAgent, NewCustomer, Presence, Ticket, TicketStatus};
use crate::time::Time;

/// The state of one emulator.
pub(crate) struct Store {
    connection: Connection,
    settings: Settings,
    /// Increases with each reset and restore, so that an older task can detect them.
    generation: u64,
    script: Script,
    /// Whether status changes are recorded; `meta.watched` in the database follows it.
    watched: bool,
    clock: Clock,
    behaviour: SharedBehaviour,
    snapshots: Snapshots,
}

/// A new chat, with the data that the demo needs to let the first customer answer.
pub(crate) struct Created {
    pub(crate) chat: chats::ProactiveChat,
    pub(crate) first_ticket: i64,
    pub(crate) generation: u64,
}

impl Store {
    /// Opens the file, or a database in memory. An empty database gets the initial content.
    pub(crate) fn open(
        file: Option<&Path>,
        settings: Settings,
        clock: Clock,
        behaviour: SharedBehaviour,
    ) -> io::Result<Self> {
        Ok(Self {
            connection: database::open(file, settings)?,
            settings,
            generation: 0,
            script: Script::default(),
            watched: false,
            clock,
            behaviour,
            snapshots: Snapshots::default(),
        })
    }

    /// Runs `change` in a transaction, which is committed only if `change` succeeds.
    fn transact<T>(&mut self, change: impl FnOnce(&Connection, Time) -> Result<T>) -> Result<T> {
        let tx = self.connection.transaction()?;
        let value = change(&tx, self.clock.now())?;
        tx.commit()?;
        Ok(value)
    }

    /// Restores the initial content.
    pub(crate) fn reset(&mut self) -> Result<()> {
        self.generation += 1;
        let (settings, watched) = (self.settings, self.watched);
        self.transact(|db, _| {
            database::reset(db, settings)?;
            tickets::watch_statuses(db, watched)
        })
    }

    /// A number that changes with each reset and restore.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn random_token(&self) -> Result<String> {
        database::random_token(&self.connection)
    }

    pub(crate) fn add_group(&mut self, key: &str, name: &str) -> Result<Group> {
        self.transact(|db, now| people::insert_group(db, key, name, now))
    }

    pub(crate) fn add_agent(&mut self, agent: NewAgent) -> Result<Agent> {
        self.transact(|db, now| {
            let agent = people::insert_agent(db, &agent, now)?;
            if agent.presence == Presence::Online {
                routing::route_pending(db, agent.id, now)?;
            }
            Ok(agent)
        })
    }

    pub(crate) fn add_customer(&mut self, customer: NewCustomer) -> Result<Customer> {
        self.transact(|db, now| people::insert_customer(db, None, &customer, now))
    }

    pub(crate) fn set_presence(&mut self, agent_id: i64, presence: Presence) -> Result<Agent> {
        self.transact(|db, now| {
            let agent = people::set_presence(db, agent_id, presence)?;
            match presence {
                Presence::Online => routing::route_pending(db, agent_id, now)?,
                Presence::Offline | Presence::Away => routing::release_tickets(db, agent_id, now)?,
            }
            Ok(agent)
        })
    }

    /// Adds the chat, its tickets and their messages; an error leaves the state unchanged.
    pub(crate) fn create_proactive_chat(&mut self, new: chats::NewProactiveChat) -> Result<Created> {
        let (sender, generation) = (self.behaviour.get().proactive_sender, self.generation);
        self.transact(|db, now| {
            let (chat, first_ticket) = chats::insert(db, &new, sender, now)?;
            Ok(Created { chat, first_ticket, generation })
        })
    }

    pub(crate) fn proactive_chat(&self, id: i64) -> Result<chats::ProactiveChat> {
        chats::read(&self.connection, id)
    }

    pub(crate) fn ticket(&self, id: i64) -> Result<Ticket> {
        tickets::read(&self.connection, id)
    }

    /// The number of tickets, and one page of them by ascending id.
    pub(crate) fn tickets(&self, proactive_id: Option<i64>, limit: i64, offset: i64) -> Result<(i64, Vec<Ticket>)> {
        tickets::page(&self.connection, proactive_id, limit, offset)
    }

    pub(crate) fn customer_reply(&mut self, ticket_id: i64, message: &str) -> Result<Ticket> {
        let to_last_sender = self.behaviour.get().assign_to_last_sender;
        self.transact(|db, now| tickets::customer_reply(db, ticket_id, message, to_last_sender, now))
    }

    pub(crate) fn agent_reply(&mut self, ticket_id: i64, agent_id: Option<i64>, message: &str) -> Result<Ticket> {
        self.transact(|db, now| tickets::agent_reply(db, ticket_id, agent_id, message, now))
    }

    /// Changes the status as agents and admins do; 409 if the life cycle has no such transition.
    pub(crate) fn move_ticket(&mut self, ticket_id: i64, to: TicketStatus, agent_id: Option<i64>) -> Result<Ticket> {
        self.transact(|db, now| tickets::move_to(db, ticket_id, to, agent_id, now))
    }

    pub(crate) fn close_ticket(&mut self, ticket_id: i64, comment: Option<&str>) -> Result<Ticket> {
        self.transact(|db, now| tickets::close(db, ticket_id, comment, now))
    }

    /// Starts or stops recording status changes.
    pub(crate) fn watch_statuses(&mut self, watch: bool) -> Result<()> {
        self.watched = watch;
        tickets::watch_statuses(&self.connection, watch)
    }

    /// Takes the status changes recorded since the last call.
    pub(crate) fn take_statuses(&mut self) -> Result<Vec<Ticket>> {
        self.transact(|db, _| tickets::take_statuses(db))
    }

    /// One page of all messages; then applies the drift changes that are due.
    pub(crate) fn messages(&mut self, filter: &Filter, listing: Listing) -> Result<MessagePage> {
        let page = messages::page(&self.connection, filter, listing, self.script.responses())?;
        for change in self.script.advance() {
            self.change_messages(&change)?;
        }
        Ok(page)
    }

    /// One page of the messages of a ticket.
    pub(crate) fn ticket_messages(&self, ticket_id: i64, listing: Listing) -> Result<MessagePage> {
        messages::ticket_page(&self.connection, ticket_id, listing)
    }

    /// Replaces the drift script and restarts its count of responses.
    pub(crate) fn set_drift(&mut self, drifts: Vec<Drift>) -> Result<()> {
        self.script = Script::new(drifts)?;
        Ok(())
    }

    /// Changes the messages at once.
    pub(crate) fn change_messages(&mut self, change: &Change) -> Result<()> {
        self.transact(|db, now| drift::apply(db, change, now))
    }

    /// Adds all messages or none; returns their ids.
    pub(crate) fn import(&mut self, rows: &[MessageImport]) -> Result<Vec<i64>> {
        self.transact(|db, _| import::insert(db, rows))
    }

    pub(crate) fn seed(&mut self, request: SeedRequest) -> Result<SeedReport> {
        self.transact(|db, _| seed::insert(db, request))
    }

    /// The number of deliveries, to one customer or to all, and one page by ascending ticket.
    pub(crate) fn deliveries(&self, customer_id: Option<i64>, limit: i64, offset: i64) -> Result<(i64, Vec<Delivery>)> {
        deliveries::page(&self.connection, customer_id, limit, offset)
    }

    /// All customers who received the same text more than once, by ascending customer.
    pub(crate) fn messaged_twice(&self) -> Result<Vec<RepeatedMessage>> {
        deliveries::repeated(&self.connection)
    }

    pub(crate) fn overview(&self) -> Result<Overview> {
        overview::read(&self.connection)
    }

    pub(crate) fn conversation(&self, ticket_id: i64) -> Result<Conversation> {
        overview::conversation(&self.connection, ticket_id)
    }

    /// Saves a copy of the data; replaces the copy with the same name.
    pub(crate) fn snapshot(&mut self, name: &str) -> Result<()> {
        self.snapshots.save(name, &self.connection)
    }

    /// Replaces the data by a copy, which is kept.
    pub(crate) fn restore(&mut self, name: &str) -> Result<()> {
        self.snapshots.restore(name, &mut self.connection)?;
        self.generation += 1;
        // The webhook is a setting of the emulator, not part of the copy.
        tickets::watch_statuses(&self.connection, self.watched)
    }

    /// Deletes a copy.
    pub(crate) fn remove_snapshot(&mut self, name: &str) -> Result<()> {
        self.snapshots.remove(name)
    }
}
