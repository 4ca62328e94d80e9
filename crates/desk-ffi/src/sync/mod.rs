//! What threads of the library and of the caller hand each other: a result that comes once ([`Slot`]) and a line of things
//! that are ready ([`Fifo`]).
//!
//! Both stand free of tokio and of the C ABI, so that `tests/model.rs` can put loom's primitives below them and try every
//! order in which threads can meet.

mod fifo;
mod slot;

/// What they are made of.
mod primitives {
    pub(super) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
}

pub(crate) use fifo::{Fifo, Signal};
pub(crate) use slot::{Refused, Slot};
