//! Keeps std's handle of the main thread in reach of leak checkers.
//!
//! The runtime asks for the current thread's handle. std frees that with its thread, except on the main thread, where
//! only a pointer into its middle stays behind and valgrind calls it possibly lost. A second reference, held for good,
//! makes it what it is: 48 bytes in use until the end.

use std::cell::Cell;
use std::process;
use std::sync::OnceLock;
use std::thread::{self, Thread};

static HANDLE: OnceLock<Thread> = OnceLock::new();

/// To be called on a thread before the runtime runs on it.
pub(crate) fn keep_handle() {
    thread_local!(static SEEN: Cell<bool> = const { Cell::new(false) });
    if !SEEN.replace(true) && is_main() {
        HANDLE.get_or_init(thread::current);
    }
}

/// On Linux the main thread has the id of the process.
#[cfg(target_os = "linux")]
fn is_main() -> bool {
    // SAFETY: gettid takes nothing and cannot fail.
    u32::try_from(unsafe { libc::gettid() }).is_ok_and(|id| id == process::id())
}

#[cfg(not(target_os = "linux"))]
fn is_main() -> bool {
    false
}
