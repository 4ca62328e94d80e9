//! The only lock function for shared state: a panic of another thread leaves the state usable.

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) fn lock_ignoring_poison<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
