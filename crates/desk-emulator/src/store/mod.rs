//! The state of the service in SQLite: all queries and all changes.
//!
//! [`Store`] has one method for each change, and each change is one transaction. The other files
//! are functions on a connection, by subject. Message ids are dense (1, 2, 3, …) until a row is
//! deleted, which `meta.dense` records; paging relies on it. This module does not know HTTP.

mod chats;
mod database;
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
mod shared;
mod snapshots;
mod state;
mod tickets;

pub(crate) use chats::{NewProactiveChat, ProactiveChat};
pub(crate) use database::Settings;
pub(crate) use messages::{Filter, Listing};
pub(crate) use shared::SharedStore;
pub(crate) use state::Store;
