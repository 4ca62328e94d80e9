//! libdesk: the C ABI of the Desk SDK, and the only crate with unsafe code.
//!
//! `generated/` holds the items that repeat per schema and operation: request structs, result
//! getters, entry points. The rest is the runtime below them, which names no resource: texts,
//! status numbers, errors, handles, the client, and the guard that every entry point goes through.
//! The rules for C callers are at the top of `include/desk.h`.
#![allow(non_camel_case_types, reason = "the items are named as C sees them")]
#![allow(unreachable_pub, reason = "C reaches what Rust does not")]
#![allow(unsafe_code, reason = "this crate is the C boundary; every unsafe block says why it is sound")]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::undocumented_unsafe_blocks
)]

#[cfg(panic = "abort")]
compile_error!("libdesk turns panics into errors at the C boundary; build it with panic = \"unwind\"");

mod background;
mod blocking;
mod cancel;
mod client;
mod error;
mod export;
mod failure;
mod fields;
#[allow(
    missing_docs,
    dead_code,
    unused,
    deprecated,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    reason = "generated"
)]
#[rustfmt::skip]
mod generated;
mod guard;
mod handle;
#[allow(dead_code, reason = "which readers are called depends on the spec")]
mod input;
mod iter;
mod log;
mod main_thread;
mod op;
mod options;
mod output;
mod queue;
mod raw;
#[allow(dead_code, reason = "which readers are called depends on the spec")]
mod reader;
mod response;
mod signal;
mod sigpipe;
mod start;
mod status;
mod steps;
mod sync;
mod text;
mod version;
#[allow(dead_code, reason = "which writers are called depends on the spec")]
mod view;

#[cfg(fuzzing)]
pub use generated::readers::agree;
