//! A FIFO of ready items, from any threads to any threads, with an end.
//!
//! Invariant: the signal is raised exactly while the FIFO has an item. Each item is handed out
//! once, also after the FIFO was closed; a closed FIFO accepts no item.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::primitives::{Condvar, Mutex, MutexGuard, PoisonError};

/// Notifies an event loop that the FIFO has an item.
pub(crate) trait Signal {
    fn raise(&self);
    fn lower(&self);
}

/// No event loop to notify.
impl Signal for () {
    fn raise(&self) {}
    fn lower(&self) {}
}

pub(crate) struct Fifo<T, S> {
    line: Mutex<Line<T>>,
    changed: Condvar,
    signal: S,
}

struct Line<T> {
    items: VecDeque<T>,
    closed: bool,
}

impl<T, S: Signal> Fifo<T, S> {
    pub(crate) fn new(signal: S) -> Fifo<T, S> {
        Fifo { line: Mutex::new(Line { items: VecDeque::new(), closed: false }), changed: Condvar::new(), signal }
    }

    pub(crate) fn signal(&self) -> &S {
        &self.signal
    }

    /// Appends an item; returns it if the FIFO is closed.
    pub(crate) fn push(&self, item: T) -> Result<(), T> {
        let mut line = self.line();
        if line.closed {
            return Err(item);
        }
        line.items.push_back(item);
        if line.items.len() == 1 {
            self.signal.raise();
        }
        drop(line);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes the first item; waits at most `at_most` for one (`None`: for ever). Returns `None` if
    /// no item came in time, or if none can come any more.
    pub(crate) fn next(&self, at_most: Option<Duration>) -> Option<T> {
        let until = at_most.and_then(|time| Instant::now().checked_add(time));
        let mut line = self.line();
        loop {
            if let Some(item) = line.items.pop_front() {
                if line.items.is_empty() {
                    self.signal.lower();
                }
                return Some(item);
            }
            if line.closed {
                return None;
            }
            let Some(until) = until else {
                line = self.changed.wait(line).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            line = self.changed.wait_timeout(line, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Closes the FIFO to new items. Waiting threads return once the FIFO is empty.
    pub(crate) fn close(&self) {
        self.line().closed = true;
        self.changed.notify_all();
    }

    fn line(&self) -> MutexGuard<'_, Line<T>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
