//! Where a function may wait, and how long.

use std::cell::Cell;
use std::time::Duration;

use tokio::runtime::Handle as Runtime;

use crate::failure::Failure;

thread_local!(static RUNS_CALLBACKS: Cell<bool> = const { Cell::new(false) });

/// Marks this thread as one that runs callbacks.
pub(crate) fn runs_callbacks() {
    RUNS_CALLBACKS.set(true);
}

fn is_callback_thread() -> bool {
    RUNS_CALLBACKS.try_with(Cell::get).unwrap_or(false)
}

/// Refuses to block on a thread where the library itself runs.
pub(crate) fn may_block() -> Result<(), Failure> {
    if is_callback_thread() {
        return Err(Failure::WouldDeadlock);
    }
    match Runtime::try_current() {
        Ok(_) => Err(Failure::WouldDeadlock),
        Err(error) if error.is_thread_local_destroyed() => {
            Err(Failure::argument("the thread or process is ending; make calls before that"))
        }
        Err(_) => Ok(()),
    }
}

/// How long to wait; `None`: for ever.
pub(crate) fn wait_time(ms: i64) -> Result<Option<Duration>, Failure> {
    match u64::try_from(ms) {
        Ok(ms) => Ok(Some(Duration::from_millis(ms))),
        Err(_) if ms == -1 => Ok(None),
        Err(_) => Err(Failure::misuse(format!("timeout_ms is {ms}; it must be 0 or more, or -1 to wait for ever"))),
    }
}
