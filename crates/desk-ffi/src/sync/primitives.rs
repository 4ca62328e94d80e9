//! The locks of this folder; tests put loom's in their place.

pub(super) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
