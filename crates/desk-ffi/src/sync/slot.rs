//! A result that comes once, that any threads may wait for, and that is taken once.

use std::time::{Duration, Instant};

use super::primitives::{Condvar, Mutex, MutexGuard, PoisonError};

pub(crate) struct Slot<R> {
    state: Mutex<State<R>>,
    ended: Condvar,
}

enum State<R> {
    Running,
    Ended(R),
    Taken,
}

/// Why there is no result to take.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    /// The result has not come yet.
    NotYet,
    /// The result was already taken.
    Taken,
}

impl<R> Slot<R> {
    pub(crate) fn new() -> Slot<R> {
        Slot { state: Mutex::new(State::Running), ended: Condvar::new() }
    }

    /// Sets the result. Only the first one counts; a later one is returned.
    pub(crate) fn end(&self, result: R) -> Result<(), R> {
        let mut state = self.state();
        if !matches!(*state, State::Running) {
            return Err(result);
        }
        *state = State::Ended(result);
        drop(state);
        self.ended.notify_all();
        Ok(())
    }

    /// Whether the result has come, taken or not.
    pub(crate) fn has_ended(&self) -> bool {
        !matches!(*self.state(), State::Running)
    }

    /// Waits at most `at_most` for the result (`None`: for ever). Returns whether it has come.
    pub(crate) fn wait(&self, at_most: Option<Duration>) -> bool {
        let until = at_most.and_then(|time| Instant::now().checked_add(time));
        let mut state = self.state();
        while matches!(*state, State::Running) {
            let Some(until) = until else {
                state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.ended.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Takes the result.
    pub(crate) fn take(&self) -> Result<R, Refused> {
        let mut state = self.state();
        if matches!(*state, State::Running) {
            return Err(Refused::NotYet);
        }
        match std::mem::replace(&mut *state, State::Taken) {
            State::Ended(result) => Ok(result),
            State::Running | State::Taken => Err(Refused::Taken),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
