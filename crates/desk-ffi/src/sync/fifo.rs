//! A line of things that are ready, from any threads to any threads, with an end.
//!
//! Invariant: the signal is raised exactly while something is in line; what was pushed is handed out once, also after the
//! line was closed; after that nothing is pushed any more.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::primitives::{Condvar, Mutex, MutexGuard, PoisonError};

/// Tells an event loop that something is in line.
pub(crate) trait Signal {
    fn raise(&self);
    fn lower(&self);
}

/// Nobody to tell.
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

    /// Puts an item at the end; gives it back if the line is closed.
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

    /// Takes the first item; waits for one, `None` for ever. `None` if none came, or none can come any more.
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

    /// No more items. Whoever waits is let go once the line is empty.
    pub(crate) fn close(&self) {
        self.line().closed = true;
        self.changed.notify_all();
    }

    fn line(&self) -> MutexGuard<'_, Line<T>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
