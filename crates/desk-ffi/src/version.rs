//! The version of the library, and its number of live objects.

use std::sync::atomic::Ordering;

use crate::handle::LIVE;
use crate::text::desk_str;

/// The version of the running library, such as `0.1.0`; compare it with `DESK_VERSION`, the version
/// of the header. The text is static. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn desk_version() -> desk_str {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    desk_str { ptr: VERSION.as_ptr().cast(), len: VERSION.len() - 1 }
}

/// Number of objects (clients, errors, results) that the library handed out and the program has not
/// freed. A program that frees all of its objects reads 0 at its end. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn desk_debug_live_objects() -> usize {
    LIVE.load(Ordering::SeqCst)
}
