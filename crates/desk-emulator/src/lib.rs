//! A real local Desk service: proactive chats, tickets and chat messages over HTTP, with its state
//! in SQLite.
//!
//! This crate implements the behaviour that `openapi/desk.yaml` and the service's documents
//! describe, in-process ([`Emulator`]) and as the program `desk-emulator`. Each request is
//! validated against the embedded spec first, and a refused request must not change the state. The
//! emulator listens on loopback only. It does not imitate undocumented operations, and it does not
//! depend on the client crates.

mod behaviour;
mod clock;
mod emulator;
mod error;
mod faults;
mod http;
mod loopback;
mod model;
pub mod program;
mod schema;
mod spec;
mod store;
mod time;
mod webhook;

pub use behaviour::{Behaviour, CreatedBy, ErrorShape, MessageShape, Order, RateLimit};
pub use clock::ClockState;
pub use emulator::{Builder, Emulator};
pub use error::{Error, Result};
pub use faults::{CutMode, CutPoint, Fault, FaultCount, FaultPlan, FaultRule, Nth, RetryAfter};
pub use http::RequestEntry;
pub use model::{
    Agent, AgentRef, AgentStatus, Assignment, Customer, CustomerChannel, Group, NewAgent, NewCustomer, Presence,
    ProactiveSender, Ticket, TicketStatus,
};
pub use store::deliveries::{Delivery, RepeatedMessage};
pub use store::drift::{Change, Drift};
pub use store::import::MessageImport;
pub use store::seed::{SeedReport, SeedRequest};
pub use time::Time;
pub use webhook::WebhookDelivery;

// Rebuilds this crate for another checkout that shares the target folder; `.cargo/config.toml` sets
// the variable.
const _: Option<&str> = option_env!("DESK_TREE");
