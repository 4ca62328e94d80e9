//! What threads of the library and of the caller hand each other: a result that comes once ([`Slot`]) and a line of things
//! that are ready ([`Fifo`]).
//!
//! Both are independent of tokio and of the C ABI: `tests/libdesk/model.rs` runs them on loom's primitives and
//! tries every order in which threads can meet.

mod fifo;
mod primitives;
mod slot;

pub(crate) use fifo::{Fifo, Signal};
pub(crate) use slot::{Refused, Slot};
