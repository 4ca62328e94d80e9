//! Keeps std's handle of the main thread reachable for leak checkers.
//!
//! The runtime requests the handle of the current thread. std frees that handle with its thread,
//! except on the main thread: there only a pointer into the middle of the handle remains, and
//! valgrind reports it as possibly lost. A second, permanent reference keeps these 48 bytes visibly
//! in use until the end.

use std::cell::Cell;
use std::process;
use std::sync::OnceLock;
use std::thread::{self, Thread};

static HANDLE: OnceLock<Thread> = OnceLock::new();

/// Keeps the handle if this is the main thread. Call it on a thread before the runtime runs there.
pub(crate) fn keep_handle() {
    thread_local!(static SEEN: Cell<bool> = const { Cell::new(false) });
    if !SEEN.replace(true) && is_main() {
        HANDLE.get_or_init(thread::current);
    }
}

/// Whether this is the main thread: on Linux its id is the id of the process.
#[cfg(target_os = "linux")]
fn is_main() -> bool {
    // SAFETY: gettid takes nothing and cannot fail.
    u32::try_from(unsafe { libc::gettid() }).is_ok_and(|id| id == process::id())
}

#[cfg(not(target_os = "linux"))]
fn is_main() -> bool {
    false
}
