//! Transfers between threads of the library and of the caller: a result that comes once ([`Slot`])
//! and a FIFO of ready items ([`Fifo`]).
//!
//! Both are independent of tokio and of the C ABI, so that `tests/model.rs` can put loom's
//! primitives below them and try every order in which threads can meet.

mod fifo;
mod slot;

/// The primitives that both are made of.
mod primitives {
    pub(super) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
}

pub(crate) use fifo::{Fifo, Signal};
pub(crate) use slot::{Refused, Slot};
