//! What the library says of itself.

use std::sync::atomic::Ordering;

use crate::handle::LIVE;
use crate::text::desk_str;

/// The version of the library that is running, such as `0.1.0`; compare with `DESK_VERSION`, that of the header. The text
/// is static. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn desk_version() -> desk_str {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    desk_str { ptr: VERSION.as_ptr().cast(), len: VERSION.len() - 1 }
}

/// How many objects (clients, errors, results) were handed out and not freed yet. A program that frees all it got reads 0
/// at its end. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn desk_debug_live_objects() -> usize {
    LIVE.load(Ordering::SeqCst)
}
