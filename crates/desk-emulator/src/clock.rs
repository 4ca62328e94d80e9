//! The service's clock: the system clock, the system clock with an offset, or a stopped clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::time::Time;

/// The state of the service's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClockState {
    /// The time, not before 1970.
    pub now: Time,
    /// Whether the clock is stopped.
    #[serde(default)]
    pub stopped: bool,
}

#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<Mutex<Mode>>);

#[derive(Clone, Copy, Default)]
enum Mode {
    /// Equal to the system clock.
    #[default]
    System,
    /// This many µs ahead of the system clock.
    Offset(i64),
    Stopped(Time),
}

impl Clock {
    pub(crate) fn now(&self) -> Time {
        match *self.lock() {
            Mode::System => Time::now(),
            Mode::Offset(micros) => {
                Time::from_micros(Time::now().micros().saturating_add(micros).min(Time::MAX.micros()))
            }
            Mode::Stopped(time) => time,
        }
    }

    pub(crate) fn state(&self) -> ClockState {
        let stopped = matches!(*self.lock(), Mode::Stopped(_));
        ClockState { now: self.now(), stopped }
    }

    pub(crate) fn set(&self, state: ClockState) -> Result<()> {
        if state.now.micros() < 0 {
            return Err(Error::invalid(format!(
                "now: {} is before 1970, which the header Date cannot express",
                state.now
            )));
        }
        let offset = state.now.micros() - Time::now().micros();
        *self.lock() = if state.stopped { Mode::Stopped(state.now) } else { Mode::Offset(offset) };
        Ok(())
    }

    /// Follows the system clock again.
    pub(crate) fn follow(&self) {
        *self.lock() = Mode::System;
    }

    /// The value of the header `Date` this many seconds from now.
    pub(crate) fn http_date(&self, seconds: u32) -> String {
        let micros = self.now().micros().unsigned_abs() + 1_000_000 * u64::from(seconds);
        // The `Date` header has four digits for the year.
        let latest = Duration::from_micros(Time::MAX.micros().unsigned_abs());
        let time: SystemTime = UNIX_EPOCH + Duration::from_micros(micros).min(latest);
        httpdate::fmt_http_date(time)
    }

    fn lock(&self) -> MutexGuard<'_, Mode> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
